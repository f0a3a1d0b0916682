package io.boomerang.sim.report;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class StallRecorderTest {
    @AutoClose private final StallRecorder recorder = new StallRecorder();

    @Test
    void shouldMeasureNothingBeforeItsStart() {
        assertEquals(0, recorder.stalls().count());
    }

    @Test
    void shouldWeighAStallByTheMomentsThatItTook() {
        for (int tick = 0; tick < 1_000; tick++) {
            recorder.record(StallRecorder.TICK_NS);
        }

        recorder.record(1_001 * StallRecorder.TICK_NS);

        assertEquals(2_000, recorder.stalls().count());
        assertEquals(0, recorder.stalls().p50Us());
        assertEquals(980_000, recorder.stalls().p99Us(), 1_000);
        assertEquals(1_000_000, recorder.stalls().maxUs(), 1_000);
    }

    @Test
    void shouldTakeASleepThatEndedEarlyForNoStall() {
        recorder.record(1);

        assertEquals(0, recorder.stalls().maxUs());
    }

    @Test
    void shouldWatchByItself() {
        recorder.start();

        await().until(() -> recorder.stalls().count() > 10);
    }
}
