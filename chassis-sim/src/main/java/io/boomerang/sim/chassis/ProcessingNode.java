package io.boomerang.sim.chassis;

import io.boomerang.announce.ControlMessage;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.session.MarkerMirror;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.redirector.store.Restoration;
import io.boomerang.redirector.store.StoreKind;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A processing blade of a simulated chassis.
final class ProcessingNode extends ChassisNode {
    final BladeNode blade;
    private @Nullable MarkerMirror mirror;

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
    RestoredNode restore(final NodeStore from, final long nowNs) {
        final long wallMs = System.currentTimeMillis();
        final MarkerMirror shown = blade.newMirror();
        final List<StoredMarker> stored = new ArrayList<>();
        final Restoration restoration =
                from.restore(
                        StoreKind.BLADE,
                        member,
                        shown,
                        record -> {
                            final StoredMarker marker = StoredMarker.read(record);
                            return marker != null && stored.add(marker);
                        });
        final int taken = blade.resume(stored, wallMs, nowNs);
        shown.sweepAll();
        mirror = shown;
        from.start(nowNs);
        return RestoredNode.of(name(), taken, restoration);
    }

    @Override
    void onTimer(final long nowNs) {
        super.onTimer(nowNs);
        if (mirror != null) {
            mirror.sweep();
        }
        blade.onTimer(nowNs);
    }

    @Override
    boolean isIdle() {
        return blade.isIdle();
    }

    @Override
    public void close() {
        control.close();
        if (mirror != null) {
            mirror.sweepAll();
        }
        closeStore();
        if (mirror != null) {
            mirror.close();
        }
        blade.close();
    }
}
