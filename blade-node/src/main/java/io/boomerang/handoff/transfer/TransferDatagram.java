package io.boomerang.handoff.transfer;

import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// A datagram of a transfer, viewed in place or written. Big-endian.
///
/// ```
///   0 version, 1     1 type      2 zero, 2 bytes    4 CRC32C of all other bytes
///   8 transfer, 8 bytes                             16 oldest open transfer, 8 bytes
///  24 CHUNK: length of the blob    28 offset of the bytes that follow from 32 on
///  24 HAVE: first missing chunk    28 which of the next 64 chunks are there, 8 bytes
///  24 REFUSED: the reason, UTF-8
/// ```
///
/// Types: 1 CHUNK, 2 COMMIT, 3 CANCEL from the classifier; 4 HAVE, 5 READY, 6 REFUSED, 7 LIVE, 8
/// CANCELLED from the host.
final class TransferDatagram {
    static final int CHUNK = 1;
    static final int COMMIT = 2;
    static final int CANCEL = 3;
    static final int HAVE = 4;
    static final int READY = 5;
    static final int REFUSED = 6;
    static final int LIVE = 7;
    static final int CANCELLED = 8;

    /// Fits into a backplane datagram of 1,500 bytes together with its own headers.
    static final int CHUNK_BYTES = 1_200;

    static final int MAX_LENGTH = 32 + CHUNK_BYTES;

    private static final int VERSION_VALUE = 1;

    private static final int TYPE = 1;
    private static final int ZERO = 2;
    private static final int CHECKSUM = 4;
    private static final int TRANSFER = 8;
    private static final int OLDEST_OPEN = 16;
    private static final int BODY = 24;
    private static final int CHUNK_OFFSET = 28;
    private static final int CHUNK_CONTENT = 32;
    private static final int HAVE_NEXT = 28;
    private static final int HAVE_LENGTH = 36;

    private MemorySegment datagram = MemorySegment.NULL;
    private long offset;
    private int length;

    /// Points this view at a datagram and answers whether it is one, intact and of a known type.
    boolean wrap(final MemorySegment datagram, final long offset, final int length) {
        this.datagram = datagram;
        this.offset = offset;
        this.length = length;
        return length >= BODY
                && length <= MAX_LENGTH
                && datagram.get(NetworkOrder.BYTE, offset) == VERSION_VALUE
                && datagram.get(NetworkOrder.SHORT, offset + ZERO) == 0
                && datagram.get(NetworkOrder.INT, offset + CHECKSUM) == checksum()
                && hasItsLength();
    }

    private boolean hasItsLength() {
        return switch (type()) {
            case CHUNK -> length > CHUNK_CONTENT;
            case HAVE -> length == HAVE_LENGTH;
            case COMMIT, CANCEL, READY, LIVE, CANCELLED -> length == BODY;
            case REFUSED -> true;
            default -> false;
        };
    }

    private int checksum() {
        final CRC32C checksum = new CRC32C();
        checksum.update(datagram.asSlice(offset, CHECKSUM).asByteBuffer());
        checksum.update(datagram.asSlice(offset + TRANSFER, length - TRANSFER).asByteBuffer());
        return (int) checksum.getValue();
    }

    int type() {
        return datagram.get(NetworkOrder.BYTE, offset + TYPE);
    }

    long transfer() {
        return datagram.get(NetworkOrder.LONG, offset + TRANSFER);
    }

    long oldestOpen() {
        return datagram.get(NetworkOrder.LONG, offset + OLDEST_OPEN);
    }

    int blobLength() {
        return datagram.get(NetworkOrder.INT, offset + BODY);
    }

    int chunkOffset() {
        return datagram.get(NetworkOrder.INT, offset + CHUNK_OFFSET);
    }

    int chunkLength() {
        return length - CHUNK_CONTENT;
    }

    void copyChunk(final MemorySegment target) {
        MemorySegment.copy(datagram, offset + CHUNK_CONTENT, target, chunkOffset(), chunkLength());
    }

    int firstMissing() {
        return datagram.get(NetworkOrder.INT, offset + BODY);
    }

    /// Bit `i` stands for the chunk `i` behind the first missing one.
    long present() {
        return datagram.get(NetworkOrder.LONG, offset + HAVE_NEXT);
    }

    String reason() {
        return new String(
                datagram.asSlice(offset + BODY, length - BODY).toArray(ValueLayout.JAVA_BYTE),
                StandardCharsets.UTF_8);
    }

    /// Writes datagrams one after the other into the same memory and sends them.
    static final class Writer {
        private final MemorySegment memory = MemorySegment.ofArray(new byte[MAX_LENGTH]);
        private final TransferDatagram view = new TransferDatagram();
        private final DatagramPort port;

        Writer(final DatagramPort port) {
            this.port = port;
        }

        void send(final int type, final long transfer, final long oldestOpen) {
            send(type, transfer, oldestOpen, BODY);
        }

        void sendChunk(
                final long transfer,
                final long oldestOpen,
                final MemorySegment blob,
                final int chunk) {
            final int from = chunk * CHUNK_BYTES;
            final int count = (int) Math.min(CHUNK_BYTES, blob.byteSize() - from);
            memory.set(NetworkOrder.INT, BODY, (int) blob.byteSize());
            memory.set(NetworkOrder.INT, CHUNK_OFFSET, from);
            MemorySegment.copy(blob, from, memory, CHUNK_CONTENT, count);
            send(CHUNK, transfer, oldestOpen, CHUNK_CONTENT + count);
        }

        void sendHave(final long transfer, final int firstMissing, final long present) {
            memory.set(NetworkOrder.INT, BODY, firstMissing);
            memory.set(NetworkOrder.LONG, HAVE_NEXT, present);
            send(HAVE, transfer, 0, HAVE_LENGTH);
        }

        void sendRefused(final long transfer, final String reason) {
            final byte[] all = reason.getBytes(StandardCharsets.UTF_8);
            final byte[] text = Arrays.copyOf(all, Math.min(all.length, CHUNK_BYTES));
            MemorySegment.copy(text, 0, memory, ValueLayout.JAVA_BYTE, BODY, text.length);
            send(REFUSED, transfer, 0, BODY + text.length);
        }

        private void send(
                final int type, final long transfer, final long oldestOpen, final int length) {
            memory.set(NetworkOrder.BYTE, 0, (byte) VERSION_VALUE);
            memory.set(NetworkOrder.BYTE, TYPE, (byte) type);
            memory.set(NetworkOrder.SHORT, ZERO, (short) 0);
            memory.set(NetworkOrder.LONG, TRANSFER, transfer);
            memory.set(NetworkOrder.LONG, OLDEST_OPEN, oldestOpen);
            view.wrap(memory, 0, length);
            memory.set(NetworkOrder.INT, CHECKSUM, view.checksum());
            port.send(memory, 0, length);
        }
    }
}
