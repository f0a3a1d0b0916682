package io.boomerang.wire;

import static io.boomerang.wire.RecordedFrames.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class LinkHeadersTest {
    @Test
    void shouldReadEthernet() {
        final MemorySegment frame = segment(RecordedFrames.TCP_SYN);
        final EthernetHeader ethernet = new EthernetHeader();

        assertTrue(ethernet.wrap(frame, 0, frame.byteSize()));

        assertEquals(0x0200_0000_0002L, ethernet.destination());
        assertEquals(0x0200_0000_0001L, ethernet.source());
        assertEquals(EtherType.IPV4, ethernet.etherType());
    }

    @Test
    void shouldWriteEthernet() {
        final MemorySegment frame = segment(RecordedFrames.TCP_SYN);
        final EthernetHeader ethernet = new EthernetHeader();
        assertTrue(ethernet.wrap(frame, 0, frame.byteSize()));

        ethernet.setDestination(0xFEDC_BA98_7654L);
        ethernet.setSource(0x8000_0000_0001L);
        ethernet.setEtherType(EtherType.IPV6);

        assertEquals(0xFEDC_BA98_7654L, ethernet.destination());
        assertEquals(0x8000_0000_0001L, ethernet.source());
        assertEquals(EtherType.IPV6, ethernet.etherType());
        assertEquals(0x45, frame.get(NetworkOrder.BYTE, EthernetHeader.LENGTH));
    }

    @Test
    void shouldReadAVlanTag() {
        final MemorySegment tag = segment("a586 86dd");
        final VlanTag vlan = new VlanTag();

        assertTrue(vlan.wrap(tag, 0, tag.byteSize()));

        assertEquals(5, vlan.priority());
        assertEquals(0x586, vlan.vlanId());
        assertEquals(EtherType.IPV6, vlan.etherType());

        vlan.setControl(0x0FFF);
        vlan.setEtherType(EtherType.ARP);

        assertEquals(0, vlan.priority());
        assertEquals(0xFFF, vlan.vlanId());
        assertEquals(EtherType.ARP, vlan.etherType());
    }

    @Test
    void shouldReadAnMplsLabel() {
        final MemorySegment entries = segment("0001 d0 ff 1234 5b 40");
        final MplsLabel label = new MplsLabel();

        assertTrue(label.wrap(entries, 0, entries.byteSize()));

        assertEquals(0x1D, label.label());
        assertEquals(0, label.trafficClass());
        assertFalse(label.isBottom());
        assertEquals(255, label.timeToLive());

        assertTrue(label.wrap(entries, MplsLabel.LENGTH, entries.byteSize()));

        assertEquals(0x12345, label.label());
        assertEquals(5, label.trafficClass());
        assertTrue(label.isBottom());
        assertEquals(64, label.timeToLive());
    }

    @Test
    void shouldReadPppoe() {
        final MemorySegment header = segment("11 a7 1234 0016");
        final PppoeHeader pppoe = new PppoeHeader();

        assertTrue(pppoe.wrap(header, 0, header.byteSize()));

        assertEquals(1, pppoe.version());
        assertEquals(1, pppoe.type());
        assertEquals(0xA7, pppoe.code());
        assertEquals(0x1234, pppoe.sessionId());
        assertEquals(22, pppoe.payloadLength());
    }

    @Test
    void shouldReadPppWithAndWithoutCompression() {
        final MemorySegment plain = segment("0281");
        final MemorySegment compressed = segment("57");
        final PppHeader ppp = new PppHeader();

        assertTrue(ppp.wrap(plain, 0, 2));
        assertEquals(PppHeader.MPLS_UNICAST, ppp.protocol());
        assertEquals(2, ppp.headerLength());
        assertFalse(ppp.wrap(plain, 0, 1));

        assertTrue(ppp.wrap(compressed, 0, 1));
        assertEquals(PppHeader.IPV6, ppp.protocol());
        assertEquals(1, ppp.headerLength());
    }

    @Test
    void shouldReadLinuxCooked() {
        final MemorySegment header = segment("0004 0001 0006 020000000001 0000 0800");
        final LinuxCookedHeader cooked = new LinuxCookedHeader();

        assertTrue(cooked.wrap(header, 0, header.byteSize()));

        assertEquals(4, cooked.packetType());
        assertEquals(1, cooked.hardwareType());
        assertEquals(6, cooked.addressLength());
        assertEquals(0x0200_0000_0001L, cooked.address());
        assertEquals(EtherType.IPV4, cooked.protocol());
    }

    @Test
    void shouldReadLinuxCookedVersion2() {
        final MemorySegment header = segment("86dd 0000 00000007 0001 03 06 020000000001 0000");
        final LinuxCookedV2Header cooked = new LinuxCookedV2Header();

        assertTrue(cooked.wrap(header, 0, header.byteSize()));

        assertEquals(EtherType.IPV6, cooked.protocol());
        assertEquals(7, cooked.interfaceIndex());
        assertEquals(1, cooked.hardwareType());
        assertEquals(3, cooked.packetType());
        assertEquals(6, cooked.addressLength());
        assertEquals(0x0200_0000_0001L, cooked.address());
    }

    @Test
    void shouldReadBsdLoopbackInBothByteOrders() {
        final BsdLoopbackHeader loopback = new BsdLoopbackHeader();

        assertTrue(loopback.wrap(segment("1e000000"), 0, 4));
        assertEquals(30, loopback.hostOrderFamily());
        assertTrue(BsdLoopbackHeader.isIpv6(loopback.hostOrderFamily()));

        assertTrue(loopback.wrap(segment("00000002"), 0, 4));
        assertEquals(BsdLoopbackHeader.INET, loopback.family());
        assertEquals(BsdLoopbackHeader.INET, loopback.hostOrderFamily());
        assertFalse(BsdLoopbackHeader.isIpv6(loopback.family()));
    }

    @Test
    void shouldReadArp() {
        final MemorySegment frame = segment(RecordedFrames.ARP_REQUEST);
        final ArpHeader arp = new ArpHeader();

        assertTrue(arp.wrap(frame, EthernetHeader.LENGTH, frame.byteSize()));

        assertEquals(1, arp.hardwareType());
        assertEquals(EtherType.IPV4, arp.protocolType());
        assertEquals(1, arp.operation());
        assertEquals(0x0200_0000_0001L, arp.senderHardware());
        assertEquals(0xC0000201, arp.senderAddress());
        assertEquals(0, arp.targetHardware());
        assertEquals(0xC0000202, arp.targetAddress());
    }
}
