package io.boomerang.sim.chassis;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Time that runs with the machine's clock from wherever it was last moved to. Read by one thread.
public final class RunningClock implements ChassisClock {
    private static final long PAUSE_NS = 20_000L;

    private final LongSupplier nanoTime;
    private long anchorNs;
    private long anchoredAt;

    public RunningClock(final long startNs, final LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        anchorNs = startNs;
        anchoredAt = nanoTime.getAsLong();
    }

    @Override
    public long nowNs() {
        return anchorNs + nanoTime.getAsLong() - anchoredAt;
    }

    @Override
    public void moveTo(final long timeNs) {
        anchorNs = timeNs;
        anchoredAt = nanoTime.getAsLong();
    }

    @Override
    public void idle(final long nextDueNs) {
        LockSupport.parkNanos(PAUSE_NS);
    }

    @Override
    public boolean isRunning() {
        return true;
    }
}
