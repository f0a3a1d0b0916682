package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// The fragment header of IPv6 (RFC 8200, 4.5).
///
/// ```
///  0             1          2                   4
/// +-------------+----------+-------------------+----------------+
/// | next header | reserved | offset, more bit  | identification |
/// +-------------+----------+-------------------+----------------+
/// ```
public final class Ipv6FragmentHeader {
    public static final int LENGTH = 8;

    private static final int NEXT_HEADER = 0;
    private static final int OFFSET_MORE = 2;
    private static final int IDENTIFICATION = 4;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    public int nextHeader() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + NEXT_HEADER));
    }

    /// In bytes.
    public int fragmentOffset() {
        return offsetMore() & 0xFFF8;
    }

    public boolean hasMoreFragments() {
        return (offsetMore() & 1) != 0;
    }

    private int offsetMore() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + OFFSET_MORE));
    }

    public int identification() {
        return frame.get(NetworkOrder.INT, offset + IDENTIFICATION);
    }
}
