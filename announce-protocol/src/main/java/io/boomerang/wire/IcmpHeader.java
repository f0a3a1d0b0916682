package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// The header of ICMP (RFC 792) and ICMPv6 (RFC 4443) messages.
///
/// ```
///  0      1      2          4                           8
/// +------+------+----------+---------------------------+-----------+
/// | type | code | checksum | by type: identifier, MTU  | body      |
/// +------+------+----------+---------------------------+-----------+
/// ```
public final class IcmpHeader {
    public static final int LENGTH = 8;

    public static final int ECHO_REPLY = 0;
    public static final int DESTINATION_UNREACHABLE = 3;
    public static final int SOURCE_QUENCH = 4;
    public static final int REDIRECT = 5;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;
    public static final int TIMESTAMP = 13;
    public static final int ADDRESS_MASK_REPLY = 18;

    public static final int V6_DESTINATION_UNREACHABLE = 1;
    public static final int V6_PACKET_TOO_BIG = 2;
    public static final int V6_TIME_EXCEEDED = 3;
    public static final int V6_PARAMETER_PROBLEM = 4;
    public static final int V6_ECHO_REQUEST = 128;
    public static final int V6_ECHO_REPLY = 129;

    private static final int TYPE = 0;
    private static final int CODE = 1;
    private static final int CHECKSUM = 2;
    private static final int IDENTIFIER = 4;
    private static final int SEQUENCE = 6;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    public int type() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + TYPE));
    }

    public int code() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + CODE));
    }

    public int checksum() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + CHECKSUM));
    }

    /// Of a query.
    public int identifier() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + IDENTIFIER));
    }

    /// Of a query; the next hop's MTU in IPv4 "fragmentation needed".
    public int sequence() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + SEQUENCE));
    }

    public void setChecksum(final int value) {
        frame.set(NetworkOrder.SHORT, offset + CHECKSUM, (short) value);
    }

    public void setIdentifier(final int value) {
        frame.set(NetworkOrder.SHORT, offset + IDENTIFIER, (short) value);
    }
}
