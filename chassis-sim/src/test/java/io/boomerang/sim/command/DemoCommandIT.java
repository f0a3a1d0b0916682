package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The whole chassis over real JGroups channels.
final class DemoCommandIT {
    @TempDir private Path directory;

    @Test
    void shouldShowTheProof() throws IOException {
        final CommandRun run = CommandRun.of("demo", "--output", directory.toString());

        assertEquals(0, run.status(), run.out() + run.err());
        assertTrue(run.out().contains("blade-5 joined"), run.out());
        assertTrue(run.out().contains("blade-2 drains"), run.out());
        assertTrue(run.out().contains("Every flow met one blade, both ways"), run.out());
        for (final String file : new String[] {"firewall.csv", "source-nat.csv"}) {
            // A header and a row for each packet of the eight captures.
            assertEquals(1 + 1_653, Files.readAllLines(directory.resolve(file)).size(), file);
        }
        assertTrue(Files.size(directory.resolve("firewall.pcapng")) > 0);
    }
}
