package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class ChurnCommandTest {
    @TempDir private Path directory;

    @Test
    void shouldPrintARowForEachRateAndEachLoad() throws IOException {
        final Path durations = Files.writeString(directory.resolve("d.txt"), "0.5 1\n1 9\n");

        final CommandRun run =
                CommandRun.of(
                        "simulate",
                        "churn",
                        "--servers=20",
                        "--connections=500",
                        "--minutes=2",
                        "--updates=3,30",
                        "--imbalance-at=100",
                        "--durations=" + durations);

        assertEquals(0, run.status(), run.err());
        final String out = run.out();
        assertTrue(
                out.startsWith("20 servers, at most 500 connections of 5.000 s on average"), out);
        assertTrue(
                out.lines().anyMatch(line -> line.matches(" +3\\.0 +1[12],\\d{3} .* 0 +[\\d,]+")),
                out);
        assertTrue(
                out.lines().anyMatch(line -> line.matches(" +30\\.0 +1[12],\\d{3} .* 0 +[\\d,]+")),
                out);
        assertTrue(out.lines().anyMatch(line -> line.matches(" +100( +[\\d.]+ %){4}")), out);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--servers=1 | --servers: 1 is outside 2 to 10000",
                "--updates=-1 | --updates: below 0: -1.0",
                "--minutes=0 | --minutes: not above 0",
                "--redirectors=1 | --redirectors: 1 is outside 2 to 64"
            })
    void shouldRefuseWhatMakesNoSense(final String option, final String complaint) {
        final CommandRun run = CommandRun.of("simulate", "churn", option);

        assertEquals(2, run.status());
        assertTrue(run.err().startsWith(complaint), run.err());
    }

    @Test
    void shouldNameTheFileThatIsNoDistribution() throws IOException {
        final Path file = Files.writeString(directory.resolve("d.txt"), "0.5 1\nhello\n");

        final CommandRun run = CommandRun.of("simulate", "churn", "--downtimes=" + file);

        assertEquals(1, run.status());
        assertTrue(run.err().contains(file + ", line 2: expected"), run.err());
    }

    @Test
    void shouldAskWhatToSimulate() {
        final CommandRun run = CommandRun.of("simulate");

        assertEquals(2, run.status());
        assertTrue(run.err().contains("Say what to simulate: churn, flood"), run.err());
    }
}
