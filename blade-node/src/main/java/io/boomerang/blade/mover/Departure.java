package io.boomerang.blade.mover;

import io.boomerang.announce.FlowOffer;
import io.boomerang.blade.session.HeldQueue;
import io.boomerang.blade.session.MarkerSession;

/// A flow on its way from this blade to another one.
final class Departure extends HeldQueue {
    enum Stage {
        /// It is this blade's; its packets wait.
        OFFERED,
        /// It is the other blade's, if that one has heard so; its packets are sent on.
        GIVEN,
        /// The other blade has it and tells the redirectors.
        TAKEN,
        /// All redirectors know.
        SETTLED
    }

    final MarkerSession marker;
    final FlowOffer offer;
    final long flowId;
    final int to;
    final int toIncarnation;
    final long offeredNs;
    Stage stage = Stage.OFFERED;
    boolean isForgotten;
    long saidNs;

    Departure(
            final MarkerSession marker,
            final FlowOffer offer,
            final int to,
            final int toIncarnation,
            final long nowNs) {
        this.marker = marker;
        this.offer = offer;
        this.flowId = marker.flowId();
        this.to = to;
        this.toIncarnation = toIncarnation;
        this.offeredNs = nowNs;
        this.saidNs = nowNs;
    }
}
