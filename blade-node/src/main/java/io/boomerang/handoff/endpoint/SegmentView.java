package io.boomerang.handoff.endpoint;

import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.TcpHeader;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/// A TCP segment in its IP packet, in place. Fragments and IPv6 extension headers are no segments
/// here.
final class SegmentView {
    private static final int PSEUDO_IPV4 = 12;
    private static final int PSEUDO_IPV6 = 8;

    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final TcpHeader tcp = new TcpHeader();
    private final SegmentOptions options = new SegmentOptions();
    private boolean isIpv6;
    private long end;

    /// Points this view at a packet and answers whether it is a segment, intact in length and
    /// checksum.
    boolean wrap(final MemorySegment packet, final long offset, final long limit) {
        if (limit - offset < 1) {
            return false;
        }
        isIpv6 = Byte.toUnsignedInt(packet.get(NetworkOrder.BYTE, offset)) >>> 4 == 6;
        final long tcpAt =
                isIpv6 ? wrapIpv6(packet, offset, limit) : wrapIpv4(packet, offset, limit);
        if (tcpAt < 0 || !tcp.wrap(packet, tcpAt, end)) {
            return false;
        }
        final long addresses = offset + (isIpv6 ? PSEUDO_IPV6 : PSEUDO_IPV4);
        final long addressBytes = isIpv6 ? 32 : 8;
        final long sum =
                InternetChecksum.add(0, packet, addresses, addressBytes)
                        + IpProtocol.TCP
                        + (end - tcpAt);
        return InternetChecksum.finish(InternetChecksum.add(sum, packet, tcpAt, end - tcpAt)) == 0
                && options.read(packet, tcp.optionsOffset(), tcp.payloadOffset());
    }

    private long wrapIpv4(final MemorySegment packet, final long offset, final long limit) {
        if (!ipv4.wrap(packet, offset, limit)
                || ipv4.version() != Ipv4Header.VERSION
                || ipv4.protocol() != IpProtocol.TCP
                || ipv4.hasMoreFragments()
                || ipv4.fragmentOffset() != 0
                || ipv4.totalLength() < ipv4.headerLength()
                || offset + ipv4.totalLength() > limit) {
            return -1;
        }
        end = offset + ipv4.totalLength();
        return offset + ipv4.headerLength();
    }

    private long wrapIpv6(final MemorySegment packet, final long offset, final long limit) {
        if (!ipv6.wrap(packet, offset, limit)
                || ipv6.nextHeader() != IpProtocol.TCP
                || offset + Ipv6Header.LENGTH + ipv6.payloadLength() > limit) {
            return -1;
        }
        end = offset + Ipv6Header.LENGTH + ipv6.payloadLength();
        return offset + Ipv6Header.LENGTH;
    }

    InetSocketAddress source() {
        return AddressPair.address(isIpv6, sourceHigh(), sourceLow(), tcp.sourcePort());
    }

    boolean isFrom(final InetSocketAddress address) {
        return tcp.sourcePort() == address.getPort()
                && sourceLow() == AddressPair.low(address)
                && sourceHigh() == AddressPair.high(address)
                && isIpv6 == (address.getAddress().getAddress().length == 16);
    }

    boolean isTo(final InetSocketAddress address) {
        final long high = isIpv6 ? ipv6.destinationHigh() : 0;
        final long low =
                isIpv6 ? ipv6.destinationLow() : Integer.toUnsignedLong(ipv4.destination());
        return tcp.destinationPort() == address.getPort()
                && low == AddressPair.low(address)
                && high == AddressPair.high(address)
                && isIpv6 == (address.getAddress().getAddress().length == 16);
    }

    private long sourceHigh() {
        return isIpv6 ? ipv6.sourceHigh() : 0;
    }

    private long sourceLow() {
        return isIpv6 ? ipv6.sourceLow() : Integer.toUnsignedLong(ipv4.source());
    }

    boolean has(final int flags) {
        return (tcp.flags() & flags) != 0;
    }

    int sequence() {
        return tcp.sequence();
    }

    int acknowledgment() {
        return tcp.acknowledgment();
    }

    /// As stated, not scaled.
    int window() {
        return tcp.window();
    }

    SegmentOptions options() {
        return options;
    }

    long payloadOffset() {
        return tcp.payloadOffset();
    }

    int payloadLength() {
        return (int) (end - tcp.payloadOffset());
    }

    /// Numbers that it takes up: its bytes, SYN and FIN.
    int length() {
        return payloadLength() + (has(TcpHeader.SYN) ? 1 : 0) + (has(TcpHeader.FIN) ? 1 : 0);
    }
}
