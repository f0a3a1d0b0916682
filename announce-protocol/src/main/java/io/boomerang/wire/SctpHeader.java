package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// SCTP common header (RFC 9260).
///
/// ```
///  0        2             4                  8
/// +--------+-------------+------------------+----------+
/// | source | destination | verification tag | checksum |
/// +--------+-------------+------------------+----------+
/// ```
public final class SctpHeader {
    public static final int LENGTH = 12;

    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;
    private static final int VERIFICATION_TAG = 4;
    private static final int CHECKSUM = 8;

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

    public int verificationTag() {
        return frame.get(NetworkOrder.INT, offset + VERIFICATION_TAG);
    }

    /// The CRC32c as {@link Crc32c} counts it: its least significant byte goes first.
    public int checksum() {
        return Integer.reverseBytes(frame.get(NetworkOrder.INT, offset + CHECKSUM));
    }

    public void setSourcePort(final int value) {
        frame.set(NetworkOrder.SHORT, offset + SOURCE_PORT, (short) value);
    }

    public void setDestinationPort(final int value) {
        frame.set(NetworkOrder.SHORT, offset + DESTINATION_PORT, (short) value);
    }

    public void setChecksum(final int value) {
        frame.set(NetworkOrder.INT, offset + CHECKSUM, Integer.reverseBytes(value));
    }
}
