package io.boomerang.backplane;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The GENEVE header in front of a hello: a control packet (RFC 8926, section 3.4) without options,
/// of an EtherType for experiments (IEEE 802). Frames never have the O bit.
final class HelloDatagram {
    static final int HEADER_LENGTH = SteeringHeader.BASE_LENGTH;

    private static final int EXPERIMENTAL = 0x88B5;

    private static final ValueLayout.OfShort BE16 =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private HelloDatagram() {}

    /// Whether the datagram says that it is no frame.
    static boolean isControl(final MemorySegment segment, final long offset, final int length) {
        return length >= HEADER_LENGTH
                && (segment.get(JAVA_BYTE, offset + SteeringHeader.FLAGS) & SteeringHeader.OAM_BIT)
                        != 0;
    }

    /// Whether a control packet is a hello of this chassis.
    static boolean isHello(final MemorySegment segment, final long offset, final int vni) {
        return segment.get(JAVA_BYTE, offset) == 0
                && Short.toUnsignedInt(segment.get(BE16, offset + SteeringHeader.PROTOCOL_TYPE))
                        == EXPERIMENTAL
                && segment.get(BE32, offset + SteeringHeader.VNI) >>> 8 == vni;
    }

    static void writeHeader(final MemorySegment segment, final long offset, final int vni) {
        segment.set(JAVA_BYTE, offset, (byte) 0);
        segment.set(JAVA_BYTE, offset + SteeringHeader.FLAGS, (byte) SteeringHeader.OAM_BIT);
        segment.set(BE16, offset + SteeringHeader.PROTOCOL_TYPE, (short) EXPERIMENTAL);
        segment.set(BE32, offset + SteeringHeader.VNI, vni << 8);
    }
}
