package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// ARP for IPv4 over Ethernet (RFC 826).
///
/// ```
///  0          2          4           6           8           14        18          24
/// +----------+----------+-----------+-----------+-----------+---------+-----------+---------+
/// | hardware | protocol | address   | operation | sender    | sender  | target    | target  |
/// | type     | type     | lengths   |           | hardware  | address | hardware  | address |
/// +----------+----------+-----------+-----------+-----------+---------+-----------+---------+
/// ```
public final class ArpHeader {
    public static final int LENGTH = 28;

    private static final int HARDWARE_TYPE = 0;
    private static final int PROTOCOL_TYPE = 2;
    private static final int OPERATION = 6;
    private static final int SENDER_HARDWARE = 8;
    private static final int SENDER_ADDRESS = 14;
    private static final int TARGET_HARDWARE = 18;
    private static final int TARGET_ADDRESS = 24;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    public int hardwareType() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + HARDWARE_TYPE));
    }

    public int protocolType() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + PROTOCOL_TYPE));
    }

    /// 1 request, 2 reply.
    public int operation() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + OPERATION));
    }

    /// The address in the low 48 bits.
    public long senderHardware() {
        return hardwareAddress(SENDER_HARDWARE);
    }

    public int senderAddress() {
        return frame.get(NetworkOrder.INT, offset + SENDER_ADDRESS);
    }

    public long targetHardware() {
        return hardwareAddress(TARGET_HARDWARE);
    }

    public int targetAddress() {
        return frame.get(NetworkOrder.INT, offset + TARGET_ADDRESS);
    }

    private long hardwareAddress(final int field) {
        return Short.toUnsignedLong(frame.get(NetworkOrder.SHORT, offset + field)) << 32
                | Integer.toUnsignedLong(frame.get(NetworkOrder.INT, offset + field + 2));
    }
}
