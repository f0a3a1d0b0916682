package io.boomerang.sim.measure;

import io.boomerang.announce.ControlMessage;
import io.boomerang.backplane.Backplane;
import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.BladeObserver;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// A blade of a {@link LoopbackChassis} that has flows from before.
final class LoopbackBlade implements LoopbackNode.Machine {
    /// For new flows.
    private static final int ROOM = 1 << 16;

    private final BladeNode blade;

    LoopbackBlade(
            final Member self,
            final List<StoredMarker> flows,
            final Backplane backplane,
            final ControlSender control) {
        blade =
                new BladeNode(
                        BladeConfig.DEFAULTS.withMarkerCapacity(flows.size() + ROOM),
                        ClusterParameters.DEFAULTS,
                        self,
                        new PassThrough(),
                        backplane,
                        control,
                        BladeObserver.NONE);
        final int taken = blade.resume(flows, System.currentTimeMillis(), System.nanoTime());
        if (taken != flows.size()) {
            throw new IllegalStateException(
                    "the blade took " + taken + " of " + flows.size() + " flows");
        }
    }

    @Override
    public void onView(final ClusterView view, final long nowNs) {
        blade.onView(view, nowNs);
    }

    @Override
    public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
        blade.onMessage(fromNode, message, nowNs);
    }

    @Override
    public void onDatagram(
            final int from,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        blade.onDatagram(from, datagram, offset, length, nowNs);
    }

    @Override
    public void onTimer(final long nowNs) {
        blade.onTimer(nowNs);
    }

    @Override
    public void close() {
        blade.close();
    }
}
