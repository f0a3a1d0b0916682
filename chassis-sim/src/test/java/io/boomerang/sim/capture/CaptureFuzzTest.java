package io.boomerang.sim.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Whatever the bytes: a reader ends, and throws nothing but what it says it throws.
final class CaptureFuzzTest {
    private static final int FILES = 3_000;
    private static final int[] TRICKY = {0, 1, 3, 4, 8, 11, 12, 13, 20, 1 << 20, -1, 1 << 31};

    @TempDir Path directory;

    @Test
    void shouldEndOnEveryMutatedFile() throws IOException {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("CaptureFuzzTest -Dseed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        final Path file = directory.resolve("capture");
        final CapturedPacket packet = new CapturedPacket();
        int packets = 0;

        for (int i = 0; i < FILES; i++) {
            Files.write(file, mutate(sample(random), random));
            packets += readThrough(file, packet);
        }

        assertTrue(packets > FILES, "mutation leaves nothing to read: " + packets);
    }

    private static int readThrough(final Path file, final CapturedPacket packet)
            throws IOException {
        int packets = 0;
        try (CaptureReader reader = new CaptureReader(file)) {
            while (reader.next(packet)) {
                assertEquals(++packets, packet.number());
                assertTrue(packet.originalLength() >= packet.capturedLength());
                // Throws when the bytes are not there.
                packet.segment()
                        .asSlice(packet.offset(), packet.capturedLength())
                        .toArray(JAVA_BYTE);
            }
        } catch (final CaptureException e) {
            final String message = String.valueOf(e.getMessage());
            assertTrue(message.startsWith(file.toString()), message);
        }
        return packets;
    }

    private static byte[] sample(final SplittableRandom random) throws IOException {
        final CaptureBytes bytes =
                random.nextBoolean() ? CaptureBytes.littleEndian() : CaptureBytes.bigEndian();
        if (random.nextBoolean()) {
            samplePcap(bytes, random);
        } else {
            samplePcapNg(bytes, random);
        }
        return random.nextInt(8) == 0
                ? CaptureBytes.gzip(bytes.toByteArray())
                : bytes.toByteArray();
    }

    private static void samplePcap(final CaptureBytes bytes, final SplittableRandom random) {
        final int[] magics = {CaptureBytes.MICROS, CaptureBytes.NANOS, CaptureBytes.MODIFIED};
        final int magic = magics[random.nextInt(3)];
        bytes.pcap(magic, 2, 2 + random.nextInt(3), 1);
        for (int i = random.nextInt(6); i >= 0; i--) {
            final byte[] packet = new byte[random.nextInt(80)];
            bytes.int32(i, i, packet.length, packet.length);
            if (magic == CaptureBytes.MODIFIED) {
                bytes.int64(0);
            }
            bytes.raw(packet);
        }
    }

    private static void samplePcapNg(final CaptureBytes bytes, final SplittableRandom random) {
        for (int section = random.nextInt(2); section >= 0; section--) {
            bytes.order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                    .section()
                    .interfaceBlock(1, random.nextInt(100), options -> options.option(9, (byte) 9))
                    .interfaceBlock(101, 0);
            for (int i = random.nextInt(6); i >= 0; i--) {
                final byte[] packet = new byte[random.nextInt(80)];
                switch (random.nextInt(4)) {
                    case 0 -> bytes.enhanced(random.nextInt(2), i, packet.length, packet);
                    case 1 -> bytes.obsolete(random.nextInt(2), i, packet.length, packet);
                    case 2 -> bytes.simple(packet.length, packet);
                    default -> bytes.block(random.nextInt(), body -> body.raw(packet));
                }
            }
        }
    }

    private static byte[] mutate(final byte[] sample, final SplittableRandom random) {
        byte[] bytes = sample;
        for (int i = random.nextInt(4); i > 0 && bytes.length > 8; i--) {
            switch (random.nextInt(4)) {
                case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
                case 1 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                case 2 -> {
                    final int at = random.nextInt(bytes.length);
                    final byte[] shorter = new byte[bytes.length - 1];
                    System.arraycopy(bytes, 0, shorter, 0, at);
                    System.arraycopy(bytes, at + 1, shorter, at, bytes.length - at - 1);
                    bytes = shorter;
                }
                default -> {
                    final byte[] word =
                            CaptureBytes.littleEndian()
                                    .order(
                                            random.nextBoolean()
                                                    ? ByteOrder.LITTLE_ENDIAN
                                                    : ByteOrder.BIG_ENDIAN)
                                    .int32(TRICKY[random.nextInt(TRICKY.length)])
                                    .toByteArray();
                    final int at = random.nextInt(bytes.length / 4) * 4;
                    System.arraycopy(word, 0, bytes, at, Math.min(4, bytes.length - at));
                }
            }
        }
        return bytes;
    }
}
