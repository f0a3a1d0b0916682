package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// The fixed part of the DCCP header (RFC 4340).
///
/// ```
///  0        2             4             5                  6          8
/// +--------+-------------+-------------+------------------+----------+--------------+
/// | source | destination | data offset | CCVal, coverage  | checksum | type, ...    |
/// +--------+-------------+-------------+------------------+----------+--------------+
/// ```
public final class DccpHeader {
    public static final int LENGTH = 12;

    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;
    private static final int DATA_OFFSET = 4;
    private static final int COVERAGE = 5;
    private static final int CHECKSUM = 6;
    private static final int TYPE = 8;

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

    /// In bytes.
    public int headerLength() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + DATA_OFFSET)) << 2;
    }

    /// 0: the checksum covers everything; n: the header and 4 (n - 1) bytes of data.
    public int checksumCoverage() {
        return frame.get(NetworkOrder.BYTE, offset + COVERAGE) & 0xF;
    }

    public int checksum() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + CHECKSUM));
    }

    public int type() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + TYPE)) >>> 1 & 0xF;
    }

    public void setSourcePort(final int value) {
        frame.set(NetworkOrder.SHORT, offset + SOURCE_PORT, (short) value);
    }

    public void setDestinationPort(final int value) {
        frame.set(NetworkOrder.SHORT, offset + DESTINATION_PORT, (short) value);
    }

    public void setChecksum(final int value) {
        frame.set(NetworkOrder.SHORT, offset + CHECKSUM, (short) value);
    }
}
