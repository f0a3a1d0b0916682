package io.boomerang.redirector.mtu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.wire.IcmpHeader;
import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Writes the frame that tells the sender of a packet that it is too big: "fragmentation needed"
/// (RFC 1191, section 4) or "packet too big" (RFC 4443, section 3.2).
///
/// A redirector has no address. The error says that it comes from the packet's destination, which a
/// host accepts from any router on the way, as it goes by the packet that is quoted.
///
/// No error is owed to whom RFC 1812, section 4.3.2.7, and RFC 4443, section 2.4 (e), name: errors,
/// fragments but the first, and packets from or to more than one host.
final class TooBigReply {
    /// RFC 1812, section 4.3.2.3.
    private static final int MOST_IPV4_BYTES = 576;

    /// RFC 4443, section 2.4 (c).
    private static final int MOST_IPV6_BYTES = 1_280;

    private static final int MOST_FRAMING_BYTES = 14 + 2 * 4;
    private static final int MAC_BYTES = 6;
    private static final int HOPS = 64;

    /// Precedence 6, internetwork control (RFC 1812, section 4.3.2.5).
    private static final byte INTERNETWORK_CONTROL = (byte) 0xC0;

    private static final int VERSION_AND_LENGTH = Ipv4Header.VERSION << 4 | Ipv4Header.LENGTH >>> 2;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int FRAGMENTATION_NEEDED = 4;

    // Fields, from the header they belong to.
    private static final int IPV4_LENGTH = 2;
    private static final int IPV4_FLAGS = 6;
    private static final int IPV4_TTL = 8;
    private static final int IPV4_PROTOCOL = 9;
    private static final int IPV4_CHECKSUM = 10;
    private static final int IPV4_SOURCE = 12;
    private static final int IPV6_LENGTH = 4;
    private static final int IPV6_NEXT_HEADER = 6;
    private static final int IPV6_HOP_LIMIT = 7;
    private static final int IPV6_ADDRESSES = 8;
    private static final int IPV6_ADDRESSES_BYTES = 32;
    private static final int ICMP_CHECKSUM = 2;
    private static final int ICMP_MTU = 4;

    private final MemorySegment reply;

    TooBigReply(final Arena arena) {
        reply = arena.allocate(MOST_FRAMING_BYTES + MOST_IPV6_BYTES, Long.BYTES);
    }

    /// The frame that was written last, from the beginning of this.
    MemorySegment memory() {
        return reply;
    }

    /// Writes the error about a packet; answers its length, or 0 when none is owed.
    ///
    /// @param mtu longest packet that passes, with its header, in bytes
    int write(final IpFrame about, final int mtu) {
        if (isGroup(about.frame().get(JAVA_BYTE, about.start()))
                || isGroup(about.frame().get(JAVA_BYTE, about.start() + MAC_BYTES))) {
            return 0;
        }
        if (about.isIpv4()) {
            return isOwedIpv4(about) ? writeIpv4(about, mtu) : 0;
        }
        return isOwedIpv6(about) ? writeIpv6(about, mtu) : 0;
    }

    private static boolean isGroup(final byte firstOfMac) {
        return (firstOfMac & 1) != 0;
    }

    private static boolean isOwedIpv4(final IpFrame about) {
        final Ipv4Header header = about.ipv4;
        if (header.fragmentOffset() != 0
                || !isIpv4Host(header.source())
                || !isIpv4Host(header.destination())) {
            return false;
        }
        if (header.protocol() != IpProtocol.ICMP) {
            return true;
        }
        final int at = header.headerLength();
        if (at >= about.packetLength()) {
            return false;
        }
        return switch (Byte.toUnsignedInt(about.frame().get(JAVA_BYTE, about.network() + at))) {
            case IcmpHeader.DESTINATION_UNREACHABLE,
                    IcmpHeader.SOURCE_QUENCH,
                    IcmpHeader.REDIRECT,
                    IcmpHeader.TIME_EXCEEDED,
                    IcmpHeader.PARAMETER_PROBLEM ->
                    false;
            default -> true;
        };
    }

    /// Neither "this network", loopback, multicast, reserved nor broadcast.
    private static boolean isIpv4Host(final int address) {
        final int first = address >>> 24;
        return first != 0 && first != 127 && first < 224;
    }

    private static boolean isOwedIpv6(final IpFrame about) {
        final Ipv6Header header = about.ipv6;
        final boolean fromNobody = (header.sourceHigh() | header.sourceLow()) == 0;
        if (fromNobody
                || isGroupIpv6(header.sourceHigh())
                || isGroupIpv6(header.destinationHigh())) {
            return false;
        }
        if (header.nextHeader() != IpProtocol.ICMPV6) {
            return true;
        }
        // Informational messages have the high bit (RFC 4443, section 2.1).
        return about.packetLength() > Ipv6Header.LENGTH
                && about.frame().get(JAVA_BYTE, about.network() + Ipv6Header.LENGTH) < 0;
    }

    private static boolean isGroupIpv6(final long high) {
        return high >>> 56 == 0xFF;
    }

    /// Framing as in the packet, with the MAC addresses exchanged.
    private void writeFraming(final IpFrame about) {
        final MemorySegment frame = about.frame();
        final long start = about.start();
        MemorySegment.copy(frame, JAVA_BYTE, start, reply, JAVA_BYTE, 0, about.framingLength());
        MemorySegment.copy(frame, JAVA_BYTE, start + MAC_BYTES, reply, JAVA_BYTE, 0, MAC_BYTES);
        MemorySegment.copy(frame, JAVA_BYTE, start, reply, JAVA_BYTE, MAC_BYTES, MAC_BYTES);
    }

    private int writeIpv4(final IpFrame about, final int mtu) {
        writeFraming(about);
        final long ip = about.framingLength();
        final long icmp = ip + Ipv4Header.LENGTH;
        final int quoted =
                Math.min(
                        about.packetLength(),
                        MOST_IPV4_BYTES - Ipv4Header.LENGTH - IcmpHeader.LENGTH);
        final int length = Ipv4Header.LENGTH + IcmpHeader.LENGTH + quoted;
        reply.asSlice(ip, Ipv4Header.LENGTH + IcmpHeader.LENGTH).fill((byte) 0);
        reply.set(JAVA_BYTE, ip, (byte) VERSION_AND_LENGTH);
        reply.set(JAVA_BYTE, ip + 1, INTERNETWORK_CONTROL);
        reply.set(NetworkOrder.SHORT, ip + IPV4_LENGTH, (short) length);
        reply.set(NetworkOrder.SHORT, ip + IPV4_FLAGS, (short) DONT_FRAGMENT);
        reply.set(JAVA_BYTE, ip + IPV4_TTL, (byte) HOPS);
        reply.set(JAVA_BYTE, ip + IPV4_PROTOCOL, (byte) IpProtocol.ICMP);
        reply.set(NetworkOrder.INT, ip + IPV4_SOURCE, about.ipv4.destination());
        reply.set(NetworkOrder.INT, ip + IPV4_SOURCE + Integer.BYTES, about.ipv4.source());
        finish(ip + IPV4_CHECKSUM, InternetChecksum.add(0, reply, ip, Ipv4Header.LENGTH));

        reply.set(JAVA_BYTE, icmp, (byte) IcmpHeader.DESTINATION_UNREACHABLE);
        reply.set(JAVA_BYTE, icmp + 1, (byte) FRAGMENTATION_NEEDED);
        reply.set(NetworkOrder.INT, icmp + ICMP_MTU, mtu);
        quote(about, icmp + IcmpHeader.LENGTH, quoted);
        finish(
                icmp + ICMP_CHECKSUM,
                InternetChecksum.add(0, reply, icmp, IcmpHeader.LENGTH + quoted));
        return (int) ip + length;
    }

    private int writeIpv6(final IpFrame about, final int mtu) {
        writeFraming(about);
        final long ip = about.framingLength();
        final long icmp = ip + Ipv6Header.LENGTH;
        final int quoted =
                Math.min(
                        about.packetLength(),
                        MOST_IPV6_BYTES - Ipv6Header.LENGTH - IcmpHeader.LENGTH);
        final int icmpLength = IcmpHeader.LENGTH + quoted;
        reply.asSlice(ip, Ipv6Header.LENGTH + IcmpHeader.LENGTH).fill((byte) 0);
        reply.set(NetworkOrder.INT, ip, Ipv6Header.VERSION << 28);
        reply.set(NetworkOrder.SHORT, ip + IPV6_LENGTH, (short) icmpLength);
        reply.set(JAVA_BYTE, ip + IPV6_NEXT_HEADER, (byte) IpProtocol.ICMPV6);
        reply.set(JAVA_BYTE, ip + IPV6_HOP_LIMIT, (byte) HOPS);
        final long addresses = ip + IPV6_ADDRESSES;
        reply.set(NetworkOrder.LONG, addresses, about.ipv6.destinationHigh());
        reply.set(NetworkOrder.LONG, addresses + 8, about.ipv6.destinationLow());
        reply.set(NetworkOrder.LONG, addresses + 16, about.ipv6.sourceHigh());
        reply.set(NetworkOrder.LONG, addresses + 24, about.ipv6.sourceLow());

        reply.set(JAVA_BYTE, icmp, (byte) IcmpHeader.V6_PACKET_TOO_BIG);
        reply.set(NetworkOrder.INT, icmp + ICMP_MTU, mtu);
        quote(about, icmp + IcmpHeader.LENGTH, quoted);
        final long pseudoHeader =
                InternetChecksum.add(
                        (long) IpProtocol.ICMPV6 + icmpLength,
                        reply,
                        addresses,
                        IPV6_ADDRESSES_BYTES);
        finish(icmp + ICMP_CHECKSUM, InternetChecksum.add(pseudoHeader, reply, icmp, icmpLength));
        return (int) icmp + icmpLength;
    }

    private void quote(final IpFrame about, final long at, final int length) {
        MemorySegment.copy(about.frame(), JAVA_BYTE, about.network(), reply, JAVA_BYTE, at, length);
    }

    private void finish(final long field, final long sum) {
        reply.set(NetworkOrder.SHORT, field, (short) InternetChecksum.finish(sum));
    }
}
