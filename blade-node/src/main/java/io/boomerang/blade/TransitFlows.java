package io.boomerang.blade;

import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.announcer.Announcer;
import io.boomerang.blade.session.FlowState;
import io.boomerang.blade.session.LifetimeClass;
import io.boomerang.blade.session.Lifetimes;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.transfer.MovingFlow;

import org.jspecify.annotations.Nullable;

/// The flows of a blade that go to other blades and come from there. Used by the blade's thread
/// only.
public final class TransitFlows {
    private final MarkerTable markers;
    private final Announcer announcer;
    private final FlowHash flowHash;
    private final Lifetimes lifetimes;

    TransitFlows(
            final MarkerTable markers,
            final Announcer announcer,
            final FlowHash flowHash,
            final Lifetimes lifetimes) {
        this.markers = markers;
        this.announcer = announcer;
        this.flowHash = flowHash;
        this.lifetimes = lifetimes;
    }

    private @Nullable MarkerSession find(final Side side, final FlowKey key) {
        return markers.find(side, key, flowHash.hash(key));
    }

    /// The flow as redirectors of this side were told of it; null when this blade does not hold it.
    public @Nullable MovingFlow flow(final Side side, final FlowKey key) {
        final MarkerSession marker = find(side, key);
        return marker == null || marker.isLapsed()
                ? null
                : new MovingFlow(marker.key(side).copy(), marker.flowId(), marker.version());
    }

    /// Whether this blade holds a flow that has not come to its end.
    public boolean isOpen(final Side side, final FlowKey key) {
        final MarkerSession marker = find(side, key);
        return marker != null && !marker.isLapsed() && marker.phase() != TcpPhase.CLOSED;
    }

    /// What the processor remembers of a flow; null when this blade does not hold it.
    public @Nullable FlowState processorState(final Side side, final FlowKey key) {
        final MarkerSession marker = find(side, key);
        return marker == null || marker.isLapsed() ? null : marker.state();
    }

    /// What the processor remembers of a flow, for another blade that goes on with it; nothing when
    /// this blade does not hold it.
    public byte[] state(final Side side, final FlowKey key) {
        final MarkerSession marker = find(side, key);
        return marker == null ? new byte[0] : marker.state().toBytes();
    }

    /// The redirector of this side that owns the flow; 0 when there is none.
    public int owner(final Side side, final FlowKey key) {
        return announcer.directory().owner(side, flowHash.hash(key));
    }

    /// Another blade holds the flow now, and announces it.
    public void release(final Side side, final FlowKey key, final long nowNs) {
        final MarkerSession marker = find(side, key);
        if (marker != null) {
            markers.remove(marker, nowNs);
        }
    }

    /// This blade holds a flow that another one has held, with exactly that version, and announces
    /// it; false when there is no place for it.
    ///
    /// @param state what the other blade's processor remembered of it
    public boolean adopt(final StoredMarker flow, final byte[] state, final long nowNs) {
        final Side side = flow.openingSide();
        final FlowKey key = flow.key(side);
        release(side, key, nowNs);
        if (!markers.resume(
                flow,
                flowHash.hash(flow.ingressKey()),
                flowHash.hash(flow.egressKey()),
                lifetimes.timeoutMs(LifetimeClass.of(key.protocol(), flow.phase())),
                nowNs)) {
            return false;
        }
        final MarkerSession marker = find(side, key);
        if (marker != null && !marker.state().takeOver(state)) {
            marker.state().clear();
        }
        announceMoved(side, key, flow.version(), nowNs);
        return true;
    }

    /// Others may have heard that another blade has this flow: they hear better.
    public void announceMoved(
            final Side side, final FlowKey key, final int version, final long nowNs) {
        final MarkerSession marker = find(side, key);
        if (marker != null) {
            marker.setVersion(version);
            announcer.moved(marker, nowNs);
        }
    }
}
