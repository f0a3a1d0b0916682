package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a replay leaves on disk, and what a second one makes of it.
class SessionsCommandTest {
    private static final Path CAPTURE =
            Path.of("src/main/resources/io/boomerang/sim/demo/nat-download.pcap");

    @TempDir private static Path directory;

    private static Path sessions;

    @BeforeAll
    static void replay() {
        sessions = directory.resolve("sessions");
        final CommandRun first = replayWith(sessions);
        assertEquals(0, first.status(), first.out() + first.err());
        assertFalse(first.out().contains("took back"), first.out());
    }

    private static CommandRun replayWith(final Path where) {
        return CommandRun.replay(
                "--blades", 2, "--processor", "source-nat", "--sessions-dir", where, CAPTURE);
    }

    @Test
    void shouldTakeSessionsBackInTheNextRun() throws IOException {
        final Path copy = Files.createDirectory(directory.resolve("copy"));
        try (var files = Files.list(sessions)) {
            for (final Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }

        final CommandRun second = replayWith(copy);

        assertEquals(0, second.status(), second.out() + second.err());
        assertTrue(second.out().contains("at the start: ingress-1 took back "), second.out());
        assertTrue(second.out().contains("at the start: egress-1 took back "), second.out());
        assertTrue(second.out().contains("promises                all kept"), second.out());
    }

    @Test
    void shouldSayWhyItTookNothingBackFromAnotherChassis() throws IOException {
        final Path copy = Files.createDirectory(directory.resolve("other"));
        try (var files = Files.list(sessions)) {
            for (final Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }

        final CommandRun other =
                CommandRun.replay("--blades", 2, "--seed", 2, "--sessions-dir", copy, CAPTURE);

        assertEquals(0, other.status(), other.out() + other.err());
        assertTrue(other.out().contains("belongs to a chassis with cluster parameters"));
        assertTrue(Files.exists(copy.resolve("ingress-1.1.sessions.set-aside")));
    }

    @Test
    void shouldListWhatIsOnDisk() {
        final CommandRun run = CommandRun.of("sessions", sessions.toString());

        assertEquals(0, run.status(), run.err());
        assertTrue(run.out().contains("ingress-1, redirector, incarnation 1: "), run.out());
        assertTrue(run.out().contains("blade-2, blade, incarnation 1: "), run.out());
        assertTrue(run.out().contains(" = tcp "), "translated flows have two names\n" + run.out());
    }

    @Test
    void shouldGiveProgramsTheSame() throws IOException {
        final CommandRun run =
                CommandRun.of(
                        "sessions",
                        sessions.resolve("egress-1.1.sessions").toString(),
                        "--json",
                        "--address",
                        "203.0.113.0/24");

        assertEquals(0, run.status(), run.err());
        final JsonNode file = new ObjectMapper().readTree(run.out()).get(0);
        assertEquals("egress-1", file.get("node").asText());
        assertEquals(0, file.get("damaged").asLong());
        assertFalse(file.get("sessions").isEmpty());
        for (final JsonNode session : file.get("sessions")) {
            assertTrue(session.get("flow").asText().contains("203.0.113.77"), session::toString);
            assertEquals(16, session.get("flowId").asText().length());
        }
    }

    @Test
    void shouldShowTheFlowsOfOneBlade() throws IOException {
        final String file = sessions.resolve("ingress-1.1.sessions").toString();
        int each = 0;
        for (final String blade : new String[] {"blade-1", "202"}) {
            final JsonNode list =
                    new ObjectMapper()
                            .readTree(
                                    CommandRun.of("sessions", file, "--json", "--blade", blade)
                                            .out());
            each += list.get(0).get("sessions").size();
        }
        final JsonNode all =
                new ObjectMapper().readTree(CommandRun.of("sessions", file, "--json").out());

        assertEquals(all.get(0).get("sessions").size(), each);
        assertTrue(each > 0);
    }

    @Test
    void shouldRefuseWhatIsNoFileOfSessions() {
        final CommandRun absent = CommandRun.of("sessions", directory.resolve("no").toString());
        final CommandRun capture = CommandRun.of("sessions", CAPTURE.toString());
        final CommandRun empty = CommandRun.of("sessions", directory.toString());
        final CommandRun blade =
                CommandRun.of("sessions", sessions.toString(), "--blade", "nobody");
        final CommandRun address =
                CommandRun.of("sessions", sessions.toString(), "--address", "10.0.0.1000");

        final CommandRun nothing = CommandRun.of("sessions");

        assertEquals(2, nothing.status());
        assertTrue(nothing.err().contains("needs a PATH or --config FILE"), nothing.err());
        assertEquals(2, absent.status());
        assertTrue(absent.err().contains("no: no such file"), absent.err());
        assertEquals(2, capture.status());
        assertTrue(capture.err().contains("is no file of sessions"), capture.err());
        assertEquals(2, empty.status());
        assertTrue(empty.err().contains("holds no files of sessions"), empty.err());
        assertEquals(2, blade.status());
        assertTrue(blade.err().contains("no node is called nobody"), blade.err());
        assertEquals(2, address.status());
        assertTrue(address.err().contains("'10.0.0.1000' is no IP address"), address.err());
    }
}
