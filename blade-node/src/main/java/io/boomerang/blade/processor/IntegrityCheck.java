package io.boomerang.blade.processor;

import io.boomerang.flow.ParsedPacket;
import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.TcpHeader;
import io.boomerang.wire.UdpHeader;

import java.lang.foreign.MemorySegment;

/// Refuses packets whose outermost IP header or what it carries is damaged: lengths that contradict
/// each other, checksums that do not fit. What cannot be verified passes: fragments, packets that
/// were cut by the capture, tunnels, and checksums over addresses that are not in the IP header.
///
/// One instance per thread.
final class IntegrityCheck {
    private static final int CHECKSUM_FITS = 0xFFFF;
    private static final int ICMP_LEAST = 8;
    private static final int ICMPV6_LEAST = 4;
    private static final int V4_SOURCE = 12;
    private static final int V4_ADDRESSES_LENGTH = 8;
    private static final int V6_SOURCE = 8;
    private static final int V6_ADDRESSES_LENGTH = 32;

    private final Ipv4Header ipv4 = new Ipv4Header();
    private final TcpHeader tcp = new TcpHeader();
    private final UdpHeader udp = new UdpHeader();

    /// `PASS`, `DROP_MALFORMED` or `DROP_BAD_CHECKSUM`.
    ProcessorVerdict check(final PacketContext context) {
        final ParsedPacket packet = context.packet();
        final MemorySegment frame = context.frame();
        final long network = context.offset() + packet.networkOffset();
        final long transport = context.offset() + packet.transportOffset();
        final long end = context.offset() + packet.endOffset();
        if (packet.ipVersion() == Ipv4Header.VERSION) {
            if (!ipv4.wrap(frame, network, end)) {
                return ProcessorVerdict.DROP_MALFORMED;
            }
            if (!fits(InternetChecksum.add(0, frame, network, ipv4.headerLength()))) {
                return ProcessorVerdict.DROP_BAD_CHECKSUM;
            }
        }
        if (packet.isLaterFragment() || packet.isTunnelled()) {
            return ProcessorVerdict.PASS;
        }
        final boolean verifiable = packet.isTransportWhole();
        return switch (packet.protocol()) {
            case IpProtocol.TCP -> checkTcp(packet, frame, network, transport, end, verifiable);
            case IpProtocol.UDP -> checkUdp(packet, frame, network, transport, end, verifiable);
            case IpProtocol.UDP_LITE ->
                    checkUdpLite(packet, frame, network, transport, end, verifiable);
            case IpProtocol.ICMP -> {
                if (end - transport < ICMP_LEAST && !packet.isTruncated()) {
                    yield ProcessorVerdict.DROP_MALFORMED;
                }
                yield verdict(
                        verifiable, InternetChecksum.add(0, frame, transport, end - transport));
            }
            case IpProtocol.ICMPV6 -> {
                if (end - transport < ICMPV6_LEAST && !packet.isTruncated()) {
                    yield ProcessorVerdict.DROP_MALFORMED;
                }
                yield verdict(
                        verifiable,
                        sum(packet, frame, network, transport, end - transport, end - transport));
            }
            default -> ProcessorVerdict.PASS;
        };
    }

    private ProcessorVerdict checkTcp(
            final ParsedPacket packet,
            final MemorySegment frame,
            final long network,
            final long transport,
            final long end,
            final boolean verifiable) {
        if (!tcp.wrap(frame, transport, end)) {
            return ProcessorVerdict.DROP_MALFORMED;
        }
        return verdict(
                verifiable,
                sum(packet, frame, network, transport, end - transport, end - transport));
    }

    private ProcessorVerdict checkUdp(
            final ParsedPacket packet,
            final MemorySegment frame,
            final long network,
            final long transport,
            final long end,
            final boolean verifiable) {
        if (!udp.wrap(frame, transport, end)) {
            return packet.isTruncated() ? ProcessorVerdict.PASS : ProcessorVerdict.DROP_MALFORMED;
        }
        final int length = udp.datagramLength();
        if (length == 0 || !verifiable) {
            // Zero: a jumbogram (RFC 2675), or a burst that the network card had not split yet.
            return ProcessorVerdict.PASS;
        }
        if (length < UdpHeader.LENGTH || length > end - transport) {
            return ProcessorVerdict.DROP_MALFORMED;
        }
        return verdict(udp.checksum() != 0, sum(packet, frame, network, transport, length, length));
    }

    private ProcessorVerdict checkUdpLite(
            final ParsedPacket packet,
            final MemorySegment frame,
            final long network,
            final long transport,
            final long end,
            final boolean verifiable) {
        if (!udp.wrap(frame, transport, end)) {
            return packet.isTruncated() ? ProcessorVerdict.PASS : ProcessorVerdict.DROP_MALFORMED;
        }
        if (!verifiable) {
            return ProcessorVerdict.PASS;
        }
        final long whole = end - transport;
        final long covered = udp.checksumCoverage() == 0 ? whole : udp.checksumCoverage();
        if (covered < UdpHeader.LENGTH || covered > whole) {
            return ProcessorVerdict.DROP_MALFORMED;
        }
        return verdict(true, sum(packet, frame, network, transport, covered, whole));
    }

    /// The pseudo header with `claimed` as its length, then `length` bytes of the transport's.
    private static long sum(
            final ParsedPacket packet,
            final MemorySegment frame,
            final long network,
            final long transport,
            final long length,
            final long claimed) {
        final boolean ipv4 = packet.ipVersion() == Ipv4Header.VERSION;
        long sum = packet.protocol() + claimed;
        sum =
                InternetChecksum.add(
                        sum,
                        frame,
                        network + (ipv4 ? V4_SOURCE : V6_SOURCE),
                        ipv4 ? V4_ADDRESSES_LENGTH : V6_ADDRESSES_LENGTH);
        return InternetChecksum.add(sum, frame, transport, length);
    }

    private static ProcessorVerdict verdict(final boolean verifiable, final long sum) {
        return !verifiable || fits(sum)
                ? ProcessorVerdict.PASS
                : ProcessorVerdict.DROP_BAD_CHECKSUM;
    }

    private static boolean fits(final long sum) {
        return InternetChecksum.fold(sum) == CHECKSUM_FITS;
    }

    /// How long the outermost packet's transport part is as its IP header claims, which may be more
    /// than the capture has kept.
    static int claimedTransportLength(final PacketContext context) {
        final ParsedPacket packet = context.packet();
        final int present = packet.endOffset() - packet.transportOffset();
        if (!packet.isTruncated()) {
            return present;
        }
        final long network = context.offset() + packet.networkOffset();
        final int claimedEnd =
                packet.ipVersion() == Ipv4Header.VERSION
                        ? unsignedShort(context.frame(), network + 2)
                        : unsignedShort(context.frame(), network + 4) + 40;
        return Math.max(present, packet.networkOffset() + claimedEnd - packet.transportOffset());
    }

    private static int unsignedShort(final MemorySegment frame, final long offset) {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset));
    }
}
