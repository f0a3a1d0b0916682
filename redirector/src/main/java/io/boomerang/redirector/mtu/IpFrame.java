package io.boomerang.redirector.mtu;

import io.boomerang.wire.EtherType;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.VlanTag;

import java.lang.foreign.MemorySegment;

/// The IP packet in an Ethernet frame, behind any VLAN tags. A view; after {@link #wrap} every
/// accessor is in bounds.
final class IpFrame {
    private static final int MOST_TAGS = 2;

    final Ipv4Header ipv4 = new Ipv4Header();
    final Ipv6Header ipv6 = new Ipv6Header();
    private final EthernetHeader ethernet = new EthernetHeader();
    private final VlanTag tag = new VlanTag();
    private MemorySegment frame = MemorySegment.NULL;
    private long start;
    private long network;
    private int version;
    private int packetLength;

    /// Points this view at the frame and answers whether it holds a whole IP packet.
    boolean wrap(final MemorySegment segment, final long offset, final int length) {
        frame = segment;
        start = offset;
        final long limit = offset + length;
        if (!ethernet.wrap(segment, offset, limit)) {
            return false;
        }
        int type = ethernet.etherType();
        network = offset + EthernetHeader.LENGTH;
        for (int tags = 0;
                tags < MOST_TAGS && (type == EtherType.VLAN || type == EtherType.PROVIDER_VLAN);
                tags++) {
            if (!tag.wrap(segment, network, limit)) {
                return false;
            }
            type = tag.etherType();
            network += VlanTag.LENGTH;
        }
        return switch (type) {
            case EtherType.IPV4 -> wrapIpv4(limit);
            case EtherType.IPV6 -> wrapIpv6(limit);
            default -> false;
        };
    }

    private boolean wrapIpv4(final long limit) {
        version = Ipv4Header.VERSION;
        if (!ipv4.wrap(frame, network, limit) || ipv4.version() != version) {
            return false;
        }
        packetLength = ipv4.totalLength();
        return packetLength >= ipv4.headerLength() && packetLength <= limit - network;
    }

    private boolean wrapIpv6(final long limit) {
        version = Ipv6Header.VERSION;
        if (!ipv6.wrap(frame, network, limit) || ipv6.version() != version) {
            return false;
        }
        packetLength = Ipv6Header.LENGTH + ipv6.payloadLength();
        return packetLength <= limit - network;
    }

    MemorySegment frame() {
        return frame;
    }

    /// Where the Ethernet header begins.
    long start() {
        return start;
    }

    /// Where the IP header begins.
    long network() {
        return network;
    }

    /// Ethernet header and tags, in bytes.
    int framingLength() {
        return (int) (network - start);
    }

    boolean isIpv4() {
        return version == Ipv4Header.VERSION;
    }

    /// The IP packet with its header, without padding behind it, in bytes.
    int packetLength() {
        return packetLength;
    }
}
