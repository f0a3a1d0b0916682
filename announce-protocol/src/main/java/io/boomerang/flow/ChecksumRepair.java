package io.boomerang.flow;

import io.boomerang.wire.Crc32c;
import io.boomerang.wire.DccpHeader;
import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.SctpHeader;
import io.boomerang.wire.TcpHeader;
import io.boomerang.wire.UdpHeader;

import java.lang.foreign.MemorySegment;

/// Writes the checksums that a packet should have: captures made on the sender hold those that its
/// network card had yet to compute.
///
/// Of the outermost IP packet: IPv4's header checksum always; the transport's where the whole
/// datagram stands in the frame and the header says what is covered. UDP without a checksum stays
/// without.
public final class ChecksumRepair {
    private static final int IPV4_CHECKSUM = 10;
    private static final int IPV4_ADDRESSES = 12;
    private static final int IPV4_ADDRESSES_LENGTH = 8;
    private static final int IPV6_ADDRESSES = 8;
    private static final int IPV6_ADDRESSES_LENGTH = 32;
    private static final int SCTP_CHECKSUM = 8;
    private static final int DCCP_DATA_OFFSET = 4;
    private static final int DCCP_COVERAGE = 5;
    private static final int ICMP_LEAST = 4;
    private static final int UNKNOWN = -1;

    private ChecksumRepair() {}

    /// Repairs the frame in place.
    ///
    /// @param packet the frame as parsed
    public static void repair(
            final MemorySegment frame,
            final long offset,
            final int length,
            final ParsedPacket packet) {
        if (packet.networkOffset() < 0) {
            return;
        }
        assert packet.endOffset() <= length : packet;
        if (packet.ipVersion() == Ipv4Header.VERSION) {
            repairIpv4(frame, offset + packet.networkOffset());
        }
        if (packet.isTransportWhole()) {
            repairTransport(frame, offset, packet);
        }
    }

    private static void repairIpv4(final MemorySegment frame, final long network) {
        final int headerLength = (frame.get(NetworkOrder.BYTE, network) & 0xF) << 2;
        setShort(frame, network + IPV4_CHECKSUM, 0);
        final long sum = InternetChecksum.add(0, frame, network, headerLength);
        setShort(frame, network + IPV4_CHECKSUM, InternetChecksum.finish(sum));
    }

    private static void repairTransport(
            final MemorySegment frame, final long offset, final ParsedPacket packet) {
        final long transport = offset + packet.transportOffset();
        final int length = packet.endOffset() - packet.transportOffset();
        final int protocol = packet.protocol();
        if (protocol == IpProtocol.SCTP) {
            repairSctp(frame, transport, length);
            return;
        }
        final int field = TransportChecksum.field(packet.ipVersion(), protocol);
        final int covered =
                field == TransportChecksum.NONE
                        ? UNKNOWN
                        : covered(frame, transport, length, protocol);
        if (covered == UNKNOWN
                || TransportChecksum.isOptional(protocol)
                        && frame.get(NetworkOrder.SHORT, transport + field) == 0) {
            return;
        }
        setShort(frame, transport + field, 0);
        long sum = InternetChecksum.add(0, frame, transport, covered);
        if (TransportChecksum.coversAddresses(protocol)) {
            // UDP's own length, which may leave a trailer out; everything else covers to the end.
            final int claimed = protocol == IpProtocol.UDP ? covered : length;
            sum += pseudoHeader(frame, offset, packet) + claimed;
        }
        setShort(
                frame,
                transport + field,
                TransportChecksum.written(protocol, InternetChecksum.finish(sum)));
    }

    /// How many bytes from the transport header on the checksum covers; `UNKNOWN` where the header
    /// does not say so consistently.
    private static int covered(
            final MemorySegment frame, final long transport, final int length, final int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> length >= TcpHeader.LENGTH ? length : UNKNOWN;
            case IpProtocol.UDP, IpProtocol.UDP_LITE -> coveredUdp(frame, transport, length);
            case IpProtocol.DCCP -> coveredDccp(frame, transport, length);
            default -> length >= ICMP_LEAST ? length : UNKNOWN;
        };
    }

    /// UDP's length field and UDP-Lite's coverage: 0 means everything (for UDP in a jumbogram).
    private static int coveredUdp(
            final MemorySegment frame, final long transport, final int length) {
        if (length < UdpHeader.LENGTH) {
            return UNKNOWN;
        }
        final int claimed =
                Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, transport + Integer.BYTES));
        if (claimed == 0) {
            return length;
        }
        return claimed >= UdpHeader.LENGTH && claimed <= length ? claimed : UNKNOWN;
    }

    private static int coveredDccp(
            final MemorySegment frame, final long transport, final int length) {
        if (length < DccpHeader.LENGTH) {
            return UNKNOWN;
        }
        final int header =
                Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, transport + DCCP_DATA_OFFSET)) << 2;
        final int coverage = frame.get(NetworkOrder.BYTE, transport + DCCP_COVERAGE) & 0xF;
        if (header < DccpHeader.LENGTH || header > length) {
            return UNKNOWN;
        }
        return coverage == 0 ? length : Math.min(length, header + (coverage - 1 << 2));
    }

    private static long pseudoHeader(
            final MemorySegment frame, final long offset, final ParsedPacket packet) {
        final long network = offset + packet.networkOffset();
        return packet.ipVersion() == Ipv6Header.VERSION
                ? InternetChecksum.add(
                        packet.protocol(), frame, network + IPV6_ADDRESSES, IPV6_ADDRESSES_LENGTH)
                : InternetChecksum.add(
                        packet.protocol(), frame, network + IPV4_ADDRESSES, IPV4_ADDRESSES_LENGTH);
    }

    private static void repairSctp(
            final MemorySegment frame, final long transport, final int length) {
        if (length < SctpHeader.LENGTH) {
            return;
        }
        int crc = Crc32c.add(Crc32c.start(), frame, transport, SCTP_CHECKSUM);
        crc = Crc32c.addZeros(crc, Integer.BYTES);
        crc = Crc32c.add(crc, frame, transport + SctpHeader.LENGTH, length - SctpHeader.LENGTH);
        frame.set(
                NetworkOrder.INT,
                transport + SCTP_CHECKSUM,
                Integer.reverseBytes(Crc32c.finish(crc)));
    }

    private static void setShort(final MemorySegment frame, final long at, final int value) {
        frame.set(NetworkOrder.SHORT, at, (short) value);
    }
}
