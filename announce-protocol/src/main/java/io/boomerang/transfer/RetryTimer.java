package io.boomerang.transfer;

/// When to say something again: soon at first, because the backplane is fast, then ever later.
public final class RetryTimer {
    private static final long FIRST_NS = 2_000_000;
    private static final long LONGEST_NS = 200_000_000;

    private long intervalNs = FIRST_NS;
    private long dueNs;

    /// Something new was said, or heard: the interval begins anew.
    public void restart(final long nowNs) {
        intervalNs = FIRST_NS;
        dueNs = nowNs + intervalNs;
    }

    /// Answers whether it is time, and doubles the interval if so.
    public boolean expire(final long nowNs) {
        if (nowNs - dueNs < 0) {
            return false;
        }
        intervalNs = Math.min(2 * intervalNs, LONGEST_NS);
        dueNs = nowNs + intervalNs;
        return true;
    }

    public long dueNs() {
        return dueNs;
    }
}
