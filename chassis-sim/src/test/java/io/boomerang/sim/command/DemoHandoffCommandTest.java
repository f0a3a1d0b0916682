package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;

final class DemoHandoffCommandTest {
    @TempDir private Path directory;

    @Test
    void shouldTellHowAConnectionMoves() {
        final CommandRun run = CommandRun.of("demo", "handoff", "--megabytes", "2");

        assertEquals(0, run.status(), run.out() + run.err());
        assertTrue(run.out().contains("\"Served by blade-4.\""), run.out());
        assertTrue(
                run.out().contains("\"POST /mirror/film HTTP/1.1\" is for service mirror"),
                run.out());
        assertEquals(4, count(run.out(), "the connection is live here"), run.out());
        assertEquals(4, count(run.out(), "holds the client's packets from here on"), run.out());
        assertTrue(
                run.out()
                        .contains("Every byte came back, over one connection, which moved 3 times"),
                run.out());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10})
    void shouldMoveAsOftenAsItIsTold(final int moves) {
        final CommandRun run =
                CommandRun.of(
                        "demo", "handoff", "--megabytes", "1", "--ipv6", "--moves", "" + moves);

        assertEquals(0, run.status(), run.out() + run.err());
        assertEquals(moves + 2, count(run.out(), "the connection is live here"), run.out());
    }

    @Test
    void shouldMoveOnANetworkThatLoses() {
        final CommandRun run =
                CommandRun.of("demo", "handoff", "--megabytes", "1", "--faults", "10");

        assertEquals(0, run.status(), run.out() + run.err());
    }

    @Test
    void shouldWriteWhatTheClientSawForWireshark() throws Exception {
        final Path file = directory.resolve("client.pcapng");

        final CommandRun run =
                CommandRun.of("demo", "handoff", "--megabytes", "1", "--trace", file.toString());

        assertEquals(0, run.status(), run.out() + run.err());
        assertTrue(Files.size(file) > 2_000_000);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertEquals(2, CommandRun.of("demo", "handoff", "--moves", "-1").status());
        assertEquals(2, CommandRun.of("demo", "handoff", "--megabytes", "0").status());
        assertEquals(2, CommandRun.of("demo", "handoff", "--faults", "21").status());
    }

    private static long count(final String text, final String part) {
        return text.lines().filter(line -> line.contains(part)).count();
    }
}
