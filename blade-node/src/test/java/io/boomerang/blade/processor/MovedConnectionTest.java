package io.boomerang.blade.processor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.wire.TcpHeader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

/// A connection that goes from firewall to firewall, beside one that stays where it is.
class MovedConnectionTest {
    private static final int SEGMENTS = 4_000;
    private static final int[] FLAGS = {
        TcpHeader.SYN,
        TcpHeader.SYN | TcpHeader.ACK,
        TcpHeader.ACK,
        TcpHeader.ACK,
        TcpHeader.ACK,
        TcpHeader.ACK | TcpHeader.PSH,
        TcpHeader.FIN | TcpHeader.ACK,
        TcpHeader.RST | TcpHeader.ACK
    };

    static LongStream seeds() {
        final Long replayed = Long.getLong("seed");
        return replayed != null ? LongStream.of(replayed) : LongStream.range(0, 40);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldJudgeEverySegmentAsIfItHadStayed(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final TcpConnection staying = new TcpConnection();
        TcpConnection moving = new TcpConnection();
        final Map<ProcessorVerdict, Integer> verdicts = new EnumMap<>(ProcessorVerdict.class);
        for (int i = 0; i < SEGMENTS; i++) {
            final TcpSegment segment = segment(random);
            if (i % 100 == 0 || staying.isClosed() && segment.isSyn()) {
                begin(staying, segment);
                begin(moving, segment);
            } else {
                final boolean fromInitiator = random.nextBoolean();
                final ProcessorVerdict verdict = staying.advance(segment, fromInitiator);

                assertEquals(verdict, moving.advance(segment, fromInitiator), "segment " + i);
                verdicts.merge(verdict, 1, Integer::sum);
            }
            if (random.nextInt(4) == 0) {
                final TcpConnection next = new TcpConnection();
                assertTrue(next.takeOver(moving.toBytes()));
                moving = next;
            }
            assertArrayEquals(staying.toBytes(), moving.toBytes(), "segment " + i);
            assertEquals(staying.isClosed(), moving.isClosed());
            assertEquals(staying.isLoose(), moving.isLoose());
        }
        assertEquals(3, verdicts.size(), "the segments are too much alike: " + verdicts);
    }

    private static void begin(final TcpConnection connection, final TcpSegment segment) {
        if (segment.isSyn()) {
            connection.open(segment);
        } else {
            connection.pickUp(segment);
        }
    }

    /// Numbers close to each other, so that many segments fit and many do not.
    private static TcpSegment segment(final RandomGenerator random) {
        final TcpSegment segment = new TcpSegment();
        final int flags = FLAGS[random.nextInt(FLAGS.length)];
        segment.set(
                flags,
                1_000 + random.nextInt(random.nextBoolean() ? 4 : 5_000),
                1_000 + random.nextInt(random.nextBoolean() ? 4 : 5_000),
                random.nextInt(4_000),
                random.nextInt(3) * 100,
                (flags & TcpHeader.SYN) != 0 ? random.nextInt(-1, 4) : TcpSegment.NO_SCALE);
        return segment;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldTakeOverNothingButWhatItWrites(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final TcpConnection connection = new TcpConnection();
        final byte[] cleared = connection.toBytes();
        for (int i = 0; i < 1_000; i++) {
            final byte[] bytes = connection.toBytes();
            random.nextBytes(bytes);
            bytes[0] = 1;
            bytes[1] = (byte) random.nextInt(8);
            bytes[3] = (byte) random.nextInt(2);
            if (connection.takeOver(bytes)) {
                assertTrue(new TcpConnection().takeOver(connection.toBytes()));
            } else {
                assertArrayEquals(cleared, connection.toBytes());
            }
        }
    }

    @Test
    void shouldRefuseBytesOfAnotherLengthOrFormat() {
        final TcpConnection connection = new TcpConnection();
        final byte[] newer = connection.toBytes();
        newer[0]++;

        assertFalse(connection.takeOver(new byte[0]));
        assertFalse(connection.takeOver(new byte[newer.length - 1]));
        assertFalse(connection.takeOver(newer));
    }
}
