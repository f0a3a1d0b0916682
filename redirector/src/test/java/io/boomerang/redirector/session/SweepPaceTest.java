package io.boomerang.redirector.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepPaceTest {
    private static final long START_NS = -3_000_000_000L;
    private static final long MS = 1_000_000L;

    @ParameterizedTest
    @CsvSource({"2, 5000", "2048, 5000", "2048, 13", "2097152, 5000", "1048576, 1"})
    void shouldGiveEverySlotItsTurnOnceInARound(final long slots, final long everyUs) {
        final SweepPace pace = new SweepPace(slots);
        long swept = pace.due(START_NS);
        for (long atNs = 0; atNs <= SweepPace.ROUND_NS; atNs += everyUs * 1_000) {
            swept += pace.due(START_NS + atNs);
        }

        assertTrue(Math.abs(swept - slots) <= Math.max(1, slots / 100), swept + " of " + slots);
    }

    @Test
    void shouldAskForNothingAtFirst() {
        assertEquals(0, new SweepPace(1 << 20).due(START_NS));
    }

    @Test
    void shouldCostABoundedAmountAfterALongPause() {
        final SweepPace pace = new SweepPace(1 << 29);
        pace.due(START_NS);

        assertEquals(SweepPace.MOST_SLOTS, pace.due(START_NS + 3_600_000 * MS));
        assertEquals(0, pace.due(START_NS + 3_600_000 * MS));
    }
}
