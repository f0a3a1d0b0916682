package io.boomerang.sim.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What of this process is in the machine's memory.
public final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    private ResidentMemory() {}

    /// In bytes; -1 where the system does not tell.
    public static long bytes() {
        if (!Files.isReadable(STATUS)) {
            return -1;
        }
        try {
            for (final String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(RESIDENT)) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (final IOException e) {
            return -1;
        }
        return -1;
    }
}
