package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// PPP protocol field (RFC 1661): two bytes, or one where the field is compressed, which the lowest
/// bit of the first byte tells.
public final class PppHeader {
    public static final int IPV4 = 0x0021;
    public static final int IPV6 = 0x0057;
    public static final int MPLS_UNICAST = 0x0281;
    public static final int MPLS_MULTICAST = 0x0283;

    private static final int COMPRESSED = 1;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= 1 && limit - offset >= headerLength();
    }

    public int protocol() {
        return isCompressed()
                ? Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset))
                : Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset));
    }

    /// In bytes, 1 or 2.
    public int headerLength() {
        return isCompressed() ? 1 : 2;
    }

    private boolean isCompressed() {
        return (frame.get(NetworkOrder.BYTE, offset) & COMPRESSED) != 0;
    }
}
