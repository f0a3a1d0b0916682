package io.boomerang.sim.handoff;

/// When things happen.
interface Schedule {
    long nowNs();

    /// The action is done when the time has passed. Things of one moment are done in the order in
    /// which they were planned.
    void after(long delayNs, Runnable action);
}
