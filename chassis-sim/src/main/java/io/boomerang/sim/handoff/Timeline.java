package io.boomerang.sim.handoff;

import java.util.Comparator;
import java.util.PriorityQueue;

/// What happens when, on a clock that jumps from one thing to the next. Things of one moment happen
/// in the order in which they were planned.
final class Timeline implements Schedule {
    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(
                    Comparator.comparingLong(Entry::atNs).thenComparingLong(Entry::number));
    private long nowNs = 1_000_000_000L;
    private long count;

    private record Entry(long atNs, long number, Runnable action) {}

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public void after(final long delayNs, final Runnable action) {
        entries.add(new Entry(nowNs + delayNs, count++, action));
    }

    /// Lets the next thing happen; false when that would be later than `untilNs`.
    boolean step(final long untilNs) {
        final Entry next = entries.peek();
        if (next == null || next.atNs - untilNs > 0) {
            return false;
        }
        entries.remove();
        nowNs = next.atNs;
        next.action.run();
        return true;
    }
}
