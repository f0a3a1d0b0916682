package io.boomerang.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;

class Crc32cTest {
    static LongStream seeds() {
        final Long replay = Long.getLong("seed");
        return replay != null ? LongStream.of(replay) : LongStream.range(0, 20);
    }

    @Test
    void shouldGiveThePublishedCheckValue() {
        final byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);

        assertEquals(0xE3069283, crc(MemorySegment.ofArray(digits)));
    }

    @Test
    void shouldCountZerosWithoutReadingThem() {
        final MemorySegment zeros = MemorySegment.ofArray(new byte[37]);

        assertEquals(
                crc(zeros), Crc32c.finish(Crc32c.addZeros(Crc32c.start(), (int) zeros.byteSize())));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldAgreeWithThePlatform(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final byte[] content = new byte[random.nextInt(2_000)];
        random.nextBytes(content);
        final CRC32C platform = new CRC32C();
        platform.update(content);

        assertEquals((int) platform.getValue(), crc(MemorySegment.ofArray(content)));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldTellWhatAChangeDoes(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final byte[] content = new byte[random.nextInt(4, 2_000)];
        random.nextBytes(content);
        final MemorySegment data = MemorySegment.ofArray(content);
        final int at = random.nextInt(content.length - 3);
        final int before = data.get(NetworkOrder.INT, at);
        final int after = random.nextInt();
        final int crc = crc(data);
        data.set(NetworkOrder.INT, at, after);

        final int difference =
                Crc32c.difference(before ^ after, content.length - at - Integer.BYTES);

        assertEquals(crc(data), crc ^ difference);
    }

    private static int crc(final MemorySegment data) {
        return Crc32c.finish(Crc32c.add(Crc32c.start(), data, 0, data.byteSize()));
    }
}
