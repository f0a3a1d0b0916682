package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// IPv4 header (RFC 791) with its options.
///
/// ```
///  0          1     2        4    6          8     9          10         12       16
/// +----------+-----+--------+----+----------+-----+----------+----------+--------+-------------+
/// | version, | TOS | total  | id | flags,   | TTL | protocol | checksum | source | destination |
/// | length   |     | length |    | fragment |     |          |          |        |             |
/// +----------+-----+--------+----+----------+-----+----------+----------+--------+-------------+
/// ```
public final class Ipv4Header {
    public static final int LENGTH = 20;
    public static final int VERSION = 4;

    private static final int VERSION_LENGTH = 0;
    private static final int TYPE_OF_SERVICE = 1;
    private static final int TOTAL_LENGTH = 2;
    private static final int IDENTIFICATION = 4;
    private static final int FLAGS_FRAGMENT = 6;
    private static final int TIME_TO_LIVE = 8;
    private static final int PROTOCOL = 9;
    private static final int CHECKSUM = 10;
    private static final int SOURCE = 12;
    private static final int DESTINATION = 16;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int FRAGMENT_MASK = 0x1FFF;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH
                && headerLength() >= LENGTH
                && limit - offset >= headerLength();
    }

    public int version() {
        return versionLength() >>> 4;
    }

    /// In bytes, with options.
    public int headerLength() {
        return (versionLength() & 0xF) << 2;
    }

    private int versionLength() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + VERSION_LENGTH));
    }

    public int typeOfService() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + TYPE_OF_SERVICE));
    }

    /// As claimed; not compared with the frame.
    public int totalLength() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + TOTAL_LENGTH));
    }

    public int identification() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + IDENTIFICATION));
    }

    public boolean isDontFragment() {
        return (flagsFragment() & DONT_FRAGMENT) != 0;
    }

    public boolean hasMoreFragments() {
        return (flagsFragment() & MORE_FRAGMENTS) != 0;
    }

    /// In bytes.
    public int fragmentOffset() {
        return (flagsFragment() & FRAGMENT_MASK) << 3;
    }

    private int flagsFragment() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + FLAGS_FRAGMENT));
    }

    public int timeToLive() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + TIME_TO_LIVE));
    }

    public int protocol() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + PROTOCOL));
    }

    public int checksum() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + CHECKSUM));
    }

    public int source() {
        return frame.get(NetworkOrder.INT, offset + SOURCE);
    }

    public int destination() {
        return frame.get(NetworkOrder.INT, offset + DESTINATION);
    }

    public void setTotalLength(final int value) {
        frame.set(NetworkOrder.SHORT, offset + TOTAL_LENGTH, (short) value);
    }

    public void setTimeToLive(final int value) {
        frame.set(NetworkOrder.BYTE, offset + TIME_TO_LIVE, (byte) value);
    }

    public void setChecksum(final int value) {
        frame.set(NetworkOrder.SHORT, offset + CHECKSUM, (short) value);
    }

    public void setSource(final int value) {
        frame.set(NetworkOrder.INT, offset + SOURCE, value);
    }

    public void setDestination(final int value) {
        frame.set(NetworkOrder.INT, offset + DESTINATION, value);
    }
}
