package io.boomerang.sim.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

final class CaptureReaderTest {
    /// What remains of {@link #threePackets}, packed, has the file header and no packet.
    private static final int SHORTEST_PACKED = 30;

    @TempDir Path directory;

    private Path write(final byte... bytes) throws IOException {
        return Files.write(directory.resolve("capture"), bytes);
    }

    private static CaptureBytes threePackets() {
        return CaptureBytes.littleEndian()
                .pcap(CaptureBytes.MICROS, 1)
                .record(1, 0, 1, (byte) 1)
                .record(2, 0, 1, (byte) 2)
                .record(3, 0, 1, (byte) 3);
    }

    private static String refusal(final Path file) {
        return String.valueOf(
                assertThrows(CaptureException.class, () -> new CaptureReader(file)).getMessage());
    }

    @Test
    void shouldRefuseAFileThatIsNotThere() {
        final Path file = directory.resolve("nothing");

        assertEquals(file + ": cannot be read: no such file", refusal(file));
    }

    @Test
    void shouldRefuseADirectory() {
        assertEquals(directory + ": is a directory, not a capture file", refusal(directory));
    }

    @Test
    void shouldRefuseAnEmptyFile() throws IOException {
        final Path file = write();

        assertEquals(file + ": is empty", refusal(file));
    }

    @Test
    void shouldRefuseAFileOfThreeBytes() throws IOException {
        final Path file = write((byte) 1, (byte) 2, (byte) 3);

        assertEquals(file + ": is no capture file: it has only 3 bytes", refusal(file));
    }

    @Test
    void shouldRefuseOtherFiles() throws IOException {
        final Path file =
                write("PK\3\4 and so on".getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertEquals(
                file + ": is no capture file: it begins with 504b0304, neither pcap nor pcapng",
                refusal(file));
    }

    @Test
    void shouldRefuseGzipOfNothing() throws IOException {
        final Path file = write(CaptureBytes.gzip(new byte[0]));

        assertEquals(file + ": is empty", refusal(file));
    }

    @Test
    void shouldRefuseAGzipHeaderCutShort() throws IOException {
        final Path file = write((byte) 0x1F, (byte) 0x8B, (byte) 8);

        assertEquals(file + ": is cut short or damaged in its gzip header", refusal(file));
    }

    @Test
    void shouldReadGzip() throws IOException {
        final CaptureContents contents =
                CaptureContents.of(write(CaptureBytes.gzip(threePackets().toByteArray())));

        assertNull(contents.damage());
        assertEquals(List.of("01", "02", "03"), contents.bytes());
    }

    @Test
    void shouldReadGzipOfSeveralMembers() throws IOException {
        final byte[] plain = threePackets().toByteArray();
        final byte[] first = CaptureBytes.gzip(Arrays.copyOf(plain, 50));
        final byte[] second = CaptureBytes.gzip(Arrays.copyOfRange(plain, 50, plain.length));

        final CaptureContents contents =
                CaptureContents.of(
                        CaptureBytes.littleEndian()
                                .raw(first)
                                .raw(second)
                                .writeTo(directory.resolve("capture")));

        assertNull(contents.damage());
        assertEquals(List.of("01", "02", "03"), contents.bytes());
    }

    @Test
    void shouldGiveWhatIsReadableOfGzipCutAnywhere() throws IOException {
        final byte[] packed = CaptureBytes.gzip(threePackets().toByteArray());
        int fewest = 3;

        for (int length = packed.length - 1; length > SHORTEST_PACKED; length--) {
            final CaptureContents contents =
                    CaptureContents.of(write(Arrays.copyOf(packed, length)));

            assertNotEquals(-1, contents.damageOffset());
            assertTrue(contents.packets().size() <= fewest);
            fewest = contents.packets().size();
        }
        assertEquals(0, fewest);
    }

    @Test
    void shouldReportGzipDamagedInTheMiddle() throws IOException {
        final byte[] packed = CaptureBytes.gzip(threePackets().toByteArray());
        packed[packed.length - 8] ^= 1; // in the checksum at the end

        final CaptureContents contents = CaptureContents.of(write(packed));

        assertEquals(List.of("01", "02", "03"), contents.bytes());
        assertEquals(24 + 3 * 17, contents.damageOffset());
    }

    @Test
    void shouldTellHowFarItIs() throws IOException {
        final Path file = write(threePackets().toByteArray());

        try (CaptureReader reader = new CaptureReader(file)) {
            assertEquals(24 + 3 * 17, reader.sizeBytes());
            assertEquals(24 + 3 * 17, reader.consumedBytes());
        }
    }

    @Test
    void shouldStayAtItsEnd() throws IOException {
        final CapturedPacket packet = new CapturedPacket();

        try (CaptureReader reader = new CaptureReader(write(threePackets().toByteArray()))) {
            while (reader.next(packet)) {
                assertNull(reader.damage());
            }
            assertFalse(reader.next(packet));
            assertEquals(3, packet.number());
        }
    }
}
