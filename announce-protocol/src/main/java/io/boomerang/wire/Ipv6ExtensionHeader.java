package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// An IPv6 extension header that tells its own length: hop-by-hop and destination options, routing,
/// mobility, HIP, shim6 (RFC 8200, RFC 6564).
///
/// ```
///  0             1        2
/// +-------------+--------+----------------------+
/// | next header | length | type-specific        |
/// +-------------+--------+----------------------+
/// ```
public final class Ipv6ExtensionHeader {
    public static final int LENGTH = 8;

    private static final int NEXT_HEADER = 0;
    private static final int EXTENSION_LENGTH = 1;
    private static final int ROUTING_TYPE = 2;
    private static final int SEGMENTS_LEFT = 3;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH && limit - offset >= headerLength();
    }

    public int nextHeader() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + NEXT_HEADER));
    }

    /// In bytes.
    public int headerLength() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + EXTENSION_LENGTH)) + 1 << 3;
    }

    /// Of a routing header.
    public int routingType() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + ROUTING_TYPE));
    }

    /// Of a routing header.
    public int segmentsLeft() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + SEGMENTS_LEFT));
    }
}
