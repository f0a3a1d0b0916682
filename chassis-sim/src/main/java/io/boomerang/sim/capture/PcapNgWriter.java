package io.boomerang.sim.capture;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes a pcapng file of one section, little-endian, with nanoseconds and a comment per packet.
/// Interfaces may be added at any time before their first packet. Buffered; one thread.
public final class PcapNgWriter implements AutoCloseable {
    private static final ValueLayout.OfInt LE32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort LE16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LE64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BUFFER_BYTES = 2 << 20;
    private static final int OPTION_COMMENT = 1;
    private static final int OPTION_INTERFACE_NAME = 2;
    private static final int OPTION_APPLICATION = 4;
    private static final int NANOSECONDS = 9;
    private static final int MAX_TEXT_BYTES = 4_096;
    private static final long LENGTH_UNKNOWN = -1;

    /// Everything of a packet's block but the packet and its comment.
    private static final int PACKET_OVERHEAD_BYTES = 64;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 64);
    private final ByteBuffer bufferBytes = buffer.asByteBuffer();
    private final FileChannel channel;

    private int interfaceCount;
    private int blockStart;
    private int position;

    /// Opens the file, replacing one that is there.
    ///
    /// @param application that writes, as the file will name it
    public PcapNgWriter(final Path file, final String application) throws IOException {
        try {
            channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE);
        } catch (final IOException e) {
            arena.close();
            throw e;
        }
        beginBlock(PcapNgFormat.SECTION_HEADER);
        putInt(PcapNgFormat.BYTE_ORDER_MAGIC);
        putShort(1);
        putShort(0);
        buffer.set(LE64, position, LENGTH_UNKNOWN);
        position += Long.BYTES;
        putText(OPTION_APPLICATION, application);
        endOptions();
        endBlock();
    }

    /// Describes an interface; answers its number, for {@link #write}.
    public int addInterface(final String name, final int linkType) throws IOException {
        makeRoom(PACKET_OVERHEAD_BYTES + MAX_TEXT_BYTES);
        beginBlock(PcapNgFormat.INTERFACE_DESCRIPTION);
        putShort(linkType);
        putShort(0);
        putInt(0);
        putText(OPTION_INTERFACE_NAME, name);
        putShort(PcapNgFormat.OPTION_TSRESOL);
        putShort(1);
        putInt(NANOSECONDS);
        endOptions();
        endBlock();
        return interfaceCount++;
    }

    /// Writes one packet, at most {@link CaptureFormat#MAX_PACKET_BYTES} of it.
    ///
    /// @param timestampNs since 1970; earlier times become 1970
    /// @param originalLength of the packet on the wire
    /// @param comment for people, or null
    public void write(
            final int interfaceId,
            final long timestampNs,
            final MemorySegment packet,
            final long offset,
            final int length,
            final int originalLength,
            final @Nullable String comment)
            throws IOException {
        if (interfaceId < 0 || interfaceId >= interfaceCount) {
            throw new IllegalArgumentException(
                    "interface " + interfaceId + " of " + interfaceCount);
        }
        final int captured = Math.min(length, CaptureFormat.MAX_PACKET_BYTES);
        final long stamp = Math.max(0, timestampNs);
        makeRoom(captured + PACKET_OVERHEAD_BYTES + MAX_TEXT_BYTES);
        beginBlock(PcapNgFormat.ENHANCED_PACKET);
        putInt(interfaceId);
        putInt((int) (stamp >>> 32));
        putInt((int) stamp);
        putInt(captured);
        putInt(Math.max(length, originalLength));
        MemorySegment.copy(packet, offset, buffer, position, captured);
        position += captured;
        pad();
        if (comment != null) {
            putText(OPTION_COMMENT, comment);
            endOptions();
        }
        endBlock();
    }

    private void makeRoom(final int bytes) throws IOException {
        if (BUFFER_BYTES - position < bytes) {
            flush();
        }
    }

    private void flush() throws IOException {
        bufferBytes.limit(position).position(0);
        while (bufferBytes.hasRemaining()) {
            channel.write(bufferBytes);
        }
        bufferBytes.clear();
        position = 0;
    }

    private void beginBlock(final int type) {
        blockStart = position;
        putInt(type);
        putInt(0);
    }

    private void endBlock() {
        final int length = position - blockStart + Integer.BYTES;
        putInt(length);
        buffer.set(LE32, blockStart + Integer.BYTES, length);
    }

    private void putText(final int option, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        final int length = Math.min(bytes.length, MAX_TEXT_BYTES - 4);
        putShort(option);
        putShort(length);
        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, position, length);
        position += length;
        pad();
    }

    private void endOptions() {
        putInt(PcapNgFormat.OPTION_END);
    }

    /// To the next multiple of four, counted from the start of the file as of the buffer: blocks
    /// have such lengths.
    private void pad() {
        while ((position & 3) != 0) {
            buffer.set(ValueLayout.JAVA_BYTE, position++, (byte) 0);
        }
    }

    private void putShort(final int value) {
        buffer.set(LE16, position, (short) value);
        position += Short.BYTES;
    }

    private void putInt(final int value) {
        buffer.set(LE32, position, value);
        position += Integer.BYTES;
    }

    @Override
    public void close() throws IOException {
        try (arena;
                channel) {
            flush();
        }
    }
}
