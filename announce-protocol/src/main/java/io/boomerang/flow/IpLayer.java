package io.boomerang.flow;

import io.boomerang.wire.AuthenticationHeader;
import io.boomerang.wire.IcmpHeader;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6ExtensionHeader;
import io.boomerang.wire.Ipv6FragmentHeader;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.PortPair;

import java.lang.foreign.MemorySegment;

/// One IP packet and what of its transport header tells flows apart: the outermost one of a frame,
/// one inside a tunnel, or one quoted in an ICMP error. Belongs to one parser.
final class IpLayer {
    /// Of TCP: where the flags stand.
    private static final int TCP_FLAGS = 13;

    private static final int ICMP_IDENTIFIER_END = 6;

    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final Ipv6ExtensionHeader extension = new Ipv6ExtensionHeader();
    private final Ipv6FragmentHeader fragment = new Ipv6FragmentHeader();
    private final AuthenticationHeader authentication = new AuthenticationHeader();
    private final PortPair ports = new PortPair();

    private int version;
    private int protocol;
    private long networkOffset;
    private long transportOffset;
    private long endOffset;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private boolean truncated;
    private boolean checksumElsewhere;
    private boolean authenticated;

    private int fragmentOffset;
    private boolean moreFragments;
    private int identification;
    private int datagramProtocol;

    private int kind;
    private int sourcePort;
    private int destinationPort;
    private int icmpType;
    private int tcpFlags;

    /// Reads the packet at `offset`; answers `NONE`, or what is wrong with it.
    ///
    /// @param ipVersion as the header before it says
    /// @param quoted in an ICMP error, thus perhaps cut short and never itself looked into
    ParseReason parse(
            final MemorySegment frame,
            final long offset,
            final long limit,
            final int ipVersion,
            final boolean quoted) {
        version = ipVersion;
        networkOffset = offset;
        checksumElsewhere = false;
        authenticated = false;
        fragmentOffset = 0;
        moreFragments = false;
        kind = FlowKey.KIND_ADDRESSES;
        sourcePort = 0;
        destinationPort = 0;
        icmpType = -1;
        tcpFlags = 0;
        final ParseReason reason =
                ipVersion == Ipv4Header.VERSION
                        ? parseIpv4(frame, offset, limit, quoted)
                        : parseIpv6(frame, offset, limit, quoted);
        if (reason != ParseReason.NONE || fragmentOffset != 0) {
            return reason;
        }
        return parseTransport(frame, quoted);
    }

    private ParseReason parseIpv4(
            final MemorySegment frame, final long offset, final long limit, final boolean quoted) {
        if (!ipv4.wrap(frame, offset, limit) || ipv4.version() != Ipv4Header.VERSION) {
            return ParseReason.IPV4_HEADER;
        }
        int length = ipv4.totalLength();
        if (length == 0 && !quoted) {
            // Captured on a sender whose network card cuts the packet into segments: the rest of
            // the frame.
            length = (int) (limit - offset);
        }
        if (length < ipv4.headerLength()) {
            return ParseReason.IPV4_TOTAL_LENGTH;
        }
        setEnd(offset + length, limit);
        sourceHigh = 0;
        sourceLow = Integer.toUnsignedLong(ipv4.source());
        destinationHigh = 0;
        destinationLow = Integer.toUnsignedLong(ipv4.destination());
        protocol = ipv4.protocol();
        datagramProtocol = protocol;
        identification = ipv4.identification();
        fragmentOffset = ipv4.fragmentOffset();
        moreFragments = ipv4.hasMoreFragments();
        transportOffset = offset + ipv4.headerLength();
        if (ipv4.headerLength() > Ipv4Header.LENGTH) {
            checksumElsewhere =
                    Options.hasSourceRoute(frame, offset + Ipv4Header.LENGTH, transportOffset);
        }
        if (protocol == IpProtocol.AUTHENTICATION && fragmentOffset == 0) {
            skipAuthentication(frame);
        }
        return ParseReason.NONE;
    }

    private ParseReason parseIpv6(
            final MemorySegment frame, final long offset, final long limit, final boolean quoted) {
        if (!ipv6.wrap(frame, offset, limit) || ipv6.version() != Ipv6Header.VERSION) {
            return ParseReason.IPV6_HEADER;
        }
        transportOffset = offset + Ipv6Header.LENGTH;
        final int payloadLength = ipv6.payloadLength();
        if (payloadLength == 0 && !quoted) {
            setEnd(limit, limit);
        } else {
            setEnd(transportOffset + payloadLength, limit);
        }
        sourceHigh = ipv6.sourceHigh();
        sourceLow = ipv6.sourceLow();
        destinationHigh = ipv6.destinationHigh();
        destinationLow = ipv6.destinationLow();
        protocol = ipv6.nextHeader();
        return skipExtensions(frame);
    }

    /// Every header that is skipped has eight bytes at least, so the packet's length bounds this.
    private ParseReason skipExtensions(final MemorySegment frame) {
        while (true) {
            switch (protocol) {
                case IpProtocol.HOP_BY_HOP,
                        IpProtocol.ROUTING,
                        IpProtocol.DESTINATION_OPTIONS,
                        IpProtocol.MOBILITY,
                        IpProtocol.HIP,
                        IpProtocol.SHIM6 -> {
                    if (!extension.wrap(frame, transportOffset, endOffset)) {
                        return ParseReason.IPV6_EXTENSION;
                    }
                    if (protocol == IpProtocol.MOBILITY
                            && extension.nextHeader() == IpProtocol.NO_NEXT_HEADER) {
                        return ParseReason.NONE;
                    }
                    skipExtension(frame);
                }
                case IpProtocol.FRAGMENT -> {
                    if (!fragment.wrap(frame, transportOffset, endOffset)) {
                        return ParseReason.IPV6_EXTENSION;
                    }
                    protocol = fragment.nextHeader();
                    fragmentOffset = fragment.fragmentOffset();
                    moreFragments = fragment.hasMoreFragments();
                    identification = fragment.identification();
                    transportOffset += Ipv6FragmentHeader.LENGTH;
                    if (fragmentOffset != 0) {
                        return ParseReason.NONE;
                    }
                }
                case IpProtocol.AUTHENTICATION -> {
                    skipAuthentication(frame);
                    if (protocol == IpProtocol.AUTHENTICATION) {
                        return ParseReason.NONE;
                    }
                }
                default -> {
                    return ParseReason.NONE;
                }
            }
        }
    }

    private void skipExtension(final MemorySegment frame) {
        final long next = transportOffset + extension.headerLength();
        if (protocol == IpProtocol.ROUTING) {
            checksumElsewhere |= extension.segmentsLeft() != 0;
        } else if (protocol == IpProtocol.DESTINATION_OPTIONS) {
            checksumElsewhere |= Options.hasHomeAddress(frame, transportOffset + 2, next);
        }
        protocol = extension.nextHeader();
        transportOffset = next;
    }

    /// Where the header is not whole it is left standing, as the transport header.
    private void skipAuthentication(final MemorySegment frame) {
        if (authentication.wrap(frame, transportOffset, endOffset)) {
            protocol = authentication.nextHeader();
            transportOffset += authentication.headerLength();
            authenticated = true;
        }
    }

    private void setEnd(final long claimed, final long limit) {
        truncated = claimed > limit;
        endOffset = Math.min(claimed, limit);
    }

    private ParseReason parseTransport(final MemorySegment frame, final boolean quoted) {
        final long length = endOffset - transportOffset;
        if (IpProtocol.hasPorts(protocol)) {
            if (!ports.wrap(frame, transportOffset, endOffset)) {
                return ParseReason.TRANSPORT_TRUNCATED;
            }
            kind = FlowKey.KIND_PORTS;
            sourcePort = ports.sourcePort();
            destinationPort = ports.destinationPort();
            if (protocol == IpProtocol.TCP && length > TCP_FLAGS) {
                tcpFlags =
                        Byte.toUnsignedInt(
                                frame.get(NetworkOrder.BYTE, transportOffset + TCP_FLAGS));
            }
        } else if (isIcmp()) {
            return parseIcmp(frame, length, quoted);
        }
        return ParseReason.NONE;
    }

    private ParseReason parseIcmp(
            final MemorySegment frame, final long length, final boolean quoted) {
        if (length < 1) {
            return ParseReason.TRANSPORT_TRUNCATED;
        }
        icmpType = Byte.toUnsignedInt(frame.get(NetworkOrder.BYTE, transportOffset));
        if (IcmpTypes.isQuery(version, icmpType)) {
            if (length < ICMP_IDENTIFIER_END) {
                return ParseReason.TRANSPORT_TRUNCATED;
            }
            kind = FlowKey.KIND_IDENTIFIER;
            sourcePort =
                    Short.toUnsignedInt(
                            frame.get(
                                    NetworkOrder.SHORT,
                                    transportOffset + ICMP_IDENTIFIER_END - Short.BYTES));
            destinationPort = sourcePort;
        } else if (!quoted && length < IcmpHeader.LENGTH && isIcmpError()) {
            return ParseReason.TRANSPORT_TRUNCATED;
        }
        return ParseReason.NONE;
    }

    private boolean isIcmp() {
        return protocol == (version == Ipv4Header.VERSION ? IpProtocol.ICMP : IpProtocol.ICMPV6);
    }

    boolean isIcmpError() {
        return icmpType >= 0 && IcmpTypes.isError(version, icmpType);
    }

    /// Why the packet concerns its link only; `NONE` if it is to be steered. Fragments are steered:
    /// what they are does not stand in all of them.
    ParseReason localReason() {
        if (isFragment()) {
            return ParseReason.NONE;
        }
        if (protocol == IpProtocol.IGMP) {
            return ParseReason.IGMP;
        }
        return version == Ipv6Header.VERSION && icmpType >= 0 && IcmpTypes.isLocalV6(icmpType)
                ? ParseReason.ICMPV6_LOCAL
                : ParseReason.NONE;
    }

    boolean isFragment() {
        return moreFragments || fragmentOffset != 0;
    }

    boolean isFirstFragment() {
        return moreFragments && fragmentOffset == 0;
    }

    boolean isLaterFragment() {
        return fragmentOffset != 0;
    }

    /// Sets the key and answers its direction bit.
    boolean writeKey(final FlowKey key, final int vlanDomain) {
        return version == Ipv4Header.VERSION
                ? key.setIpv4(
                        protocol,
                        kind,
                        (int) sourceLow,
                        sourcePort,
                        (int) destinationLow,
                        destinationPort,
                        vlanDomain)
                : key.setIpv6(
                        protocol,
                        kind,
                        sourceHigh,
                        sourceLow,
                        sourcePort,
                        destinationHigh,
                        destinationLow,
                        destinationPort,
                        vlanDomain);
    }

    void writeDatagram(final DatagramKey datagram) {
        if (version == Ipv4Header.VERSION) {
            datagram.setIpv4(
                    (int) sourceLow, (int) destinationLow, datagramProtocol, identification);
        } else {
            datagram.setIpv6(
                    sourceHigh, sourceLow, destinationHigh, destinationLow, identification);
        }
    }

    int version() {
        return version;
    }

    /// Behind all extension headers.
    int protocol() {
        return protocol;
    }

    long networkOffset() {
        return networkOffset;
    }

    long transportOffset() {
        return transportOffset;
    }

    /// Where the packet ends within the frame.
    long endOffset() {
        return endOffset;
    }

    boolean isTruncated() {
        return truncated;
    }

    /// Whether everything that the transport checksum covers stands in the frame, with the
    /// addresses in the IP header: not those of a routing header, a source route or a home address.
    boolean isTransportWhole() {
        return !isFragment() && !truncated && !checksumElsewhere;
    }

    /// Whether the packet is void with other addresses than those it has.
    boolean isBoundToAddresses() {
        return authenticated || checksumElsewhere;
    }

    int sourcePort() {
        return sourcePort;
    }

    int destinationPort() {
        return destinationPort;
    }

    int tcpFlags() {
        return tcpFlags;
    }
}
