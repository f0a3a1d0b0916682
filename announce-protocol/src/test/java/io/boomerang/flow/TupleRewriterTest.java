package io.boomerang.flow;

import static io.boomerang.flow.Frames.authentication;
import static io.boomerang.flow.Frames.dccp;
import static io.boomerang.flow.Frames.ethernet;
import static io.boomerang.flow.Frames.extension;
import static io.boomerang.flow.Frames.fragment;
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
import static io.boomerang.flow.Frames.payload;
import static io.boomerang.flow.Frames.repaired;
import static io.boomerang.flow.Frames.routing;
import static io.boomerang.flow.Frames.sctp;
import static io.boomerang.flow.Frames.tcp;
import static io.boomerang.flow.Frames.udp;
import static io.boomerang.flow.Frames.udpLite;
import static io.boomerang.flow.Frames.vlan;
import static io.boomerang.flow.Frames.vxlan;
import static io.boomerang.flow.Frames.zeros;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.boomerang.flow.Frames.Part;
import io.boomerang.wire.EtherType;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.RecordedFrames;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

class TupleRewriterTest {
    private static final String A = "10.0.0.1";
    private static final String B = "10.0.0.2";
    private static final String A6 = "2001:db8::1";
    private static final String B6 = "2001:db8::2";
    private static final int ROUNDS = 50;
    private static final int ICMP_HEADER = 8;

    private final TupleRewriter rewriter = new TupleRewriter();

    static Stream<Arguments> translatable() {
        final byte[] unchecked = ethernet(ipv4(A, B, udp(53, 999)));
        unchecked[14 + 20 + 6] = 0;
        unchecked[14 + 20 + 7] = 0;
        return Stream.of(
                arguments("TCP", ethernet(ipv4(A, B, tcp(4711, 80)))),
                arguments(
                        "TCP, tagged, padded",
                        join(ethernet(vlan(7, ipv4(A, B, tcp(1, 2)))), zeros(5))),
                arguments(
                        "TCP, options",
                        ethernet(ipv4Options(A, B, hex("94040000"), tcp(4711, 80)))),
                arguments("UDP", ethernet(ipv4(A, B, udp(53, 999)))),
                arguments("UDP without a checksum", unchecked),
                arguments("UDP-Lite", ethernet(ipv4(A, B, udpLite(1, 2, 8)))),
                arguments("UDP-Lite, all covered", ethernet(ipv4(A, B, udpLite(1, 2, 0)))),
                arguments("SCTP", ethernet(ipv4(A, B, sctp(80, 5000)))),
                arguments("DCCP", ethernet(ipv4(A, B, dccp(1, 2, 0)))),
                arguments("DCCP, header covered", ethernet(ipv4(A, B, dccp(1, 2, 1)))),
                arguments("echo", ethernet(ipv4(A, B, icmp(8, 77)))),
                arguments("echo reply", ethernet(ipv4(B, A, icmp(0, 77)))),
                arguments("TCP, IPv6", ethernet(ipv6(A6, B6, tcp(4711, 80)))),
                arguments("UDP, IPv6", ethernet(ipv6(A6, B6, extension(0, 0, udp(53, 999))))),
                arguments("SCTP, IPv6", ethernet(ipv6(A6, B6, sctp(1, 2)))),
                arguments("DCCP, IPv6", ethernet(ipv6(A6, B6, dccp(1, 2, 2)))),
                arguments("UDP-Lite, IPv6", ethernet(ipv6(A6, B6, udpLite(1, 2, 12)))),
                arguments("echo, IPv6", ethernet(ipv6(A6, B6, icmp6(128, 77)))),
                arguments(
                        "atomic fragment",
                        ethernet(ipv6(A6, B6, fragment(5, 0, false, tcp(4711, 80))))),
                arguments("visited route", ethernet(ipv6(A6, B6, routing(0, 0, tcp(1, 2))))),
                arguments("recorded TCP", hex(RecordedFrames.TCP_SYN)),
                arguments("recorded UDP error", hex(RecordedFrames.ICMP_PORT_UNREACHABLE)),
                arguments("recorded UDP error, IPv6", hex(RecordedFrames.ICMP_V6_PORT_UNREACHABLE)),
                arguments("error about TCP", error(ipv4(A, B, tcp(1, 2)))),
                arguments("error about UDP-Lite", error(ipv4(A, B, udpLite(1, 2, 8)))),
                arguments("error about SCTP", error(ipv4(A, B, sctp(1, 2)))),
                arguments("error about DCCP", error(ipv4(A, B, dccp(1, 2, 0)))),
                arguments("error about an echo", error(ipv4(A, B, icmp(8, 77)))),
                arguments("error about TCP, IPv6", error(ipv6(A6, B6, tcp(1, 2)))),
                arguments("error about SCTP, IPv6", error(ipv6(A6, B6, sctp(1, 2)))),
                arguments("error about an echo, IPv6", error(ipv6(A6, B6, icmp6(128, 77)))),
                arguments("error, eight bytes", cutError(ipv4(A, B, tcp(1, 2)), 28)),
                arguments("error, four bytes", cutError(ipv4(A, B, udp(1, 2)), 24)),
                arguments("error, IPv6, eight bytes", cutError(ipv6(A6, B6, udp(1, 2)), 48)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("translatable")
    void shouldTranslateThereAndBack(final String description, final byte[] unrepaired) {
        final long seed = Long.getLong("seed", description.hashCode());
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final byte[] frame = repaired(unrepaired);

        for (int round = 0; round < ROUNDS; round++) {
            translateThereAndBack(frame, random, true);
            translateThereAndBack(frame, random, false);
        }
    }

    private void translateThereAndBack(
            final byte[] frame, final RandomGenerator random, final boolean source) {
        final ParsedPacket before = Frames.parse(frame);
        final boolean endIsB = before.sourceIsB() == source;
        final FlowKey key = before.key();
        final long high = key.isIpv6() ? random.nextLong() : 0;
        final long low = key.isIpv6() ? random.nextLong() : random.nextInt() & 0xFFFF_FFFFL;
        final int port = random.nextInt(0x10000);

        final byte[] there = translate(frame, source, high, low, port);

        final ParsedPacket after = Frames.parse(there);
        assertEquals(
                expected(before, endIsB, high, low, port), after.key() + " " + after.sourceIsB());
        assertArrayEquals(repaired(there), there);
        assertQuoteIsSound(there);

        final byte[] back =
                translate(
                        there,
                        source,
                        endIsB ? key.bHigh() : key.aHigh(),
                        endIsB ? key.bLow() : key.aLow(),
                        endIsB ? key.bPort() : key.aPort());
        assertArrayEquals(frame, back);
    }

    private byte[] translate(
            final byte[] frame,
            final boolean source,
            final long high,
            final long low,
            final int port) {
        final byte[] copy = frame.clone();
        final MemorySegment memory = MemorySegment.ofArray(copy);
        final ParsedPacket packet = Frames.parse(frame);
        assertTrue(
                source
                        ? rewriter.translateSource(memory, 0, copy.length, packet, high, low, port)
                        : rewriter.translateDestination(
                                memory, 0, copy.length, packet, high, low, port));
        return copy;
    }

    /// The flow with the end that is endpoint `b` or `a` replaced, and the packet's direction.
    private static String expected(
            final ParsedPacket before,
            final boolean endIsB,
            final long high,
            final long low,
            final int port) {
        final FlowKey key = before.key();
        final long otherHigh = endIsB ? key.aHigh() : key.bHigh();
        final long otherLow = endIsB ? key.aLow() : key.bLow();
        final int kept = endIsB ? key.aPort() : key.bPort();
        final int otherPort = key.kind() == FlowKey.KIND_IDENTIFIER ? port : kept;
        final FlowKey translated = new FlowKey();
        final boolean newEndIsB =
                key.isIpv6()
                        ? translated.setIpv6(
                                key.protocol(),
                                key.kind(),
                                high,
                                low,
                                port,
                                otherHigh,
                                otherLow,
                                otherPort,
                                0)
                        : translated.setIpv4(
                                key.protocol(),
                                key.kind(),
                                (int) low,
                                port,
                                (int) otherLow,
                                otherPort,
                                0);
        return translated + " " + (newEndIsB == (endIsB == before.sourceIsB()));
    }

    /// A whole packet quoted must have the checksums that it would have on its own.
    private static void assertQuoteIsSound(final byte[] frame) {
        final ParsedPacket packet = Frames.parse(frame);
        if (!packet.isIcmpError()) {
            return;
        }
        final byte[] quote =
                Arrays.copyOfRange(
                        frame, packet.transportOffset() + ICMP_HEADER, packet.endOffset());
        final Part part =
                new Part(
                        packet.ipVersion() == 4 ? EtherType.IPV4 : EtherType.IPV6,
                        IpProtocol.NO_NEXT_HEADER,
                        quote);

        assertArrayEquals(quote, repaired(part).bytes());
    }

    static Stream<Arguments> untranslatable() {
        return Stream.of(
                arguments("GRE", ipv4(A, B, payload(47, 0, 0, 8, 0))),
                arguments("ICMP, no query", ipv4(A, B, icmp(9, 1))),
                arguments("error about ESP", ipv4(B, A, icmpError(3, ipv4(A, B, payload(50))))),
                arguments("authenticated", ipv4(A, B, authentication(tcp(1, 2)))),
                arguments(
                        "error about authenticated",
                        ipv4(B, A, icmpError(3, ipv4(A, B, authentication(tcp(1, 2)))))),
                arguments("on its route", ipv6(A6, B6, routing(4, 1, tcp(1, 2)))),
                arguments("source route", ipv4Options(A, B, hex("8307040909090900"), tcp(1, 2))),
                arguments("unresolved fragment", ipv4Fragment(A, B, 1, 8, true, udp(1, 2))),
                arguments("IGMP", ipv4(A, B, payload(2, 0x16, 0))),
                arguments("no IP", Frames.raw(EtherType.ARP, 1, 2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("untranslatable")
    void shouldRefuseWhatCannotBeTranslated(final String description, final Part part) {
        final byte[] frame = ethernet(part);
        final byte[] copy = frame.clone();
        final MemorySegment memory = MemorySegment.ofArray(copy);
        final ParsedPacket packet = Frames.parse(frame);

        assertFalse(rewriter.translateSource(memory, 0, copy.length, packet, 1, 2, 3));
        assertFalse(rewriter.translateDestination(memory, 0, copy.length, packet, 1, 2, 3));
        assertArrayEquals(frame, copy);
    }

    @Test
    void shouldRefuseFlowsInsideOfTunnels() {
        final byte[] frame = ethernet(ipv4(A, B, vxlan(ipv4(A, B, tcp(1, 2)))));
        final ParsedPacket packet = Frames.parse(new FlowRules(true, false), frame);

        assertFalse(
                rewriter.translateSource(
                        MemorySegment.ofArray(frame), 0, frame.length, packet, 0, 2, 3));
    }

    @Test
    void shouldTranslateTheFragmentsOfADatagramAlike() {
        final Part datagram = repaired(ipv4(A, B, udp(53, 999, new byte[24])));
        final byte[] payload = Arrays.copyOfRange(datagram.bytes(), 20, datagram.bytes().length);
        final byte[] first =
                ethernet(ipv4Fragment(A, B, 7, 0, true, udpPart(Arrays.copyOf(payload, 16))));
        final byte[] later =
                ethernet(
                        ipv4Fragment(
                                A, B, 7, 16, false, udpPart(Arrays.copyOfRange(payload, 16, 32))));
        final byte[] whole = ethernet(datagram);
        final ParsedPacket firstPacket = Frames.parse(first);
        final ParsedPacket laterPacket = Frames.parse(later);
        laterPacket.setResolved(firstPacket.key(), firstPacket.sourceIsB());

        for (final boolean source : new boolean[] {true, false}) {
            translateAll(source, Frames.parse(whole), whole);
            translateAll(source, firstPacket, first);
            translateAll(source, laterPacket, later);
        }

        assertArrayEquals(
                Arrays.copyOfRange(whole, 34, whole.length),
                join(
                        Arrays.copyOfRange(first, 34, first.length),
                        Arrays.copyOfRange(later, 34, later.length)));
        assertArrayEquals(whole, repaired(whole));
        assertArrayEquals(first, repaired(first));
        assertArrayEquals(later, repaired(later));
        assertArrayEquals(addresses(whole), addresses(first));
        assertArrayEquals(addresses(whole), addresses(later));
    }

    private void translateAll(final boolean source, final ParsedPacket packet, final byte[] frame) {
        final MemorySegment memory = MemorySegment.ofArray(frame);
        assertTrue(
                source
                        ? rewriter.translateSource(
                                memory, 0, frame.length, packet, 0, 0xC0000263L, 40_000)
                        : rewriter.translateDestination(
                                memory, 0, frame.length, packet, 0, 0xC6336463L, 53));
    }

    private static byte[] addresses(final byte[] frame) {
        return Arrays.copyOfRange(frame, 26, 34);
    }

    private static Part udpPart(final byte[] content) {
        return new Part(EtherType.IPV4, IpProtocol.UDP, content);
    }

    @Test
    void shouldTranslateTheAddressesOfAnErrorAboutALaterFragment() {
        final Part quoted = ipv4Fragment(A, B, 7, 16, false, udpPart(new byte[16]));
        final byte[] frame = repaired(ethernet(ipv4("9.9.9.9", A, icmpError(11, quoted))));
        final ParsedPacket packet = Frames.parse(frame);
        packet.setResolved(Frames.parse(ethernet(ipv4(A, B, udp(1, 2)))).key(), true);
        final MemorySegment memory = MemorySegment.ofArray(frame);

        assertTrue(
                rewriter.translateDestination(memory, 0, frame.length, packet, 0, 0x0B000001, 9));

        assertArrayEquals(repaired(frame), frame);
        assertEquals(0x0B000001, memory.get(NetworkOrder.INT, 14 + 16));
        assertEquals(0x0B000001, memory.get(NetworkOrder.INT, 14 + 20 + 8 + 12));
        assertEquals(0x09090909, memory.get(NetworkOrder.INT, 14 + 12));
        assertQuoteIsSound(frame);
    }

    @Test
    void shouldLeaveAWrongChecksumAsWrongAsItWas() {
        final byte[] sound = repaired(ethernet(ipv4(A, B, sctp(1, 2))));
        final byte[] damaged = sound.clone();
        damaged[damaged.length - 1] ^= 1;

        final byte[] translated = translate(damaged, true, 0, 0x0B000001, 9);

        translated[translated.length - 1] ^= 1;
        assertArrayEquals(translate(sound, true, 0, 0x0B000001, 9), translated);
    }

    private static byte[] error(final Part quoted) {
        return cutError(quoted, quoted.bytes().length);
    }

    /// From the quoted packet's destination to its source.
    private static byte[] cutError(final Part quoted, final int length) {
        final Part quote = repaired(quoted).cut(length);
        return ethernet(
                quoted.etherType() == EtherType.IPV4
                        ? ipv4(B, A, icmpError(3, quote))
                        : ipv6(B6, A6, icmp6Error(1, quote)));
    }
}
