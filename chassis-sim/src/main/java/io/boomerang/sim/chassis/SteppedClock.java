package io.boomerang.sim.chassis;

/// Time that stands still unless it is moved. Two runs with equal input see equal times.
public final class SteppedClock implements ChassisClock {
    private long nowNs;

    public SteppedClock(final long startNs) {
        nowNs = startNs;
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public void moveTo(final long timeNs) {
        nowNs = timeNs;
    }

    @Override
    public void idle(final long nextDueNs) {
        nowNs = Math.max(nowNs, nextDueNs);
    }

    @Override
    public boolean isRunning() {
        return false;
    }
}
