package io.boomerang.sim.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;

/// What processors were busy with, since whenever; in seconds.
///
/// @param steering of the processes between client and hosts
/// @param hosts of the programs on the hosts
/// @param client of the client
/// @param machine of all processors, with everything else that runs
public record ProcessorTime(double steering, double hosts, double client, double machine) {
    private static final Path STAT = Path.of("/proc/stat");

    /// USER_HZ of Linux on all of its architectures but Alpha.
    private static final double TICKS_PER_SECOND = 100;

    /// user, nice and system; interrupts and soft interrupts come behind idle and iowait.
    private static final int[] BUSY = {1, 2, 3, 6, 7};

    private static final double NS_PER_SECOND = Duration.ofSeconds(1).toNanos();

    /// Reads the clocks of processes (`utime` and `stime` in `/proc/PID/stat`) and of the machine;
    /// steps of 10 ms.
    static ProcessorTime now(
            final Collection<ProcessHandle> steering,
            final Collection<ProcessHandle> hosts,
            final Collection<ProcessHandle> client)
            throws IOException {
        return new ProcessorTime(
                seconds(steering),
                seconds(hosts),
                seconds(client),
                busySeconds(Files.readString(STAT)));
    }

    private static double seconds(final Collection<ProcessHandle> processes) {
        return processes.stream()
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .mapToDouble(time -> time.toNanos() / NS_PER_SECOND)
                .sum();
    }

    /// All processors together; the time that a host of virtual machines took away is not in it.
    ///
    /// @param stat what proc(5) has in `/proc/stat`
    static double busySeconds(final String stat) {
        final String[] words = stat.lines().findFirst().orElse("").split(" +", -1);
        if (!words[0].equals("cpu") || words.length <= BUSY[BUSY.length - 1]) {
            throw new IllegalArgumentException("not as proc(5) has it: '" + words[0] + "'");
        }
        long ticks = 0;
        for (final int field : BUSY) {
            ticks += Long.parseLong(words[field]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    ProcessorTime minus(final ProcessorTime earlier) {
        return new ProcessorTime(
                steering - earlier.steering,
                hosts - earlier.hosts,
                client - earlier.client,
                machine - earlier.machine);
    }
}
