package io.boomerang.sim.chaos;

import io.boomerang.flow.FlowKey;

import java.util.SplittableRandom;

/// What a run knows of one of its flows.
final class FlowState {
    static final long NEVER = Long.MIN_VALUE;

    final ChaosEvent.Flow flow;
    final FlowKey key;

    /// Of the flow's own, so that it does the same whatever others do.
    final SplittableRandom random;

    /// Which of the connections on the same addresses and ports this is, from 1.
    int life = 1;

    /// Of a connection: its opener has heard an answer.
    boolean answered;

    /// A packet of its opener has left the chassis on the other side.
    boolean crossed;

    /// Where its packets go, 0 before the first one arrived there.
    int home;

    int homeIncarnation;

    /// The newest packet of each direction that a blade has processed, and when it was sent: first
    /// of the responder, then of the opener.
    final long[] newest = new long[2];

    final long[] newestSentNs = new long[2];

    /// Where the last packet of these addresses and ports went, of whatever connection; 0 before
    /// the first one.
    int lastBlade;

    /// Until then a blade was out of sight that the flow was on: others may have given it away.
    long disputedUntilNs = NEVER;

    /// The other blade of the dispute, which may be out of sight again before it is over.
    int rival;

    FlowState(final ChaosEvent.Flow flow, final FlowKey key, final long seed) {
        this.flow = flow;
        this.key = key;
        random = new SplittableRandom(seed * 31 + flow.number());
    }

    /// Another connection follows on the same addresses and ports. It may go to any blade.
    void beginAnew() {
        life++;
        answered = false;
        crossed = false;
        home = 0;
        homeIncarnation = 0;
    }

    String name() {
        return "flow " + flow.number() + (flow.connection() ? " (TCP)" : " (UDP)");
    }
}
