package io.boomerang.sim.replay;

import io.boomerang.sim.chassis.Chassis;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Ties the chassis' time to a capture's timestamps. Differences count, not the hour: a chassis
/// lives from its own zero, also through several files, and its time never goes back. Small steps
/// back (interfaces merged into one file) are waited out; after a large one, and after a leap of
/// more than a day, differences count from there. Speed decides how long the machine waits between
/// packets; the chassis sees the capture's time whatever the speed.
final class ReplayTime {
    private static final long IGNORED_BACKWARD_NS = 1_000_000_000L;
    private static final long BETWEEN_FILES_NS = 1_000_000_000L;

    /// Longer than any flow lives in silence. Beyond it a timestamp tells more of a damaged file
    /// than of the traffic.
    private static final long LONGEST_STEP_NS = 24 * 3_600 * 1_000_000_000L;

    private static final long PAUSE_NS = 100_000L;

    private final Chassis chassis;
    private final ReplaySpeed speed;
    private final LongSupplier nanoTime;
    private long lastTimestampNs;
    private long lastDueNs;
    private long machineDueNs;
    private boolean started;

    /// @param nanoTime the machine's time, in nanoseconds
    ReplayTime(final Chassis chassis, final ReplaySpeed speed, final LongSupplier nanoTime) {
        this.chassis = chassis;
        this.speed = speed;
        this.nanoTime = nanoTime;
    }

    /// The next packet belongs to another file: it comes a second after the last one.
    void startFile() {
        started = false;
    }

    /// Brings the chassis to the moment of a packet.
    void advanceTo(final long timestampNs) {
        if (!started) {
            started = true;
            lastTimestampNs = timestampNs;
            lastDueNs = chassis.nowNs() + BETWEEN_FILES_NS;
            machineDueNs = nanoTime.getAsLong();
            chassis.moveTo(lastDueNs);
            return;
        }
        final long steppedNs = timestampNs - lastTimestampNs;
        if (steppedNs < 0) {
            if (steppedNs < -IGNORED_BACKWARD_NS) {
                lastTimestampNs = timestampNs;
            }
            return;
        }
        lastTimestampNs = timestampNs;
        final long deltaNs = Math.min(steppedNs, LONGEST_STEP_NS);
        if (!speed.isUnlimited()) {
            machineDueNs += (long) (deltaNs / speed.factor());
            waitForMachine();
        }
        lastDueNs = Math.max(lastDueNs + deltaNs, chassis.nowNs());
        chassis.moveTo(lastDueNs);
    }

    /// Messages arrive meanwhile.
    private void waitForMachine() {
        long leftNs = machineDueNs - nanoTime.getAsLong();
        while (leftNs > 0) {
            chassis.step();
            LockSupport.parkNanos(Math.min(leftNs, PAUSE_NS));
            leftNs = machineDueNs - nanoTime.getAsLong();
        }
    }
}
