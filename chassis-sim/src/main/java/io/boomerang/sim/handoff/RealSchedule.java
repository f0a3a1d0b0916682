package io.boomerang.sim.handoff;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/// By the machine's clock: what is to be done now waits for its turn, all else for its time.
final class RealSchedule implements Schedule {
    private static final int AT_ONCE = 4_096;

    private final Queue<Runnable> now = new ArrayDeque<>();
    private final PriorityQueue<Entry> later =
            new PriorityQueue<>(
                    Comparator.comparingLong(Entry::atNs).thenComparingLong(Entry::number));
    private long count;

    private record Entry(long atNs, long number, Runnable action) {}

    @Override
    public long nowNs() {
        return System.nanoTime();
    }

    @Override
    public void after(final long delayNs, final Runnable action) {
        if (delayNs == 0) {
            now.add(action);
        } else {
            later.add(new Entry(nowNs() + delayNs, count++, action));
        }
    }

    /// Does what it is time for, a bounded amount of it.
    void runDue() {
        final long nowNs = nowNs();
        for (Entry next = later.peek(); next != null && next.atNs <= nowNs; next = later.peek()) {
            now.add(later.remove().action);
        }
        for (int i = 0; i < AT_ONCE && !now.isEmpty(); i++) {
            now.remove().run();
        }
    }
}
