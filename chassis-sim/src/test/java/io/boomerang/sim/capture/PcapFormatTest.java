package io.boomerang.sim.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.boomerang.sim.capture.CaptureContents.Packet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

final class PcapFormatTest {
    private static final int SECONDS = 0xF000_0001;
    private static final long SECONDS_NS = 0xF000_0001L * 1_000_000_000L;

    @TempDir Path directory;

    private CaptureContents read(final CaptureBytes bytes) throws IOException {
        return CaptureContents.of(bytes.writeTo(directory.resolve("capture")));
    }

    private static CaptureBytes in(final String order) {
        return order.equals("little") ? CaptureBytes.littleEndian() : CaptureBytes.bigEndian();
    }

    @ParameterizedTest
    @ValueSource(strings = {"little", "big"})
    void shouldReadMicrosecondsInBothByteOrders(final String order) throws IOException {
        final CaptureContents contents =
                read(
                        in(order)
                                .pcap(CaptureBytes.MICROS, 113)
                                .record(SECONDS, 7, 60, (byte) 1, (byte) 2)
                                .record(SECONDS + 1, 8, 3, (byte) 3, (byte) 4, (byte) 5));

        assertNull(contents.damage());
        assertEquals(
                List.of(
                        new Packet(1, SECONDS_NS + 7_000, 113, 0, 60, "0102"),
                        new Packet(2, SECONDS_NS + 1_000_008_000L, 113, 0, 3, "030405")),
                contents.packets());
    }

    @ParameterizedTest
    @ValueSource(strings = {"little", "big"})
    void shouldReadNanosecondsInBothByteOrders(final String order) throws IOException {
        final CaptureContents contents =
                read(in(order).pcap(CaptureBytes.NANOS, 1).record(SECONDS, 7, 1, (byte) 9));

        assertEquals(List.of(SECONDS_NS + 7), contents.timesNs());
    }

    @ParameterizedTest
    @ValueSource(strings = {"little", "big"})
    void shouldReadTheLongerHeadersOfTheModifiedVariant(final String order) throws IOException {
        final CaptureContents contents =
                read(
                        in(order)
                                .pcap(CaptureBytes.MODIFIED, 1)
                                .int32(SECONDS, 7, 2, 2, 0xAAAA_AAAA, 0xBBBB_BBBB)
                                .raw((byte) 1, (byte) 2)
                                .int32(SECONDS, 8, 1, 1, 0xAAAA_AAAA, 0xBBBB_BBBB)
                                .raw((byte) 3));

        assertNull(contents.damage());
        assertEquals(List.of("0102", "03"), contents.bytes());
        assertEquals(List.of(SECONDS_NS + 7_000, SECONDS_NS + 8_000), contents.timesNs());
    }

    @ParameterizedTest
    @ValueSource(strings = {"little", "big"})
    void shouldSwapTheLengthsOfOldVersions(final String order) throws IOException {
        final CaptureContents contents =
                read(in(order).pcap(CaptureBytes.MICROS, 2, 2, 1).int32(1, 0, 60, 1).raw((byte) 5));

        assertEquals(List.of(new Packet(1, 1_000_000_000L, 1, 0, 60, "05")), contents.packets());
    }

    @Test
    void shouldSwapTheLengthsOfVersion23OnlyWhereTheyCannotBe() throws IOException {
        final CaptureContents contents =
                read(
                        CaptureBytes.littleEndian()
                                .pcap(CaptureBytes.MICROS, 2, 3, 1)
                                .int32(1, 0, 60, 1)
                                .raw((byte) 5)
                                .int32(1, 0, 1, 70)
                                .raw((byte) 6));

        assertEquals(List.of("05", "06"), contents.bytes());
        assertEquals(60, contents.packets().getFirst().originalLength());
        assertEquals(70, contents.packets().getLast().originalLength());
    }

    @Test
    void shouldIgnoreWhatTheLinkTypeFieldSaysBesides() throws IOException {
        final CaptureContents contents =
                read(
                        CaptureBytes.littleEndian()
                                .pcap(CaptureBytes.MICROS, 0x4400_0114)
                                .record(1, 0, 1, (byte) 1));

        assertEquals(276, contents.packets().getFirst().linkType());
    }

    @Test
    void shouldTakeAnOriginalLengthBelowTheCapturedOneForIt() throws IOException {
        final CaptureContents contents =
                read(
                        CaptureBytes.littleEndian()
                                .pcap(CaptureBytes.MICROS, 1)
                                .record(1, 0, 1, (byte) 1, (byte) 2)
                                .record(1, 0, -1, (byte) 1));

        assertEquals(2, contents.packets().getFirst().originalLength());
        assertEquals(Integer.MAX_VALUE, contents.packets().getLast().originalLength());
    }

    @Test
    void shouldGiveWhatStandsBeforeAPacketCutShort() throws IOException {
        final CaptureContents contents =
                read(
                        CaptureBytes.littleEndian()
                                .pcap(CaptureBytes.MICROS, 1)
                                .record(1, 0, 1, (byte) 1)
                                .int32(2, 0, 100, 100)
                                .raw((byte) 2));

        assertEquals(List.of("01"), contents.bytes());
        assertEquals(
                new CaptureDamage(41, "a packet of 100 bytes was expected, the file ends after 1"),
                contents.damage());
    }

    @Test
    void shouldGiveWhatStandsBeforeAHeaderCutShort() throws IOException {
        final CaptureContents contents =
                read(
                        CaptureBytes.littleEndian()
                                .pcap(CaptureBytes.MICROS, 1)
                                .record(1, 0, 1, (byte) 1)
                                .int32(2, 0, 100));

        assertEquals(List.of("01"), contents.bytes());
        assertEquals(
                new CaptureDamage(
                        41, "a packet header of 16 bytes was expected, the file ends after 12"),
                contents.damage());
    }

    @ParameterizedTest
    @ValueSource(ints = {(1 << 20) + 1, -1, Integer.MIN_VALUE})
    void shouldStopAtALengthThatCannotBe(final int length) throws IOException {
        final CaptureContents contents =
                read(
                        CaptureBytes.littleEndian()
                                .pcap(CaptureBytes.MICROS, 1)
                                .record(1, 0, 1, (byte) 1)
                                .int32(2, 0, length, length)
                                .raw(new byte[64]));

        assertEquals(List.of("01"), contents.bytes());
        assertEquals(41, contents.damageOffset());
    }

    @Test
    void shouldReadThePacketOfTheGreatestLength() throws IOException {
        final CaptureContents contents =
                read(
                        CaptureBytes.littleEndian()
                                .pcap(CaptureBytes.MICROS, 1)
                                .record(1, 0, 1 << 20, new byte[1 << 20])
                                .record(1, 0, 1, (byte) 7));

        assertNull(contents.damage());
        assertEquals(1 << 21, contents.bytes().getFirst().length());
        assertEquals("07", contents.bytes().getLast());
    }

    @Test
    void shouldCallAFileHeaderCutShortDamage() throws IOException {
        final CaptureContents contents =
                read(CaptureBytes.littleEndian().int32(CaptureBytes.MICROS).int16(2, 4).int32(0));

        assertEquals(List.of(), contents.packets());
        assertEquals(
                new CaptureDamage(
                        0, "a file header of 24 bytes was expected, the file ends after 12"),
                contents.damage());
    }

    @Test
    void shouldReadAFileWithoutPackets() throws IOException {
        final CaptureContents contents =
                read(CaptureBytes.littleEndian().pcap(CaptureBytes.MICROS, 1));

        assertEquals(new CaptureContents(List.of(), null), contents);
    }
}
