package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// The Internet checksum (RFC 1071) and its incremental update (RFC 1624).
///
/// Sums are plain additions of big-endian 16-bit words kept in a long; {@link #fold} makes the
/// ones-complement sum of them, {@link #finish} the value of a checksum field.
public final class InternetChecksum {
    private static final long INT_MASK = 0xFFFF_FFFFL;

    private InternetChecksum() {}

    /// Adds the bytes to `sum`; an odd last byte counts as followed by a zero.
    public static long add(
            final long sum, final MemorySegment frame, final long offset, final long length) {
        long total = sum;
        long position = offset;
        final long end = offset + length;
        for (; position + Integer.BYTES <= end; position += Integer.BYTES) {
            total += frame.get(NetworkOrder.INT, position) & INT_MASK;
        }
        if (position + Short.BYTES <= end) {
            total += Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, position));
            position += Short.BYTES;
        }
        if (position < end) {
            total += Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, position)) << 8;
        }
        return total;
    }

    /// Adds the eight bytes of a word to `sum`.
    public static long add(final long sum, final long word) {
        return sum + (word >>> 32) + (word & INT_MASK);
    }

    /// The 16-bit ones-complement sum.
    public static int fold(final long sum) {
        long folded = (sum >>> 32) + (sum & INT_MASK);
        folded = (folded >>> 32) + (folded & INT_MASK);
        folded = (folded >>> 16) + (folded & 0xFFFF);
        folded = (folded >>> 16) + (folded & 0xFFFF);
        return (int) ((folded >>> 16) + (folded & 0xFFFF));
    }

    /// The value of a checksum field over what was summed.
    public static int finish(final long sum) {
        return ~fold(sum) & 0xFFFF;
    }

    /// What replacing `before` by `after` adds to a sum: RFC 1624's `~m + m'` over four words.
    public static long difference(final long before, final long after) {
        return before == after ? 0 : add(add(0, ~before), after);
    }

    /// The checksum after a change whose {@link #difference}s were summed up (RFC 1624, equation
    /// 3). Without any change it stays as it is.
    public static int update(final int checksum, final long differences) {
        return differences == 0 ? checksum : finish(differences + (~checksum & 0xFFFF));
    }
}
