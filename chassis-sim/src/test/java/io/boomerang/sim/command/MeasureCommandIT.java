package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

final class MeasureCommandIT {
    @Test
    void shouldMeasureWithAndWithoutAKeyInTwoProcesses() {
        final CommandRun run =
                CommandRun.of("measure", "announcements", "--seconds", "1", "--rate", "1000");

        assertEquals(0, run.status(), run.err());
        final List<String> lines = run.out().lines().toList();
        assertEquals(3, lines.size(), run.out());
        assertTrue(lines.get(1).startsWith("plain "), run.out());
        assertTrue(lines.get(2).startsWith("chassis key "), run.out());
        for (final String line : lines.subList(1, 3)) {
            assertTrue(line.matches("[a-z ]+ +[1-9][0-9,]* +[1-9][0-9,]*/s: +[1-9].*"), run.out());
        }
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        final CommandRun none = CommandRun.of("measure");
        final CommandRun rate = CommandRun.of("measure", "announcements", "--rate", "0");

        assertEquals(2, none.status());
        assertTrue(
                none.err().contains("Say what to measure: announcements, chassis or drain"),
                none.err());
        assertEquals(2, rate.status());
        assertTrue(rate.err().contains("--rate 0 is outside 1..100000000"), rate.err());
    }
}
