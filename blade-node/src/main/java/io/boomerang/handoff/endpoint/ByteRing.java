package io.boomerang.handoff.endpoint;

import io.boomerang.handoff.Octets;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Bytes by their sequence numbers. The capacity is a power of two, so the numbers wrap around
/// together with the ring; it is the owner's to know which of them are there.
final class ByteRing {
    private final byte[] bytes;
    private final int mask;

    /// A ring for at least that many bytes.
    ByteRing(final int least) {
        final int capacity = Integer.highestOneBit(Math.max(least, 2) - 1) << 1;
        bytes = new byte[capacity];
        mask = capacity - 1;
    }

    int capacity() {
        return bytes.length;
    }

    void put(final int number, final MemorySegment source, final long offset, final int length) {
        final int at = number & mask;
        final int first = Math.min(length, bytes.length - at);
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset, bytes, at, first);
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset + first, bytes, 0, length - first);
    }

    void get(final int number, final MemorySegment target, final long offset, final int length) {
        final int at = number & mask;
        final int first = Math.min(length, bytes.length - at);
        MemorySegment.copy(bytes, at, target, ValueLayout.JAVA_BYTE, offset, first);
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, offset + first, length - first);
    }

    void put(final int number, final Octets octets) {
        put(number, octets.segment(), 0, octets.length());
    }

    Octets copy(final int number, final int length) {
        final MemorySegment copy = MemorySegment.ofArray(new byte[length]);
        get(number, copy, 0, length);
        return Octets.copyOf(copy, 0, length);
    }
}
