package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// UDP header (RFC 768), and that of UDP-Lite (RFC 3828), whose length field is the coverage of the
/// checksum.
///
/// ```
///  0        2             4                    6
/// +--------+-------------+--------------------+----------+
/// | source | destination | length or coverage | checksum |
/// +--------+-------------+--------------------+----------+
/// ```
public final class UdpHeader {
    public static final int LENGTH = 8;

    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;
    private static final int DATAGRAM_LENGTH = 4;
    private static final int CHECKSUM = 6;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    public int sourcePort() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + SOURCE_PORT));
    }

    public int destinationPort() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + DESTINATION_PORT));
    }

    /// As claimed; not compared with the frame.
    public int datagramLength() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + DATAGRAM_LENGTH));
    }

    /// Of UDP-Lite; 0 means everything.
    public int checksumCoverage() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + DATAGRAM_LENGTH));
    }

    public int checksum() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + CHECKSUM));
    }

    public void setSourcePort(final int value) {
        frame.set(NetworkOrder.SHORT, offset + SOURCE_PORT, (short) value);
    }

    public void setDestinationPort(final int value) {
        frame.set(NetworkOrder.SHORT, offset + DESTINATION_PORT, (short) value);
    }

    public void setDatagramLength(final int value) {
        frame.set(NetworkOrder.SHORT, offset + DATAGRAM_LENGTH, (short) value);
    }

    public void setChecksum(final int value) {
        frame.set(NetworkOrder.SHORT, offset + CHECKSUM, (short) value);
    }
}
