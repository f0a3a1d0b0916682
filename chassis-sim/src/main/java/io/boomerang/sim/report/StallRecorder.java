package io.boomerang.sim.report;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

import java.util.concurrent.locks.LockSupport;

/// How long the machine itself stood still. A thread that does nothing else sleeps a millisecond at
/// a time, and what it oversleeps is a stall: of the host below a virtual machine, of the kernel,
/// of the garbage collector. Latencies measured meanwhile have the same stalls in them, and this
/// tells which they are. A stall counts once for each millisecond of it, so that the percentiles
/// are those of a random moment (after jHiccup, Gil Tene).
public final class StallRecorder implements AutoCloseable {
    static final long TICK_NS = 1_000_000L;

    private static final long MAX_NS = 60_000_000_000L;
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram stalls = new SynchronizedHistogram(MAX_NS, SIGNIFICANT_DIGITS);
    private final Thread watch =
            Thread.ofPlatform().daemon().name("stall-recorder").unstarted(this::watch);

    private volatile boolean closed;

    /// Begins to watch; without it nothing is measured.
    public void start() {
        watch.start();
    }

    private void watch() {
        long beforeNs = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos(TICK_NS);
            final long nowNs = System.nanoTime();
            record(nowNs - beforeNs);
            beforeNs = nowNs;
        }
    }

    /// @param sleptNs how long a sleep of one tick took
    void record(final long sleptNs) {
        stalls.recordValueWithExpectedInterval(Math.clamp(sleptNs - TICK_NS, 0, MAX_NS), TICK_NS);
    }

    /// What was seen up to now. Any thread.
    public Latency stalls() {
        return Latency.of(stalls);
    }

    /// Ends the thread.
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watch);
    }
}
