package io.boomerang.flow;

import io.boomerang.wire.Crc32c;
import io.boomerang.wire.IcmpHeader;
import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.SctpHeader;

import java.lang.foreign.MemorySegment;

/// Translates an end of a packet's flow in place: the address and port, or the identifier of an
/// ICMP query, of the outermost IP packet, with every checksum over them.
///
/// Checksums are updated, not computed (RFC 1624; SCTP's CRC alike), so a wrong one stays as wrong
/// as it was and UDP without one stays without. SCTP's is left alone where the length that it
/// covers is not known: in fragments and cut packets.
///
/// Nothing is translated, and the answer is false, where nothing tells the flows of an address pair
/// apart, where the flow is one inside a tunnel, where the datagram of a fragment is not known, and
/// where the packet could not arrive after translation: behind an authentication header, or on a
/// source route. The parsed packet keeps the flow as it was before.
///
/// Allocates nothing. One instance per thread.
public final class TupleRewriter {
    private static final int IPV4_CHECKSUM = 10;
    private static final int IPV4_SOURCE = 12;
    private static final int IPV4_DESTINATION = 16;
    private static final int IPV6_SOURCE = 8;
    private static final int IPV6_DESTINATION = 24;
    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;
    private static final int ICMP_CHECKSUM = 2;
    private static final int ICMP_IDENTIFIER = 4;
    private static final int SCTP_CHECKSUM = 8;

    private final IpLayer quote = new IpLayer();

    private MemorySegment frame = MemorySegment.NULL;
    private long addressHigh;
    private long addressLow;
    private int port;

    /// Gives the packet another source. In an ICMP error that is the source of the error and the
    /// destination of the packet quoted.
    ///
    /// @param packet the frame as parsed, resolved if it is a fragment
    /// @param newAddressHigh zero for IPv4
    /// @param newAddressLow for IPv4 in the low 32 bits
    /// @param newPort or identifier
    public boolean translateSource(
            final MemorySegment segment,
            final long offset,
            final int length,
            final ParsedPacket packet,
            final long newAddressHigh,
            final long newAddressLow,
            final int newPort) {
        setTarget(segment, newAddressHigh, newAddressLow, newPort);
        return translate(offset, length, packet, true);
    }

    /// Gives the packet another destination. In an ICMP error that is the destination of the error
    /// and the source of the packet quoted. Parameters as above.
    public boolean translateDestination(
            final MemorySegment segment,
            final long offset,
            final int length,
            final ParsedPacket packet,
            final long newAddressHigh,
            final long newAddressLow,
            final int newPort) {
        setTarget(segment, newAddressHigh, newAddressLow, newPort);
        return translate(offset, length, packet, false);
    }

    private void setTarget(
            final MemorySegment segment,
            final long newAddressHigh,
            final long newAddressLow,
            final int newPort) {
        frame = segment;
        addressHigh = newAddressHigh;
        addressLow = newAddressLow;
        port = newPort;
    }

    private boolean translate(
            final long offset, final int length, final ParsedPacket packet, final boolean source) {
        if (!packet.hasKey()
                || packet.networkOffset() < 0
                || packet.isTunnelled()
                || packet.isBoundToAddresses()
                || packet.key().kind() == FlowKey.KIND_ADDRESSES) {
            return false;
        }
        assert packet.endOffset() <= length : packet;
        final long network = offset + packet.networkOffset();
        final long transport = offset + packet.transportOffset();
        final long end = offset + packet.endOffset();
        if (packet.isLaterFragment()) {
            rewriteAddress(network, packet.ipVersion(), source);
        } else if (packet.isIcmpError()) {
            if (!parseQuote(transport, end, packet.ipVersion())) {
                return false;
            }
            final long addressChange = rewriteAddress(network, packet.ipVersion(), source);
            final long quoteChange = rewriteQuote(!source);
            updateChecksum(
                    transport + ICMP_CHECKSUM,
                    packet.ipVersion() == Ipv4Header.VERSION
                            ? quoteChange
                            : quoteChange + addressChange);
        } else {
            final long addressChange = rewriteAddress(network, packet.ipVersion(), source);
            rewriteTransport(
                    transport,
                    end,
                    packet.ipVersion(),
                    packet.protocol(),
                    packet.isTransportWhole(),
                    addressChange,
                    source);
        }
        return true;
    }

    private boolean parseQuote(final long transport, final long end, final int version) {
        return quote.parse(frame, transport + IcmpHeader.LENGTH, end, version, true)
                        == ParseReason.NONE
                && !quote.isBoundToAddresses();
    }

    /// Answers what the rewritten quote adds to the error's checksum.
    private long rewriteQuote(final boolean source) {
        final long checksumAt = quote.networkOffset() + IPV4_CHECKSUM;
        final int checksum = unsignedShort(checksumAt);
        final long addressChange = rewriteAddress(quote.networkOffset(), quote.version(), source);
        long change = addressChange;
        if (quote.version() == Ipv4Header.VERSION) {
            change += InternetChecksum.difference(checksum, unsignedShort(checksumAt));
        }
        if (!quote.isLaterFragment()) {
            change +=
                    rewriteTransport(
                            quote.transportOffset(),
                            quote.endOffset(),
                            quote.version(),
                            quote.protocol(),
                            quote.isTransportWhole(),
                            addressChange,
                            source);
        }
        return change;
    }

    /// Rewrites port or identifier and the checksum over it, as far as they stand before `end`;
    /// answers what that adds to a sum over the transport header.
    private long rewriteTransport(
            final long transport,
            final long end,
            final int version,
            final int protocol,
            final boolean whole,
            final long addressChange,
            final boolean source) {
        final long portAt = transport + portField(protocol, source);
        final int before = unsignedShort(portAt);
        setShort(portAt, port);
        final long portChange = InternetChecksum.difference(before, port);
        if (protocol == IpProtocol.SCTP) {
            return portChange + (whole ? updateCrc(transport, end, source, before ^ port) : 0);
        }
        final long checksumAt = transport + TransportChecksum.field(version, protocol);
        if (end - checksumAt < Short.BYTES) {
            return portChange;
        }
        final int checksum = unsignedShort(checksumAt);
        if (checksum == 0 && TransportChecksum.isOptional(protocol)) {
            return portChange;
        }
        final int updated =
                TransportChecksum.written(
                        protocol,
                        InternetChecksum.update(
                                checksum,
                                TransportChecksum.coversAddresses(protocol)
                                        ? portChange + addressChange
                                        : portChange));
        setShort(checksumAt, updated);
        return portChange + InternetChecksum.difference(checksum, updated);
    }

    private static int portField(final int protocol, final boolean source) {
        if (!IpProtocol.hasPorts(protocol)) {
            return ICMP_IDENTIFIER;
        }
        return source ? SOURCE_PORT : DESTINATION_PORT;
    }

    /// Both ports are the first four bytes of what the CRC covers.
    private long updateCrc(
            final long transport, final long end, final boolean source, final int changedPort) {
        if (end - transport < SctpHeader.LENGTH) {
            return 0;
        }
        final int before = frame.get(NetworkOrder.INT, transport + SCTP_CHECKSUM);
        final int difference =
                Crc32c.difference(
                        source ? changedPort << Short.SIZE : changedPort,
                        end - transport - Integer.BYTES);
        final int after = before ^ Integer.reverseBytes(difference);
        frame.set(NetworkOrder.INT, transport + SCTP_CHECKSUM, after);
        return InternetChecksum.difference(
                Integer.toUnsignedLong(before), Integer.toUnsignedLong(after));
    }

    /// Answers what the new address adds to a sum over it.
    private long rewriteAddress(final long network, final int version, final boolean source) {
        if (version == Ipv4Header.VERSION) {
            final long at = network + (source ? IPV4_SOURCE : IPV4_DESTINATION);
            final int before = frame.get(NetworkOrder.INT, at);
            final int after = (int) addressLow;
            frame.set(NetworkOrder.INT, at, after);
            final long change =
                    InternetChecksum.difference(
                            Integer.toUnsignedLong(before), Integer.toUnsignedLong(after));
            updateChecksum(network + IPV4_CHECKSUM, change);
            return change;
        }
        final long at = network + (source ? IPV6_SOURCE : IPV6_DESTINATION);
        final long change =
                InternetChecksum.difference(frame.get(NetworkOrder.LONG, at), addressHigh)
                        + InternetChecksum.difference(
                                frame.get(NetworkOrder.LONG, at + Long.BYTES), addressLow);
        frame.set(NetworkOrder.LONG, at, addressHigh);
        frame.set(NetworkOrder.LONG, at + Long.BYTES, addressLow);
        return change;
    }

    private void updateChecksum(final long at, final long change) {
        setShort(at, InternetChecksum.update(unsignedShort(at), change));
    }

    private int unsignedShort(final long at) {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, at));
    }

    private void setShort(final long at, final int value) {
        frame.set(NetworkOrder.SHORT, at, (short) value);
    }
}
