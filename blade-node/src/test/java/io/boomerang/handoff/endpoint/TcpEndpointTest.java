package io.boomerang.handoff.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.handoff.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.random.RandomGenerator;

class TcpEndpointTest {
    private static final String SEEDS = "io.boomerang.handoff.Seeds#seeds";
    private static final int BYTES = 300_000;

    @Test
    void shouldRepeatNothingOnAGoodLink() {
        final Conversation conversation =
                new Conversation(
                        Seeds.random(1),
                        Conversation.Faults.NONE,
                        false,
                        EndpointConfig.DEFAULTS,
                        EndpointConfig.DEFAULTS,
                        BYTES,
                        BYTES);

        conversation.run(0);

        assertEquals(0, conversation.client().endpoint().repeatedCount());
        assertEquals(0, conversation.server().endpoint().repeatedCount());
        assertEquals(0, conversation.client().endpoint().dropUnacceptableCount());
        assertEquals(0, conversation.server().endpoint().dropUnacceptableCount());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void shouldDeliverEveryByteOverABadLink(final long seed) {
        conversation(seed, 0).run(0);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource(SEEDS)
    void shouldMoveInTheMiddleOfABadLink(final long seed) {
        conversation(seed, 1_000).run(50);
    }

    @Test
    void shouldMoveAgainAndAgain() {
        final EndpointConfig small =
                new EndpointConfig(1_000, 1 << 14, 1 << 14, true, true, true, true);
        final Conversation conversation =
                new Conversation(
                        Seeds.random(2),
                        new Conversation.Faults(2, 2, 2, 2),
                        true,
                        small,
                        small,
                        BYTES,
                        BYTES);

        conversation.run(200);

        assertTrue(conversation.moveCount() > 100, () -> conversation.moveCount() + " moves");
    }

    private static Conversation conversation(final long seed, final int salt) {
        final RandomGenerator random = Seeds.random(seed + salt);
        return new Conversation(
                random,
                new Conversation.Faults(
                        random.nextInt(15),
                        random.nextInt(15),
                        random.nextInt(20),
                        random.nextInt(10)),
                random.nextBoolean(),
                config(random),
                config(random),
                BYTES / 4 + random.nextInt(BYTES),
                random.nextInt(BYTES));
    }

    private static EndpointConfig config(final RandomGenerator random) {
        final int mss = 200 + random.nextInt(1_300);
        return new EndpointConfig(
                mss,
                2 * mss << random.nextInt(8),
                2 * mss << random.nextInt(8),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean());
    }
}
