package io.boomerang.node;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/// Nanoseconds since 2026-01-01 when it was made, and from then on the machine's steady clock,
/// which nobody sets: what nodes of different machines call now is alike, and never goes back. Any
/// thread.
final class FlowClock {
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final long offsetNs;

    FlowClock() {
        final Instant now = Instant.now();
        offsetNs =
                TimeUnit.SECONDS.toNanos(now.getEpochSecond() - EPOCH.getEpochSecond())
                        + now.getNano()
                        - System.nanoTime();
    }

    long nowNs() {
        return System.nanoTime() + offsetNs;
    }
}
