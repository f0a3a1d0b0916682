package io.boomerang.backplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import io.boomerang.announce.Seeds;
import io.boomerang.backplane.FrameSeal.Verdict;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

class FrameSealTest {
    private static final ChassisKeys.Key OLD =
            new ChassisKeys.Key(1, 0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    private static final ChassisKeys.Key NEW = new ChassisKeys.Key(2, 3, 4);
    private static final int SENDER = 5;
    private static final int RECEIVER = 6;
    private static final int OFFSET = 3;
    private static final int FRAME_BYTES = 100;
    private static final int COVERED_FRAME_BYTES = 64;

    private final byte[] bytes = new byte[OFFSET + FrameSeal.BYTES + 512];
    private final MemorySegment segment = MemorySegment.ofArray(bytes);
    private final FrameSeal sender = seal(SENDER, 1, OLD);
    private final FrameSeal receiver = seal(RECEIVER, 1, OLD);
    private int plainLength;
    private int length;
    private byte[] plain = {};

    private static FrameSeal seal(
            final int node, final int incarnation, final ChassisKeys.Key... keys) {
        return new FrameSeal(
                new ChassisKeys(List.of(keys)), node, incarnation, COVERED_FRAME_BYTES);
    }

    /// A datagram as the backplane gets it, at its place behind the room for the tag.
    private void write(final int frameBytes) {
        Arrays.fill(bytes, (byte) 0xA5);
        final SteeringHeader header = new SteeringHeader();
        header.setFlowId(0x1122334455667788L);
        header.setArrival(Side.EGRESS, SENDER);
        header.encode(segment, OFFSET + FrameSeal.BYTES);
        plainLength = header.encodedLength() + frameBytes;
        length = plainLength + FrameSeal.BYTES;
        final int from = OFFSET + FrameSeal.BYTES;
        plain = Arrays.copyOfRange(bytes, from, from + plainLength);
    }

    private void sealBy(final FrameSeal by) {
        write(FRAME_BYTES);
        assertTrue(by.seal(segment, OFFSET, plainLength, RECEIVER));
    }

    @Test
    void shouldGiveTheReceiverWhatTheSenderSealed() {
        sealBy(sender);

        assertEquals(Verdict.GENUINE, receiver.open(segment, OFFSET, length));

        assertEquals(SENDER, receiver.from());
        final int from = OFFSET + FrameSeal.BYTES;
        assertEquals(
                HexFormat.of().formatHex(plain),
                HexFormat.of().formatHex(bytes, from, from + plainLength));
    }

    @Test
    void shouldWriteTheseBytes() {
        sealBy(sender);

        assertEquals(
                "0a40655800000000"
                        + "ffb00605"
                        + "01000005"
                        + "0001000000000001"
                        + TAG
                        + "ffb08103",
                HexFormat.of().formatHex(bytes, OFFSET, OFFSET + 36));
    }

    /// Computed with another implementation of SipHash-2-4 from the description of what is covered.
    private static final String TAG = "337b59a8a940e9ee";

    @Test
    void shouldBeReadableWithTheTagInIt() {
        sealBy(sender);
        final SteeringHeader header = new SteeringHeader();

        assertTrue(header.decode(segment, OFFSET, length));
        assertEquals(0x1122334455667788L, header.flowId());
    }

    @Test
    void shouldRefuseAnyChangeOfWhatIsCovered() {
        final int covered = length(COVERED_FRAME_BYTES);
        for (int bit = 0; bit < covered * 8; bit++) {
            final FrameSeal fresh = seal(RECEIVER, 1, OLD);
            sealBy(sender);
            bytes[OFFSET + bit / 8] ^= (byte) (1 << bit % 8);

            assertNotEquals(Verdict.GENUINE, fresh.open(segment, OFFSET, length), "bit " + bit);
        }
    }

    private int length(final int frameBytes) {
        write(frameBytes);
        return length;
    }

    @Test
    void shouldRefuseADatagramThatWasCutShortOrMadeLonger() {
        sealBy(sender);

        assertEquals(Verdict.WRONG_TAG, receiver.open(segment, OFFSET, length - 1));
        assertEquals(Verdict.WRONG_TAG, receiver.open(segment, OFFSET, length + 1));
        assertEquals(Verdict.GENUINE, receiver.open(segment, OFFSET, length));
    }

    @Test
    void shouldRefuseWhatIsForAnotherNode() {
        sealBy(sender);

        assertEquals(Verdict.WRONG_TAG, seal(9, 1, OLD).open(segment, OFFSET, length));
    }

    @Test
    void shouldRefuseWhatWasSeen() {
        sealBy(sender);
        final byte[] record = bytes.clone();
        assertEquals(Verdict.GENUINE, receiver.open(segment, OFFSET, length));

        System.arraycopy(record, 0, bytes, 0, record.length);

        assertEquals(Verdict.REPLAYED, receiver.open(segment, OFFSET, length));
    }

    @Test
    void shouldRefuseAnIncarnationThatIsOver() {
        sealBy(seal(SENDER, 2, OLD));
        assertEquals(Verdict.GENUINE, receiver.open(segment, OFFSET, length));

        sealBy(sender);

        assertEquals(Verdict.REPLAYED, receiver.open(segment, OFFSET, length));
    }

    @Test
    void shouldChangeKeysWithoutAPause() {
        final FrameSeal knowsBoth = seal(RECEIVER, 1, OLD, NEW);
        sealBy(seal(SENDER, 1, OLD));
        assertEquals(Verdict.GENUINE, knowsBoth.open(segment, OFFSET, length));

        sealBy(seal(SENDER, 2, NEW, OLD));
        assertEquals(Verdict.GENUINE, knowsBoth.open(segment, OFFSET, length));

        sealBy(seal(SENDER, 3, NEW, OLD));
        assertEquals(Verdict.UNKNOWN_KEY, seal(RECEIVER, 1, OLD).open(segment, OFFSET, length));
    }

    @Test
    void shouldRefuseAWrongKeyOfTheRightName() {
        sealBy(seal(SENDER, 1, new ChassisKeys.Key(1, 8, 9)));

        assertEquals(Verdict.WRONG_TAG, receiver.open(segment, OFFSET, length));
    }

    @Test
    void shouldRefuseAnotherOpinionOfWhatIsCovered() {
        write(FRAME_BYTES);
        final FrameSeal whole =
                new FrameSeal(new ChassisKeys(List.of(OLD)), SENDER, 1, FrameSeal.WHOLE_FRAME);
        assertTrue(whole.seal(segment, OFFSET, plainLength, RECEIVER));

        assertEquals(Verdict.WRONG_TAG, receiver.open(segment, OFFSET, length));
    }

    @Test
    void shouldRefuseADatagramWithoutATag() {
        write(FRAME_BYTES);

        assertEquals(
                Verdict.UNTAGGED, receiver.open(segment, OFFSET + FrameSeal.BYTES, plainLength));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldRefuseNoise(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        for (int i = 0; i < 2_000; i++) {
            sealBy(sender);
            final int from = random.nextInt(40);
            for (int at = OFFSET + from; at < OFFSET + length; at++) {
                bytes[at] = (byte) random.nextInt();
            }

            assertNotEquals(
                    Verdict.GENUINE,
                    receiver.open(segment, OFFSET, random.nextInt(bytes.length - OFFSET)));
        }
    }

    @Test
    void shouldRefuseKeysThatCannotBeToldApart() {
        final List<ChassisKeys.Key> twins = List.of(OLD, new ChassisKeys.Key(1, 5, 6));

        assertThrows(IllegalArgumentException.class, () -> new ChassisKeys(twins));
        assertThrows(IllegalArgumentException.class, () -> new ChassisKeys(List.of()));
        assertEquals("Key[id=1]", OLD.toString());
    }

    @Test
    void shouldAllocateNothing() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final int rounds = 20_000;
        write(FRAME_BYTES);
        exchange(rounds);
        final long before = threads.getCurrentThreadAllocatedBytes();

        exchange(rounds);

        assertTrue(threads.getCurrentThreadAllocatedBytes() - before < rounds);
    }

    private void exchange(final int rounds) {
        for (int i = 0; i < rounds; i++) {
            sender.seal(segment, OFFSET, plainLength, RECEIVER);
            assert receiver.open(segment, OFFSET, length) == Verdict.GENUINE;
        }
    }
}
