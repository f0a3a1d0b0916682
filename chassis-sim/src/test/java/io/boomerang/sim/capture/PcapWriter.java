package io.boomerang.sim.capture;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes a pcap file with nanoseconds, fast. One thread.
final class PcapWriter implements AutoCloseable {
    private static final ValueLayout.OfInt LE32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BUFFER_BYTES = 4 << 20;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 64);
    private final ByteBuffer bufferBytes = buffer.asByteBuffer();
    private final FileChannel channel;
    private int position;
    private long writtenBytes;

    PcapWriter(final Path file, final int linkType) throws IOException {
        channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        final byte[] header =
                CaptureBytes.littleEndian().pcap(CaptureBytes.NANOS, linkType).toByteArray();
        MemorySegment.copy(header, 0, buffer, ValueLayout.JAVA_BYTE, 0, header.length);
        position = header.length;
    }

    void write(final long timestampNs, final MemorySegment packet, final int length)
            throws IOException {
        if (BUFFER_BYTES - position < RECORD_HEADER_BYTES + length) {
            flush();
        }
        buffer.set(LE32, position, (int) (timestampNs / NS_PER_SECOND));
        buffer.set(LE32, position + 4, (int) (timestampNs % NS_PER_SECOND));
        buffer.set(LE32, position + 8, length);
        buffer.set(LE32, position + 12, length);
        MemorySegment.copy(packet, 0, buffer, position + RECORD_HEADER_BYTES, length);
        position += RECORD_HEADER_BYTES + length;
    }

    private void flush() throws IOException {
        bufferBytes.limit(position).position(0);
        while (bufferBytes.hasRemaining()) {
            channel.write(bufferBytes);
        }
        writtenBytes += position;
        position = 0;
    }

    long sizeBytes() {
        return writtenBytes + position;
    }

    @Override
    public void close() throws IOException {
        try (arena;
                channel) {
            flush();
        }
    }
}
