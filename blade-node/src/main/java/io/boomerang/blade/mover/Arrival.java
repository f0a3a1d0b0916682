package io.boomerang.blade.mover;

import io.boomerang.blade.session.HeldQueue;
import io.boomerang.blade.session.MarkerSession;

import java.util.BitSet;

/// A flow on its way from another blade to this one.
final class Arrival extends HeldQueue {
    /// Which move of which blade.
    record Id(int from, long moveId) {}

    final MarkerSession marker;
    final Id id;
    final int fromIncarnation;
    final long flowId;

    /// The redirectors that have not acknowledged that the flow is here.
    final BitSet untold = new BitSet();

    /// Those whose last packet by way of the other blade may not have come yet.
    final BitSet unmarked = new BitSet();

    boolean isHere;
    long saidNs;
    long pauseNs;
    long toldNs;

    Arrival(final MarkerSession marker, final Id id, final int fromIncarnation, final long nowNs) {
        this.marker = marker;
        this.id = id;
        this.fromIncarnation = fromIncarnation;
        this.flowId = marker.flowId();
        this.saidNs = nowNs;
    }
}
