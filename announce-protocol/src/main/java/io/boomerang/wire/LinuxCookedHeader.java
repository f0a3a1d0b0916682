package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// Linux cooked capture, version 1 (LINKTYPE_LINUX_SLL).
///
/// ```
///  0             2               4                6         14
/// +-------------+---------------+----------------+---------+----------+
/// | packet type | hardware type | address length | address | protocol |
/// +-------------+---------------+----------------+---------+----------+
/// ```
public final class LinuxCookedHeader {
    public static final int LENGTH = 16;

    private static final int PACKET_TYPE = 0;
    private static final int HARDWARE_TYPE = 2;
    private static final int ADDRESS_LENGTH = 4;
    private static final int ADDRESS = 6;
    private static final int PROTOCOL = 14;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    /// 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 from us.
    public int packetType() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + PACKET_TYPE));
    }

    /// An ARPHRD_ number.
    public int hardwareType() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + HARDWARE_TYPE));
    }

    public int addressLength() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + ADDRESS_LENGTH));
    }

    /// The first six bytes of the sender's address, in the low 48 bits.
    public long address() {
        return frame.get(NetworkOrder.LONG, offset + ADDRESS) >>> 16;
    }

    /// An {@link EtherType}, for most hardware types.
    public int protocol() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + PROTOCOL));
    }
}
