package io.boomerang.handoff;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Bytes that do not change, compared by content: what a queue of a connection held at one moment.
public final class Octets {
    public static final Octets NONE = new Octets(MemorySegment.ofArray(new byte[0]));

    private final MemorySegment content;

    private Octets(final MemorySegment content) {
        this.content = content.asReadOnly();
    }

    /// A copy of these bytes.
    public static Octets of(final byte... bytes) {
        return copyOf(MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    /// A copy of `length` bytes from `offset` on.
    public static Octets copyOf(final MemorySegment source, final long offset, final long length) {
        return length == 0
                ? NONE
                : new Octets(
                        MemorySegment.ofArray(
                                source.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE)));
    }

    public int length() {
        return (int) content.byteSize();
    }

    /// The bytes themselves; read-only.
    public MemorySegment segment() {
        return content;
    }

    /// Writes all bytes to `offset` and answers the offset behind them.
    public long writeTo(final MemorySegment target, final long offset) {
        MemorySegment.copy(content, 0, target, offset, content.byteSize());
        return offset + content.byteSize();
    }

    public byte[] toArray() {
        return content.toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof Octets that && content.mismatch(that.content) < 0;
    }

    @Override
    public int hashCode() {
        return content.asByteBuffer().hashCode();
    }

    /// The length only: contents are the users' own.
    @Override
    public String toString() {
        return length() + " bytes";
    }
}
