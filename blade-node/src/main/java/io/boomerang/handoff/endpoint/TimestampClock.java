package io.boomerang.handoff.endpoint;

import io.boomerang.handoff.NegotiatedOptions.Timestamps;

/// The timestamps of a connection (RFC 7323): its own clock, and the peer's newest value.
final class TimestampClock {
    private static final long NS_PER_MS = 1_000_000;
    private static final long NS_PER_US = 1_000;

    /// The clock must not go back for the peer: the old stack may just have sent a segment.
    private static final int LEAD = 2;

    private final boolean microseconds;
    private final int offset;
    private int recent;
    private boolean recentKnown;

    private TimestampClock(final boolean microseconds, final int offset) {
        this.microseconds = microseconds;
        this.offset = offset;
    }

    /// Milliseconds from `offset` on.
    static TimestampClock startingAt(final int offset) {
        return new TimestampClock(false, offset);
    }

    /// A clock that goes on where another stack's stopped.
    static TimestampClock of(final Timestamps timestamps, final long nowNs) {
        final int ticks = ticks(timestamps.microseconds(), nowNs);
        final TimestampClock clock =
                new TimestampClock(timestamps.microseconds(), timestamps.value() + LEAD - ticks);
        if (timestamps.recent() != 0) {
            clock.learn(timestamps.recent());
        }
        return clock;
    }

    private static int ticks(final boolean microseconds, final long nowNs) {
        return (int) (nowNs / (microseconds ? NS_PER_US : NS_PER_MS));
    }

    int now(final long nowNs) {
        return ticks(microseconds, nowNs) + offset;
    }

    /// What to echo.
    int recent() {
        return recent;
    }

    /// Whether a segment is older than one that was taken (PAWS, RFC 7323, 5.3).
    boolean isOld(final int value) {
        return recentKnown && value - recent < 0;
    }

    void learn(final int value) {
        recent = value;
        recentKnown = true;
    }

    Timestamps export(final long nowNs) {
        return new Timestamps(now(nowNs), recent, microseconds);
    }
}
