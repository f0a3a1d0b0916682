package io.boomerang.sim.churn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class CumulativeDistributionTest {
    @TempDir private Path directory;

    private CumulativeDistribution read(final String text) throws IOException {
        return CumulativeDistribution.read(Files.writeString(directory.resolve("cdf.txt"), text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\n    \"0.25\":\t2,\n    \"0.75\":\t4.5,\n    \"1\":\t10\n}",
                "# probability, seconds\n0.25,2\n\n0.75, 4.5\n1,10\n",
                "0.25 2\n0.75\t4.5\n1e0 10"
            })
    void shouldReadPairs(final String text) throws IOException {
        final CumulativeDistribution distribution = read(text);

        assertEquals(0.25 * 2 + 0.5 * 4.5 + 0.25 * 10, distribution.mean(), 1e-12);
        assertEquals(2, distribution.seconds(0));
        assertEquals(2, distribution.seconds(0.2499));
        assertEquals(4.5, distribution.seconds(0.25));
        assertEquals(4.5, distribution.seconds(0.7499));
        assertEquals(10, distribution.seconds(0.75));
        assertEquals(10, distribution.seconds(Math.nextDown(1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.5 1;x;1 2 | line 2: expected a cumulative probability and seconds, found 'x'",
                "0.5 1;0.5 2;1 3 | line 2: probability 0.5 is not above the last one, up to 1",
                "0.5 1;1.5 2 | line 2: probability 1.5 is not above the last one, up to 1",
                "0.5 3;1 2 | line 2: 2 s is below the last value",
                "0.5 3;0.9 4 | the last probability is 0.9, not 1",
                "# nothing | the last probability is 0.0, not 1"
            })
    void shouldNameFileAndLineOfWhatIsWrong(final String text, final String complaint) {
        final IOException failure =
                assertThrows(IOException.class, () -> read(text.replace(';', '\n')));

        final String message = String.valueOf(failure.getMessage());
        assertTrue(message.endsWith(complaint), message);
        assertTrue(message.contains("cdf.txt"), message);
    }
}
