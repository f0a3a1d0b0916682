package io.boomerang.sim.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class HandoffRunTest {
    private static final int RUNS = Integer.getInteger("handoff.runs", 200);
    private static final long SEED = Long.getLong("seed", 1);

    /// Later seeds that have found defects.
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {30_513, 30_652, 30_725, 30_898})
    void shouldKeepThePromisesThatWereBrokenOnce(final long seed) {
        final HandoffPlan plan = HandoffPlan.random(seed);

        assertEquals(List.of(), HandoffRun.of(plan).violations(), plan::toString);
    }

    @Test
    void shouldKeepEveryConnectionWhole() {
        long moves = 0;
        for (long seed = SEED; seed < SEED + RUNS; seed++) {
            final HandoffPlan plan = HandoffPlan.random(seed);
            final HandoffRun.Outcome outcome = HandoffRun.of(plan);
            assertEquals(List.of(), outcome.violations(), plan::toString);
            moves += outcome.moves();
        }
        assertTrue(moves > RUNS, "only " + moves + " moves");
    }
}
