package io.boomerang.port;

import io.boomerang.wire.EtherType;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6ExtensionHeader;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.VlanTag;

import java.lang.foreign.MemorySegment;

/// Where the transport header of a frame lies that the kernel has left work in: behind Ethernet,
/// VLAN tags, and IPv4 or IPv6 with extension headers. Tunnels and fragments are none of these.
final class TransportView {
    private static final int IPV4_ADDRESSES = 12;
    private static final int IPV4_ADDRESSES_LENGTH = 8;
    private static final int IPV6_ADDRESSES = 8;
    private static final int IPV6_ADDRESSES_LENGTH = 32;

    private final EthernetHeader ethernet = new EthernetHeader();
    private final VlanTag vlan = new VlanTag();
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final Ipv6ExtensionHeader extension = new Ipv6ExtensionHeader();

    private long network;
    private long transport;
    private long end;
    private int version;
    private int protocol;

    /// Points this view at the frame and answers whether it has a transport header.
    boolean wrap(final MemorySegment frame, final long offset, final int length) {
        final long limit = offset + length;
        if (!ethernet.wrap(frame, offset, limit)) {
            return false;
        }
        int type = ethernet.etherType();
        network = offset + EthernetHeader.LENGTH;
        while (type == EtherType.VLAN || type == EtherType.PROVIDER_VLAN) {
            if (!vlan.wrap(frame, network, limit)) {
                return false;
            }
            type = vlan.etherType();
            network += VlanTag.LENGTH;
        }
        return switch (type) {
            case EtherType.IPV4 -> wrapIpv4(frame, limit);
            case EtherType.IPV6 -> wrapIpv6(frame, limit);
            default -> false;
        };
    }

    private boolean wrapIpv4(final MemorySegment frame, final long limit) {
        if (!ipv4.wrap(frame, network, limit)
                || ipv4.version() != Ipv4Header.VERSION
                || ipv4.hasMoreFragments()
                || ipv4.fragmentOffset() != 0) {
            return false;
        }
        version = Ipv4Header.VERSION;
        protocol = ipv4.protocol();
        transport = network + ipv4.headerLength();
        end = network + ipv4.totalLength();
        return transport <= end && end <= limit;
    }

    private boolean wrapIpv6(final MemorySegment frame, final long limit) {
        if (!ipv6.wrap(frame, network, limit) || ipv6.version() != Ipv6Header.VERSION) {
            return false;
        }
        version = Ipv6Header.VERSION;
        protocol = ipv6.nextHeader();
        transport = network + Ipv6Header.LENGTH;
        end = transport + ipv6.payloadLength();
        while (protocol == IpProtocol.HOP_BY_HOP
                || protocol == IpProtocol.ROUTING
                || protocol == IpProtocol.DESTINATION_OPTIONS) {
            if (!extension.wrap(frame, transport, limit)) {
                return false;
            }
            protocol = extension.nextHeader();
            transport += extension.headerLength();
        }
        return transport <= end && end <= limit;
    }

    /// Where the IP header begins.
    long network() {
        return network;
    }

    /// Where the transport header begins.
    long transport() {
        return transport;
    }

    /// Where the IP packet ends; a frame may be padded behind it.
    long end() {
        return end;
    }

    /// Of IP: 4 or 6.
    int version() {
        return version;
    }

    int protocol() {
        return protocol;
    }

    /// Sum over the pseudo-header of a segment of so many bytes, for {@link
    /// io.boomerang.wire.InternetChecksum}.
    long pseudoHeaderSum(final MemorySegment frame, final long length) {
        final boolean isVersion4 = version == Ipv4Header.VERSION;
        long at = network + (isVersion4 ? IPV4_ADDRESSES : IPV6_ADDRESSES);
        final long last = at + (isVersion4 ? IPV4_ADDRESSES_LENGTH : IPV6_ADDRESSES_LENGTH);
        long sum = protocol + length;
        for (; at < last; at += Integer.BYTES) {
            sum += Integer.toUnsignedLong(frame.get(NetworkOrder.INT, at));
        }
        return sum;
    }
}
