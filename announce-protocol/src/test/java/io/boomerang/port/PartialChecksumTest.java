package io.boomerang.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.wire.EtherType;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.NetworkOrder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

class PartialChecksumTest {
    private static final int ROUNDS = 200;

    private final SplittableRandom random = new SplittableRandom(Long.getLong("seed", 20_261_122L));
    private final PartialChecksum checksum = new PartialChecksum();

    @ParameterizedTest
    @CsvSource({"false,6,0", "false,17,0", "true,6,0", "true,17,0", "false,6,1", "true,17,2"})
    void shouldCompleteWhatIsLeftToTheCard(
            final boolean isVersion6, final int protocol, final int tags) {
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] whole =
                    SentFrame.whole(random, isVersion6, protocol, tags, random.nextInt(1_400));
            assertTrue(SentFrame.isSound(whole, isVersion6, protocol, tags));
            final byte[] partial = SentFrame.partial(whole, isVersion6, protocol, tags);
            final byte[] found = partial.clone();

            final int start = SentFrame.transportAt(isVersion6, tags);
            PartialChecksum.complete(
                    MemorySegment.ofArray(partial),
                    start,
                    SentFrame.checksumField(protocol),
                    partial.length);
            checksum.completeWhereMissing(MemorySegment.ofArray(found), 0, found.length);

            assertArrayEquals(whole, partial, "told");
            assertArrayEquals(whole, found, "found");
        }
    }

    @ParameterizedTest
    @CsvSource({"false,6,0", "true,17,1"})
    void shouldLeaveCompleteAndDamagedFramesAsTheyAre(
            final boolean isVersion6, final int protocol, final int tags) {
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] whole =
                    SentFrame.whole(random, isVersion6, protocol, tags, random.nextInt(1_400));
            final byte[] damaged = whole.clone();
            damaged[SentFrame.transportAt(isVersion6, tags) + 1] ^= 0x10;

            for (final byte[] frame : new byte[][] {whole, damaged}) {
                final byte[] passed = frame.clone();
                checksum.completeWhereMissing(MemorySegment.ofArray(passed), 0, passed.length);

                assertArrayEquals(frame, passed);
            }
        }
    }

    @Test
    void shouldLeaveWholeFramesAloneThatLookPartial() {
        int met = 0;
        final byte[] whole = SentFrame.whole(random, false, IpProtocol.UDP, 0, 2);
        final MemorySegment view = MemorySegment.ofArray(whole);
        final int transport = SentFrame.transportAt(false, 0);
        for (int value = 0; value < 1 << 16; value++) {
            // Choose the payload so that the rest sums up to nothing: then the two are the same.
            view.set(NetworkOrder.SHORT, whole.length - 2, (short) value);
            final byte[] partial = SentFrame.partial(whole, false, IpProtocol.UDP, 0);
            if (SentFrame.isSound(partial, false, IpProtocol.UDP, 0)) {
                met++;
                final byte[] passed = partial.clone();
                checksum.completeWhereMissing(MemorySegment.ofArray(passed), 0, passed.length);
                assertArrayEquals(partial, passed, () -> "checksum at " + transport);
            }
        }
        assertTrue(met > 0);
    }

    @Test
    void shouldComputeTheCrcOfSctp() {
        // Ports 7 and 7, a COOKIE-ACK chunk. SCTP sends the CRC's lowest byte first (RFC 9260).
        final byte[] sctp = HexFormat.of().parseHex("0007000700000001" + "00000000" + "0b000004");
        final byte[] frame = new byte[SentFrame.ETHERNET + 20 + sctp.length];
        final MemorySegment view = MemorySegment.ofArray(frame);
        view.set(NetworkOrder.SHORT, 12, (short) EtherType.IPV4);
        view.set(ValueLayout.JAVA_BYTE, 14, (byte) 0x45);
        view.set(NetworkOrder.SHORT, 16, (short) (20 + sctp.length));
        view.set(ValueLayout.JAVA_BYTE, 23, (byte) IpProtocol.SCTP);
        MemorySegment.copy(sctp, 0, view, ValueLayout.JAVA_BYTE, 34, sctp.length);

        checksum.completeWhereMissing(view, 0, frame.length);

        final CRC32C crc = new CRC32C();
        crc.update(sctp);
        assertEquals(
                (int) crc.getValue(),
                view.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 42));
    }

    @Test
    void shouldReadNothingBehindAnyFrame() {
        for (int round = 0; round < 20_000; round++) {
            final byte[] frame =
                    SentFrame.whole(
                            random,
                            random.nextBoolean(),
                            random.nextBoolean() ? IpProtocol.TCP : IpProtocol.UDP,
                            random.nextInt(3),
                            random.nextInt(60));
            for (int damage = random.nextInt(4); damage > 0; damage--) {
                frame[12 + random.nextInt(frame.length - 12)] = (byte) random.nextInt();
            }
            final int length = random.nextInt(frame.length + 1);
            try (Arena arena = Arena.ofConfined()) {
                final MemorySegment exact = arena.allocate(Math.max(1, length));
                MemorySegment.copy(frame, 0, exact, ValueLayout.JAVA_BYTE, 0, length);

                checksum.completeWhereMissing(exact, 0, length);
            }
        }
    }
}
