package io.boomerang.wire;

import static io.boomerang.wire.RecordedFrames.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class TransportHeadersTest {
    private static final long BEHIND_IPV4 = EthernetHeader.LENGTH + Ipv4Header.LENGTH;
    private static final long BEHIND_IPV6 = EthernetHeader.LENGTH + Ipv6Header.LENGTH;

    @Test
    void shouldReadTcp() {
        final MemorySegment frame = segment(RecordedFrames.TCP_DATA);
        final TcpHeader tcp = new TcpHeader();

        assertTrue(tcp.wrap(frame, BEHIND_IPV4, frame.byteSize()));

        assertEquals(60890, tcp.sourcePort());
        assertEquals(80, tcp.destinationPort());
        assertEquals(0x114C5F5B, tcp.sequence());
        assertEquals(0x26A05183, tcp.acknowledgment());
        assertEquals(32, tcp.headerLength());
        assertEquals(TcpHeader.PSH | TcpHeader.ACK, tcp.flags());
        assertEquals(0x3F, tcp.window());
        assertEquals(0x7ED6, tcp.checksum());
        assertEquals(BEHIND_IPV4 + 20, tcp.optionsOffset());
        assertEquals(frame.byteSize() - 2, tcp.payloadOffset());
    }

    @Test
    void shouldWriteTcp() {
        final MemorySegment frame = segment(RecordedFrames.TCP_DATA);
        final TcpHeader tcp = new TcpHeader();
        assertTrue(tcp.wrap(frame, BEHIND_IPV4, frame.byteSize()));

        tcp.setSourcePort(0xFFFF);
        tcp.setDestinationPort(0x8000);
        tcp.setSequence(-1);
        tcp.setAcknowledgment(-2);
        tcp.setWindow(0xFFFE);
        tcp.setChecksum(0xFFFD);

        assertEquals(0xFFFF, tcp.sourcePort());
        assertEquals(0x8000, tcp.destinationPort());
        assertEquals(-1, tcp.sequence());
        assertEquals(-2, tcp.acknowledgment());
        assertEquals(0xFFFE, tcp.window());
        assertEquals(0xFFFD, tcp.checksum());
        assertEquals(32, tcp.headerLength());
    }

    @Test
    void shouldRefuseTcpOptionsBeyondTheLimitAndImpossibleOffsets() {
        final MemorySegment frame = segment(RecordedFrames.TCP_DATA);
        final TcpHeader tcp = new TcpHeader();

        assertTrue(tcp.wrap(frame, BEHIND_IPV4, BEHIND_IPV4 + 32));
        assertFalse(tcp.wrap(frame, BEHIND_IPV4, BEHIND_IPV4 + 31));

        frame.set(NetworkOrder.BYTE, BEHIND_IPV4 + 12, (byte) 0x40);
        assertFalse(tcp.wrap(frame, BEHIND_IPV4, frame.byteSize()));
    }

    @Test
    void shouldReadUdp() {
        final MemorySegment frame = segment(RecordedFrames.UDP);
        final UdpHeader udp = new UdpHeader();

        assertTrue(udp.wrap(frame, BEHIND_IPV4, frame.byteSize()));

        assertEquals(43907, udp.sourcePort());
        assertEquals(9, udp.destinationPort());
        assertEquals(11, udp.datagramLength());
        assertEquals(0x0BE5, udp.checksum());
    }

    @Test
    void shouldReadAndWriteUdpLite() {
        final MemorySegment frame = segment(RecordedFrames.UDP_LITE_V6);
        final UdpHeader udp = new UdpHeader();

        assertTrue(udp.wrap(frame, BEHIND_IPV6, frame.byteSize()));

        assertEquals(38864, udp.sourcePort());
        assertEquals(7, udp.destinationPort());
        assertEquals(12, udp.checksumCoverage());
        assertEquals(0x4748, udp.checksum());

        udp.setSourcePort(1);
        udp.setDestinationPort(0xFFFF);
        udp.setDatagramLength(0xFFFE);
        udp.setChecksum(0xFFFD);

        assertEquals(1, udp.sourcePort());
        assertEquals(0xFFFF, udp.destinationPort());
        assertEquals(0xFFFE, udp.datagramLength());
        assertEquals(0xFFFD, udp.checksum());
    }

    @Test
    void shouldReadOnlyThePortsOfAPacketCutShort() {
        final MemorySegment frame = segment(RecordedFrames.UDP);
        final PortPair ports = new PortPair();

        assertTrue(ports.wrap(frame, BEHIND_IPV4, BEHIND_IPV4 + 4));
        assertEquals(43907, ports.sourcePort());
        assertEquals(9, ports.destinationPort());
        assertFalse(ports.wrap(frame, BEHIND_IPV4, BEHIND_IPV4 + 3));

        ports.setSourcePort(2);
        ports.setDestinationPort(3);
        assertEquals(2, ports.sourcePort());
        assertEquals(3, ports.destinationPort());
    }

    @Test
    void shouldReadAndWriteSctp() {
        final MemorySegment header = segment("0050 1388 89abcdef 01020384");
        final SctpHeader sctp = new SctpHeader();

        assertTrue(sctp.wrap(header, 0, header.byteSize()));

        assertEquals(80, sctp.sourcePort());
        assertEquals(5000, sctp.destinationPort());
        assertEquals(0x89ABCDEF, sctp.verificationTag());
        assertEquals(0x84030201, sctp.checksum());

        sctp.setSourcePort(1);
        sctp.setDestinationPort(2);
        sctp.setChecksum(0x01020304);

        assertEquals(0x00010002, header.get(NetworkOrder.INT, 0));
        assertEquals(0x04030201, header.get(NetworkOrder.INT, 8));
    }

    @Test
    void shouldReadDccp() {
        final MemorySegment header = segment("0050 1388 04 a3 beef 05 00 0001 00000000");
        final DccpHeader dccp = new DccpHeader();

        assertTrue(dccp.wrap(header, 0, header.byteSize()));

        assertEquals(80, dccp.sourcePort());
        assertEquals(5000, dccp.destinationPort());
        assertEquals(16, dccp.headerLength());
        assertEquals(3, dccp.checksumCoverage());
        assertEquals(0xBEEF, dccp.checksum());
        assertEquals(2, dccp.type());

        dccp.setSourcePort(1);
        dccp.setDestinationPort(2);
        dccp.setChecksum(3);

        assertEquals(0x00010002, header.get(NetworkOrder.INT, 0));
        assertEquals(3, dccp.checksum());
    }

    @Test
    void shouldReadAndWriteIcmp() {
        final MemorySegment frame = segment(RecordedFrames.ICMP_ECHO);
        final IcmpHeader icmp = new IcmpHeader();

        assertTrue(icmp.wrap(frame, BEHIND_IPV4, frame.byteSize()));

        assertEquals(IcmpHeader.ECHO_REQUEST, icmp.type());
        assertEquals(0, icmp.code());
        assertEquals(0x30DA, icmp.checksum());
        assertEquals(0x58FF, icmp.identifier());
        assertEquals(1, icmp.sequence());

        icmp.setChecksum(0xFFFE);
        icmp.setIdentifier(0xFFFD);

        assertEquals(0xFFFE, icmp.checksum());
        assertEquals(0xFFFD, icmp.identifier());
    }
}
