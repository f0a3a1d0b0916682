package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// TCP header (RFC 9293) with its options.
///
/// ```
///  0        2       4          8                12                  14       16         18
/// +--------+-------+----------+----------------+-------------------+--------+----------+--------+
/// | source | dest. | sequence | acknowledgment | data offset flags | window | checksum | urgent |
/// +--------+-------+----------+----------------+-------------------+--------+----------+--------+
/// ```
public final class TcpHeader {
    public static final int LENGTH = 20;

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;

    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;
    private static final int SEQUENCE = 4;
    private static final int ACKNOWLEDGMENT = 8;
    private static final int DATA_OFFSET = 12;
    private static final int FLAGS_FIELD = 13;
    private static final int WINDOW = 14;
    private static final int CHECKSUM = 16;

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

    public int sourcePort() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + SOURCE_PORT));
    }

    public int destinationPort() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + DESTINATION_PORT));
    }

    public int sequence() {
        return frame.get(NetworkOrder.INT, offset + SEQUENCE);
    }

    public int acknowledgment() {
        return frame.get(NetworkOrder.INT, offset + ACKNOWLEDGMENT);
    }

    /// In bytes, with options.
    public int headerLength() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + DATA_OFFSET)) >>> 4 << 2;
    }

    /// FIN to CWR, the eight low bits.
    public int flags() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + FLAGS_FIELD));
    }

    public int window() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + WINDOW));
    }

    public int checksum() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + CHECKSUM));
    }

    /// Where the options begin, in the frame that was wrapped; they end at {@link #payloadOffset}.
    public long optionsOffset() {
        return offset + LENGTH;
    }

    public long payloadOffset() {
        return offset + headerLength();
    }

    public void setSourcePort(final int value) {
        frame.set(NetworkOrder.SHORT, offset + SOURCE_PORT, (short) value);
    }

    public void setDestinationPort(final int value) {
        frame.set(NetworkOrder.SHORT, offset + DESTINATION_PORT, (short) value);
    }

    public void setSequence(final int value) {
        frame.set(NetworkOrder.INT, offset + SEQUENCE, value);
    }

    public void setAcknowledgment(final int value) {
        frame.set(NetworkOrder.INT, offset + ACKNOWLEDGMENT, value);
    }

    public void setWindow(final int value) {
        frame.set(NetworkOrder.SHORT, offset + WINDOW, (short) value);
    }

    public void setChecksum(final int value) {
        frame.set(NetworkOrder.SHORT, offset + CHECKSUM, (short) value);
    }
}
