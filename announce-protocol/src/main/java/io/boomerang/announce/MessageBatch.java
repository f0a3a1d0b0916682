package io.boomerang.announce;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Messages for one destination, being gathered into one buffer. Owned by one thread.
///
/// A batch takes messages up to its limit; a message that is greater than the limit by itself
/// travels alone. The buffer grows as needed and never beyond the limit, but for such a message,
/// after which {@link #clear} gives the memory back.
public final class MessageBatch {
    private static final int INITIAL_BYTES = 256;

    private final int limitBytes;

    private int format = FormatRange.CURRENT.newest();
    private byte[] buffer;
    private int length = MessageCodec.HEADER_LENGTH;
    private int count;

    public MessageBatch(final int limitBytes) {
        if (limitBytes < MessageCodec.HEADER_LENGTH) {
            throw new IllegalArgumentException(
                    "limitBytes " + limitBytes + " leaves no room for a header");
        }
        this.limitBytes = limitBytes;
        this.buffer = new byte[Math.min(INITIAL_BYTES, limitBytes)];
    }

    /// Chooses what an empty batch is written in; until then, the newest of this release.
    public void setFormat(final int version) {
        if (count > 0) {
            throw new IllegalStateException(count + " messages have been written in " + format);
        }
        format = version;
    }

    /// What the batch is written in.
    public int format() {
        return format;
    }

    /// Appends the message, which the format must have; answers false, and does nothing, when the
    /// batch must be sent first.
    public boolean append(final ControlMessage message) {
        if (message.firstFormat() > format) {
            throw new IllegalArgumentException("format " + format + " has no " + message);
        }
        final int messageLength = MessageCodec.encodedLength(message, format);
        if (count > 0
                && (length + messageLength > limitBytes || count == MessageCodec.MAX_MESSAGES)) {
            return false;
        }
        ensureCapacity(length + messageLength);
        MessageWriter.write(message, format, MemorySegment.ofArray(buffer), length);
        length += messageLength;
        count++;
        return true;
    }

    private void ensureCapacity(final int needed) {
        if (needed > buffer.length) {
            final int doubled = Math.min(2 * buffer.length, limitBytes);
            buffer = Arrays.copyOf(buffer, Math.max(needed, doubled));
        }
    }

    /// Completes the header and answers how many bytes of {@link #buffer()} are the batch.
    public int seal() {
        final MemorySegment header = MemorySegment.ofArray(buffer);
        header.set(MessageCodec.BE16, MessageCodec.MAGIC, (short) MessageCodec.MAGIC_VALUE);
        header.set(JAVA_BYTE, MessageCodec.FORMAT, (byte) format);
        header.set(JAVA_BYTE, MessageCodec.ZERO, (byte) 0);
        header.set(MessageCodec.BE16, MessageCodec.COUNT, (short) count);
        header.set(MessageCodec.BE32, MessageCodec.LENGTH, length);
        header.set(
                MessageCodec.BE32, MessageCodec.CHECKSUM, MessageCodec.checksum(buffer, 0, length));
        return length;
    }

    /// The batch's bytes, from 0 on; changes with the next append.
    public byte[] buffer() {
        return buffer;
    }

    public int count() {
        return count;
    }

    /// Forgets the messages.
    public void clear() {
        length = MessageCodec.HEADER_LENGTH;
        count = 0;
        if (buffer.length > limitBytes) {
            buffer = new byte[Math.min(INITIAL_BYTES, limitBytes)];
        }
    }
}
