package io.boomerang.backplane;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;

/// The GENEVE header in front of a hello: a control packet (RFC 8926, section 3.4) without options,
/// of an EtherType for experiments (IEEE 802). Frames never have the O bit.
final class HelloDatagram {
    static final int HEADER_LENGTH = SteeringHeader.BASE_LENGTH;

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
                && Short.toUnsignedInt(
                                segment.get(
                                        NetworkOrder.SHORT, offset + SteeringHeader.PROTOCOL_TYPE))
                        == SteeringHeader.EXPERIMENTAL
                && segment.get(NetworkOrder.INT, offset + SteeringHeader.VNI) >>> 8 == vni;
    }

    static void writeHeader(final MemorySegment segment, final long offset, final int vni) {
        segment.set(JAVA_BYTE, offset, (byte) 0);
        segment.set(JAVA_BYTE, offset + SteeringHeader.FLAGS, (byte) SteeringHeader.OAM_BIT);
        segment.set(
                NetworkOrder.SHORT,
                offset + SteeringHeader.PROTOCOL_TYPE,
                (short) SteeringHeader.EXPERIMENTAL);
        segment.set(NetworkOrder.INT, offset + SteeringHeader.VNI, vni << 8);
    }
}
