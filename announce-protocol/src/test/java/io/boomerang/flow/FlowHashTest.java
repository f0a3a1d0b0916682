package io.boomerang.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

class FlowHashTest {
    /// The key of the published vectors: the bytes 0 to 15.
    private static final long K0 = 0x0706050403020100L;

    private static final long K1 = 0x0F0E0D0C0B0A0908L;
    private static final FlowHash HASH = new FlowHash(K0, K1);

    static LongStream seeds() {
        final Long replay = Long.getLong("seed");
        return replay != null ? LongStream.of(replay) : LongStream.range(0, 20);
    }

    @Test
    void shouldGiveThePublishedValuesOfSipHash13() {
        final FlowKey key = new FlowKey();
        key.setWords(0x0B0A0908, 0, 0x07060504, 0, 0x03020100, 0x0F0E, 0x0D0C, 0x13121110);

        assertEquals(0xC0DC2F46A6CCE040L, HASH.hash(key));
        assertEquals(0xCC4FDD1A7D908B66L, HASH.hash(K0, K1));
    }

    @Test
    void shouldHaveAReferenceThatGivesThePublishedValues() {
        final byte[] message = new byte[15];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) i;
        }

        assertEquals(0xABAC0158050FC4DCL, reference(1, 3, K0, K1, new byte[0]));
        assertEquals(0xD320D86D2A519956L, reference(1, 3, K0, K1, message));
        assertEquals(0xA129CA6149BE45E5L, reference(2, 4, K0, K1, message));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldBeSipHash13OfTheKeysWords(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);

        for (int round = 0; round < 200; round++) {
            final long k0 = random.nextLong();
            final long k1 = random.nextLong();
            final FlowKey key = randomKey(random);
            final DatagramKey datagram = randomDatagram(random);

            final FlowHash hash = new FlowHash(k0, k1);

            assertEquals(reference(1, 3, k0, k1, message(key)), hash.hash(key));
            assertEquals(reference(1, 3, k0, k1, message(datagram)), datagram.hash(hash));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldGiveBothDirectionsTheSameHash(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final FlowKey there = new FlowKey();
        final FlowKey back = new FlowKey();

        for (int round = 0; round < 200; round++) {
            final long[] a = random.longs(4).toArray();
            final int[] ports = random.ints(2, 0, 0x10000).toArray();
            final boolean thereIsB =
                    there.setIpv6(6, 0, a[0], a[1], ports[0], a[2], a[3], ports[1], 5);
            final boolean backIsB =
                    back.setIpv6(6, 0, a[2], a[3], ports[1], a[0], a[1], ports[0], 5);

            assertEquals(there, back);
            assertEquals(HASH.hash(there), HASH.hash(back));
            assertNotEquals(thereIsB, backIsB);
        }
    }

    @Test
    void shouldDependOnEveryFieldAndOnTheSeed() {
        final FlowKey key = new FlowKey();
        key.setWords(6, 0, 1, 0, 2, 3, 4, 5);
        final long hash = HASH.hash(key);
        final int[][] changes = {
            {7, 1, 2, 3, 4, 5}, {6, 9, 2, 3, 4, 5}, {6, 1, 9, 3, 4, 5},
            {6, 1, 2, 9, 4, 5}, {6, 1, 2, 3, 9, 5}, {6, 1, 2, 3, 4, 9}
        };

        for (final int[] c : changes) {
            key.setWords(c[0], 0, c[1], 0, c[2], c[3], c[4], c[5]);
            assertNotEquals(hash, HASH.hash(key));
        }
        key.setWords(6, 0, 1, 0, 2, 3, 4, 5);
        assertNotEquals(hash, new FlowHash(K0 + 1, K1).hash(key));
        assertNotEquals(hash, new FlowHash(K0, K1 + 1).hash(key));
    }

    @Test
    void shouldSpreadNeighbouringFlowsEvenly() {
        final int[] buckets = new int[256];
        final FlowKey key = new FlowKey();

        for (int i = 0; i < 256 * 256; i++) {
            key.setIpv4(
                    6, FlowKey.KIND_PORTS, 0x0A000001 + i / 64, 1024 + i % 64, 0x0A010001, 80, 0);
            buckets[(int) HASH.hash(key) & 0xFF]++;
        }

        // Poisson with mean 256: six standard deviations.
        assertTrue(
                Arrays.stream(buckets).allMatch(count -> Math.abs(count - 256) < 96),
                () -> Arrays.toString(buckets));
    }

    private static FlowKey randomKey(final RandomGenerator random) {
        final FlowKey key = new FlowKey();
        if (random.nextBoolean()) {
            key.setIpv4(
                    random.nextInt(256),
                    random.nextInt(3),
                    random.nextInt(),
                    random.nextInt(0x10000),
                    random.nextInt(),
                    random.nextInt(0x10000),
                    random.nextInt());
        } else {
            key.setIpv6(
                    random.nextInt(256),
                    random.nextInt(3),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextInt(0x10000),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextInt(0x10000),
                    random.nextInt());
        }
        return key;
    }

    private static DatagramKey randomDatagram(final RandomGenerator random) {
        final DatagramKey datagram = new DatagramKey();
        if (random.nextBoolean()) {
            datagram.setIpv4(
                    random.nextInt(),
                    random.nextInt(),
                    random.nextInt(256),
                    random.nextInt(0x10000));
        } else {
            datagram.setIpv6(
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextInt());
        }
        return datagram;
    }

    private static byte[] message(final FlowKey key) {
        final ByteBuffer message = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
        if (key.isIpv6()) {
            message.putLong(key.aHigh());
            message.putLong(key.aLow());
            message.putLong(key.bHigh());
            message.putLong(key.bLow());
        } else {
            message.putInt((int) key.bLow());
            message.putInt((int) key.aLow());
        }
        message.putInt(key.meta());
        message.putShort((short) key.bPort());
        message.putShort((short) key.aPort());
        message.putInt(key.vlanDomain());
        return Arrays.copyOf(message.array(), message.position());
    }

    private static byte[] message(final DatagramKey datagram) {
        final ByteBuffer message = ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN);
        if (datagram.isIpv6()) {
            message.putLong(datagram.sourceHigh());
            message.putLong(datagram.sourceLow());
            message.putLong(datagram.destinationHigh());
            message.putLong(datagram.destinationLow());
            message.putInt(datagram.identification());
        } else {
            message.putInt((int) datagram.destinationLow());
            message.putInt((int) datagram.sourceLow());
            message.putInt(datagram.identification());
            message.putInt(datagram.protocol());
        }
        return Arrays.copyOf(message.array(), message.position());
    }

    /// SipHash-c-d as the paper writes it: words of the padded message, one by one.
    static long reference(
            final int compressions,
            final int finalizations,
            final long k0,
            final long k1,
            final byte[] message) {
        final long[] v = {
            k0 ^ 0x736f6d6570736575L,
            k1 ^ 0x646f72616e646f6dL,
            k0 ^ 0x6c7967656e657261L,
            k1 ^ 0x7465646279746573L
        };
        final byte[] padded = Arrays.copyOf(message, message.length / 8 * 8 + 8);
        padded[padded.length - 1] = (byte) message.length;
        final ByteBuffer words = ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN);
        while (words.hasRemaining()) {
            final long word = words.getLong();
            v[3] ^= word;
            rounds(v, compressions);
            v[0] ^= word;
        }
        v[2] ^= 0xFF;
        rounds(v, finalizations);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void rounds(final long[] v, final int count) {
        for (int i = 0; i < count; i++) {
            halfRound(v, 0, 1, 2, 3, 13, 16);
            halfRound(v, 2, 1, 0, 3, 17, 21);
        }
    }

    private static void halfRound(
            final long[] v,
            final int a,
            final int b,
            final int c,
            final int d,
            final int s,
            final int t) {
        v[a] += v[b];
        v[c] += v[d];
        v[b] = Long.rotateLeft(v[b], s) ^ v[a];
        v[d] = Long.rotateLeft(v[d], t) ^ v[c];
        v[a] = Long.rotateLeft(v[a], 32);
    }
}
