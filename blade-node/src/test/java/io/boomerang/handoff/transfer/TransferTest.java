package io.boomerang.handoff.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.handoff.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

class TransferTest {
    private static final int RANDOM_RUNS = 4_000;

    static LongStream runs() {
        return Seeds.seeds(RANDOM_RUNS);
    }

    @Test
    void shouldAlwaysHaveOneOwnerOverABadLink() {
        runs().forEach(seed -> {
            final RandomGenerator random = Seeds.random(seed);
            final HandOver handOver = new HandOver(random, 1 + random.nextInt(20), -1, false);
            replayable(seed, () -> handOver.run(1 + random.nextInt(5)));
            assertEquals(0, handOver.receiver().bufferedBytes(), "seed " + seed);
        });
    }

    @Test
    void shouldNeverHaveTwoOwnersWhenOneDies() {
        runs().forEach(seed -> {
            final RandomGenerator random = Seeds.random(seed);
            final HandOver handOver =
                    new HandOver(
                            random, random.nextInt(21), random.nextInt(200), random.nextBoolean());
            replayable(seed, () -> handOver.run(1 + random.nextInt(5)));
        });
    }

    /// One connection, each step of its transfer, either node.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldStandADeathAtEachStep(final boolean hostDies) {
        for (long seed = 0; seed < 40; seed++) {
            final int faultPercent = (int) (seed % 4) * 5;
            final int steps = new HandOver(Seeds.random(seed), faultPercent, -1, false).run(1);
            for (int step = 0; step <= steps; step++) {
                final int deathStep = step;
                final long replayed = seed;
                replayable(
                        seed,
                        () ->
                                new HandOver(
                                                Seeds.random(replayed),
                                                faultPercent,
                                                deathStep,
                                                hostDies)
                                        .run(1));
            }
        }
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
        final HandOver handOver = new HandOver(Seeds.random(seed), 0, -1, false);

        handOver.run(1);

        assertEquals(0, handOver.sender().dropBrokenCount());
        assertEquals(0, handOver.receiver().dropBrokenCount());
        assertFalse(handOver.outcomes().contains("frozen"));
    }

    @Test
    void shouldRefuseEveryFlippedBit() {
        final List<byte[]> sent = new ArrayList<>();
        final TransferDatagram.Writer writer =
                new TransferDatagram.Writer((memory, offset, length) ->
                        sent.add(memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE)));
        writer.send(TransferDatagram.COMMIT, 1, 1);
        writer.sendHave(2, 3, 5);
        writer.sendRefused(3, "no room");
        writer.sendChunk(4, 2, MemorySegment.ofArray(new byte[2_000]), 1);
        final TransferDatagram view = new TransferDatagram();

        for (final byte[] bytes : sent) {
            final MemorySegment datagram = MemorySegment.ofArray(bytes);
            assertTrue(view.wrap(datagram, 0, bytes.length));
            for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
                bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
                assertFalse(view.wrap(datagram, 0, bytes.length), "bit " + bit);
                bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
            }
            for (int length = 0; length < bytes.length; length++) {
                assertFalse(view.wrap(datagram, 0, length));
            }
        }
    }
}
