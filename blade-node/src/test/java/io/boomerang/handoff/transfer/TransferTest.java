package io.boomerang.handoff.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.boomerang.handoff.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

class TransferTest {
    private static final int RANDOM_RUNS = 4_000;

    static LongStream runs() {
        return Seeds.seeds(RANDOM_RUNS);
    }

    @Test
    void shouldAlwaysHaveOneOwnerOverBadLinks() {
        runs().forEach(seed -> {
            final RandomGenerator random = Seeds.random(seed);
            final HandOver handOver = new HandOver(random, 1 + random.nextInt(20), Map.of());
            replayable(seed, () -> handOver.run(1 + random.nextInt(5)));
            assertEquals(0, handOver.receiver().bufferedBytes(), "seed " + seed);
        });
    }

    @Test
    void shouldNeverHaveTwoOwnersWhenNodesDie() {
        runs().forEach(seed -> {
            final RandomGenerator random = Seeds.random(seed);
            final Map<Integer, Integer> deaths = new HashMap<>();
            for (int i = 1 + random.nextInt(2); i > 0; i--) {
                deaths.put(1 + random.nextInt(HandOver.HOST), 1 + random.nextInt(300));
            }
            final HandOver handOver = new HandOver(random, random.nextInt(21), deaths);
            replayable(seed, () -> handOver.run(1 + random.nextInt(5)));
        });
    }

    /// One connection, each step of its transfer, each node.
    @ParameterizedTest
    @ValueSource(ints = {HandOver.CLASSIFIER, HandOver.FORWARDER, HandOver.HOST})
    void shouldStandADeathAtEachStep(final int node) {
        for (long seed = 0; seed < 40; seed++) {
            final int faultPercent = (int) (seed % 4) * 5;
            final int steps = new HandOver(Seeds.random(seed), faultPercent, Map.of()).run(1);
            for (int step = 1; step <= steps; step++) {
                final Map<Integer, Integer> deaths = Map.of(node, step);
                final long replayed = seed;
                replayable(
                        seed,
                        () -> new HandOver(Seeds.random(replayed), faultPercent, deaths).run(1));
            }
        }
    }

    @Test
    void shouldKnowHowItEndedWhoeverDiesAlone() {
        final Set<String> outcomes = new HashSet<>();
        for (int step = 1; step < 40; step++) {
            final HandOver handOver =
                    new HandOver(Seeds.random(step % 4), 0, Map.of(HandOver.FORWARDER, step));
            handOver.run(1);
            outcomes.addAll(handOver.outcomes());
        }

        assertEquals(Set.of("kept", "given"), outcomes);
    }

    private static void replayable(final long seed, final Runnable run) {
        try {
            run.run();
        } catch (final AssertionError e) {
            throw new AssertionError("-Dseed=" + seed, e);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.handoff.Seeds#seeds")
    void shouldDropNothingOnAGoodLink(final long seed) {
        final HandOver handOver = new HandOver(Seeds.random(seed), 0, Map.of());

        handOver.run(1);

        assertEquals(0, handOver.sender().dropBrokenCount());
        assertEquals(0, handOver.receiver().dropBrokenCount());
        assertEquals(0, handOver.forwarder().counters().snapshot().get("drop-handoff-broken"));
        assertEquals(0, handOver.forwarder().size());
        assertFalse(handOver.outcomes().contains("frozen"));
    }
}
