package io.boomerang.wire;

import static io.boomerang.wire.RecordedFrames.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class IpHeadersTest {
    private static final long NETWORK = EthernetHeader.LENGTH;
    private static final long BEHIND_IPV6 = NETWORK + Ipv6Header.LENGTH;

    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();

    @Test
    void shouldReadIpv4() {
        final MemorySegment frame = segment(RecordedFrames.TCP_SYN);

        assertTrue(ipv4.wrap(frame, NETWORK, frame.byteSize()));

        assertEquals(4, ipv4.version());
        assertEquals(20, ipv4.headerLength());
        assertEquals(0, ipv4.typeOfService());
        assertEquals(60, ipv4.totalLength());
        assertEquals(0xC34B, ipv4.identification());
        assertTrue(ipv4.isDontFragment());
        assertFalse(ipv4.hasMoreFragments());
        assertEquals(0, ipv4.fragmentOffset());
        assertEquals(64, ipv4.timeToLive());
        assertEquals(IpProtocol.TCP, ipv4.protocol());
        assertEquals(0xF36C, ipv4.checksum());
        assertEquals(0xC0000201, ipv4.source());
        assertEquals(0xC0000202, ipv4.destination());
    }

    @Test
    void shouldReadALaterFragment() {
        final MemorySegment frame = segment(RecordedFrames.ICMP_LATER_FRAGMENT);

        assertTrue(ipv4.wrap(frame, NETWORK, frame.byteSize()));

        assertFalse(ipv4.isDontFragment());
        assertFalse(ipv4.hasMoreFragments());
        assertEquals(1480, ipv4.fragmentOffset());
        assertEquals(0xA9A6, ipv4.identification());
    }

    @Test
    void shouldWriteIpv4() {
        final MemorySegment frame = segment(RecordedFrames.TCP_SYN);
        assertTrue(ipv4.wrap(frame, NETWORK, frame.byteSize()));

        ipv4.setTotalLength(0xFFFE);
        ipv4.setTimeToLive(200);
        ipv4.setChecksum(0x8001);
        ipv4.setSource(0xFFFFFFFF);
        ipv4.setDestination(0x80000001);

        assertEquals(0xFFFE, ipv4.totalLength());
        assertEquals(200, ipv4.timeToLive());
        assertEquals(0x8001, ipv4.checksum());
        assertEquals(0xFFFFFFFF, ipv4.source());
        assertEquals(0x80000001, ipv4.destination());
        assertEquals(IpProtocol.TCP, ipv4.protocol());
    }

    @Test
    void shouldRefuseIpv4OptionsBeyondTheLimit() {
        final MemorySegment header =
                segment("46 00 0018 0000 0000 40 01 0000 c0000201 c0000202 94040000");

        assertTrue(ipv4.wrap(header, 0, 24));
        assertEquals(24, ipv4.headerLength());
        assertFalse(ipv4.wrap(header, 0, 23));
        assertFalse(ipv4.wrap(header, 0, 19));
    }

    @Test
    void shouldRefuseAnIpv4HeaderShorterThanItsFixedPart() {
        final MemorySegment header =
                segment("44 00 0018 0000 0000 40 01 0000 c0000201 c0000202 94040000");

        assertFalse(ipv4.wrap(header, 0, header.byteSize()));
    }

    @Test
    void shouldReadIpv6() {
        final MemorySegment frame = segment(RecordedFrames.TCP_V6_DATA);

        assertTrue(ipv6.wrap(frame, NETWORK, frame.byteSize()));

        assertEquals(6, ipv6.version());
        assertEquals(0, ipv6.trafficClass());
        assertEquals(0x64061, ipv6.flowLabel());
        assertEquals(34, ipv6.payloadLength());
        assertEquals(IpProtocol.TCP, ipv6.nextHeader());
        assertEquals(64, ipv6.hopLimit());
        assertEquals(0x20010DB8_00000000L, ipv6.sourceHigh());
        assertEquals(1, ipv6.sourceLow());
        assertEquals(0x20010DB8_00000000L, ipv6.destinationHigh());
        assertEquals(2, ipv6.destinationLow());
    }

    @Test
    void shouldWriteIpv6() {
        final MemorySegment frame = segment(RecordedFrames.TCP_V6_DATA);
        assertTrue(ipv6.wrap(frame, NETWORK, frame.byteSize()));

        ipv6.setPayloadLength(0xFFFF);
        ipv6.setHopLimit(255);
        ipv6.setSource(0x8000_0000_0000_0001L, 3);
        ipv6.setDestination(5, 0x8000_0000_0000_0007L);

        assertEquals(0xFFFF, ipv6.payloadLength());
        assertEquals(255, ipv6.hopLimit());
        assertEquals(0x8000_0000_0000_0001L, ipv6.sourceHigh());
        assertEquals(3, ipv6.sourceLow());
        assertEquals(5, ipv6.destinationHigh());
        assertEquals(0x8000_0000_0000_0007L, ipv6.destinationLow());
    }

    @Test
    void shouldReadAHopByHopHeader() {
        final MemorySegment frame = segment(RecordedFrames.MULTICAST_LISTENER_REPORT);
        final Ipv6ExtensionHeader extension = new Ipv6ExtensionHeader();

        assertTrue(extension.wrap(frame, BEHIND_IPV6, frame.byteSize()));

        assertEquals(IpProtocol.ICMPV6, extension.nextHeader());
        assertEquals(8, extension.headerLength());
    }

    @Test
    void shouldReadARoutingHeader() {
        final MemorySegment header = segment("06 02 04 01 00000000".concat("00".repeat(16)));
        final Ipv6ExtensionHeader extension = new Ipv6ExtensionHeader();

        assertTrue(extension.wrap(header, 0, 24));
        assertEquals(24, extension.headerLength());
        assertEquals(4, extension.routingType());
        assertEquals(1, extension.segmentsLeft());
        assertFalse(extension.wrap(header, 0, 23));
    }

    @Test
    void shouldReadAnIpv6FragmentHeader() {
        final MemorySegment frame = segment(RecordedFrames.ICMP_V6_LATER_FRAGMENT);
        final Ipv6FragmentHeader fragment = new Ipv6FragmentHeader();

        assertTrue(fragment.wrap(frame, BEHIND_IPV6, frame.byteSize()));

        assertEquals(IpProtocol.ICMPV6, fragment.nextHeader());
        assertEquals(1448, fragment.fragmentOffset());
        assertFalse(fragment.hasMoreFragments());
        assertEquals(0x4DB1665D, fragment.identification());
    }

    @Test
    void shouldReadAnAuthenticationHeader() {
        final MemorySegment header =
                segment("06 04 0000 00000102 00000003 000102030405060708090a0b");
        final AuthenticationHeader authentication = new AuthenticationHeader();

        assertTrue(authentication.wrap(header, 0, 24));
        assertEquals(IpProtocol.TCP, authentication.nextHeader());
        assertEquals(24, authentication.headerLength());
        assertEquals(0x102, authentication.securityParametersIndex());
        assertFalse(authentication.wrap(header, 0, 23));
    }
}
