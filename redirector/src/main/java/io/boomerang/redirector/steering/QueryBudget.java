package io.boomerang.redirector.steering;

import java.util.concurrent.TimeUnit;

/// How often the blades may be asked: so many times a second, and at most a tenth of that at once.
/// Packets of flows that do not exist would otherwise make the whole chassis look for them. Used by
/// the redirector's thread only.
final class QueryBudget {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int BURST_PART = 10;

    private final long intervalNs;
    private final long burstNs;

    /// Until when all questions so far are paid for; may lie ahead by the burst.
    private long paidUntilNs;

    private boolean used;

    /// @param perSecond questions, 1 to 1,000,000,000
    QueryBudget(final int perSecond) {
        intervalNs = SECOND_NS / perSecond;
        burstNs = Math.max(1, perSecond / BURST_PART) * intervalNs;
    }

    /// Whether one more question may be asked, which is then paid for.
    boolean take(final long nowNs) {
        if (!used || nowNs - paidUntilNs > 0) {
            paidUntilNs = nowNs;
            used = true;
        }
        if (paidUntilNs + intervalNs - nowNs > burstNs) {
            return false;
        }
        paidUntilNs += intervalNs;
        return true;
    }
}
