package io.boomerang.flow;

import static io.boomerang.flow.Frames.authentication;
import static io.boomerang.flow.Frames.ethernet;
import static io.boomerang.flow.Frames.extension;
import static io.boomerang.flow.Frames.fragment;
import static io.boomerang.flow.Frames.frame;
import static io.boomerang.flow.Frames.icmpError;
import static io.boomerang.flow.Frames.ipv4;
import static io.boomerang.flow.Frames.ipv4Fragment;
import static io.boomerang.flow.Frames.ipv6;
import static io.boomerang.flow.Frames.join;
import static io.boomerang.flow.Frames.raw;
import static io.boomerang.flow.Frames.tcp;
import static io.boomerang.flow.Frames.udp;
import static io.boomerang.flow.Frames.vlan;
import static io.boomerang.flow.Frames.vxlan;
import static io.boomerang.flow.Frames.zeros;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.RecordedFrames;
import io.boomerang.wire.TcpHeader;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

class ParsedPacketTest {
    private static final String A = "10.0.0.1";
    private static final String B = "10.0.0.2";
    private static final FlowRules INNER = new FlowRules(true, false);
    private static final FlowRules VLAN = new FlowRules(false, true);

    @Test
    void shouldTellWhereTheHeadersOfAPaddedFrameAre() {
        final byte[] padded =
                join(ethernet(vlan(5, ipv4(A, B, tcp(1, 2, TcpHeader.ACK)))), zeros(9));

        final ParsedPacket packet = Frames.parse(padded);

        assertEquals(4, packet.ipVersion());
        assertEquals(IpProtocol.TCP, packet.protocol());
        assertEquals(18, packet.networkOffset());
        assertEquals(38, packet.transportOffset());
        assertEquals(padded.length - 9, packet.endOffset());
        assertEquals(TcpHeader.ACK, packet.tcpFlags());
        assertFalse(packet.isTruncated());
        assertFalse(packet.isFirstFragment());
        assertFalse(packet.isIcmpError());
        assertEquals(ParseReason.NONE, packet.reason());
    }

    @Test
    void shouldCountOffsetsFromTheFrameNotFromTheMemory() {
        final byte[] bytes = ethernet(ipv4(A, B, udp(1, 2)));
        final MemorySegment memory = RecordedFrames.guarded(bytes, 333);
        final ParsedPacket packet = new ParsedPacket();

        new FlowParser(FlowRules.DEFAULTS).parse(memory, 333, bytes.length, packet);

        assertEquals("udp 10.0.0.1:1 <-> 10.0.0.2:2 a->b", packet.toString());
        assertEquals(14, packet.networkOffset());
        assertEquals(34, packet.transportOffset());
        assertEquals(bytes.length, packet.endOffset());
    }

    @Test
    void shouldPutTheTransportBehindAllExtensions() {
        final ParsedPacket packet =
                Frames.parse(
                        ethernet(
                                ipv6(
                                        "2001:db8::1",
                                        "2001:db8::2",
                                        extension(0, 1, authentication(udp(1, 2))))));

        assertEquals(6, packet.ipVersion());
        assertEquals(IpProtocol.UDP, packet.protocol());
        assertEquals(14 + 40 + 16 + 24, packet.transportOffset());
    }

    @Test
    void shouldKeepTheFlowOfATruncatedPacket() {
        final byte[] whole = ethernet(ipv4(A, B, tcp(1, 2)));

        final ParsedPacket packet = Frames.parse(Arrays.copyOf(whole, whole.length - 5));

        assertTrue(packet.isTruncated());
        assertEquals("tcp 10.0.0.1:1 <-> 10.0.0.2:2 a->b", packet.toString());
        assertEquals(whole.length - 5, packet.endOffset());
    }

    @Test
    void shouldReadTheFlagsOfTcpOnlyWhereTheyAre() {
        final byte[] frame = ethernet(ipv4(A, B, tcp(1, 2, TcpHeader.SYN)));

        assertEquals(TcpHeader.SYN, Frames.parse(Arrays.copyOf(frame, 14 + 20 + 14)).tcpFlags());
        assertEquals(0, Frames.parse(Arrays.copyOf(frame, 14 + 20 + 13)).tcpFlags());
        assertEquals(
                0,
                Frames.parse(ethernet(ipv4(B, A, icmpError(3, ipv4(A, B, tcp(1, 2)))))).tcpFlags());
    }

    @Test
    void shouldTakeTheRestOfTheFrameWhereOffloadLeftTheLengthOut() {
        final byte[] ipv4Frame = ethernet(ipv4(A, B, tcp(1, 2)));
        ipv4Frame[14 + 2] = 0;
        ipv4Frame[14 + 3] = 0;
        final byte[] ipv6Frame = ethernet(ipv6("2001:db8::1", "2001:db8::2", tcp(1, 2)));
        ipv6Frame[14 + 4] = 0;
        ipv6Frame[14 + 5] = 0;

        for (final byte[] frame : new byte[][] {ipv4Frame, ipv6Frame}) {
            final ParsedPacket packet = Frames.parse(frame);

            assertEquals(PacketClass.FLOW, packet.packetClass());
            assertEquals(frame.length, packet.endOffset());
            assertFalse(packet.isTruncated());
        }
    }

    @Test
    void shouldForgetThePreviousPacket() {
        final FlowParser parser = new FlowParser(INNER);
        final ParsedPacket packet = new ParsedPacket();
        final byte[] first =
                ethernet(
                        ipv4(
                                A,
                                B,
                                vxlan(ipv4Fragment(A, B, 7, 0, true, tcp(1, 2, TcpHeader.SYN)))));
        parser.parse(MemorySegment.ofArray(first), 0, first.length, packet);
        assertTrue(packet.isFirstFragment());
        assertTrue(packet.isTunnelled());

        final byte[] second = ethernet(raw(0x88CC, 1, 2, 3));
        parser.parse(MemorySegment.ofArray(second), 0, second.length, packet);

        assertEquals("BRIDGED NOT_IP", packet.toString());
        assertFalse(packet.hasKey());
        assertFalse(packet.isFirstFragment());
        assertFalse(packet.isTunnelled());
        assertEquals(0, packet.tcpFlags());
        assertEquals(-1, packet.ipVersion());
        assertEquals(-1, packet.networkOffset());
        assertEquals(-1, packet.transportOffset());
        assertEquals(-1, packet.endOffset());
    }

    @Test
    void shouldPointIntoTheTunnelForTheFlowAndOutsideForTheRest() {
        final byte[] frame = ethernet(ipv4(A, B, vxlan(ipv4("1.1.1.1", "2.2.2.2", tcp(1, 2)))));

        final ParsedPacket packet = Frames.parse(INNER, frame);

        assertTrue(packet.isTunnelled());
        assertEquals("tcp 1.1.1.1:1 <-> 2.2.2.2:2 a->b", packet.toString());
        assertEquals(Frames.TCP_SYN, packet.tcpFlags());
        assertEquals(IpProtocol.UDP, packet.protocol());
        assertEquals(14, packet.networkOffset());
        assertEquals(34, packet.transportOffset());
        assertEquals(14 + 20 + 8 + 8 + 14, packet.flowNetworkOffset());
        assertEquals(14 + 20 + 8 + 8 + 14 + 20, packet.flowTransportOffset());
        assertEquals(frame.length, packet.flowEndOffset());
    }

    @Test
    void shouldSteerFirstFragmentsAsFlowsAndLaterOnesAsFragments() {
        final ParsedPacket first =
                Frames.parse(ethernet(ipv4Fragment(A, B, 7, 0, true, udp(1, 2))));
        final ParsedPacket later =
                Frames.parse(ethernet(ipv4Fragment(A, B, 7, 8, false, udp(1, 2))));

        assertEquals(PacketClass.FLOW, first.packetClass());
        assertTrue(first.isFirstFragment());
        assertFalse(first.isLaterFragment());
        assertEquals(PacketClass.FRAGMENT, later.packetClass());
        assertTrue(later.isLaterFragment());
        assertFalse(later.hasKey());
        assertEquals(first.datagram(), later.datagram());
    }

    @Test
    void shouldSteerTheFirstFragmentOfWhatItWouldBridgeWhole() {
        final ParsedPacket first =
                Frames.parse(ethernet(ipv4Fragment(A, B, 7, 0, true, Frames.payload(2, 0x16))));

        assertEquals(PacketClass.FLOW, first.packetClass());
        assertTrue(first.isFirstFragment());
    }

    @Test
    void shouldNotTakeAnAtomicFragmentForAFirstOne() {
        final ParsedPacket atomic =
                Frames.parse(
                        ethernet(
                                ipv6(
                                        "2001:db8::1",
                                        "2001:db8::2",
                                        fragment(9, 0, false, udp(1, 2)))));

        assertEquals(PacketClass.FLOW, atomic.packetClass());
        assertFalse(atomic.isFirstFragment());
    }

    @Test
    void shouldKeepItsOwnVlanDomainWhenResolved() {
        final ParsedPacket first =
                Frames.parse(VLAN, ethernet(vlan(5, ipv4Fragment(A, B, 7, 0, true, udp(1, 2)))));
        final ParsedPacket later =
                Frames.parse(VLAN, ethernet(vlan(6, ipv4Fragment(A, B, 7, 8, false, udp(1, 2)))));

        later.setResolved(first.key(), first.sourceIsB());

        assertTrue(later.hasKey());
        assertEquals(PacketClass.FRAGMENT, later.packetClass());
        assertEquals(first.key().aPort(), later.key().aPort());
        assertEquals(
                Frames.parse(VLAN, ethernet(vlan(6, ipv4(A, B, udp(1, 2))))).key(), later.key());
        assertNotEquals(first.key(), later.key());
    }

    @Test
    void shouldTellVlanStacksApart() {
        final int[] domains = {
            domain(ipv4(A, B, udp(1, 2))),
            domain(vlan(0, ipv4(A, B, udp(1, 2)))),
            domain(vlan(1, ipv4(A, B, udp(1, 2)))),
            domain(vlan(0, vlan(1, ipv4(A, B, udp(1, 2))))),
            domain(vlan(1, vlan(0, ipv4(A, B, udp(1, 2))))),
            domain(vlan(0, vlan(0, ipv4(A, B, udp(1, 2))))),
            domain(vlan(0, vlan(0, vlan(1, ipv4(A, B, udp(1, 2)))))),
            domain(vlan(0, vlan(1, vlan(0, ipv4(A, B, udp(1, 2)))))),
            domain(vlan(1, vlan(3, vlan(2, ipv4(A, B, udp(1, 2)))))),
            domain(vlan(1, vlan(0, vlan(1, ipv4(A, B, udp(1, 2)))))),
            domain(vlan(1, vlan(1, vlan(1, vlan(1, ipv4(A, B, udp(1, 2)))))))
        };

        assertEquals(domains.length, Arrays.stream(domains).distinct().count());
        assertEquals(0, domains[0]);
        assertEquals(domains[2], domain(vlan(0x88A8, 0xE001, ipv4(A, B, udp(1, 2)))));
        assertEquals(domains[4], domain(vlan(1, frame(vlan(0, ipv4(A, B, udp(1, 2)))))));
    }

    @Test
    void shouldLeaveVlansOutOfTheKeyUnlessConfigured() {
        final ParsedPacket plain = Frames.parse(ethernet(ipv4(A, B, udp(1, 2))));
        final ParsedPacket tagged = Frames.parse(ethernet(vlan(7, ipv4(A, B, udp(1, 2)))));

        assertEquals(plain.key(), tagged.key());
        assertEquals(0, tagged.vlanDomain());
    }

    private static int domain(final Frames.Part part) {
        final ParsedPacket packet = Frames.parse(VLAN, ethernet(part));
        assertEquals(packet.vlanDomain(), packet.key().vlanDomain());
        return packet.vlanDomain();
    }
}
