package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// Ethernet header, without tags:
///
/// ```
///  0           6           12          14
/// +-----------+-----------+-----------+
/// |destination|  source   | EtherType |
/// +-----------+-----------+-----------+
/// ```
public final class EthernetHeader {
    public static final int LENGTH = 14;

    private static final int DESTINATION = 0;
    private static final int SOURCE = 6;
    private static final int ETHER_TYPE = 12;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    /// The address in the low 48 bits.
    public long destination() {
        return address(DESTINATION);
    }

    public long source() {
        return address(SOURCE);
    }

    private long address(final int field) {
        return Short.toUnsignedLong(frame.get(NetworkOrder.SHORT, offset + field)) << 32
                | Integer.toUnsignedLong(frame.get(NetworkOrder.INT, offset + field + 2));
    }

    /// A protocol, or the frame's length when below {@link EtherType#FIRST}.
    public int etherType() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + ETHER_TYPE));
    }

    public void setDestination(final long address) {
        setAddress(DESTINATION, address);
    }

    public void setSource(final long address) {
        setAddress(SOURCE, address);
    }

    private void setAddress(final int field, final long address) {
        frame.set(NetworkOrder.SHORT, offset + field, (short) (address >>> 32));
        frame.set(NetworkOrder.INT, offset + field + 2, (int) address);
    }

    public void setEtherType(final int value) {
        frame.set(NetworkOrder.SHORT, offset + ETHER_TYPE, (short) value);
    }
}
