package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ChaosCommandTest {
    @Test
    void shouldSayWhatItRanAndThatNothingBroke() {
        final CommandRun run = CommandRun.of("chaos", "--seed", "12", "--runs", "2");

        assertEquals(0, run.status(), run.out() + run.err());
        assertTrue(run.out().startsWith("2 runs, seeds 12 to 13, in "), run.out());
        assertTrue(
                run.out().endsWith("0 runs broke a promise" + System.lineSeparator()), run.out());
    }

    @Test
    void shouldSayWhatIsWrongWithAnOption() {
        final CommandRun run = CommandRun.of("chaos", "--runs", "0");

        assertEquals(2, run.status());
        assertTrue(run.err().contains("--runs 0 is outside 1..1000000000"), run.err());
    }
}
