package io.boomerang.flow;

import io.boomerang.wire.EtherType;
import io.boomerang.wire.GeneveHeader;
import io.boomerang.wire.GreHeader;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.UdpHeader;

import java.lang.foreign.MemorySegment;

/// Finds the IP packet that another one carries: IP in IP, GRE and what goes by it, MPLS, and the
/// tunnels over UDP by their destination ports. Belongs to one parser.
final class TunnelEntry {
    private static final int NOTHING = 0;

    /// Not this kind of tunnel; another one may be.
    private static final int UNKNOWN = -1;

    private static final int VXLAN_PORT = 4789;
    private static final int VXLAN_LINUX_PORT = 8472;
    private static final int VXLAN_LENGTH = 8;
    private static final int VXLAN_IDENTIFIER_FLAG = 0x08;

    private static final int GTP_USER_PORT = 2152;
    private static final int GTP_LENGTH = 8;
    private static final int GTP_OPTIONAL_LENGTH = 4;
    private static final int GTP_USER_DATA = 255;

    /// Version 1, protocol type GTP.
    private static final int GTP_VERSION = 3;

    /// Extension header, sequence number, N-PDU number: any of them brings all three fields.
    private static final int GTP_OPTIONAL_FLAGS = 0x07;

    private static final int TEREDO_PORT = 3544;
    private static final int TEREDO_AUTHENTICATION = 0x0001;

    /// Type and the lengths of client identifier and authentication value.
    private static final int TEREDO_AUTHENTICATION_LENGTHS = 4;

    /// With nonce and confirmation byte, without client identifier and authentication value.
    private static final int TEREDO_AUTHENTICATION_LENGTH = 13;

    private static final int TEREDO_ORIGIN = 0x0000;
    private static final int TEREDO_ORIGIN_LENGTH = 8;

    private static final int MPLS_IN_UDP_PORT = 6635;

    private static final int ERSPAN_II_LENGTH = 8;
    private static final int ERSPAN_III_LENGTH = 12;
    private static final int ERSPAN_III_PLATFORM_LENGTH = 8;

    private final LinkLayer link = new LinkLayer();
    private final GreHeader gre = new GreHeader();
    private final GeneveHeader geneve = new GeneveHeader();

    private long offset;

    /// Answers 4 or 6 and leaves the inner packet's place in {@link #offset()}, or 0 when `outer`
    /// carries no IP packet that could be read from its beginning.
    int enter(final MemorySegment frame, final IpLayer outer, final long frameEnd) {
        if (outer.isFragment()) {
            return NOTHING;
        }
        offset = outer.transportOffset();
        final long end = outer.endOffset();
        return switch (outer.protocol()) {
            case IpProtocol.IPV4 -> Ipv4Header.VERSION;
            case IpProtocol.IPV6 -> Ipv6Header.VERSION;
            case IpProtocol.GRE -> gre(frame, end);
            case IpProtocol.MPLS -> found(link.findFromMpls(frame, offset, end));
            case IpProtocol.UDP ->
                    udp(frame, end, frameEnd, outer.sourcePort(), outer.destinationPort());
            default -> NOTHING;
        };
    }

    long offset() {
        return offset;
    }

    private int found(final int version) {
        offset = link.offset();
        return Math.max(version, NOTHING);
    }

    private int gre(final MemorySegment frame, final long end) {
        if (!gre.wrap(frame, offset, end) || gre.version() > 1) {
            return NOTHING;
        }
        if (gre.version() == 0 && gre.hasRouting()) {
            return NOTHING;
        }
        final boolean sequenced = gre.hasSequence();
        offset += gre.headerLength();
        return switch (gre.protocol()) {
            case EtherType.IPV4 -> Ipv4Header.VERSION;
            case EtherType.IPV6 -> Ipv6Header.VERSION;
            case EtherType.TRANSPARENT_ETHERNET -> found(link.findFromEthernet(frame, offset, end));
            // Without a sequence number it is the first ERSPAN, which has no header of its own.
            case EtherType.ERSPAN_II ->
                    found(
                            link.findFromEthernet(
                                    frame, offset + (sequenced ? ERSPAN_II_LENGTH : 0), end));
            case EtherType.ERSPAN_III -> erspan3(frame, end);
            case EtherType.PPTP_PPP -> found(link.findFromPpp(frame, offset, end));
            case EtherType.MPLS_UNICAST -> found(link.findFromMpls(frame, offset, end));
            default -> NOTHING;
        };
    }

    private int erspan3(final MemorySegment frame, final long end) {
        if (end - offset < ERSPAN_III_LENGTH) {
            return NOTHING;
        }
        final boolean platform = (unsignedByte(frame, offset + ERSPAN_III_LENGTH - 1) & 1) != 0;
        final int length = ERSPAN_III_LENGTH + (platform ? ERSPAN_III_PLATFORM_LENGTH : 0);
        return found(link.findFromEthernet(frame, offset + length, end));
    }

    private int udp(
            final MemorySegment frame,
            final long end,
            final long frameEnd,
            final int sourcePort,
            final int destinationPort) {
        offset += UdpHeader.LENGTH;
        int version =
                switch (destinationPort) {
                    case GeneveHeader.UDP_PORT -> geneve(frame, end);
                    case VXLAN_PORT, VXLAN_LINUX_PORT -> vxlan(frame, end);
                    case GTP_USER_PORT -> gtp(frame, end, frameEnd);
                    default -> UNKNOWN;
                };
        if (version == UNKNOWN && (sourcePort == TEREDO_PORT || destinationPort == TEREDO_PORT)) {
            version = teredo(frame, end, frameEnd);
        }
        if (version == UNKNOWN && destinationPort == MPLS_IN_UDP_PORT) {
            version = found(link.findFromMpls(frame, offset, end));
        }
        return Math.max(version, NOTHING);
    }

    private int geneve(final MemorySegment frame, final long end) {
        if (!geneve.wrap(frame, offset, end) || geneve.version() != 0) {
            return UNKNOWN;
        }
        final long inside = offset + geneve.headerLength();
        return switch (geneve.protocol()) {
            case EtherType.TRANSPARENT_ETHERNET -> found(link.findFromEthernet(frame, inside, end));
            case EtherType.IPV4 -> found(inside, Ipv4Header.VERSION);
            case EtherType.IPV6 -> found(inside, Ipv6Header.VERSION);
            default -> UNKNOWN;
        };
    }

    private int vxlan(final MemorySegment frame, final long end) {
        if (end - offset < VXLAN_LENGTH
                || (unsignedByte(frame, offset) & VXLAN_IDENTIFIER_FLAG) == 0) {
            return UNKNOWN;
        }
        return found(link.findFromEthernet(frame, offset + VXLAN_LENGTH, end));
    }

    /// GTP-U (3GPP TS 29.281): extension headers tell their length in words, first byte, and the
    /// type of the next one, last byte.
    private int gtp(final MemorySegment frame, final long end, final long frameEnd) {
        if (end - offset < GTP_LENGTH
                || unsignedByte(frame, offset) >>> 4 != GTP_VERSION
                || unsignedByte(frame, offset + 1) != GTP_USER_DATA) {
            return UNKNOWN;
        }
        long inside = offset + GTP_LENGTH;
        if ((unsignedByte(frame, offset) & GTP_OPTIONAL_FLAGS) != 0) {
            inside += GTP_OPTIONAL_LENGTH;
            if (inside > frameEnd) {
                return NOTHING;
            }
            int next = unsignedByte(frame, inside - 1);
            while (next != 0 && inside < end && unsignedByte(frame, inside) != 0) {
                inside += (long) unsignedByte(frame, inside) << 2;
                if (inside > frameEnd) {
                    return NOTHING;
                }
                next = unsignedByte(frame, inside - 1);
            }
        }
        if (inside >= end) {
            return UNKNOWN;
        }
        final int version = unsignedByte(frame, inside) >>> 4;
        return version == Ipv4Header.VERSION || version == Ipv6Header.VERSION
                ? found(inside, version)
                : UNKNOWN;
    }

    /// Teredo (RFC 4380): an authentication and an origin indication may stand before the packet.
    private int teredo(final MemorySegment frame, final long end, final long frameEnd) {
        long inside = offset;
        if (end - inside > TEREDO_AUTHENTICATION_LENGTHS
                && unsignedShort(frame, inside) == TEREDO_AUTHENTICATION) {
            inside +=
                    TEREDO_AUTHENTICATION_LENGTH
                            + unsignedByte(frame, inside + 2)
                            + unsignedByte(frame, inside + 3);
        }
        if (frameEnd - inside >= Short.BYTES && unsignedShort(frame, inside) == TEREDO_ORIGIN) {
            inside += TEREDO_ORIGIN_LENGTH;
        }
        return inside < end && unsignedByte(frame, inside) >>> 4 == Ipv6Header.VERSION
                ? found(inside, Ipv6Header.VERSION)
                : UNKNOWN;
    }

    private int found(final long at, final int version) {
        offset = at;
        return version;
    }

    private static int unsignedByte(final MemorySegment frame, final long at) {
        return Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, at));
    }

    private static int unsignedShort(final MemorySegment frame, final long at) {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, at));
    }
}
