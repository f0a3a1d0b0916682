package io.boomerang.sim.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.LongStream;

/// Chassis under faults. `-Dseed=` runs one seed instead of many.
class ChaosRunTest {
    private static final long RUNS = 200;

    /// Later seeds that have found defects, before there were rules.
    private static final long[] FOUND = {
        66, 78, 87, 348, 439, 40_195, 51_237, 60_410, 71_211, 90_449, 92_706, 101_074, 102_600,
        201_530, 202_684, 301_023, 406_201, 500_266, 501_583
    };

    /// Those since.
    private static final long[] FOUND_WITH_RULES = {1_002_158, 5_002_095};

    /// The same where nothing is compared.
    private static final long[] FOUND_WITHOUT_COMPARISONS = {3_001_171, 4_202_425};

    /// The same of plans with moves.
    private static final long[] FOUND_WITH_MOVES = {
        1_145, 80_634, 90_316, 92_021, 96_325, 100_296, 102_805, 120_837
    };

    private static final long RUNS_WITH_MOVES = 80;

    private static ChaosPlan often(final long seed) {
        return ChaosPlan.random(seed).comparedEvery(ChaosPlan.OFTEN_COMPARED_MS);
    }

    static LongStream seedsOfMoves() {
        final Long one = Long.getLong("seed");
        return one == null ? LongStream.rangeClosed(1, RUNS_WITH_MOVES) : LongStream.of(one);
    }

    static LongStream seeds() {
        final Long one = Long.getLong("seed");
        return one == null ? LongStream.rangeClosed(1, RUNS) : LongStream.of(one);
    }

    static LongStream found() {
        return LongStream.of(FOUND);
    }

    static LongStream foundWithRules() {
        return LongStream.of(FOUND_WITH_RULES);
    }

    static LongStream foundWithoutComparisons() {
        return LongStream.of(FOUND_WITHOUT_COMPARISONS);
    }

    static LongStream foundWithMoves() {
        return LongStream.of(FOUND_WITH_MOVES);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldKeepEveryPromise(final long seed) {
        final ChaosPlan plan = ChaosPlan.random(seed);

        final ChaosRun.Outcome outcome = ChaosRun.of(plan);

        assertEquals(List.of(), outcome.violations(), () -> ChaosText.chassis(plan));
        assertTrue(outcome.deliveries() > 0);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seedsOfMoves")
    void shouldKeepEveryPromiseWhileFlowsMove(final long seed) {
        final ChaosPlan plan = ChaosPlan.randomWithMoves(seed);

        final ChaosRun.Outcome outcome = ChaosRun.of(plan);

        assertEquals(List.of(), outcome.violations(), () -> ChaosText.chassis(plan));
    }

    @Test
    void shouldSeeFlowsMove() {
        long moved = 0;
        for (long seed = 1; seed <= 5; seed++) {
            moved += ChaosRun.of(ChaosPlan.randomWithMoves(seed)).moved();
        }

        assertTrue(moved > 0, "no flow has moved");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("foundWithMoves")
    void shouldKeepThePromisesThatMovesHaveBroken(final long seed) {
        final ChaosPlan plan = ChaosPlan.withoutRules(seed).andMoves();

        assertEquals(List.of(), ChaosRun.of(plan).violations(), () -> ChaosText.chassis(plan));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("found")
    void shouldKeepThePromisesThatWereBrokenOnce(final long seed) {
        final ChaosPlan plan = ChaosPlan.withoutRules(seed);

        assertEquals(List.of(), ChaosRun.of(plan).violations(), () -> ChaosText.chassis(plan));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("foundWithRules")
    void shouldKeepThePromisesThatWereBrokenSinceThereAreRules(final long seed) {
        final ChaosPlan plan = often(seed);

        assertEquals(List.of(), ChaosRun.of(plan).violations(), () -> ChaosText.chassis(plan));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("foundWithoutComparisons")
    void shouldKeepThePromisesThatWereBrokenWhereNothingIsCompared(final long seed) {
        final ChaosPlan plan = ChaosPlan.random(seed).comparedEvery(ChaosPlan.NEVER_COMPARED_MS);

        assertEquals(List.of(), ChaosRun.of(plan).violations(), () -> ChaosText.chassis(plan));
    }

    @Test
    void shouldRunTheSameAgainWithTheSameSeed() {
        assertEquals(ChaosPlan.random(3), ChaosPlan.random(3));
        assertEquals(ChaosRun.of(ChaosPlan.random(3)), ChaosRun.of(ChaosPlan.random(3)));
        assertEquals(
                ChaosRun.of(ChaosPlan.randomWithMoves(3)),
                ChaosRun.of(ChaosPlan.randomWithMoves(3)));
    }

    @Test
    void shouldRunTheSameAgainWithTheSameDisks() {
        final ChaosRun.Outcome outcome = ChaosRun.of(ChaosPlan.random(3), true);

        assertEquals(outcome, ChaosRun.of(ChaosPlan.random(3), true));
        assertEquals(List.of(), outcome.violations());
    }

    /// A blade came back with a flow on its disk that had gone back to an earlier blade meanwhile.
    @Test
    void shouldKeepThePromiseThatDisksHaveBroken() {
        final ChaosPlan plan = often(700_015);

        assertEquals(
                List.of(), ChaosRun.of(plan, true).violations(), () -> ChaosText.chassis(plan));
    }

    /// Every packet of every flow reaches a blade when nothing goes wrong, and every flow answers.
    @ParameterizedTest
    @EnumSource
    void shouldDeliverEverythingWhenNothingGoesWrong(final AnnouncePolicy announce) {
        final List<ChaosEvent> flows =
                List.of(
                        new ChaosEvent.Flow(10, 0, true, Side.INGRESS, 5, 20, 1),
                        new ChaosEvent.Flow(15, 1, true, Side.EGRESS, 4, 30, 1),
                        new ChaosEvent.Flow(20, 2, false, Side.INGRESS, 3, 5, 1));

        final ChaosRun.Outcome outcome =
                ChaosRun.of(
                        new ChaosPlan(
                                7,
                                2,
                                3,
                                SelectionPolicy.LEAST_LOADED,
                                announce,
                                1,
                                ChaosPlan.OFTEN_COMPARED_MS,
                                flows));

        // Twelve packets and their answers; a probe of each flow through four redirectors; two new
        // flows at each of these, and their answers.
        assertEquals(new ChaosRun.Outcome(List.of(), 24 + 12 + 16, 24 + 12 + 16, 0), outcome);
    }
}
