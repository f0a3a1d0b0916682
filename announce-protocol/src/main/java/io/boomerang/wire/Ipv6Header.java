package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// IPv6 header (RFC 8200), without extension headers.
///
/// ```
///  0                 4         6        7       8        24
/// +-----------------+---------+--------+-------+--------+-------------+
/// | version, class, | payload | next   | hop   | source | destination |
/// | flow label      | length  | header | limit |        |             |
/// +-----------------+---------+--------+-------+--------+-------------+
/// ```
public final class Ipv6Header {
    public static final int LENGTH = 40;
    public static final int VERSION = 6;

    private static final int VERSION_CLASS_LABEL = 0;
    private static final int PAYLOAD_LENGTH = 4;
    private static final int NEXT_HEADER = 6;
    private static final int HOP_LIMIT = 7;
    private static final int SOURCE = 8;
    private static final int DESTINATION = 24;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    public int version() {
        return versionClassLabel() >>> 28;
    }

    public int trafficClass() {
        return versionClassLabel() >>> 20 & 0xFF;
    }

    public int flowLabel() {
        return versionClassLabel() & 0xFFFFF;
    }

    private int versionClassLabel() {
        return frame.get(NetworkOrder.INT, offset + VERSION_CLASS_LABEL);
    }

    /// As claimed; not compared with the frame.
    public int payloadLength() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + PAYLOAD_LENGTH));
    }

    public int nextHeader() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + NEXT_HEADER));
    }

    public int hopLimit() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + HOP_LIMIT));
    }

    public long sourceHigh() {
        return frame.get(NetworkOrder.LONG, offset + SOURCE);
    }

    public long sourceLow() {
        return frame.get(NetworkOrder.LONG, offset + SOURCE + Long.BYTES);
    }

    public long destinationHigh() {
        return frame.get(NetworkOrder.LONG, offset + DESTINATION);
    }

    public long destinationLow() {
        return frame.get(NetworkOrder.LONG, offset + DESTINATION + Long.BYTES);
    }

    public void setPayloadLength(final int value) {
        frame.set(NetworkOrder.SHORT, offset + PAYLOAD_LENGTH, (short) value);
    }

    public void setHopLimit(final int value) {
        frame.set(NetworkOrder.BYTE, offset + HOP_LIMIT, (byte) value);
    }

    public void setSource(final long high, final long low) {
        frame.set(NetworkOrder.LONG, offset + SOURCE, high);
        frame.set(NetworkOrder.LONG, offset + SOURCE + Long.BYTES, low);
    }

    public void setDestination(final long high, final long low) {
        frame.set(NetworkOrder.LONG, offset + DESTINATION, high);
        frame.set(NetworkOrder.LONG, offset + DESTINATION + Long.BYTES, low);
    }
}
