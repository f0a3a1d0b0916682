package io.boomerang.wire;

import static io.boomerang.wire.RecordedFrames.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

class InternetChecksumTest {
    static LongStream seeds() {
        final Long replay = Long.getLong("seed");
        return replay != null ? LongStream.of(replay) : LongStream.range(0, 20);
    }

    @Test
    void shouldSumTheExampleOfRfc1071() {
        final MemorySegment data = segment("0001 f203 f4f5 f6f7");

        assertEquals(0xDDF2, InternetChecksum.fold(InternetChecksum.add(0, data, 0, 8)));
        assertEquals(0x220D, InternetChecksum.finish(InternetChecksum.add(0, data, 0, 8)));
    }

    @Test
    void shouldCountAnOddLastByteAsTheHighHalfOfAWord() {
        final MemorySegment data = segment("0001 f203 f4");

        assertEquals(
                InternetChecksum.fold(0x0001 + 0xF203 + 0xF400),
                InternetChecksum.fold(InternetChecksum.add(0, data, 0, 5)));
    }

    @Test
    void shouldUpdateTheExampleOfRfc1624() {
        assertEquals(
                0x0000,
                InternetChecksum.update(0xDD2F, InternetChecksum.difference(0x5555, 0x3285)));
    }

    @Test
    void shouldFindARecordedHeaderSound() {
        final MemorySegment frame = segment(RecordedFrames.TCP_SYN);

        assertEquals(
                0,
                InternetChecksum.finish(
                        InternetChecksum.add(0, frame, EthernetHeader.LENGTH, Ipv4Header.LENGTH)));
    }

    @Test
    void shouldKeepAChecksumWhereNothingChanges() {
        assertEquals(0xFFFF, InternetChecksum.update(0xFFFF, InternetChecksum.difference(7, 7)));
        assertEquals(0, InternetChecksum.update(0, InternetChecksum.difference(7, 7)));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldUpdateToWhatComputingGives(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);

        for (int round = 0; round < 500; round++) {
            final byte[] content = new byte[8 * random.nextInt(2, 12)];
            random.nextBytes(content);
            // As in any packet, something is not zero.
            content[0] = 0x45;
            final MemorySegment data = MemorySegment.ofArray(content);
            final int checksum = checksum(data);
            final long at = 8L * random.nextInt(1, content.length / 8);
            final long before = data.get(NetworkOrder.LONG, at);
            final long after = random.nextLong() >>> random.nextInt(64);
            data.set(NetworkOrder.LONG, at, after);

            final int updated =
                    InternetChecksum.update(checksum, InternetChecksum.difference(before, after));

            assertEquals(checksum(data), updated);
        }
    }

    private static int checksum(final MemorySegment data) {
        return InternetChecksum.finish(InternetChecksum.add(0, data, 0, data.byteSize()));
    }
}
