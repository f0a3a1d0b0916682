package io.boomerang.blade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.StateAnswer;
import io.boomerang.announce.StateQuery;
import io.boomerang.blade.processor.NatConfig;
import io.boomerang.blade.processor.PortRange;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.processor.SourceNat;
import io.boomerang.blade.session.Lifetimes;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

class SourceNatTest {
    private static final String CLIENT = "10.0.0.5";
    private static final String SERVER = "198.51.100.1";
    private static final String ROUTER = "203.0.113.9";
    private static final String NAT = "192.0.2.1";
    private static final String CLIENT6 = "2001:db8::5";
    private static final String SERVER6 = "2001:db8:1::1";
    private static final String ROUTER6 = "2001:db8:2::9";
    private static final String NAT6 = "2001:db8:ffff::1";
    private static final long FLOW = 0x4000;

    private static final String FAMILIES = CLIENT + "," + SERVER + "," + ROUTER + "," + NAT;
    private static final String FAMILIES6 = CLIENT6 + "," + SERVER6 + "," + ROUTER6 + "," + NAT6;

    private final SourceNat nat = nat(2_000, 2_999);
    @AutoClose private Bench bench = new Bench(BladeConfig.DEFAULTS, nat);
    private long nextFlow = FLOW;

    private static SourceNat nat(final int firstPort, final int lastPort) {
        try {
            return new SourceNat(
                    new NatConfig(
                            (Inet4Address) InetAddress.getByName(NAT),
                            (Inet6Address) InetAddress.getByName(NAT6),
                            1_000,
                            1_000,
                            4_000),
                    new PortRange(firstPort, lastPort));
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void usePorts(final int firstPort, final int lastPort) {
        bench.close();
        bench = new Bench(BladeConfig.DEFAULTS, nat(firstPort, lastPort));
    }

    /// Sends a frame of a new flow from inside and answers what leaves the chassis.
    private byte[] open(final byte[] frame) {
        return send(Side.INGRESS, nextFlow++, frame);
    }

    private byte[] send(final Side side, final long flowId, final byte[] frame) {
        bench.emitted.clear();
        final long packet = bench.deliver(side, flowId, frame);
        assertEquals(ProcessorVerdict.PASS, bench.verdict(packet));
        final byte[] result = bench.emitted.getFirst().frame();
        assertTrue(Frames.isIntact(result), "checksums");
        return result;
    }

    private ProcessorVerdict verdict(final Side side, final byte[] frame) {
        final ProcessorVerdict verdict = bench.verdict(bench.deliver(side, nextFlow++, frame));
        assertNotNull(verdict);
        return verdict;
    }

    private static int sourcePort(final byte[] frame) {
        return Short.toUnsignedInt(
                ByteBuffer.wrap(frame).getShort(14 + (frame[12] == 8 ? 20 : 40)));
    }

    private static int identifier(final byte[] frame) {
        return Short.toUnsignedInt(
                ByteBuffer.wrap(frame).getShort(14 + (frame[12] == 8 ? 20 : 40) + 4));
    }

    @ParameterizedTest
    @CsvSource({FAMILIES, FAMILIES6})
    void shouldTranslateUdpThereAndBack(
            final String client, final String server, final String router, final String address) {
        final byte[] out = open(Frames.udp(client, 4_001, server, 53, 33));
        final int port = sourcePort(out);

        assertArrayEquals(Frames.udp(address, port, server, 53, 33), out);
        assertEquals(1, port & 1);
        assertTrue(port >= 2_000 && port <= 2_999);
        assertArrayEquals(
                Frames.udp(server, 53, client, 4_001, 44),
                send(Side.EGRESS, FLOW, Frames.udp(server, 53, address, port, 44)));
    }

    @ParameterizedTest
    @CsvSource({FAMILIES, FAMILIES6})
    void shouldTranslateTcpThereAndBack(
            final String client, final String server, final String router, final String address) {
        final byte[] out = open(Frames.tcp(client, 4_000, server, 80, Frames.SYN, 9, 0, 0));
        final int port = sourcePort(out);

        assertArrayEquals(Frames.tcp(address, port, server, 80, Frames.SYN, 9, 0, 0), out);
        assertArrayEquals(
                Frames.tcp(server, 80, client, 4_000, Frames.SYN | Frames.ACK, 5, 10, 0),
                send(
                        Side.EGRESS,
                        FLOW,
                        Frames.tcp(server, 80, address, port, Frames.SYN | Frames.ACK, 5, 10, 0)));
    }

    @ParameterizedTest
    @CsvSource({FAMILIES, FAMILIES6})
    void shouldTranslateQueriesByIdentifier(
            final String client, final String server, final String router, final String address) {
        final byte[] out = open(Frames.echo(client, server, false, 77, 20));
        final int identifier = identifier(out);

        assertNotEquals(77, identifier);
        assertArrayEquals(Frames.echo(address, server, false, identifier, 20), out);
        assertArrayEquals(
                Frames.echo(server, client, true, 77, 20),
                send(Side.EGRESS, FLOW, Frames.echo(server, address, true, identifier, 20)));
    }

    @ParameterizedTest
    @CsvSource({FAMILIES, FAMILIES6})
    void shouldTranslateErrorsFromOutsideWithWhatTheyQuote(
            final String client, final String server, final String router, final String address) {
        final byte[] request = Frames.udp(client, 4_000, server, 53, 33);
        final byte[] out = open(request);

        assertArrayEquals(
                Frames.unreachable(router, client, request),
                send(Side.EGRESS, FLOW, Frames.unreachable(router, address, out)));
    }

    @ParameterizedTest
    @CsvSource({FAMILIES, FAMILIES6})
    void shouldTranslateErrorsFromInsideWithWhatTheyQuote(
            final String client, final String server, final String router, final String address) {
        final int port = sourcePort(open(Frames.udp(client, 4_000, server, 53, 33)));
        final byte[] answer = Frames.udp(server, 53, client, 4_000, 44);

        assertArrayEquals(
                Frames.unreachable(address, server, Frames.udp(server, 53, address, port, 44)),
                send(Side.INGRESS, FLOW, Frames.unreachable(client, server, answer)));
    }

    @ParameterizedTest
    @CsvSource({FAMILIES, FAMILIES6})
    void shouldTranslateErrorsAboutQueries(
            final String client, final String server, final String router, final String address) {
        final byte[] request = Frames.echo(client, server, false, 77, 20);
        final byte[] out = open(request);

        assertArrayEquals(
                Frames.unreachable(router, client, request),
                send(Side.EGRESS, FLOW, Frames.unreachable(router, address, out)));
    }

    @Test
    void shouldTranslateFragmentsOfBothDirections() {
        final byte[] whole = Frames.udp(CLIENT, 4_000, SERVER, 53, 400);
        final byte[] first = open(Frames.fragment(whole, 104, false));
        final int port = sourcePort(first);
        final byte[] wholeOut = Frames.udp(NAT, port, SERVER, 53, 400);

        assertArrayEquals(Frames.fragment(wholeOut, 104, false), first);
        assertArrayEquals(
                Frames.fragment(wholeOut, 104, true),
                sendRest(Side.INGRESS, whole, Frames.fragment(whole, 104, true)));

        final byte[] answer = Frames.udp(SERVER, 53, NAT, port, 400);
        final byte[] answerIn = Frames.udp(SERVER, 53, CLIENT, 4_000, 400);
        assertArrayEquals(
                Frames.fragment(answerIn, 104, false),
                send(Side.EGRESS, FLOW, Frames.fragment(answer, 104, false)));
        assertArrayEquals(
                Frames.fragment(answerIn, 104, true),
                sendRest(Side.EGRESS, answer, Frames.fragment(answer, 104, true)));
    }

    private byte[] sendRest(final Side side, final byte[] whole, final byte[] rest) {
        bench.emitted.clear();
        bench.deliver(
                side,
                side == Side.INGRESS ? Bench.INGRESS : Bench.EGRESS,
                FLOW,
                rest,
                bench.keyOf(whole),
                bench.sourceIsB(whole));
        return bench.emitted.getFirst().frame();
    }

    @ParameterizedTest
    @CsvSource({FAMILIES, FAMILIES6})
    void shouldAnnounceTheFarKeyExactlyAsTheFarSideWillParseIt(
            final String client, final String server, final String router, final String address) {
        for (final byte[] request :
                new byte[][] {
                    Frames.udp(client, 4_000, server, 53, 1),
                    Frames.tcp(client, 4_000, server, 80, Frames.SYN, 1, 0, 0),
                    Frames.echo(client, server, false, 9, 1)
                }) {
            final byte[] out = open(request);
            final SessionAnnouncement carried = bench.emitted.getFirst().carried();

            assertNotNull(carried);
            assertEquals(bench.keyOf(out), carried.key());
            assertEquals(bench.keyOf(request), carried.original());
            final SessionAnnouncement near = bench.announcedTo(Bench.INGRESS).getLast();
            assertEquals(bench.keyOf(request), near.key());
            assertEquals(bench.keyOf(request), near.original());
        }
    }

    @Test
    void shouldSendTheOpeningThroughTheOwnerOfTheTranslatedFlow() {
        bench.redirectors(1, 4);
        for (int i = 0; i < 50; i++) {
            final byte[] out = open(Frames.udp(CLIENT, 4_000 + i, SERVER, 53, 1));

            assertEquals(
                    bench.owner(Side.EGRESS, bench.keyOf(out)), bench.emitted.getFirst().node());
        }
    }

    @Test
    void shouldAnswerQueriesByEitherKey() {
        final byte[] request = Frames.udp(CLIENT, 4_000, SERVER, 53, 1);
        final FlowKey farKey = bench.keyOf(open(request));
        bench.sent.clear();

        bench.blade.onMessage(Bench.EGRESS, new StateQuery(1, farKey), bench.nowNs);
        bench.blade.onMessage(Bench.INGRESS, new StateQuery(2, bench.keyOf(request)), bench.nowNs);
        bench.blade.onMessage(Bench.INGRESS, new StateQuery(3, farKey), bench.nowNs);

        final SessionAnnouncement far = ((StateAnswer) bench.sent.get(0).message()).session();
        final SessionAnnouncement near = ((StateAnswer) bench.sent.get(1).message()).session();
        assertNotNull(far);
        assertNotNull(near);
        assertEquals(farKey, far.key());
        assertEquals(bench.keyOf(request), near.key());
        assertEquals(new StateAnswer(3, null), bench.sent.get(2).message());
    }

    @Test
    void shouldKeepTheOwnPortWhenItIsInTheRange() {
        assertEquals(2_345, sourcePort(open(Frames.udp(CLIENT, 2_345, SERVER, 53, 1))));
    }

    @Test
    void shouldShareAPortAmongRemoteEndpointsButNeverTowardOne() {
        usePorts(2_000, 2_009);
        final Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            assertTrue(ports.add(sourcePort(open(Frames.udp(CLIENT, 5_000 + i, SERVER, 53, 1)))));
        }

        assertEquals(
                ProcessorVerdict.DROP_NO_PORT,
                verdict(Side.INGRESS, Frames.udp(CLIENT, 6_000, SERVER, 53, 1)));
        open(Frames.udp(CLIENT, 6_000, SERVER, 54, 1));
        open(Frames.udp(CLIENT, 6_000, ROUTER, 53, 1));
        open(Frames.tcp(CLIENT, 6_000, SERVER, 53, Frames.SYN, 1, 0, 0));
    }

    @Test
    void shouldNotReuseAPortTowardTheSameRemoteEndpointAtOnce() {
        usePorts(2_000, 2_000);
        open(Frames.udp(CLIENT, 5_000, SERVER, 53, 1));
        bench.leap(Lifetimes.DEFAULTS.udpEmbryonicMs());

        assertEquals(
                ProcessorVerdict.DROP_NO_PORT,
                verdict(Side.INGRESS, Frames.udp(CLIENT, 5_001, SERVER, 53, 1)));

        bench.leap(Lifetimes.DEFAULTS.lapsedMs());
        open(Frames.udp(CLIENT, 5_001, SERVER, 53, 1));
    }

    @Test
    void shouldGiveAReturningFlowItsTranslationBack() {
        final int before = sourcePort(open(Frames.udp(CLIENT, 5_000, SERVER, 53, 1)));
        bench.leap(Lifetimes.DEFAULTS.udpEmbryonicMs());
        assertEquals(
                ProcessorVerdict.DROP_UNSOLICITED,
                verdict(Side.EGRESS, Frames.udp(SERVER, 53, NAT, before, 1)));

        assertEquals(before, sourcePort(open(Frames.udp(CLIENT, 5_000, SERVER, 53, 1))));
    }

    @Test
    void shouldDropWhatNobodyAskedFor() {
        open(Frames.udp(CLIENT, 4_000, SERVER, 53, 1));

        assertEquals(
                ProcessorVerdict.DROP_UNSOLICITED,
                verdict(Side.EGRESS, Frames.udp(ROUTER, 53, NAT, 2_000, 1)));
        assertEquals(
                ProcessorVerdict.DROP_UNSOLICITED,
                verdict(Side.EGRESS, Frames.other(SERVER, NAT, 50, 30)));
        assertEquals(
                ProcessorVerdict.DROP_UNRELATED_ERROR,
                verdict(
                        Side.EGRESS,
                        Frames.unreachable(ROUTER, NAT, Frames.udp(NAT, 9, SERVER, 53, 1))));
        assertEquals(
                ProcessorVerdict.DROP_UNRELATED_ERROR,
                verdict(
                        Side.INGRESS,
                        Frames.unreachable(CLIENT, SERVER, Frames.udp(SERVER, 53, CLIENT, 9, 1))));
    }

    @Test
    void shouldTakeATupleThatOnlyStrangersHaveKnockedAt() {
        usePorts(2_000, 2_000);
        assertEquals(
                ProcessorVerdict.DROP_UNSOLICITED,
                verdict(Side.EGRESS, Frames.udp(SERVER, 53, NAT, 2_000, 1)));

        assertEquals(2_000, sourcePort(open(Frames.udp(CLIENT, 4_000, SERVER, 53, 1))));
        assertArrayEquals(
                Frames.udp(SERVER, 53, CLIENT, 4_000, 1),
                send(Side.EGRESS, nextFlow, Frames.udp(SERVER, 53, NAT, 2_000, 1)));
    }

    @Test
    void shouldPassProtocolsWithoutPortsUntranslatedOnceOpened() {
        final byte[] packet = Frames.other(CLIENT, SERVER, 50, 30);

        assertArrayEquals(packet, open(packet));
        assertArrayEquals(
                Frames.other(SERVER, CLIENT, 50, 30),
                send(Side.EGRESS, FLOW, Frames.other(SERVER, CLIENT, 50, 30)));
        assertEquals(2, nat.untranslatedCount());
        assertEquals(0, nat.translationCount());
    }

    @Test
    void shouldDropDamagedPacketsRatherThanTranslateThem() {
        final byte[] frame = Frames.udp(CLIENT, 4_000, SERVER, 53, 1);
        frame[frame.length - 1] ^= 1;

        assertEquals(ProcessorVerdict.DROP_BAD_CHECKSUM, verdict(Side.INGRESS, frame));
    }

    @Test
    void shouldDropAnswersThatComeFromTheWrongSide() {
        open(Frames.udp(CLIENT, 4_000, SERVER, 53, 1));

        assertEquals(
                ProcessorVerdict.DROP_OUT_OF_STATE,
                verdict(Side.INGRESS, Frames.udp(SERVER, 53, CLIENT, 4_000, 1)));
    }
}
