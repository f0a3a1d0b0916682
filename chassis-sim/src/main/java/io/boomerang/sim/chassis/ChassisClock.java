package io.boomerang.sim.chassis;

/// The time a chassis lives in, in nanoseconds. It follows the capture that is replayed; between
/// two packets it either stands still until somebody moves it or runs on with the machine's clock.
public interface ChassisClock {
    long nowNs();

    /// Moves the time forward.
    void moveTo(long timeNs);

    /// Lets time pass while the chassis waits for something: a stepped clock moves to `nextDueNs`,
    /// a running one waits a moment of the machine's time.
    void idle(long nextDueNs);

    /// True when messages travel in the machine's time, so that moving this clock may overtake
    /// them.
    boolean isRunning();
}
