package io.boomerang.redirector.steering;

import io.boomerang.flow.ParseReason;

/// Where packets end that cannot go on: counts each and says why. Used by the redirector's thread
/// only.
final class PacketDrops {
    private final int node;
    private final RedirectorCounters counters;
    private final SteeringObserver observer;

    PacketDrops(
            final int node, final RedirectorCounters counters, final SteeringObserver observer) {
        this.node = node;
        this.counters = counters;
        this.observer = observer;
    }

    void drop(final long packetNumber, final DropReason reason, final long nowNs) {
        drop(packetNumber, reason, ParseReason.NONE, nowNs);
    }

    void drop(
            final long packetNumber,
            final DropReason reason,
            final ParseReason detail,
            final long nowNs) {
        counters.count(reason);
        observer.onDropped(node, packetNumber, reason, detail, nowNs);
    }
}
