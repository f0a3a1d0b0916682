package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.measure.ConntrackdRate;

import org.junit.jupiter.api.Test;

import java.util.List;

final class MeasureCommandIT {
    @Test
    void shouldMeasureWithAndWithoutAKeyInTwoProcesses() {
        final CommandRun run =
                CommandRun.of("measure", "announcements", "--seconds", "1", "--rate", "1000");

        assertEquals(0, run.status(), run.err());
        final List<String> lines = run.out().lines().toList();
        assertEquals(4, lines.size(), run.out());
        assertTrue(lines.get(1).startsWith("plain "), run.out());
        assertTrue(lines.get(2).startsWith("chassis key "), run.out());
        final String obstacle = ConntrackdRate.obstacle();
        if (!obstacle.isEmpty()) {
            assertEquals("conntrackd   not measured; " + obstacle, lines.get(3));
        }
        for (final String line : lines.subList(1, obstacle.isEmpty() ? 4 : 3)) {
            assertTrue(line.matches("[a-z ]+ +[1-9][0-9,]* +[1-9][0-9,]*/s: +[1-9].*"), run.out());
        }
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        final CommandRun none = CommandRun.of("measure");
        final CommandRun rate = CommandRun.of("measure", "announcements", "--rate", "0");

        assertEquals(2, none.status());
        assertTrue(
                none.err()
                        .contains(
                                "Say what to measure: announcements, chassis, drain, failover,"
                                        + " handoff, proxies or pull"),
                none.err());
        assertEquals(2, rate.status());
        assertTrue(rate.err().contains("--rate 0 is outside 1..100000000"), rate.err());
    }

    @Test
    void shouldPullTheSessionsOfBladesInAnotherProcess() {
        final CommandRun run =
                CommandRun.of(
                        "measure",
                        "pull",
                        "--sessions",
                        "3000",
                        "--blades",
                        "2",
                        "--rate",
                        "500",
                        "--seconds",
                        "1");

        assertEquals(0, run.status(), run.err() + run.out());
        // Some of those that begin meanwhile are pulled, too.
        assertTrue(
                run.out().lines().anyMatch(line -> line.matches("3,\\d{3} sessions of 2 blades.*")),
                run.out());
        assertTrue(run.out().contains("\nmeanwhile "), run.out());
        assertTrue(
                run.out().lines().anyMatch(line -> line.matches("afterwards .* 0 lost")),
                run.out());
    }

    @Test
    void shouldRefuseAPullThatMakesNoSense() {
        for (final String option : List.of("--sessions", "--blades", "--rate", "--seconds")) {
            final CommandRun run = CommandRun.of("measure", "pull", option, "0");
            assertEquals(2, run.status());
            assertTrue(run.err().contains(option + " 0 is outside 1.."), run.err());
        }
    }
}
