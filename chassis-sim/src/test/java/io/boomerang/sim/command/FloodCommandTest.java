package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FloodCommandTest {
    @Test
    void shouldPrintAColumnForEachPhase() {
        final CommandRun run =
                CommandRun.of(
                        "simulate",
                        "flood",
                        "--attack=ack",
                        "--connections=50",
                        "--packets=50",
                        "--seconds=1",
                        "--blades=2",
                        "--sessions=1024",
                        "--markers=1024");

        assertEquals(0, run.status(), run.err());
        final String out = run.out();
        assertTrue(out.startsWith("ACK flood of 5,000 packets/s from spoofed sources, "), out);
        assertTrue(out.lines().anyMatch(line -> line.matches(" +before +flood +after +rest")), out);
        assertTrue(out.lines().anyMatch(line -> line.matches(" {2}packets lost +0 +0 +0 +0")), out);
        assertTrue(
                out.lines()
                        .anyMatch(line ->
                                line.matches(" {2}session table: embryonic evicted +[1-9].*")),
                out);
        assertTrue(out.endsWith("Promises: all kept" + System.lineSeparator()), out);
    }

    @Test
    void shouldFailWhenAPromiseIsBroken() {
        final CommandRun run =
                CommandRun.of(
                        "simulate",
                        "flood",
                        "--connections=1200",
                        "--factor=1",
                        "--seconds=1",
                        "--blades=1",
                        "--markers=1024");

        assertEquals(1, run.status());
        assertTrue(
                run.out().lines().anyMatch(line -> line.startsWith("broken: connection ")),
                run.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--markers=10 | --markers: 10 is outside 1,024 to 16,777,216",
                "--factor=0 | --factor: 0 is outside 1 to 10,000",
                "--attack=smurf | Invalid value for option '--attack': 'smurf' is none of syn,"
                        + " ack, udp"
            })
    void shouldRefuseWhatMakesNoSense(final String option, final String complaint) {
        final CommandRun run = CommandRun.of("simulate", "flood", option);

        assertEquals(2, run.status());
        assertTrue(run.err().startsWith(complaint), run.err());
    }
}
