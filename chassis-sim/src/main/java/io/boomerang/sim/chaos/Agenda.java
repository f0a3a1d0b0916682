package io.boomerang.sim.chaos;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/// What is to happen, in the order of time; what is due at the same moment, in the order in which
/// it was asked for.
final class Agenda {
    private static final Comparator<Due> BY_TIME =
            Comparator.comparingLong(Due::dueNs).thenComparingLong(Due::sequence);

    private final PriorityQueue<Due> entries = new PriorityQueue<>(BY_TIME);
    private final LongSupplier clock;
    private long sequence;

    record Due(long dueNs, long sequence, Runnable action) {}

    Agenda(final LongSupplier clock) {
        this.clock = clock;
    }

    long nowNs() {
        return clock.getAsLong();
    }

    void after(final long delayNs, final Runnable action) {
        entries.add(new Due(clock.getAsLong() + delayNs, sequence++, action));
    }

    /// Takes what is next; null when nothing is left.
    @Nullable Due poll() {
        return entries.poll();
    }
}
