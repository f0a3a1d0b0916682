package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2).
///
/// ```
///  0          2          4           8               10            11               12
/// +----------+----------+-----------+---------------+-------------+----------------+---------+
/// | protocol | reserved | interface | hardware type | packet type | address length | address |
/// +----------+----------+-----------+---------------+-------------+----------------+---------+
/// ```
public final class LinuxCookedV2Header {
    public static final int LENGTH = 20;

    private static final int PROTOCOL = 0;
    private static final int INTERFACE_INDEX = 4;
    private static final int HARDWARE_TYPE = 8;
    private static final int PACKET_TYPE = 10;
    private static final int ADDRESS_LENGTH = 11;
    private static final int ADDRESS = 12;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    /// An {@link EtherType}, for most hardware types.
    public int protocol() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + PROTOCOL));
    }

    public int interfaceIndex() {
        return frame.get(NetworkOrder.INT, offset + INTERFACE_INDEX);
    }

    /// An ARPHRD_ number.
    public int hardwareType() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + HARDWARE_TYPE));
    }

    /// 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 from us.
    public int packetType() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + PACKET_TYPE));
    }

    public int addressLength() {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, offset + ADDRESS_LENGTH));
    }

    /// The first six bytes of the sender's address, in the low 48 bits.
    public long address() {
        return frame.get(NetworkOrder.LONG, offset + ADDRESS) >>> 16;
    }
}
