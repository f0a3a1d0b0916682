package io.boomerang.blade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.blade.processor.FirewallRules;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.processor.RuleFileException;
import io.boomerang.blade.processor.StatefulFirewall;
import io.boomerang.blade.session.Lifetimes;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.Objects;

class FirewallTest {
    private static final String CLIENT = "10.0.0.5";
    private static final String SERVER = "198.51.100.1";
    private static final long FLOW = 0x4000;

    @AutoClose
    private Bench bench =
            new Bench(BladeConfig.DEFAULTS, new StatefulFirewall(FirewallRules.DEFAULTS));

    private void useRules(final String rules) throws RuleFileException {
        bench.close();
        bench =
                new Bench(
                        BladeConfig.DEFAULTS,
                        new StatefulFirewall(FirewallRules.parse("test", rules)));
    }

    private void expect(final ProcessorVerdict verdict, final Side side, final byte[] frame) {
        assertEquals(verdict, bench.verdict(bench.deliver(side, FLOW, frame)));
    }

    private void pass(final Side side, final byte[] frame) {
        expect(ProcessorVerdict.PASS, side, frame);
    }

    /// From the client; `sequence` counts from the SYN's.
    private static byte[] forth(final int flags, final int sequence, final int ack) {
        return Frames.tcp(CLIENT, 4_000, SERVER, 80, flags, sequence, ack, 0);
    }

    private static byte[] back(final int flags, final int sequence, final int ack) {
        return Frames.tcp(SERVER, 80, CLIENT, 4_000, flags, sequence, ack, 0);
    }

    private void shakeHands() {
        pass(Side.INGRESS, forth(Frames.SYN, 100, 0));
        pass(Side.EGRESS, back(Frames.SYN | Frames.ACK, 500, 101));
        pass(Side.INGRESS, forth(Frames.ACK, 101, 501));
    }

    @Test
    void shouldFollowAConnectionThatOpensFromIngress() {
        shakeHands();
        pass(Side.EGRESS, Frames.tcp(SERVER, 80, CLIENT, 4_000, Frames.ACK, 501, 101, 900));
        expect(
                ProcessorVerdict.DROP_OUT_OF_WINDOW,
                Side.EGRESS,
                back(Frames.ACK, 501 + 1_000_000, 101));
    }

    @Test
    void shouldBreakAFlowOfWhichItSeesOneDirectionOnly() {
        expect(
                ProcessorVerdict.DROP_OUT_OF_STATE,
                Side.EGRESS,
                back(Frames.SYN | Frames.ACK, 500, 101));
        expect(ProcessorVerdict.DROP_OUT_OF_STATE, Side.EGRESS, back(Frames.ACK, 501, 101));
        pass(Side.INGRESS, forth(Frames.SYN, 100, 0));
        expect(ProcessorVerdict.DROP_OUT_OF_STATE, Side.INGRESS, forth(Frames.ACK, 101, 501));
    }

    @Test
    void shouldDenyWhatOpensFromEgressUntilARuleAllowsIt() throws RuleFileException {
        expect(ProcessorVerdict.DROP_DENIED, Side.EGRESS, back(Frames.SYN, 1, 0));
        expect(ProcessorVerdict.DROP_DENIED, Side.EGRESS, Frames.udp(SERVER, 53, CLIENT, 4_000, 9));

        useRules("allow egress tcp port 4000");

        pass(Side.EGRESS, back(Frames.SYN, 1, 0));
        pass(Side.INGRESS, forth(Frames.SYN | Frames.ACK, 9, 2));
    }

    @Test
    void shouldOpenFromIngressWhatWasDeniedFromEgress() {
        expect(ProcessorVerdict.DROP_DENIED, Side.EGRESS, Frames.udp(SERVER, 53, CLIENT, 4_000, 9));
        pass(Side.INGRESS, Frames.udp(CLIENT, 4_000, SERVER, 53, 9));
        pass(Side.EGRESS, Frames.udp(SERVER, 53, CLIENT, 4_000, 9));

        assertEquals(Side.INGRESS, bench.emitted.getFirst().arrivalSide());
        assertEquals(1, bench.blade.counters().liveFlows());
    }

    @Test
    void shouldJoinConnectionsFromIngressOnlyUnlessToldNotTo() throws RuleFileException {
        expect(ProcessorVerdict.DROP_OUT_OF_STATE, Side.EGRESS, back(Frames.ACK, 501, 101));
        pass(Side.INGRESS, forth(Frames.ACK, 101, 501));
        pass(Side.EGRESS, back(Frames.ACK, 501, 101));

        useRules("tcp-pickup off");

        expect(ProcessorVerdict.DROP_OUT_OF_STATE, Side.INGRESS, forth(Frames.ACK, 101, 501));
    }

    @Test
    void shouldApplyTheRulesToConnectionsThatItJoins() throws RuleFileException {
        useRules("deny ingress tcp port 80");

        expect(ProcessorVerdict.DROP_DENIED, Side.INGRESS, forth(Frames.ACK, 101, 501));
    }

    @Test
    void shouldJudgeANewConnectionOnAnOldTupleByTheRules() throws RuleFileException {
        useRules("deny egress any");
        shakeHands();
        pass(Side.INGRESS, forth(Frames.RST, 101, 0));

        expect(ProcessorVerdict.DROP_DENIED, Side.EGRESS, back(Frames.SYN, 7_000, 0));
        pass(Side.INGRESS, forth(Frames.SYN, 9_000, 0));
        pass(Side.EGRESS, back(Frames.SYN | Frames.ACK, 20, 9_001));
    }

    @Test
    void shouldForgetAFlowWhoseTimeIsUp() {
        pass(Side.INGRESS, Frames.udp(CLIENT, 4_000, SERVER, 53, 9));
        bench.leap(Lifetimes.DEFAULTS.udpEmbryonicMs());

        expect(ProcessorVerdict.DROP_DENIED, Side.EGRESS, Frames.udp(SERVER, 53, CLIENT, 4_000, 9));
    }

    @Test
    void shouldNotLetDroppedPacketsKeepAFlowAlive() {
        pass(Side.INGRESS, forth(Frames.SYN, 100, 0));
        bench.leap(Lifetimes.DEFAULTS.tcpEmbryonicMs() - 1_000);
        expect(ProcessorVerdict.DROP_OUT_OF_STATE, Side.INGRESS, forth(Frames.ACK, 101, 501));
        bench.leap(1_000);

        assertEquals(0, bench.blade.counters().liveFlows());
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.5,198.51.100.1,10.0.0.9", "2001:db8::5,2001:db8:1::1,2001:db8::9"})
    void shouldLetQueriesBeAnsweredNotAskedBack(
            final String client, final String server, final String router) {
        expect(
                ProcessorVerdict.DROP_OUT_OF_STATE,
                Side.EGRESS,
                Frames.echo(server, client, true, 7, 30));
        pass(Side.INGRESS, Frames.echo(client, server, false, 7, 30));
        pass(Side.EGRESS, Frames.echo(server, client, true, 7, 30));
        expect(
                ProcessorVerdict.DROP_DENIED,
                Side.EGRESS,
                Frames.echo(server, client, false, 7, 30));
        expect(
                ProcessorVerdict.DROP_OUT_OF_STATE,
                Side.INGRESS,
                Frames.echo(client, server, true, 7, 30));
        expect(
                ProcessorVerdict.DROP_OUT_OF_STATE,
                Side.EGRESS,
                Frames.echo(server, client, true, 8, 30));
        pass(
                Side.EGRESS,
                Frames.unreachable(router, client, Frames.echo(client, server, false, 7, 30)));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.5,198.51.100.1,203.0.113.9", "2001:db8::5,2001:db8:1::1,2001:db8:2::9"})
    void shouldPassErrorsAboutKnownFlowsOnly(
            final String client, final String server, final String router) {
        final byte[] request = Frames.udp(client, 4_000, server, 53, 9);
        final byte[] error = Frames.unreachable(router, client, request);
        expect(ProcessorVerdict.DROP_UNRELATED_ERROR, Side.EGRESS, error);

        pass(Side.INGRESS, request);

        pass(Side.EGRESS, error);
        pass(
                Side.INGRESS,
                Frames.unreachable(client, server, Frames.udp(server, 53, client, 4_000, 9)));
        expect(
                ProcessorVerdict.DROP_UNRELATED_ERROR,
                Side.EGRESS,
                Frames.unreachable(router, client, Frames.udp(client, 4_001, server, 53, 9)));
    }

    @Test
    void shouldLetFragmentsFollowTheirFlow() {
        final byte[] whole = Frames.udp(CLIENT, 4_000, SERVER, 53, 200);
        final byte[] rest = Frames.fragment(whole, 104, true);

        assertEquals(ProcessorVerdict.DROP_OUT_OF_STATE, deliverRest(whole, rest));
        pass(Side.INGRESS, Frames.fragment(whole, 104, false));
        assertEquals(ProcessorVerdict.PASS, deliverRest(whole, rest));
    }

    private ProcessorVerdict deliverRest(final byte[] whole, final byte[] rest) {
        final long packet =
                bench.deliver(
                        Side.INGRESS,
                        Bench.INGRESS,
                        FLOW,
                        rest,
                        bench.keyOf(whole),
                        bench.sourceIsB(whole));
        return Objects.requireNonNull(bench.verdict(packet));
    }

    @Test
    void shouldTrackOtherProtocolsByAddresses() {
        expect(ProcessorVerdict.DROP_DENIED, Side.EGRESS, Frames.other(SERVER, CLIENT, 50, 40));
        pass(Side.INGRESS, Frames.other(CLIENT, SERVER, 50, 40));
        pass(Side.EGRESS, Frames.other(SERVER, CLIENT, 50, 40));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.5,198.51.100.1,40",
        "2001:db8::5,2001:db8:1::1,60",
        // the last byte of the payload
        "10.0.0.5,198.51.100.1,-1",
        "2001:db8::5,2001:db8:1::1,-1",
    })
    void shouldDropWhatWasDamagedOnTheWay(
            final String client, final String server, final int position) {
        for (final byte[] frame :
                new byte[][] {
                    Frames.tcp(client, 4_000, server, 80, Frames.SYN, 1, 0, 11),
                    Frames.udp(client, 4_000, server, 53, 11),
                    Frames.echo(client, server, false, 7, 11)
                }) {
            final byte[] damaged = frame.clone();
            damaged[position < 0 ? frame.length + position : position] ^= 0x10;

            expect(ProcessorVerdict.DROP_BAD_CHECKSUM, Side.INGRESS, damaged);
            pass(Side.INGRESS, frame);
        }
    }

    @Test
    void shouldDropAnIpv4HeaderWithAWrongChecksum() {
        final byte[] frame = Frames.udp(CLIENT, 4_000, SERVER, 53, 11);
        frame[14 + 8] = 63;

        expect(ProcessorVerdict.DROP_BAD_CHECKSUM, Side.INGRESS, frame);
    }

    @Test
    void shouldAcceptUdpWithoutAChecksum() {
        final byte[] frame = Frames.udp(CLIENT, 4_000, SERVER, 53, 11);
        frame[14 + 20 + 6] = 0;
        frame[14 + 20 + 7] = 0;

        pass(Side.INGRESS, frame);
    }

    @Test
    void shouldJudgePacketsThatTheCaptureHasCutByWhatIsThere() {
        pass(
                Side.INGRESS,
                Arrays.copyOf(Frames.tcp(CLIENT, 4_000, SERVER, 80, Frames.SYN, 1, 0, 0), 54));
        pass(
                Side.EGRESS,
                Frames.tcp(SERVER, 80, CLIENT, 4_000, Frames.SYN | Frames.ACK, 500, 2, 0));
        pass(
                Side.INGRESS,
                Arrays.copyOf(Frames.tcp(CLIENT, 4_000, SERVER, 80, Frames.ACK, 2, 501, 900), 54));
        // 900 bytes were sent, although 0 were kept
        pass(Side.EGRESS, back(Frames.ACK, 501, 902));
        expect(ProcessorVerdict.DROP_OUT_OF_WINDOW, Side.EGRESS, back(Frames.ACK, 501, 903));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 6, 7, 41, 63})
    void shouldDropFlagsThatNoSenderWrites(final int flags) {
        expect(ProcessorVerdict.DROP_MALFORMED, Side.INGRESS, forth(flags, 1, 0));
    }

    @Test
    void shouldDropAResetOfNoConnection() {
        expect(
                ProcessorVerdict.DROP_OUT_OF_STATE,
                Side.INGRESS,
                forth(Frames.RST | Frames.ACK, 1, 0));
    }

    @Test
    void shouldRefuseToJudgeWithoutAMarker() {
        bench.close();
        bench =
                new Bench(
                        BladeConfig.DEFAULTS.withMarkerCapacity(1),
                        new StatefulFirewall(FirewallRules.DEFAULTS));
        shakeHands();

        expect(
                ProcessorVerdict.DROP_TABLE_FULL,
                Side.INGRESS,
                Frames.udp(CLIENT, 4_000, SERVER, 53, 9));
    }
}
