package io.boomerang.redirector.steering;

import io.boomerang.backplane.Purpose;
import io.boomerang.flow.FlowKey;

import org.jspecify.annotations.Nullable;

/// Sends packets on to the redirector that knows more of their flow or their datagram. Used by the
/// redirector's thread only.
final class PacketForwarder {
    /// Packets on their way through more redirectors than this are dropped: somebody's view is
    /// wrong.
    static final int MAX_HOPS = 4;

    private final int node;
    private final BackplaneSender sender;
    private final RedirectorCounters counters;
    private final SteeringObserver observer;
    private final PacketDrops drops;

    PacketForwarder(
            final int node,
            final BackplaneSender sender,
            final RedirectorCounters counters,
            final SteeringObserver observer,
            final PacketDrops drops) {
        this.node = node;
        this.sender = sender;
        this.counters = counters;
        this.observer = observer;
        this.drops = drops;
    }

    /// To the owner of a datagram.
    void resolve(final Arrival arrival, final int owner, final long nowNs) {
        forward(arrival, Purpose.RESOLVE, null, owner, nowNs);
    }

    /// To the owner of a flow.
    void lookUp(final Arrival arrival, final FlowKey key, final int owner, final long nowNs) {
        forward(arrival, Purpose.LOOK_UP, key, owner, nowNs);
    }

    private void forward(
            final Arrival arrival,
            final Purpose purpose,
            final @Nullable FlowKey key,
            final int owner,
            final long nowNs) {
        if (owner == 0) {
            drops.drop(arrival.packetNumber, DropReason.NO_REDIRECTOR, nowNs);
        } else if (arrival.hops >= MAX_HOPS) {
            drops.drop(arrival.packetNumber, DropReason.HOP_LIMIT, nowNs);
        } else if (sender.forward(arrival, purpose, key, owner)) {
            counters.forwarded++;
            observer.onForwarded(node, arrival.packetNumber, purpose, owner, nowNs);
        } else {
            drops.drop(arrival.packetNumber, sender.refusal(), nowNs);
        }
    }
}
