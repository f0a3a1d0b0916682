package io.boomerang.sim.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.capture.CaptureContents.Packet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

final class PcapNgWriterTest {
    @TempDir Path directory;

    private static MemorySegment segment(final int... bytes) {
        final byte[] array = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            array[i] = (byte) bytes[i];
        }
        return MemorySegment.ofArray(array);
    }

    @Test
    void shouldWriteWhatTheReaderReads() throws IOException {
        final Path file = directory.resolve("written");

        try (PcapNgWriter writer = new PcapNgWriter(file, "test")) {
            assertEquals(0, writer.addInterface("left", 1));
            writer.write(0, 1_700_000_000_123_456_789L, segment(9, 1, 2, 3), 1, 3, 60, "because");
            assertEquals(1, writer.addInterface("right", 101));
            writer.write(1, 5, segment(4, 5, 6, 7), 0, 4, 4, null);
            writer.write(0, -5, segment(8), 0, 1, 0, "");
        }

        final CaptureContents contents = CaptureContents.of(file);
        assertNull(contents.damage());
        assertEquals(
                List.of(
                        new Packet(1, 1_700_000_000_123_456_789L, 1, 0, 60, "010203"),
                        new Packet(2, 5, 101, 1, 4, "04050607"),
                        new Packet(3, 0, 1, 0, 1, "08")),
                contents.packets());
    }

    @Test
    void shouldKeepNamesAndComments() throws IOException {
        final Path file = directory.resolve("written");

        try (PcapNgWriter writer = new PcapNgWriter(file, "test")) {
            writer.addInterface("left", 1);
            writer.write(0, 1, segment(1), 0, 1, 1, "déjà vu");
        }

        final String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertTrue(text.contains("left"));
        assertTrue(
                text.contains(
                        new String(
                                "déjà vu".getBytes(StandardCharsets.UTF_8),
                                StandardCharsets.ISO_8859_1)));
    }

    @Test
    void shouldWriteMoreThanItsBufferHolds() throws IOException {
        final Path file = directory.resolve("written");
        final MemorySegment packet = MemorySegment.ofArray(new byte[70_001]);
        final String comment = "x".repeat(10_000);

        try (PcapNgWriter writer = new PcapNgWriter(file, "test")) {
            writer.addInterface("left", 1);
            for (int i = 0; i < 100; i++) {
                writer.write(0, i, packet, 0, 70_001, 70_001, comment);
            }
        }

        final CaptureContents contents = CaptureContents.of(file);
        assertNull(contents.damage());
        assertEquals(100, contents.packets().size());
        assertEquals(99, contents.packets().getLast().timestampNs());
    }

    @Test
    void shouldRefuseAnInterfaceThatWasNotDescribed() throws IOException {
        try (PcapNgWriter writer = new PcapNgWriter(directory.resolve("written"), "test")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> writer.write(0, 1, segment(1), 0, 1, 1, null));
        }
    }
}
