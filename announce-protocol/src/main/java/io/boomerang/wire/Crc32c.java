package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// CRC32c (Castagnoli) as SCTP uses it (RFC 9260, appendix A), over memory without a buffer object,
/// and its update after a small change without reading the packet again.
public final class Crc32c {
    private static final int POLYNOMIAL = 0x82F63B78;

    /// The polynomial 1 and the polynomial x^8, in the reflected notation: x^0 is the highest bit.
    private static final int ONE = 1 << 31;

    private static final int X8 = 1 << 23;

    private static final int[] TABLE = table();

    private Crc32c() {}

    /// A running value to start with; {@link #finish} ends it.
    public static int start() {
        return ~0;
    }

    public static int add(
            final int running, final MemorySegment frame, final long offset, final long length) {
        int crc = running;
        final long end = offset + length;
        for (long position = offset; position < end; position++) {
            crc = TABLE[(crc ^ frame.get(NetworkOrder.BYTE, position)) & 0xFF] ^ crc >>> 8;
        }
        return crc;
    }

    /// Adds as many zero bytes: a checksum field counts as zero.
    public static int addZeros(final int running, final int count) {
        int crc = running;
        for (int i = 0; i < count; i++) {
            crc = TABLE[crc & 0xFF] ^ crc >>> 8;
        }
        return crc;
    }

    public static int finish(final int running) {
        return ~running;
    }

    /// What a change of four bytes does to the CRC of a message: to be xored onto it.
    ///
    /// @param changedBits the four big-endian bytes before xor those after
    /// @param bytesBehind how many bytes of the message follow the four
    public static int difference(final int changedBits, final long bytesBehind) {
        int crc = Integer.reverseBytes(changedBits);
        for (int i = 0; i < Integer.BYTES; i++) {
            crc = TABLE[crc & 0xFF] ^ crc >>> 8;
        }
        return multiply(crc, powerOfX8(bytesBehind));
    }

    private static int powerOfX8(final long exponent) {
        int power = ONE;
        int square = X8;
        for (long rest = exponent; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                power = multiply(power, square);
            }
            square = multiply(square, square);
        }
        return power;
    }

    private static int multiply(final int left, final int right) {
        int product = 0;
        int shifted = right;
        for (int bit = left; bit != 0; bit <<= 1) {
            product ^= bit >> 31 & shifted;
            shifted = shifted >>> 1 ^ (POLYNOMIAL & -(shifted & 1));
        }
        return product;
    }

    private static int[] table() {
        final int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc >>> 1 ^ (POLYNOMIAL & -(crc & 1));
            }
            table[i] = crc;
        }
        return table;
    }
}
