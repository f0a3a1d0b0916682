package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.demo.DemoCaptures;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

/// A chassis whose nodes talk by TLS.
final class ReplayWithKeyIT {
    @TempDir private Path directory;

    @Test
    void shouldKeepItsPromisesUnderAKey() throws IOException {
        DemoCaptures.copyTo(directory);

        final CommandRun run =
                CommandRun.of(
                        "replay",
                        "--chassis-key",
                        "generated",
                        "--blades",
                        "2",
                        directory.resolve("dns.pcap").toString());

        assertEquals(0, run.status(), run.out() + run.err());
        assertTrue(run.out().contains("all kept"), run.out());
    }

    @Test
    void shouldNameAKeyFileThatIsNoKey() throws IOException {
        DemoCaptures.copyTo(directory);
        final String capture = directory.resolve("dns.pcap").toString();

        final CommandRun run = CommandRun.of("replay", "--chassis-key", capture, capture);

        assertEquals(1, run.status(), run.out() + run.err());
        assertTrue(run.err().contains("dns.pcap: is no chassis key: "), run.err());
    }
}
