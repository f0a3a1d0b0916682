package io.boomerang.redirector.steering;

import java.util.concurrent.TimeUnit;

/// How often something may be done: so many times a second, and at most a tenth of that at once.
/// For what strangers can make happen, as questions to the blades about flows that do not exist.
/// One thread.
public final class RateBudget {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int BURST_PART = 10;

    private final long intervalNs;
    private final long burstNs;

    /// Until when all that was done is paid for; may lie ahead by the burst.
    private long paidUntilNs;

    private boolean used;

    /// @param perSecond how often, 1 to 1,000,000,000
    public RateBudget(final int perSecond) {
        intervalNs = SECOND_NS / perSecond;
        burstNs = Math.max(1, perSecond / BURST_PART) * intervalNs;
    }

    /// Whether it may be done once more, which is then paid for.
    public boolean take(final long nowNs) {
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
