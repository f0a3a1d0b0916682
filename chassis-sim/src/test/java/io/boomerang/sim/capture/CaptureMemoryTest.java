package io.boomerang.sim.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/// A reader's memory does not depend on how much there is to read.
final class CaptureMemoryTest {
    private static final int FEW = 10_000;
    private static final int MANY = 100_000;
    private static final int PACKET_BYTES = 100;

    /// Class loading and the like, which happen once.
    private static final long NOISE_BYTES = 256 << 10;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAllocateNothingPerPacket(final boolean packed) throws IOException {
        final Path few = write("few", FEW, packed);
        final Path many = write("many", MANY, packed);
        allocatedBytes(few, FEW);

        final long forFew = allocatedBytes(few, FEW);
        final long forMany = allocatedBytes(many, MANY);

        assertTrue(
                forMany - forFew < NOISE_BYTES,
                forFew + " bytes for " + FEW + " packets, " + forMany + " for " + MANY);
    }

    @Test
    void shouldAllocateNothingPerSkippedBlock() throws IOException {
        final Path file = directory.resolve("blocks");
        final byte[] block =
                CaptureBytes.littleEndian()
                        .block(0x0BAD, body -> body.raw(new byte[5 << 20]))
                        .toByteArray();
        final CaptureBytes start = CaptureBytes.littleEndian().section().interfaceBlock(1, 0);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(start.toByteArray());
            for (int i = 0; i < 10; i++) {
                out.write(block);
            }
        }
        allocatedBytes(file, 0);

        assertTrue(allocatedBytes(file, 0) < NOISE_BYTES);
    }

    private Path write(final String name, final int packets, final boolean packed)
            throws IOException {
        final Path file = directory.resolve(name);
        final byte[] header =
                CaptureBytes.littleEndian().pcap(CaptureBytes.MICROS, 1).toByteArray();
        final byte[] record =
                CaptureBytes.littleEndian()
                        .record(1, 2, PACKET_BYTES, new byte[PACKET_BYTES])
                        .toByteArray();
        final OutputStream plain = new BufferedOutputStream(Files.newOutputStream(file));
        try (OutputStream out = packed ? new GZIPOutputStream(plain) : plain) {
            out.write(header);
            for (int i = 0; i < packets; i++) {
                out.write(record);
            }
        }
        return file;
    }

    private long allocatedBytes(final Path file, final int expectedPackets) throws IOException {
        final CapturedPacket packet = new CapturedPacket();
        final long before = threads.getCurrentThreadAllocatedBytes();
        int packets = 0;
        try (CaptureReader reader = new CaptureReader(file)) {
            while (reader.next(packet)) {
                packets++;
            }
        }
        final long after = threads.getCurrentThreadAllocatedBytes();
        assertEquals(expectedPackets, packets);
        return after - before;
    }
}
