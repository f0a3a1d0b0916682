package io.boomerang.redirector.session;

import java.util.concurrent.TimeUnit;

/// How many slots of a table the sweep has to look at now, so that each has its turn once in a
/// round, whatever the table's size and however often somebody asks. Owned by the table's thread.
public final class SweepPace {
    /// A session whose lease is over is noticed when somebody looks it up; the sweep only keeps the
    /// counts true and the queue of the lapsed ones in order.
    static final long ROUND_NS = TimeUnit.SECONDS.toNanos(8);

    /// What a call may cost, about 20 us. A table of more than six million slots that is swept
    /// every 5 ms takes longer for a round.
    static final int MOST_SLOTS = 4_096;

    private final long slotCount;
    private boolean begun;
    private long sweptNs;

    public SweepPace(final long slotCount) {
        this.slotCount = slotCount;
    }

    /// The slots that have become due since the last call, 0 to 4,096.
    public int due(final long nowNs) {
        if (!begun) {
            begun = true;
            sweptNs = nowNs;
        }
        final long elapsedNs = Math.min(nowNs - sweptNs, ROUND_NS);
        final long slots = slotCount * elapsedNs / ROUND_NS;
        if (slots > MOST_SLOTS) {
            sweptNs = nowNs; // what is late stays late
            return MOST_SLOTS;
        }
        sweptNs += slots * ROUND_NS / slotCount;
        return (int) slots;
    }
}
