package io.boomerang.redirector.session;

/// Leases in slots: 32-bit ticks of a millisecond of the node's clock, compared by subtraction. A
/// lease ends on the first whole millisecond that is not before its end, so it is never cut short.
final class LeaseClock {
    /// Twelve days, half of what a difference of two ticks can express.
    static final int MAX_LEASE_MS = 1 << 30;

    private static final long NS_PER_TICK = 1_000_000L;

    private LeaseClock() {}

    static int tick(final long nowNs) {
        return (int) Math.floorDiv(nowNs, NS_PER_TICK);
    }

    static int deadline(final long nowNs, final int leaseMs) {
        return (int) Math.ceilDiv(nowNs, NS_PER_TICK) + Math.clamp(leaseMs, 0, MAX_LEASE_MS);
    }

    static int later(final int one, final int other) {
        return one - other > 0 ? one : other;
    }
}
