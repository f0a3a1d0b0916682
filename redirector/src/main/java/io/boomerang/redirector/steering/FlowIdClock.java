package io.boomerang.redirector.steering;

import io.boomerang.cluster.Member;

/// Numbers the flows that one node opens: microseconds since 2026-01-01 in the upper 54 bits, the
/// node in the lower 10. A hybrid logical clock: each number is greater than every one given or
/// observed before, so a later flow of the same key has the greater number on whatever node it
/// opens, whether or not the nodes' clocks agree. Used by one thread.
public final class FlowIdClock {
    static final int NODE_BITS = 10;

    /// Observed ticks beyond this (142 years from the epoch) are not believed; the other half of
    /// the range is left for counting on.
    static final long MAX_OBSERVED_TICK = 1L << 52;

    private static final long NS_PER_TICK = 1_000L;

    static {
        assert Member.MAX_NODE < 1 << NODE_BITS;
    }

    private final int node;
    private final long sinceEpochNs;
    private long lastTick;

    /// For a clock that counts the nanoseconds since 2026-01-01.
    public FlowIdClock(final int node) {
        this(node, 0);
    }

    /// @param sinceEpochNs what the clock's zero is in nanoseconds since 2026-01-01
    public FlowIdClock(final int node, final long sinceEpochNs) {
        if (node < 1 || node > Member.MAX_NODE) {
            throw new IllegalArgumentException(
                    "node " + node + " is outside 1.." + Member.MAX_NODE);
        }
        this.node = node;
        this.sinceEpochNs = sinceEpochNs;
    }

    /// A new flow's id.
    public long next(final long nowNs) {
        lastTick = Math.max(lastTick + 1, Math.floorDiv(nowNs + sinceEpochNs, NS_PER_TICK));
        return lastTick << NODE_BITS | node;
    }

    /// Makes all ids from now on greater than this one.
    public void observe(final long flowId) {
        final long tick = flowId >>> NODE_BITS;
        if (tick > lastTick && tick <= MAX_OBSERVED_TICK) {
            lastTick = tick;
        }
    }
}
