package io.boomerang.sim.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.capture.EthernetFraming.Outcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.SplittableRandom;

final class EthernetFramingTest {
    private static final String FROM_HERE = "020000000002" + "020000000001";

    private final EthernetFraming framing = new EthernetFraming();
    private final CapturedPacket packet = new CapturedPacket();

    @AfterEach
    void close() {
        framing.close();
    }

    private Outcome frame(final int linkType, final byte[] bytes, final int originalLength) {
        final MemorySegment segment = Arena.ofAuto().allocate(bytes.length + 8L);
        segment.fill((byte) 0xA5);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 3, bytes.length);
        packet.set(1, 0, linkType, 0, bytes.length, originalLength, segment, 3);
        return framing.frame(packet);
    }

    private String framed(final int linkType, final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        assertEquals(Outcome.FRAMED, frame(linkType, bytes, bytes.length + 100));
        return HexFormat.of()
                .formatHex(
                        framing.segment()
                                .asSlice(framing.offset(), framing.length())
                                .toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    void shouldPassEthernetWithoutACopy() {
        assertEquals("aabb", framed(1, "aabb"));
        assertSame(packet.segment(), framing.segment());
        assertEquals(102, framing.originalLength());
    }

    @ParameterizedTest
    @CsvSource({
        // raw IP: the version decides, unless the link type does
        "12, 4500, 0800 4500",
        "14, 4500, 0800 4500",
        "101, 4500, 0800 4500",
        "101, 60aa, 86dd 60aa",
        "101, 1234, 88b5 1234",
        "228, 1234, 0800 1234",
        "229, 4500, 86dd 4500",
        // BSD loopback: either byte order in the old one, network order in the new one
        "0, 02000000 45, 0800 45",
        "0, 00000002 45, 0800 45",
        "0, 0a000000 60, 86dd 60",
        "0, 17000000 60, 86dd 60",
        "0, 18000000 60, 86dd 60",
        "0, 1c000000 60, 86dd 60",
        "0, 1e000000 60, 86dd 60",
        "0, 0000001e 60, 86dd 60",
        "108, 00000002 45, 0800 45",
        "108, 0000001c 60, 86dd 60",
        "108, 02000000 45, 88b5 02000000 45",
        "0, 07000000 99, 88b5 07000000 99",
        // PPP, with and without address and control, protocol compressed or not
        "9, ff03 0021 45, 0800 45",
        "9, 0021 45, 0800 45",
        "9, 21 45, 0800 45",
        "9, ff03 57 60, 86dd 60",
        "50, ff03 0057 60, 86dd 60",
        "50, ff03 0281 00001140, 8847 00001140",
        "50, ff03 0283 00001140, 8848 00001140",
        "9, ff03 c021 0101, 8864 1100 0000 0004 c021 0101",
        "9, fd 77, 8864 1100 0000 0003 00fd 77",
        // Cisco HDLC, also under PPP's number
        "104, 0f00 0800 45, 0800 45",
        "104, 8f00 86dd 60, 86dd 60",
        "50, 0f00 0800 45, 0800 45",
        "9, 8f00 2000 02, 2000 02",
        // PPPoE
        "51, 1100 0001 0003 0021 45, 8864 1100 0001 0003 0021 45",
        "51, 1109 0000 0000, 8863 1109 0000 0000",
    })
    void shouldMakeAFrameOf(final int linkType, final String captured, final String expected) {
        assertEquals(
                FROM_HERE + expected.replace(" ", ""), framed(linkType, captured.replace(" ", "")));
    }

    @ParameterizedTest
    @CsvSource({
        // to us, broadcast, multicast, to others, from us
        "0000 0001 0006 0a0b0c0d0e0f 0000 0800 45, 020000000001 0a0b0c0d0e0f 0800 45",
        "0001 0001 0006 0a0b0c0d0e0f 0000 0806 00, ffffffffffff 0a0b0c0d0e0f 0806 00",
        "0002 0001 0006 0a0b0c0d0e0f 0000 86dd 60, 030000000000 0a0b0c0d0e0f 86dd 60",
        "0003 0001 0006 0a0b0c0d0e0f 0000 0800 45, 020000000002 0a0b0c0d0e0f 0800 45",
        "0004 0001 0006 0a0b0c0d0e0f 0000 0800 45, 020000000002 0a0b0c0d0e0f 0800 45",
        // senders without a MAC address
        "0000 0200 0000 0000000000000000 0800 45, 020000000001 020000000002 0800 45",
        "0004 0200 0000 0000000000000000 0800 45, 020000000002 020000000001 0800 45",
        // tags follow, LLC gets its length
        "0000 0001 0006 0a0b0c0d0e0f 0000 8100 0064080045, 020000000001 0a0b0c0d0e0f 8100"
                + " 0064080045",
        "0000 0001 0006 0a0b0c0d0e0f 0000 0004 aaaa03000000, 020000000001 0a0b0c0d0e0f 0006"
                + " aaaa03000000",
    })
    void shouldMakeAFrameOfLinuxCooked(final String captured, final String expected) {
        assertEquals(expected.replace(" ", ""), framed(113, captured.replace(" ", "")));
    }

    @ParameterizedTest
    @CsvSource({
        "0800 0000 00000003 0001 00 06 0a0b0c0d0e0f 0000 45, 020000000001 0a0b0c0d0e0f 0800 45",
        "86dd 0000 00000003 0001 04 06 0a0b0c0d0e0f 0000 60, 020000000002 0a0b0c0d0e0f 86dd 60",
        "0800 0000 00000003 0304 00 04 0a000001 00000000 45, 020000000001 020000000002 0800 45",
    })
    void shouldMakeAFrameOfLinuxCookedV2(final String captured, final String expected) {
        assertEquals(expected.replace(" ", ""), framed(276, captured.replace(" ", "")));
    }

    @Test
    void shouldAdjustTheOriginalLength() {
        framed(113, "0000000100060a0b0c0d0e0f0000080045");

        assertEquals(15, framing.length());
        assertEquals(115, framing.originalLength());
    }

    @Test
    void shouldCapTheLengthOfLongLlcFrames() {
        final byte[] bytes = new byte[16 + 1_600];
        bytes[15] = 4;

        assertEquals(Outcome.FRAMED, frame(113, bytes, bytes.length));

        assertEquals(0x05, framing.segment().get(ValueLayout.JAVA_BYTE, framing.offset() + 12));
        assertEquals(
                (byte) 0xDC, framing.segment().get(ValueLayout.JAVA_BYTE, framing.offset() + 13));
    }

    @ParameterizedTest
    @CsvSource({
        "12, ''",
        "101, ''",
        "0, 020000",
        "108, ''",
        "113, 000000010006",
        "276, 0800",
        "9, ''",
        "9, 00",
        "9, ff03",
        "9, ff0300",
        "50, ff03",
        "51, 1100000100",
        "104, 0f0008",
    })
    void shouldRefusePacketsThatEndInTheirLinkHeader(final int linkType, final String captured) {
        assertEquals(
                Outcome.LINK_HEADER_CUT_SHORT,
                frame(linkType, HexFormat.of().parseHex(captured), 100));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 105, 127, 189, 65_535, -1})
    void shouldRefuseOtherLinkTypes(final int linkType) {
        assertEquals(Outcome.LINK_TYPE_UNSUPPORTED, frame(linkType, new byte[60], 60));
    }

    @Test
    void shouldKeepItsPromisesForAnyBytes() {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("EthernetFramingTest -Dseed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        final int[] linkTypes = {0, 1, 9, 12, 14, 50, 51, 101, 104, 108, 113, 228, 229, 276, 3};

        for (int i = 0; i < 20_000; i++) {
            final byte[] bytes = new byte[random.nextInt(40)];
            for (int b = 0; b < bytes.length; b++) {
                bytes[b] = (byte) (random.nextBoolean() ? random.nextInt(8) : random.nextInt());
            }
            final int original = bytes.length + random.nextInt(100);
            final int linkType = linkTypes[random.nextInt(linkTypes.length)];
            if (frame(linkType, bytes, original) == Outcome.FRAMED) {
                final int missing = original - bytes.length;
                assertEquals(framing.length() + missing, framing.originalLength());
                assertTrue(framing.offset() + framing.length() <= framing.segment().byteSize());
            }
        }
    }
}
