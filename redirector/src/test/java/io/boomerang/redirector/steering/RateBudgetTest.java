package io.boomerang.redirector.steering;

import static io.boomerang.redirector.steering.Rig.BLADE_1;
import static io.boomerang.redirector.steering.Rig.BLADE_2;
import static io.boomerang.redirector.steering.Rig.EGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.StateQuery;
import io.boomerang.redirector.RedirectorConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.SplittableRandom;

class RateBudgetTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;

    @ParameterizedTest(name = "clock starts at {0}")
    @ValueSource(longs = {0, -5_000_000_000L, Long.MAX_VALUE - 20, Long.MIN_VALUE})
    void shouldAllowATenthOfASecondsQuestionsAtOnceAndTheRestInTime(final long startNs) {
        final RateBudget budget = new RateBudget(1_000);

        for (int i = 0; i < 100; i++) {
            assertTrue(budget.take(startNs), "question " + i);
        }
        assertFalse(budget.take(startNs));
        assertFalse(budget.take(startNs + MS - 1));
        assertTrue(budget.take(startNs + MS));
        assertFalse(budget.take(startNs + MS));
        for (int i = 0; i < 100; i++) {
            assertTrue(budget.take(startNs + 3_600 * SECOND), "question " + i);
        }
        assertFalse(budget.take(startNs + 3_600 * SECOND));
    }

    @Test
    void shouldAllowOneQuestionASecondAtTheLeast() {
        final RateBudget budget = new RateBudget(1);

        assertTrue(budget.take(0));
        assertFalse(budget.take(SECOND - 1));
        assertTrue(budget.take(SECOND));
    }

    @Test
    void shouldNeverAllowMoreThanRateAndBurst() {
        final long seed = Long.getLong("seed", 1);
        final SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            final int perSecond = 1 + random.nextInt(100_000);
            final RateBudget budget = new RateBudget(perSecond);
            long nowNs = random.nextLong();
            final long startNs = nowNs;
            long allowed = 0;
            for (int i = 0; i < 2_000; i++) {
                nowNs += random.nextInt(10) == 0 ? random.nextLong(SECOND / 10) : 0;
                allowed += budget.take(nowNs) ? 1 : 0;
            }
            final double most =
                    Math.max(1, perSecond / 10) + 1.001 * perSecond * (nowNs - startNs) / SECOND;
            assertTrue(allowed <= most + 1, "seed " + seed + " round " + round + ": " + allowed);
        }
    }

    @Test
    void shouldDropAndCountWhatIsOverBudgetWhileKnownFlowsGoOn() {
        final RedirectorConfig config =
                RedirectorConfig.DEFAULTS.withSessionCapacity(1 << 10).withQueriesPerSecond(50);
        try (Rig rig = new Rig(config, List.of(INGRESS), INGRESS, EGRESS, BLADE_1, BLADE_2)) {
            rig.frame(INGRESS, 1, Frames.tcp(1, 1_000, 2, 80, Frames.SYN));
            final int home = rig.lastArrived().node();
            for (int source = 0; source < 100; source++) {
                rig.frame(INGRESS, 2, Frames.tcp(100 + source, 1_000, 2, 80, Frames.ACK));
                rig.frame(INGRESS, 3, Frames.tcp(1, 1_000, 2, 80, Frames.ACK));
            }

            final RedirectorCounters counters = rig.redirector(INGRESS).counters();
            assertEquals(5, questions(rig));
            assertEquals(95, counters.dropped(DropReason.QUESTION_BUDGET));
            assertEquals(101, rig.arrived.size());
            assertTrue(rig.arrived.stream().allMatch(one -> one.node() == home));

            rig.answerAll();
            rig.pass(20);
            rig.frame(INGRESS, 4, Frames.tcp(9, 1_000, 2, 80, Frames.ACK));

            assertEquals(1, questions(rig));
        }
    }

    private static long questions(final Rig rig) {
        return rig.said.stream()
                .filter(one -> one.to() == BLADE_1 && one.message() instanceof StateQuery)
                .count();
    }
}
