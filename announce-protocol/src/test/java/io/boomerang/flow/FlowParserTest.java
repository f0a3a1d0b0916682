package io.boomerang.flow;

import static io.boomerang.flow.Frames.authentication;
import static io.boomerang.flow.Frames.bytes;
import static io.boomerang.flow.Frames.dccp;
import static io.boomerang.flow.Frames.ethernet;
import static io.boomerang.flow.Frames.extension;
import static io.boomerang.flow.Frames.fragment;
import static io.boomerang.flow.Frames.frame;
import static io.boomerang.flow.Frames.gre;
import static io.boomerang.flow.Frames.hex;
import static io.boomerang.flow.Frames.icmp;
import static io.boomerang.flow.Frames.icmp6;
import static io.boomerang.flow.Frames.icmp6Error;
import static io.boomerang.flow.Frames.icmpError;
import static io.boomerang.flow.Frames.ipv4;
import static io.boomerang.flow.Frames.ipv4Fragment;
import static io.boomerang.flow.Frames.ipv4Options;
import static io.boomerang.flow.Frames.ipv6;
import static io.boomerang.flow.Frames.join;
import static io.boomerang.flow.Frames.mpls;
import static io.boomerang.flow.Frames.payload;
import static io.boomerang.flow.Frames.pppoe;
import static io.boomerang.flow.Frames.pseudowire;
import static io.boomerang.flow.Frames.raw;
import static io.boomerang.flow.Frames.routing;
import static io.boomerang.flow.Frames.sctp;
import static io.boomerang.flow.Frames.snap;
import static io.boomerang.flow.Frames.tcp;
import static io.boomerang.flow.Frames.udp;
import static io.boomerang.flow.Frames.udpLite;
import static io.boomerang.flow.Frames.vlan;
import static io.boomerang.flow.Frames.vnTag;
import static io.boomerang.flow.Frames.vxlan;
import static io.boomerang.flow.Frames.zeros;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.boomerang.flow.Frames.Part;
import io.boomerang.wire.EtherType;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.RecordedFrames;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.stream.Stream;

/// What each kind of packet is, one row per kind.
class FlowParserTest {
    private static final String A = "10.0.0.1";
    private static final String B = "10.0.0.2";
    private static final String A6 = "2001:db8::1";
    private static final String B6 = "2001:db8::2";
    private static final String PAIR6 = "2001:db8:0:0:0:0:0:1 <-> 2001:db8:0:0:0:0:0:2";
    private static final String TCP = "tcp 10.0.0.1:4711 <-> 10.0.0.2:80 a->b";
    private static final String TCP6 =
            "tcp [2001:db8:0:0:0:0:0:1]:4711 <-> [2001:db8:0:0:0:0:0:2]:80 a->b";
    private static final Part REQUEST = ipv4(A, B, tcp(4711, 80));
    private static final Part REQUEST6 = ipv6(A6, B6, tcp(4711, 80));

    static Stream<Arguments> recorded() {
        return Stream.of(
                arguments("BRIDGED ARP", RecordedFrames.ARP_REQUEST),
                arguments("icmp id 22783 192.0.2.1 <-> 192.0.2.2 a->b", RecordedFrames.ICMP_ECHO),
                arguments(
                        "fragment of datagram 43430 ip/1 c0000201 -> c0000202",
                        RecordedFrames.ICMP_LATER_FRAGMENT),
                arguments("tcp 192.0.2.1:60890 <-> 192.0.2.2:80 a->b", RecordedFrames.TCP_SYN),
                arguments("tcp 192.0.2.1:60890 <-> 192.0.2.2:80 a->b", RecordedFrames.TCP_DATA),
                arguments(
                        "tcp [2001:db8:0:0:0:0:0:1]:46066 <-> [2001:db8:0:0:0:0:0:2]:80 a->b",
                        RecordedFrames.TCP_V6_DATA),
                arguments("udp 192.0.2.1:43907 <-> 192.0.2.2:9 a->b", RecordedFrames.UDP),
                arguments(
                        "udp 192.0.2.1:43907 <-> 192.0.2.2:9 b->a",
                        RecordedFrames.ICMP_PORT_UNREACHABLE),
                arguments("udplite 192.0.2.1:43461 <-> 192.0.2.2:7 a->b", RecordedFrames.UDP_LITE),
                arguments(
                        "udp [2001:db8:0:0:0:0:0:1]:42926 <-> [2001:db8:0:0:0:0:0:2]:9 a->b",
                        RecordedFrames.UDP_V6),
                arguments(
                        "udp [2001:db8:0:0:0:0:0:1]:42926 <-> [2001:db8:0:0:0:0:0:2]:9 b->a",
                        RecordedFrames.ICMP_V6_PORT_UNREACHABLE),
                arguments(
                        "udplite [2001:db8:0:0:0:0:0:1]:38864 <-> [2001:db8:0:0:0:0:0:2]:7 a->b",
                        RecordedFrames.UDP_LITE_V6),
                arguments(
                        "fragment of datagram 1303471709 20010db8000000000000000000000002"
                                + " -> 20010db8000000000000000000000001",
                        RecordedFrames.ICMP_V6_LATER_FRAGMENT),
                arguments("BRIDGED ICMPV6_LOCAL", RecordedFrames.NEIGHBOUR_SOLICITATION),
                arguments("BRIDGED ICMPV6_LOCAL", RecordedFrames.MULTICAST_LISTENER_REPORT),
                arguments("udp 192.0.2.1:49376 <-> 192.0.2.2:4789 a->b", RecordedFrames.VXLAN_ARP));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recorded")
    void shouldKnowRecordedFrames(final String expected, final String frame) {
        assertEquals(expected, Frames.parse(hex(frame)).toString());
    }

    static Stream<Arguments> links() {
        final Part tagged = vlan(7, REQUEST);
        return Stream.of(
                arguments("plain", TCP, REQUEST),
                arguments("IPv6", TCP6, REQUEST6),
                arguments("one tag", TCP, tagged),
                arguments("802.1ad", TCP, vlan(0x88A8, 1, tagged)),
                arguments("TPID 9100", TCP, vlan(0x9100, 1, tagged)),
                arguments("TPID 9200", TCP, vlan(0x9200, 1, tagged)),
                arguments("TPID 9300", TCP, vlan(0x9300, 1, vlan(0x9300, 2, tagged))),
                arguments("VN-tag", TCP, vnTag(tagged)),
                arguments("LLC/SNAP", TCP, snap(REQUEST)),
                arguments("tag in SNAP", TCP, snap(tagged)),
                arguments("LLC with IP's own number", TCP, llcIp(REQUEST)),
                arguments("one label", TCP, mpls(16, REQUEST)),
                arguments("three labels", TCP6, mpls(3, mpls(17, mpls(16, REQUEST6)))),
                arguments("pseudowire", TCP, mpls(16, pseudowire(tagged))),
                arguments("PPPoE", TCP, pppoe(REQUEST)),
                arguments("PPPoE, IPv6, tagged", TCP6, vlan(7, pppoe(REQUEST6))),
                arguments("PPPoE with MPLS", TCP, pppoe(mpls(16, REQUEST))),
                arguments("compressed PPP", TCP, compressedPppoe(REQUEST)),
                arguments("Ethernet in Ethernet", TCP, frame(tagged)),
                arguments("ARP", "BRIDGED ARP", raw(EtherType.ARP, 0, 1)),
                arguments("LLDP", "BRIDGED NOT_IP", raw(0x88CC, 2, 7)),
                arguments("spanning tree", "BRIDGED LLC", raw(38, 0x42, 0x42, 3)),
                arguments("empty 802.3", "BRIDGED LLC", raw(0)),
                arguments("MPLS, not IP", "BRIDGED MPLS_NOT_IP", mpls(1, raw(0, 0x10))),
                arguments("MPLS, short", "BRIDGED MPLS_NOT_IP", mpls(1, raw(0, 0, 0, 0, 0))),
                arguments("PPPoE discovery", "BRIDGED PPPOE_DISCOVERY", raw(0x8863, 0x11, 9)),
                arguments(
                        "PPPoE session, discovery code",
                        "BRIDGED PPPOE_DISCOVERY",
                        raw(0x8864, 0x11, 0xA7, 0, 1, 0, 0)),
                arguments("LCP", "BRIDGED PPP_NOT_IP", pppoe(raw(0, 1, 2))),
                arguments("cut tag", "MALFORMED VLAN_TRUNCATED", raw(0x8100, 0, 7, 8)),
                arguments("cut VN-tag", "MALFORMED VLAN_TRUNCATED", raw(0x8926, 0, 7, 8, 0, 8)),
                arguments("cut label", "MALFORMED MPLS_TRUNCATED", raw(0x8847, 0, 0, 1)),
                arguments("labels only", "MALFORMED MPLS_TRUNCATED", raw(0x8847, 0, 0, 1, 1)),
                arguments("no bottom", "MALFORMED MPLS_TRUNCATED", raw(0x8847, 0, 0, 0, 1)),
                arguments("cut PPPoE", "MALFORMED PPP_TRUNCATED", raw(0x8864, 0x11, 0, 0, 1, 0)),
                arguments(
                        "cut PPP", "MALFORMED PPP_TRUNCATED", raw(0x8864, 0x11, 0, 0, 1, 0, 0, 0)),
                arguments("cut inner", "MALFORMED ETHERNET_TRUNCATED", raw(0x6558, 1, 2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("links")
    void shouldFindIpBehindLinkHeaders(
            final String description, final String expected, final Part part) {
        assertEquals(expected, Frames.parse(ethernet(part)).toString());
    }

    static Stream<Arguments> transports() {
        return Stream.of(
                arguments("udp 10.0.0.1:1 <-> 10.0.0.2:2 a->b", ipv4(A, B, udp(1, 2))),
                arguments("udp 10.0.0.1:1 <-> 10.0.0.2:2 b->a", ipv4(B, A, udp(2, 1))),
                arguments("udp 10.0.0.1:1 <-> 10.0.0.1:2 b->a", ipv4(A, A, udp(2, 1))),
                arguments("udplite 10.0.0.1:1 <-> 10.0.0.2:2 a->b", ipv4(A, B, udpLite(1, 2, 8))),
                arguments("sctp 10.0.0.1:1 <-> 10.0.0.2:2 a->b", ipv4(A, B, sctp(1, 2))),
                arguments("dccp 10.0.0.1:1 <-> 10.0.0.2:2 a->b", ipv4(A, B, dccp(1, 2, 0))),
                arguments("icmp id 9 10.0.0.1 <-> 10.0.0.2 a->b", ipv4(A, B, icmp(8, 9))),
                arguments("icmp id 9 10.0.0.1 <-> 10.0.0.2 b->a", ipv4(B, A, icmp(0, 9))),
                arguments("icmp id 9 10.0.0.1 <-> 10.0.0.2 b->a", ipv4(B, A, icmp(14, 9))),
                arguments("icmp id 9 10.0.0.1 <-> 10.0.0.2 a->b", ipv4(A, B, icmp(17, 9))),
                arguments("icmp 10.0.0.1 <-> 10.0.0.2 a->b", ipv4(A, B, icmp(42, 9))),
                arguments("icmp 10.0.0.1 <-> 10.0.0.2 a->b", ipv4(A, B, icmp(9, 9))),
                arguments("icmp6 id 9 " + PAIR6 + " a->b", ipv6(A6, B6, icmp6(128, 9))),
                arguments("icmp6 id 9 " + PAIR6 + " b->a", ipv6(B6, A6, icmp6(129, 9))),
                arguments("icmp6 " + PAIR6 + " a->b", ipv6(A6, B6, icmp6(160, 9))),
                arguments("BRIDGED ICMPV6_LOCAL", ipv6(A6, B6, icmp6(130, 0))),
                arguments("BRIDGED ICMPV6_LOCAL", ipv6(A6, B6, icmp6(137, 0))),
                arguments("BRIDGED ICMPV6_LOCAL", ipv6(A6, B6, icmp6(143, 0))),
                arguments("BRIDGED ICMPV6_LOCAL", ipv6(A6, B6, icmp6(148, 0))),
                arguments("BRIDGED ICMPV6_LOCAL", ipv6(A6, B6, icmp6(152, 0))),
                arguments("BRIDGED IGMP", ipv4(A, B, payload(2, 0x16, 0))),
                arguments("icmp " + PAIR6 + " a->b", ipv6(A6, B6, icmp(8, 9))),
                arguments("icmp6 10.0.0.1 <-> 10.0.0.2 a->b", ipv4(A, B, icmp6(135, 9))),
                arguments("ip/50 10.0.0.1 <-> 10.0.0.2 a->b", ipv4(A, B, payload(50, 1, 2, 3))),
                arguments("ip/89 " + PAIR6 + " a->b", ipv6(A6, B6, payload(89))),
                arguments(
                        "ip/47 10.0.0.1 <-> 10.0.0.2 a->b", ipv4(A, B, gre(0, zeros(0), REQUEST6))),
                arguments("udp 10.0.0.1:50000 <-> 10.0.0.2:4789 a->b", ipv4(A, B, vxlan(REQUEST))),
                arguments("tcp 10.0.0.1:1 <-> 10.0.0.2:2 a->b", ipv4(A, B, tcp(1, 2).cut(4))),
                arguments("MALFORMED TRANSPORT_TRUNCATED", ipv4(A, B, tcp(1, 2).cut(3))),
                arguments("MALFORMED TRANSPORT_TRUNCATED", ipv6(A6, B6, udp(1, 2).cut(0))),
                arguments("MALFORMED TRANSPORT_TRUNCATED", ipv4(A, B, icmp(8, 9).cut(5))),
                arguments("MALFORMED TRANSPORT_TRUNCATED", ipv4(A, B, icmp(3, 9).cut(7))),
                arguments("MALFORMED TRANSPORT_TRUNCATED", ipv6(A6, B6, icmp6(1, 9).cut(0))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void shouldTellFlowsApartByTransport(final String expected, final Part part) {
        assertEquals(expected, Frames.parse(ethernet(part)).toString());
    }

    static Stream<Arguments> networks() {
        return Stream.of(
                arguments(
                        "router alert",
                        TCP,
                        ipv4Options(A, B, bytes(0x94, 4, 0, 0), tcp(4711, 80))),
                arguments(
                        "source route",
                        TCP,
                        ipv4Options(A, B, bytes(0x83, 7, 4, 9, 9, 9, 9, 0), tcp(4711, 80))),
                arguments(
                        "broken options", TCP, ipv4Options(A, B, bytes(7, 9, 1, 0), tcp(4711, 80))),
                arguments("IPv4 AH", TCP, ipv4(A, B, authentication(tcp(4711, 80)))),
                arguments(
                        "cut AH",
                        "ip/51 10.0.0.1 <-> 10.0.0.2 a->b",
                        ipv4(A, B, authentication(tcp(4711, 80)).cut(20))),
                arguments("IPv6 AH", TCP6, ipv6(A6, B6, authentication(tcp(4711, 80)))),
                arguments(
                        "AH in AH",
                        "ip/51 " + PAIR6 + " a->b",
                        ipv6(A6, B6, authentication(authentication(tcp(4711, 80))))),
                arguments("hop by hop", TCP6, ipv6(A6, B6, extension(0, 0, tcp(4711, 80)))),
                arguments("destination", TCP6, ipv6(A6, B6, extension(60, 3, tcp(4711, 80)))),
                arguments("mobility", TCP6, ipv6(A6, B6, extension(135, 0, tcp(4711, 80)))),
                arguments("HIP", TCP6, ipv6(A6, B6, extension(139, 0, tcp(4711, 80)))),
                arguments("shim6", TCP6, ipv6(A6, B6, extension(140, 0, tcp(4711, 80)))),
                arguments("visited route", TCP6, ipv6(A6, B6, routing(0, 0, tcp(4711, 80)))),
                arguments("segments left", TCP6, ipv6(A6, B6, routing(4, 1, tcp(4711, 80)))),
                arguments(
                        "five extensions",
                        TCP6,
                        ipv6(
                                A6,
                                B6,
                                extension(
                                        0,
                                        0,
                                        extension(
                                                60,
                                                0,
                                                routing(
                                                        0,
                                                        0,
                                                        authentication(
                                                                extension(
                                                                        60, 1, tcp(4711, 80)))))))),
                arguments(
                        "atomic fragment",
                        TCP6,
                        ipv6(A6, B6, fragment(7, 0, false, tcp(4711, 80)))),
                arguments(
                        "mobility alone",
                        "ip/135 " + PAIR6 + " a->b",
                        ipv6(A6, B6, extension(135, 0, payload(59)))),
                arguments("nothing", "ip/59 " + PAIR6 + " a->b", ipv6(A6, B6, payload(59))),
                arguments(
                        "extension beyond",
                        "MALFORMED IPV6_EXTENSION",
                        ipv6(A6, B6, extension(60, 9, tcp(1, 2)).cut(40))),
                arguments(
                        "extension cut",
                        "MALFORMED IPV6_EXTENSION",
                        ipv6(A6, B6, extension(0, 0, tcp(1, 2)).cut(7))),
                arguments(
                        "fragment header cut",
                        "MALFORMED IPV6_EXTENSION",
                        ipv6(A6, B6, fragment(1, 8, true, tcp(1, 2)).cut(7))),
                arguments("cut IPv4", "MALFORMED IPV4_HEADER", REQUEST.cut(19)),
                arguments("cut IPv6", "MALFORMED IPV6_HEADER", REQUEST6.cut(39)),
                arguments(
                        "cut options", "MALFORMED IPV4_HEADER", patched(REQUEST, 0, 0x4F).cut(50)),
                arguments("short header", "MALFORMED IPV4_HEADER", patched(REQUEST, 0, 0x44)),
                arguments("IPv4 of version 5", "MALFORMED IPV4_HEADER", patched(REQUEST, 0, 0x55)),
                arguments("IPv6 of version 4", "MALFORMED IPV6_HEADER", patched(REQUEST6, 0, 0x45)),
                arguments("short total", "MALFORMED IPV4_TOTAL_LENGTH", patched(REQUEST, 3, 19)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void shouldReadEveryIpHeader(final String description, final String expected, final Part part) {
        assertEquals(expected, Frames.parse(ethernet(part)).toString());
    }

    static Stream<Arguments> errors() {
        final Part answer = ipv4(B, A, udp(53, 999));
        final Part answer6 = ipv6(B6, A6, udp(53, 999));
        final String flow = "udp 10.0.0.1:999 <-> 10.0.0.2:53 a->b";
        final String flow6 = "udp [2001:db8:0:0:0:0:0:1]:999 <-> [2001:db8:0:0:0:0:0:2]:53 a->b";
        return Stream.of(
                arguments("unreachable", flow, ipv4(A, B, icmpError(3, answer))),
                arguments("from a router", flow, ipv4("9.9.9.9", B, icmpError(11, answer))),
                arguments("source quench", flow, ipv4(A, B, icmpError(4, answer))),
                arguments("redirect", flow, ipv4(A, B, icmpError(5, answer))),
                arguments("parameter problem", flow, ipv4(A, B, icmpError(12, answer))),
                arguments("eight bytes quoted", flow, ipv4(A, B, icmpError(3, answer.cut(28)))),
                arguments("ports quoted", flow, ipv4(A, B, icmpError(3, answer.cut(24)))),
                arguments(
                        "less quoted", "MALFORMED QUOTE", ipv4(A, B, icmpError(3, answer.cut(23)))),
                arguments("no IP quoted", "MALFORMED QUOTE", ipv4(A, B, icmpError(3, raw(0)))),
                arguments(
                        "quoted length 0",
                        "MALFORMED QUOTE",
                        ipv4(A, B, icmpError(3, patched(answer, 3, 0)))),
                arguments("version 6", flow6, ipv6(A6, B6, icmp6Error(1, answer6))),
                arguments("too big", flow6, ipv6(A6, B6, icmp6Error(2, answer6.cut(48)))),
                arguments("time exceeded", flow6, ipv6(A6, B6, icmp6Error(3, answer6))),
                arguments("parameter", flow6, ipv6(A6, B6, icmp6Error(4, answer6))),
                arguments(
                        "behind extensions",
                        flow6,
                        ipv6(
                                A6,
                                B6,
                                extension(
                                        0,
                                        0,
                                        icmp6Error(
                                                1, ipv6(B6, A6, extension(60, 0, udp(53, 999))))))),
                arguments(
                        "about an echo",
                        "icmp id 9 10.0.0.1 <-> 10.0.0.2 a->b",
                        ipv4(A, B, icmpError(3, ipv4(B, A, icmp(8, 9))))),
                arguments(
                        "about ESP",
                        "ip/50 10.0.0.1 <-> 10.0.0.2 a->b",
                        ipv4(A, B, icmpError(3, ipv4(B, A, payload(50))))),
                arguments(
                        "about an error",
                        "icmp 10.0.0.1 <-> 10.0.0.2 a->b",
                        ipv4(A, B, icmpError(3, ipv4(B, A, icmpError(3, answer))))),
                arguments(
                        "about a first fragment",
                        flow,
                        ipv4(A, B, icmpError(3, ipv4Fragment(B, A, 5, 0, true, udp(53, 999))))),
                arguments(
                        "about a later fragment",
                        "error about fragment of datagram 5 ip/17 0a000002 -> 0a000001",
                        ipv4(A, B, icmpError(3, ipv4Fragment(B, A, 5, 8, true, udp(53, 999))))),
                arguments(
                        "about a later fragment of IPv6",
                        "error about fragment of datagram 4294967295"
                                + " 20010db8000000000000000000000002"
                                + " -> 20010db8000000000000000000000001",
                        ipv6(
                                A6,
                                B6,
                                icmp6Error(2, ipv6(B6, A6, fragment(-1, 64, false, udp(1, 2)))))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("errors")
    void shouldGiveErrorsTheFlowTheyQuote(
            final String description, final String expected, final Part part) {
        assertEquals(expected, Frames.parse(ethernet(part)).toString());
    }

    private static Part llcIp(final Part part) {
        return new Part(
                part.bytes().length + 3, part.protocol(), join(bytes(6, 6, 3), part.bytes()));
    }

    private static Part compressedPppoe(final Part part) {
        return new Part(
                EtherType.PPPOE_SESSION,
                IpProtocol.NO_NEXT_HEADER,
                join(hex("1100 0001 0000 21"), part.bytes()));
    }

    private static Part patched(final Part part, final int at, final int value) {
        final byte[] copy = Arrays.copyOf(part.bytes(), part.bytes().length);
        copy[at] = (byte) value;
        return new Part(part.etherType(), part.protocol(), copy);
    }
}
