package io.boomerang.announce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.DecodeResult.BadChecksum;
import io.boomerang.announce.DecodeResult.Decoded;
import io.boomerang.announce.DecodeResult.Invalid;
import io.boomerang.announce.DecodeResult.Truncated;
import io.boomerang.announce.DecodeResult.UnknownType;
import io.boomerang.announce.DecodeResult.UnknownVersion;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

class MessageCodecTest {
    private static final int LIMIT = 1 << 16;
    private static final int NEWEST = FormatRange.CURRENT.newest();

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldDecodeWhatWasAppended(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final List<ControlMessage> messages = messages(random, random.nextInt(100));

        final byte[] bytes = encode(messages);

        assertEquals(new Decoded(messages), decode(bytes));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldTakeTheLengthItSays(final long seed) {
        final List<ControlMessage> messages = messages(Seeds.random(seed), 100);

        final int sum =
                messages.stream()
                        .mapToInt(message -> MessageCodec.encodedLength(message, NEWEST))
                        .sum();

        assertEquals(MessageCodec.HEADER_LENGTH + sum, encode(messages).length);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldDecodeWithinALargerBuffer(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final List<ControlMessage> messages = messages(random, 10);
        final byte[] bytes = encode(messages);
        final byte[] larger = new byte[bytes.length + 40];
        Arrays.fill(larger, (byte) 0xA5);
        System.arraycopy(bytes, 0, larger, 17, bytes.length);

        assertEquals(
                new Decoded(messages),
                MessageCodec.decode(larger, 17, bytes.length, FormatRange.CURRENT));
    }

    @Test
    void shouldRefuseEveryTruncation() {
        final byte[] bytes = encode(messages(Seeds.random(1), 20));

        for (int length = 0; length < bytes.length; length++) {
            assertInstanceOf(
                    Truncated.class, MessageCodec.decode(bytes, 0, length, FormatRange.CURRENT));
        }
    }

    @Test
    void shouldRefuseTrailingBytes() {
        final byte[] bytes = encode(messages(Seeds.random(1), 20));

        final DecodeResult result = decode(Arrays.copyOf(bytes, bytes.length + 1));

        assertInstanceOf(Invalid.class, result);
    }

    @Test
    void shouldNoticeEveryFlippedBit() {
        final byte[] bytes = encode(messages(Seeds.random(2), 5));

        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
            assertFalse(decode(bytes) instanceof Decoded, "bit " + bit);
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
        }
    }

    @Test
    void shouldTellCorruptionFromMalformation() {
        final byte[] bytes = encode(messages(Seeds.random(3), 5));
        bytes[bytes.length - 1] ^= 1;

        assertInstanceOf(BadChecksum.class, decode(bytes));
    }

    @Test
    void shouldRefuseAnotherVersionNamingBoth() {
        final byte[] bytes = encode(List.of(new EpochInstalled(1)));
        bytes[MessageCodec.FORMAT] = 9;
        fixChecksum(bytes);

        final DecodeResult result = decode(bytes);

        assertEquals(new UnknownVersion(9, FormatRange.CURRENT), result);
        assertEquals("format version 9 is unknown here; this node knows 1 to 2", result.describe());
    }

    @Test
    void shouldRefuseAFormatThatThisNodeDoesNotRead() {
        final byte[] bytes = encode(List.of(new EpochInstalled(1)));

        final DecodeResult result =
                MessageCodec.decode(bytes, 0, bytes.length, FormatRange.FIRST_RELEASE);

        assertEquals(new UnknownVersion(2, FormatRange.FIRST_RELEASE), result);
    }

    @Test
    void shouldRefuseAnUnknownType() {
        final byte[] bytes = encode(List.of(new EpochInstalled(1)));
        bytes[MessageCodec.HEADER_LENGTH] = (byte) (31 << AnnouncementCodec.TYPE_SHIFT);
        fixChecksum(bytes);

        assertEquals(new UnknownType(31), decode(bytes));
    }

    @Test
    void shouldRefuseWhatTheFormatDoesNotHave() {
        final byte[] bytes = encode(List.of(new EpochInstalled(1), new DesiredWeight(1)));
        assertInstanceOf(Decoded.class, decode(bytes));
        bytes[MessageCodec.FORMAT] = 1;
        fixChecksum(bytes);

        assertInstanceOf(Invalid.class, decode(bytes));
    }

    @Test
    void shouldRefuseAKeyThatIsNotCanonical() {
        final FlowKey key = new FlowKey();
        key.setIpv4(6, FlowKey.KIND_PORTS, 0x0A000001, 80, 0x0A000002, 4711, 0);
        final FlowKey swapped = new FlowKey();
        swapped.setWords(
                key.meta(),
                key.bHigh(),
                key.bLow(),
                key.aHigh(),
                key.aLow(),
                key.bPort(),
                key.aPort(),
                0);

        assertInstanceOf(Decoded.class, decode(encode(List.of(new StateQuery(1, key)))));
        assertInstanceOf(Invalid.class, decode(encode(List.of(new StateQuery(1, swapped)))));
    }

    @Test
    void shouldRefusePortsThatDoNotFitTheKind() {
        final FlowKey ports = new FlowKey();
        ports.setIpv4(1, FlowKey.KIND_ADDRESSES, 1, 0, 2, 7, 0);
        final FlowKey identifiers = new FlowKey();
        identifiers.setIpv4(1, FlowKey.KIND_IDENTIFIER, 1, 6, 2, 7, 0);

        assertInstanceOf(Invalid.class, decode(encode(List.of(new StateQuery(1, ports)))));
        assertInstanceOf(Invalid.class, decode(encode(List.of(new StateQuery(1, identifiers)))));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldSurviveMutationsWithTheRightChecksum(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        for (int i = 0; i < 400; i++) {
            final byte[] bytes = encode(messages(random, 1 + random.nextInt(4)));
            mutate(bytes, random);
            fixChecksum(bytes);

            assertLegal(decode(bytes));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldSurviveRandomBytes(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        for (int i = 0; i < 1_000; i++) {
            final byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (bytes.length > MessageCodec.HEADER_LENGTH && random.nextBoolean()) {
                ByteBuffer.wrap(bytes)
                        .putShort((short) MessageCodec.MAGIC_VALUE)
                        .put((byte) random.nextInt(1, NEWEST + 1))
                        .put((byte) 0)
                        .putShort((short) (1 + random.nextInt(3)))
                        .putInt(bytes.length);
                bytes[MessageCodec.HEADER_LENGTH] =
                        (byte) (random.nextInt(23) << 3 | random.nextInt(4));
                fixChecksum(bytes);
            }

            assertLegal(decode(bytes));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldCarryWholeBucketTables(final long seed) {
        final RandomMessages random = new RandomMessages(Seeds.random(seed));
        final List<ControlMessage> update =
                List.of(new BucketTableUpdate(seed, random.blades(65_536), new TreeMap<>()));

        final byte[] bytes = encode(update);

        assertEquals(new Decoded(update), decode(bytes));
        assertTrue(bytes.length <= 2 * 65_536 + 32, bytes.length + " bytes");
    }

    @Test
    void shouldShortenRunsOfOneBlade() {
        final List<ControlMessage> update =
                List.of(
                        new BucketTableUpdate(
                                7, new short[BucketTableUpdate.MAX_BUCKETS], new TreeMap<>()));

        final byte[] bytes = encode(update);

        assertEquals(new Decoded(update), decode(bytes));
        assertEquals(MessageCodec.HEADER_LENGTH + 10 + 16 * 4 + 2, bytes.length);
    }

    @Test
    void shouldRefuseMoreBucketsThanABatchMayBring() {
        final BucketTableUpdate update =
                new BucketTableUpdate(7, new short[BucketTableUpdate.MAX_BUCKETS], new TreeMap<>());

        assertInstanceOf(Invalid.class, decode(encode(List.of(update, update))));
    }

    private static List<ControlMessage> messages(final RandomGenerator random, final int count) {
        final RandomMessages source = new RandomMessages(random);
        final List<ControlMessage> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(source.message());
        }
        return messages;
    }

    private static byte[] encode(final List<ControlMessage> messages) {
        final MessageBatch batch = new MessageBatch(LIMIT << 6);
        messages.forEach(message -> assertTrue(batch.append(message)));
        return Arrays.copyOf(batch.buffer(), batch.seal());
    }

    private static DecodeResult decode(final byte[] bytes) {
        return MessageCodec.decode(bytes, 0, bytes.length, FormatRange.CURRENT);
    }

    private static void mutate(final byte[] bytes, final RandomGenerator random) {
        final int body = bytes.length - MessageCodec.HEADER_LENGTH;
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            final int at =
                    random.nextInt(4) == 0
                            ? MessageCodec.HEADER_LENGTH
                            : MessageCodec.HEADER_LENGTH + random.nextInt(body);
            bytes[at] =
                    random.nextBoolean()
                            ? (byte) random.nextInt()
                            : (byte) (bytes[at] ^ 1 << random.nextInt(8));
        }
        if (random.nextInt(4) == 0) {
            bytes[MessageCodec.COUNT + 1] = (byte) random.nextInt(8);
        }
    }

    private static void fixChecksum(final byte[] bytes) {
        ByteBuffer.wrap(bytes)
                .putInt(MessageCodec.CHECKSUM, MessageCodec.checksum(bytes, 0, bytes.length));
    }

    /// Either a refusal that can be described, or messages that survive another round.
    private static void assertLegal(final DecodeResult result) {
        assertFalse(result.describe().isEmpty());
        if (result instanceof Decoded(var messages)) {
            assertEquals(result, decode(encode(messages)));
        }
    }
}
