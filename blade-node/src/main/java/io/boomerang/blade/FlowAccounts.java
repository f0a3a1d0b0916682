package io.boomerang.blade;

import io.boomerang.blade.session.Lifetimes;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Tells what a blade knows of its flows. Used by the blade's thread only; what it answers is a
/// copy.
public final class FlowAccounts {
    private final MarkerTable markers;
    private final Lifetimes lifetimes;
    private final FlowHash flowHash;

    FlowAccounts(final MarkerTable markers, final Lifetimes lifetimes, final FlowHash flowHash) {
        this.markers = markers;
        this.lifetimes = lifetimes;
        this.flowHash = flowHash;
    }

    /// The flow that packets of either side name so; null when the blade knows none.
    public @Nullable FlowAccount find(final FlowKey key, final long nowNs) {
        final long hash = flowHash.hash(key);
        MarkerSession marker = markers.find(Side.INGRESS, key, hash);
        if (marker == null) {
            marker = markers.find(Side.EGRESS, key, hash);
        }
        return marker == null ? null : of(marker, nowNs);
    }

    /// Gives the flows at `places` places of the table, from `first` on, to `to`; answers the place
    /// after them, -1 when there are no more.
    public int list(
            final int first, final int places, final long nowNs, final Consumer<FlowAccount> to) {
        final int end = (int) Math.min((long) first + places, markers.madeCount());
        for (int place = first; place < end; place++) {
            final MarkerSession marker = markers.at(place);
            if (marker != null) {
                to.accept(of(marker, nowNs));
            }
        }
        return end < markers.madeCount() ? end : -1;
    }

    private FlowAccount of(final MarkerSession marker, final long nowNs) {
        final long idleMs = Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNs - marker.lastSeenNs()));
        return new FlowAccount(
                marker.key(Side.INGRESS).copy(),
                marker.key(Side.EGRESS).copy(),
                marker.flowId(),
                marker.version(),
                marker.phase(),
                marker.openingSide(),
                !marker.isLapsed(),
                marker.hasPassed(),
                marker.announcedOwner(Side.INGRESS),
                marker.announcedOwner(Side.EGRESS),
                idleMs,
                marker.isLapsed()
                        ? 0
                        : Math.max(0, lifetimes.timeoutMs(marker.lifetime()) - idleMs));
    }
}
