package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FlowIdClockTest {
    @Test
    void shouldTellMicrosecondsAndNode() {
        final FlowIdClock clock = new FlowIdClock(5);

        assertEquals(1_234L << 10 | 5, clock.next(1_234_999));
    }

    @Test
    void shouldCountFromTheEpochGiven() {
        final FlowIdClock clock = new FlowIdClock(5, 1_000_000);

        assertEquals(1_001L << 10 | 5, clock.next(1_000));
    }

    @Test
    void shouldNeverRepeatAnIdWhenTimeStandsStillOrGoesBack() {
        final FlowIdClock clock = new FlowIdClock(1_023);

        final long first = clock.next(5_000_000);
        final long second = clock.next(5_000_000);
        final long third = clock.next(-1);

        assertTrue(Long.compareUnsigned(second, first) > 0);
        assertTrue(Long.compareUnsigned(third, second) > 0);
    }

    @Test
    void shouldStayAheadOfWhatItObserved() {
        final FlowIdClock behind = new FlowIdClock(1);
        final FlowIdClock ahead = new FlowIdClock(900);
        final long theirs = ahead.next(9_000_000_000L);

        behind.observe(theirs);
        behind.observe(3);

        assertTrue(Long.compareUnsigned(behind.next(0), theirs) > 0);
    }

    @Test
    void shouldNotBelieveAnIdThatWouldExhaustTheNumbers() {
        final FlowIdClock clock = new FlowIdClock(1);

        clock.observe(-1L);
        clock.observe(FlowIdClock.MAX_OBSERVED_TICK + 1 << FlowIdClock.NODE_BITS);

        assertEquals(1L << 10 | 1, clock.next(0));
    }

    @Test
    void shouldRefuseANodeThatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> new FlowIdClock(0));
        assertThrows(IllegalArgumentException.class, () -> new FlowIdClock(1_024));
    }
}
