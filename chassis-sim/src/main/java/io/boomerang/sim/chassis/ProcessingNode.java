package io.boomerang.sim.chassis;

import io.boomerang.announce.ControlMessage;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.session.MarkerMirror;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.node.store.DurableBlade;
import io.boomerang.node.store.DurableSessions;
import io.boomerang.node.store.NodeStore;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A processing blade of a simulated chassis.
final class ProcessingNode extends ChassisNode {
    final BladeNode blade;

    /// @param number of the blade, from 1
    ProcessingNode(
            final ChassisOptions options,
            final Member member,
            final int number,
            final ClusterChannel channel,
            final ChassisBackplane backplane,
            final ChassisClock clock,
            final ChassisObserver observer) {
        super(member, channel, backplane, clock, observer, 0);
        blade =
                new BladeNode(
                        options.blade(),
                        options.parameters(),
                        member,
                        options.processor().apply(number),
                        relay,
                        sender,
                        observer);
    }

    @Override
    public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
        blade.onMessage(fromNode, message, nowNs);
    }

    @Override
    public void onView(final ClusterView view, final long nowNs) {
        relay.onView(view);
        blade.onView(view, nowNs);
    }

    @Override
    public void onDatagram(
            final int fromNode, final MemorySegment datagram, final long offset, final int length) {
        blade.onDatagram(fromNode, datagram, offset, length, clock.nowNs());
    }

    /// What a blade knows of a flow nobody can know better.
    @Override
    void onResumed(final long pauseNs, final long nowNs) {}

    @Override
    DurableSessions durable(final NodeStore store, final long nowNs) {
        return DurableBlade.keep(store, blade, nowNs);
    }

    @Override
    Remains remains(final long nowNs) {
        try (MarkerMirror mirror = blade.newMirror()) {
            mirror.sweepAll();
            return Remains.of(mirror, nowNs);
        }
    }

    @Override
    void takeBack(final Remains remains, final long nowNs) {
        final List<StoredMarker> markers = new ArrayList<>();
        remains.forEach(record -> {
            final StoredMarker marker = StoredMarker.read(record);
            if (marker != null) {
                markers.add(marker);
            }
        });
        blade.resume(markers, Remains.wallMs(nowNs), nowNs);
    }

    @Override
    void onTimer(final long nowNs) {
        super.onTimer(nowNs);
        blade.onTimer(nowNs);
    }

    @Override
    long ruleEpoch() {
        return blade.rule().epoch();
    }

    @Override
    boolean isIdle() {
        return blade.isIdle();
    }

    @Override
    public void close() {
        control.close();
        closeStore();
        blade.close();
    }
}
