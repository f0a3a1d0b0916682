package io.boomerang.flow;

import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;

/// Where the transport protocols keep their Internet checksum and what it covers. SCTP, which has a
/// CRC instead, is not among them.
final class TransportChecksum {
    static final int NONE = -1;

    private static final int TCP_FIELD = 16;
    private static final int UDP_FIELD = 6;
    private static final int DCCP_FIELD = 6;
    private static final int ICMP_FIELD = 2;

    private TransportChecksum() {}

    /// Where in the header the field stands, or {@link #NONE}.
    static int field(final int version, final int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> TCP_FIELD;
            case IpProtocol.UDP, IpProtocol.UDP_LITE -> UDP_FIELD;
            case IpProtocol.DCCP -> DCCP_FIELD;
            case IpProtocol.ICMP -> version == Ipv4Header.VERSION ? ICMP_FIELD : NONE;
            case IpProtocol.ICMPV6 -> version == Ipv4Header.VERSION ? NONE : ICMP_FIELD;
            default -> NONE;
        };
    }

    /// Whether the addresses of the IP header are covered.
    static boolean coversAddresses(final int protocol) {
        return protocol != IpProtocol.ICMP;
    }

    /// Whether a field of zero means that there is no checksum, and a sum of zero is written as its
    /// other form.
    static boolean isOptional(final int protocol) {
        return protocol == IpProtocol.UDP || protocol == IpProtocol.UDP_LITE;
    }

    /// The value to write for a computed checksum.
    static int written(final int protocol, final int checksum) {
        return checksum == 0 && isOptional(protocol) ? 0xFFFF : checksum;
    }
}
