package io.boomerang.flow;

import static io.boomerang.flow.Frames.bytes;
import static io.boomerang.flow.Frames.ethernet;
import static io.boomerang.flow.Frames.frame;
import static io.boomerang.flow.Frames.geneve;
import static io.boomerang.flow.Frames.gre;
import static io.boomerang.flow.Frames.hex;
import static io.boomerang.flow.Frames.icmpError;
import static io.boomerang.flow.Frames.ipv4;
import static io.boomerang.flow.Frames.ipv4Fragment;
import static io.boomerang.flow.Frames.ipv6;
import static io.boomerang.flow.Frames.join;
import static io.boomerang.flow.Frames.mpls;
import static io.boomerang.flow.Frames.payload;
import static io.boomerang.flow.Frames.ppp;
import static io.boomerang.flow.Frames.raw;
import static io.boomerang.flow.Frames.tcp;
import static io.boomerang.flow.Frames.tunnel;
import static io.boomerang.flow.Frames.udp;
import static io.boomerang.flow.Frames.vlan;
import static io.boomerang.flow.Frames.vxlan;
import static io.boomerang.flow.Frames.zeros;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.boomerang.flow.Frames.Part;
import io.boomerang.wire.EtherType;
import io.boomerang.wire.IpProtocol;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/// Tunnelled packets: by the inner headers where configured and readable, else by the outer ones.
class TunnelTest {
    private static final FlowRules INNER = new FlowRules(true, false);
    private static final String FLOW = "tcp 10.0.0.1:1 <-> 10.0.0.2:2 a->b";
    private static final Part IN = ipv4("10.0.0.1", "10.0.0.2", tcp(1, 2));
    private static final String FLOW6 =
            "tcp [2001:db8:0:0:0:0:0:1]:1 <-> [2001:db8:0:0:0:0:0:2]:2 a->b";
    private static final Part IN6 = ipv6("2001:db8::1", "2001:db8::2", tcp(1, 2));
    private static final byte[] NO_FIELDS = zeros(0);

    static Stream<Arguments> tunnels() {
        return Stream.of(
                arguments("IP in IP", FLOW, IN),
                arguments("6in4", FLOW6, IN6),
                arguments("GRE", FLOW, gre(0, NO_FIELDS, IN)),
                arguments("GRE, IPv6", FLOW6, gre(0, NO_FIELDS, IN6)),
                arguments("GRE with a key", FLOW, gre(0x2000, zeros(4), IN)),
                arguments("GRE with everything", FLOW, gre(0xB000, zeros(12), IN)),
                arguments("GRE, Ethernet", FLOW, gre(0, NO_FIELDS, frame(vlan(9, IN)))),
                arguments("GRE, MPLS", FLOW, gre(0, NO_FIELDS, mpls(1, mpls(2, IN)))),
                arguments("ERSPAN I", FLOW, erspan(0x88BE, 0, NO_FIELDS, IN)),
                arguments("ERSPAN II", FLOW, erspan(0x88BE, 0x1000, zeros(12), vlan(9, IN))),
                arguments("ERSPAN III", FLOW, erspan(0x22EB, 0x1000, zeros(16), IN)),
                arguments(
                        "ERSPAN III with a platform header",
                        FLOW,
                        erspan(0x22EB, 0x1000, join(zeros(15), bytes(1), zeros(8)), IN)),
                arguments("PPTP", FLOW, gre(0x3001, zeros(8), ppp(IN))),
                arguments("PPTP with an acknowledgment", FLOW6, gre(0x3081, zeros(12), ppp(IN6))),
                arguments("MPLS in IP", FLOW, mpls(1, mpls(2, IN))),
                arguments("VXLAN", FLOW, vxlan(vlan(9, IN))),
                arguments(
                        "VXLAN, Linux port",
                        FLOW,
                        tunnel(5, 8472, hex("0800000000002a00"), frame(IN))),
                arguments("GENEVE, Ethernet", FLOW, geneve(frame(IN))),
                arguments("GENEVE, IPv4", FLOW, geneve(IN)),
                arguments("GENEVE, IPv6", FLOW6, geneve(IN6)),
                arguments("GTP-U", FLOW, tunnel(9, 2152, hex("30ff 0010 00000001"), IN)),
                arguments(
                        "GTP-U, sequence number",
                        FLOW6,
                        tunnel(9, 2152, hex("32ff 0010 00000001 0001 00 00"), IN6)),
                arguments(
                        "GTP-U, two extensions",
                        FLOW,
                        tunnel(
                                9,
                                2152,
                                hex("34ff 0010 00000001 0000 00 85 01000085 02000000 00000000"),
                                IN)),
                arguments("Teredo", FLOW6, udp(3544, 4000, IN6.bytes())),
                arguments("Teredo to a relay", FLOW6, udp(4000, 3544, IN6.bytes())),
                arguments(
                        "Teredo, origin",
                        FLOW6,
                        tunnel(3544, 4000, hex("0000 1234 c0000201"), IN6)),
                arguments(
                        "Teredo, authentication and origin",
                        FLOW6,
                        tunnel(
                                3544,
                                4000,
                                join(
                                        hex("0001 02 03 aaaa bbbbbb 0000000000000000 00"),
                                        hex("0000 1234 c0000201")),
                                IN6)),
                arguments("MPLS in UDP", FLOW, tunnel(9, 6635, NO_FIELDS, mpls(1, IN))),
                arguments(
                        "VXLAN in GRE in IP",
                        FLOW,
                        ipv4(
                                "7.7.7.7",
                                "8.8.8.8",
                                gre(0, NO_FIELDS, ipv6("::7", "::8", vxlan(IN))))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tunnels")
    void shouldEnterTunnels(final String description, final String expected, final Part part) {
        for (final Part outer :
                new Part[] {ipv4("1.1.1.1", "2.2.2.2", part), ipv6("::1:1", "::1:2", part)}) {
            final ParsedPacket packet = Frames.parse(INNER, ethernet(vlan(3, outer)));

            assertEquals(expected, packet.toString());
            assertEquals(true, packet.isTunnelled());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tunnels")
    void shouldStayOutsideOfTunnelsUnlessConfigured(
            final String description, final String expected, final Part part) {
        final ParsedPacket packet = Frames.parse(ethernet(ipv4("1.1.1.1", "2.2.2.2", part)));

        assertEquals(part.protocol(), packet.key().protocol());
        assertEquals(0x01010101L, packet.key().aLow());
        assertEquals(false, packet.isTunnelled());
    }

    static Stream<Arguments> notTunnels() {
        final Part garbage = raw(EtherType.IPV4, 0x55, 1, 2, 3);
        return Stream.of(
                arguments("damaged inner packet", garbage.as(IpProtocol.IPV4)),
                arguments("cut inner packet", IN.cut(19)),
                arguments("cut inner ports", IN.cut(23)),
                arguments("ARP inside", vxlan(raw(EtherType.ARP, 0, 1))),
                arguments("other EtherType", gre(0, NO_FIELDS, raw(0x88CC, 1, 2))),
                arguments("GRE version 2", gre(2, NO_FIELDS, IN)),
                arguments("GRE with a source route", gre(0x4000, zeros(4), IN)),
                arguments("cut GRE", gre(0xB000, zeros(12), IN).cut(10)),
                arguments("cut ERSPAN III", erspan(0x22EB, 0x1000, zeros(16), IN).cut(16)),
                arguments("PPP control", gre(0x3001, zeros(8), ppp(raw(0, 1, 2)))),
                arguments("MPLS, not IP", mpls(1, raw(0, 0x20))),
                arguments(
                        "VXLAN without identifier",
                        tunnel(9, 4789, hex("0000000000002a00"), frame(IN))),
                arguments("GENEVE version 1", tunnel(9, 6081, hex("4000 0800 00002a00"), IN)),
                arguments("GENEVE, options beyond", tunnel(9, 6081, hex("3f00 0800 00002a00"), IN)),
                arguments("GENEVE, other", tunnel(9, 6081, hex("0000 1234 00002a00"), IN)),
                arguments("GENEVE from its port", udp(6081, 9, geneve(IN).bytes())),
                arguments("GTP echo", tunnel(9, 2152, hex("3001 0010 00000001"), IN)),
                arguments("GTP version 2", tunnel(9, 2152, hex("48ff 0010 00000001"), IN)),
                arguments(
                        "GTP extension beyond",
                        tunnel(9, 2152, hex("34ff 0010 00000001 0000 00 85 ff"), payload(0))),
                arguments("empty Teredo", udp(3544, 9, NO_FIELDS)),
                arguments("Teredo bubble", udp(3544, 9, hex("0000 1234 c0000201"))),
                arguments("empty UDP", udp(9, 2152, NO_FIELDS).cut(8)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("notTunnels")
    void shouldUseTheOuterHeaderWhereTheInnerCannotBeRead(
            final String description, final Part part) {
        final byte[] frame = ethernet(ipv4("1.1.1.1", "2.2.2.2", part));

        final ParsedPacket packet = Frames.parse(INNER, frame);

        assertEquals(false, packet.isTunnelled());
        assertEquals(Frames.parse(frame).toString(), packet.toString());
        assertEquals(PacketClass.FLOW, packet.packetClass());
    }

    @Test
    void shouldUseTheInnermostReadablePacket() {
        final Part broken = ipv4("3.3.3.3", "4.4.4.4", IN.cut(10));

        final ParsedPacket packet =
                Frames.parse(INNER, ethernet(ipv4("1.1.1.1", "2.2.2.2", broken)));

        assertEquals("ip/4 3.3.3.3 <-> 4.4.4.4 a->b", packet.toString());
        assertEquals(true, packet.isTunnelled());
    }

    @Test
    void shouldEnterSixTunnelsAtMost() {
        Part part = IN;
        for (int i = 1; i <= 8; i++) {
            part = ipv4("9.0.0." + i, "9.0.1." + i, part);
        }

        assertEquals(
                "ip/4 9.0.0.2 <-> 9.0.1.2 a->b", Frames.parse(INNER, ethernet(part)).toString());
    }

    @Test
    void shouldNotLookIntoFragmentsOfTunnels() {
        final Part first = ipv4Fragment("1.1.1.1", "2.2.2.2", 5, 0, true, vxlan(IN));

        final ParsedPacket packet = Frames.parse(INNER, ethernet(first));

        assertEquals("udp 1.1.1.1:50000 <-> 2.2.2.2:4789 a->b", packet.toString());
        assertEquals(true, packet.isFirstFragment());
    }

    @Test
    void shouldSteerFragmentsAndErrorsInsideTunnels() {
        final Part fragment = ipv4Fragment("10.0.0.1", "10.0.0.2", 5, 8, false, udp(1, 2));
        final Part error = ipv4("9.9.9.9", "10.0.0.1", icmpError(3, IN));

        assertEquals(
                "fragment of datagram 5 ip/17 0a000001 -> 0a000002",
                Frames.parse(INNER, ethernet(ipv4("1.1.1.1", "2.2.2.2", vxlan(fragment))))
                        .toString());
        assertEquals(
                "tcp 10.0.0.1:1 <-> 10.0.0.2:2 b->a",
                Frames.parse(INNER, ethernet(ipv4("1.1.1.1", "2.2.2.2", vxlan(error)))).toString());
    }

    private static Part erspan(
            final int etherType, final int flags, final byte[] fields, final Part inside) {
        return gre(flags, fields, new Part(etherType, IpProtocol.GRE, frame(inside).bytes()));
    }
}
