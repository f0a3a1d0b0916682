package io.boomerang.handoff.endpoint;

import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.TcpHeader;

import java.lang.foreign.MemorySegment;

/// Builds the packets of one connection, one after the other in the same memory: options first,
/// then payload, then {@link #finish}.
final class SegmentWriter {
    private static final int IPV4_VERSION_AND_LENGTH = 0x45;
    private static final int IPV4_DONT_FRAGMENT = 0x4000;
    private static final int IPV6_VERSION = 0x6000_0000;
    private static final int HOPS = 64;
    private static final int DATA_OFFSET = 12;
    private static final int FLAGS = 13;
    private static final int URGENT = 18;

    private final TcpHeader tcp = new TcpHeader();
    private final MemorySegment packet;
    private final boolean ipv6;
    private final long tcpAt;
    private long at;

    SegmentWriter(final AddressPair addresses, final int mss) {
        ipv6 = addresses.isIpv6();
        final int headerLength = ipv6 ? Ipv6Header.LENGTH : Ipv4Header.LENGTH;
        tcpAt = headerLength;
        packet =
                MemorySegment.ofArray(
                        new byte
                                [headerLength
                                        + TcpHeader.LENGTH
                                        + SegmentOptions.MAX_LENGTH
                                        + mss]);
        if (ipv6) {
            writeIpv6(addresses);
        } else {
            writeIpv4(addresses);
        }
        tcp.wrap(packet, tcpAt, packet.byteSize());
        packet.set(NetworkOrder.BYTE, tcpAt + DATA_OFFSET, (byte) (TcpHeader.LENGTH << 2));
        tcp.wrap(packet, tcpAt, packet.byteSize());
        tcp.setSourcePort(addresses.local().getPort());
        tcp.setDestinationPort(addresses.remote().getPort());
    }

    private void writeIpv4(final AddressPair addresses) {
        final Ipv4Header header = new Ipv4Header();
        packet.set(NetworkOrder.BYTE, 0, (byte) IPV4_VERSION_AND_LENGTH);
        packet.set(NetworkOrder.SHORT, 6, (short) IPV4_DONT_FRAGMENT);
        packet.set(NetworkOrder.BYTE, 9, (byte) IpProtocol.TCP);
        header.wrap(packet, 0, packet.byteSize());
        header.setTimeToLive(HOPS);
        header.setSource((int) AddressPair.low(addresses.local()));
        header.setDestination((int) AddressPair.low(addresses.remote()));
    }

    private void writeIpv6(final AddressPair addresses) {
        final Ipv6Header header = new Ipv6Header();
        packet.set(NetworkOrder.INT, 0, IPV6_VERSION);
        packet.set(NetworkOrder.BYTE, 6, (byte) IpProtocol.TCP);
        header.wrap(packet, 0, packet.byteSize());
        header.setHopLimit(HOPS);
        header.setSource(AddressPair.high(addresses.local()), AddressPair.low(addresses.local()));
        header.setDestination(
                AddressPair.high(addresses.remote()), AddressPair.low(addresses.remote()));
    }

    /// Begins a segment.
    SegmentWriter start(
            final int flags, final int sequence, final int acknowledgment, final int window) {
        packet.set(NetworkOrder.BYTE, tcpAt + FLAGS, (byte) flags);
        packet.set(NetworkOrder.SHORT, tcpAt + URGENT, (short) 0);
        tcp.setSequence(sequence);
        tcp.setAcknowledgment(acknowledgment);
        tcp.setWindow(window);
        at = tcpAt + TcpHeader.LENGTH;
        return this;
    }

    void mss(final int mss) {
        at = SegmentOptions.writeMss(packet, at, mss);
    }

    void windowScale(final int scale) {
        at = SegmentOptions.writeWindowScale(packet, at, scale);
    }

    void sackPermitted() {
        at = SegmentOptions.writeSackPermitted(packet, at);
    }

    void timestamps(final int value, final int echo) {
        at = SegmentOptions.writeTimestamps(packet, at, value, echo);
    }

    void sack(final ReceiveQueue queue) {
        at = SegmentOptions.writeSack(packet, at, queue);
    }

    /// Ends the options and takes the payload from the queue.
    void payload(final SendQueue queue, final int number, final int length) {
        endOptions();
        queue.copy(number, packet, at, length);
        at += length;
    }

    private void endOptions() {
        packet.set(NetworkOrder.BYTE, tcpAt + DATA_OFFSET, (byte) (at - tcpAt << 2));
    }

    /// Fills in lengths and checksums of a segment without payload.
    void finishWithout() {
        endOptions();
        finish();
    }

    /// Fills in lengths and checksums.
    void finish() {
        final long tcpLength = at - tcpAt;
        final int addresses = ipv6 ? 8 : 12;
        if (ipv6) {
            packet.set(NetworkOrder.SHORT, 4, (short) tcpLength);
        } else {
            packet.set(NetworkOrder.SHORT, 2, (short) at);
            packet.set(NetworkOrder.SHORT, 10, (short) 0);
            packet.set(
                    NetworkOrder.SHORT,
                    10,
                    (short)
                            InternetChecksum.finish(
                                    InternetChecksum.add(0, packet, 0, Ipv4Header.LENGTH)));
        }
        tcp.setChecksum(0);
        final long pseudo =
                InternetChecksum.add(0, packet, addresses, tcpAt - addresses)
                        + IpProtocol.TCP
                        + tcpLength;
        tcp.setChecksum(
                InternetChecksum.finish(InternetChecksum.add(pseudo, packet, tcpAt, tcpLength)));
    }

    void emit(final PacketSink sink) {
        sink.emit(packet, 0, at);
    }
}
