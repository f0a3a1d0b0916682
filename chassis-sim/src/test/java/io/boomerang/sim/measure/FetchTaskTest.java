package io.boomerang.sim.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.boomerang.sim.report.Latency;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class FetchTaskTest {
    @Test
    void shouldReadWhatWasWritten() {
        final FetchTask task =
                new FetchTask(
                        8,
                        2_500,
                        List.of(
                                FetchTarget.of("10.1.80.80:80", "a", 1L << 33, "blade-2"),
                                FetchTarget.of("10.2.0.1:81", "b", 100, "blade-3")));

        final FetchTask read = FetchTask.parse(task.text());

        assertEquals(task, read);
        assertEquals(
                new FetchTarget("10.1.80.80", 80, "/a/8589934592", "blade-2"),
                read.targets().getFirst());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "8 0",
                "0 0 10.1.80.80:80/a@blade-2",
                "8 -1 10.1.80.80:80/a@blade-2",
                "8 0 10.1.80.80:80/a",
                "8 0 10.1.80.80/a@blade-2",
                "8 0 example.org:80/a@blade-2",
                "x 0 10.1.80.80:80/a@blade-2"
            })
    void shouldRefuseWhatIsNoTask(final String line) {
        assertThrows(IllegalArgumentException.class, () -> FetchTask.parse(line));
    }

    @Test
    void shouldReadAResultAndTellItsRates() {
        final FetchingClient.Result result =
                new FetchingClient.Result(
                        500, 2, 50_000_000, 2.5, new Latency(500, 120.5, 900, 1_200));

        assertEquals(result, FetchingClient.Result.parse(result.text()));
        assertEquals(200, result.perSecond());
        assertEquals(160e6, result.bitsPerSecond());
        assertThrows(IllegalArgumentException.class, () -> FetchingClient.Result.parse("500 2 5"));
    }
}
