package io.boomerang.backplane;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// SipHash-2-4 (Aumasson, Bernstein: SipHash, a fast short-input PRF, 2012): 64 bits that nobody
/// predicts who lacks the key. Takes words and whole words of memory, then bytes.
///
/// Mutable and reused; used by one thread.
final class SipHash {
    private static final ValueLayout.OfLong WORD =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long INITIAL_0 = 0x736f6d6570736575L;
    private static final long INITIAL_1 = 0x646f72616e646f6dL;
    private static final long INITIAL_2 = 0x6c7967656e657261L;
    private static final long INITIAL_3 = 0x7465646279746573L;
    private static final long FINAL = 0xFF;
    private static final int ROUNDS = 2;
    private static final int FINAL_ROUNDS = 4;
    private static final int LENGTH_SHIFT = 56;

    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private long taken;

    void start(final long key0, final long key1) {
        v0 = INITIAL_0 ^ key0;
        v1 = INITIAL_1 ^ key1;
        v2 = INITIAL_2 ^ key0;
        v3 = INITIAL_3 ^ key1;
        taken = 0;
    }

    /// The next eight bytes, the first one being the lowest.
    void word(final long word) {
        v3 ^= word;
        rounds(ROUNDS);
        v0 ^= word;
        taken += Long.BYTES;
    }

    /// The hash of all words and these last bytes.
    long finish(final MemorySegment segment, final long offset, final long length) {
        final long whole = offset + (length & -Long.BYTES);
        words(segment, offset, whole);
        long last = taken + offset + length - whole << LENGTH_SHIFT;
        for (long i = whole; i < offset + length; i++) {
            last |= Byte.toUnsignedLong(segment.get(JAVA_BYTE, i)) << 8 * (i - whole);
        }
        word(last);
        v2 ^= FINAL;
        rounds(FINAL_ROUNDS);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    /// The bytes up to `limit`, a multiple of eight; as a {@link #word} for each, with the state in
    /// registers.
    void words(final MemorySegment segment, final long offset, final long limit) {
        long a = v0;
        long b = v1;
        long c = v2;
        long d = v3;
        for (long i = offset; i < limit; i += Long.BYTES) {
            final long word = segment.get(WORD, i);
            d ^= word;
            for (int round = 0; round < ROUNDS; round++) {
                a += b;
                b = Long.rotateLeft(b, 13) ^ a;
                a = Long.rotateLeft(a, 32);
                c += d;
                d = Long.rotateLeft(d, 16) ^ c;
                a += d;
                d = Long.rotateLeft(d, 21) ^ a;
                c += b;
                b = Long.rotateLeft(b, 17) ^ c;
                c = Long.rotateLeft(c, 32);
            }
            a ^= word;
        }
        v0 = a;
        v1 = b;
        v2 = c;
        v3 = d;
        taken += limit - offset;
    }

    private void rounds(final int count) {
        for (int round = 0; round < count; round++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
