package io.boomerang.node.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({
        "0ms, 0",
        "200ms, 200",
        "10s, 10000",
        "2h4m, 7440000",
        "1h1m1s1ms, 3661001",
        "90m, 5400000"
    })
    void shouldReadDurations(final String text, final long expected) {
        assertEquals(expected, Quantity.durationMs(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1.5s", "1s1h", "10 s", "1234567890s"})
    void shouldRefuseWhatIsNoDuration(final String text) {
        assertNull(Quantity.durationMs(text));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1500, 1500", "64KiB, 65536", "4MiB, 4194304", "2GiB, 2147483648"})
    void shouldReadSizes(final String text, final long expected) {
        assertEquals(expected, Quantity.bytes(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "KiB", "-1", "1.5MiB", "64kb", "64 KiB"})
    void shouldRefuseWhatIsNoSize(final String text) {
        assertNull(Quantity.bytes(text));
    }

    @ParameterizedTest
    @CsvSource({"0, 0ms", "1500, 1500ms", "2000, 2s", "120000, 2m", "7200000, 2h", "7440000, 124m"})
    void shouldWriteDurationsThatItReads(final long ms, final String expected) {
        assertEquals(expected, Quantity.durationText(ms));
        assertEquals(ms, Quantity.durationMs(expected));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1500, 1500", "65536, 64KiB", "4194304, 4MiB", "1073741824, 1024MiB"})
    void shouldWriteSizesThatItReads(final long bytes, final String expected) {
        assertEquals(expected, Quantity.sizeText(bytes));
        assertEquals(bytes, Quantity.bytes(expected));
    }
}
