package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// The fixed part of the IP authentication header (RFC 4302), for IPv4 and IPv6.
///
/// ```
///  0             1        2          4           8                 12
/// +-------------+--------+----------+-----------+-----------------+-----------------+
/// | next header | length | reserved | SPI       | sequence number | check value ... |
/// +-------------+--------+----------+-----------+-----------------+-----------------+
/// ```
public final class AuthenticationHeader {
    public static final int LENGTH = 12;

    private static final int NEXT_HEADER = 0;
    private static final int EXTENSION_LENGTH = 1;
    private static final int SECURITY_PARAMETERS_INDEX = 4;

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

    /// In bytes, with the check value.
    public int headerLength() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + EXTENSION_LENGTH)) + 2 << 2;
    }

    public int securityParametersIndex() {
        return frame.get(NetworkOrder.INT, offset + SECURITY_PARAMETERS_INDEX);
    }
}
