package io.boomerang.blade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.blade.announcer.AnnounceLimits;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.flow.Side;
import io.boomerang.wire.TcpHeader;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;

class HoldTest {
    private static final String CLIENT = "2001:db8::5";
    private static final String SERVER = "2001:db8:1::1";
    private static final long FLOW = 0x4000;
    private static final int CELLS = 8;

    @AutoClose
    private final Bench bench =
            new Bench(
                    BladeConfig.DEFAULTS
                            .withAnnounce(AnnouncePolicy.HOLD)
                            .withLimits(new AnnounceLimits(1_000, 20, 1_000, 8, CELLS, 200, 1)),
                    new PassThrough());

    private static byte[] request(final int clientPort, final int length) {
        return Frames.udp(CLIENT, clientPort, SERVER, 53, length);
    }

    private static byte[] answer(final int clientPort) {
        return Frames.udp(SERVER, 53, CLIENT, clientPort, 40);
    }

    private SessionAnnouncement announced() {
        return bench.announcedTo(Bench.EGRESS).getFirst();
    }

    @Test
    void shouldLetTheFirstPacketWaitForTheFarOwner() {
        final long packet = bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));

        assertEquals(List.of(), bench.emitted);
        assertNull(bench.verdict(packet));
        assertEquals(List.of(Kind.OPEN), bench.kindsTo(Bench.EGRESS));
        assertEquals(1, bench.blade.counters().heldNow());

        bench.acknowledge(Bench.EGRESS, announced(), Outcome.INSTALLED);

        assertEquals(List.of(packet), bench.emittedNumbers());
        assertEquals(Bench.EGRESS, bench.emitted.getFirst().node());
        assertNull(bench.emitted.getFirst().carried());
        assertTrue(Arrays.equals(request(4_000, 20), bench.emitted.getFirst().frame()));
        assertEquals(ProcessorVerdict.PASS, bench.verdict(packet));
        assertEquals(0, bench.blade.counters().heldNow());
    }

    @Test
    void shouldNotBeReleasedByTheNearSide() {
        bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));

        bench.acknowledge(Bench.INGRESS, announced(), Outcome.INSTALLED);

        assertEquals(List.of(), bench.emitted);
    }

    @Test
    void shouldQueueLaterPacketsOfTheFlowBehindTheFirst() {
        final long first = bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));
        final long second = bench.deliver(Side.INGRESS, FLOW, request(4_000, 3_000));
        final long third = bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));

        bench.acknowledge(Bench.EGRESS, announced(), Outcome.INSTALLED);
        final long fourth = bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));

        assertEquals(List.of(first, second, third, fourth), bench.emittedNumbers());
        assertTrue(Arrays.equals(request(4_000, 3_000), bench.emitted.get(1).frame()));
    }

    @Test
    void shouldLetOtherFlowsAndTheOtherDirectionPass() {
        bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));
        bench.deliver(Side.INGRESS, FLOW + 1, request(4_001, 20));
        final SessionAnnouncement second = bench.announcedTo(Bench.EGRESS).get(1);

        final long back = bench.deliver(Side.EGRESS, FLOW, answer(4_000));
        bench.acknowledge(Bench.EGRESS, second, Outcome.INSTALLED);

        assertEquals(List.of(back, back - 1), bench.emittedNumbers());
    }

    @Test
    void shouldRepeatEveryTwentyMillisecondsAndDropAfterTwoHundred() {
        final long first = bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));
        bench.pass(100);
        final long second = bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));

        assertEquals(6, bench.announcedTo(Bench.EGRESS).size());
        bench.pass(99);
        assertNull(bench.verdict(first));
        bench.pass(1);

        assertEquals(ProcessorVerdict.DROP_HOLD_EXPIRED, bench.verdict(first));
        assertNull(bench.verdict(second));
        bench.pass(100);
        assertEquals(ProcessorVerdict.DROP_HOLD_EXPIRED, bench.verdict(second));
        assertEquals(List.of(), bench.emitted);
        assertEquals(0, bench.blade.counters().heldNow());
    }

    @Test
    void shouldTryAgainWithTheNextPacketAfterGivingUp() {
        bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));
        bench.pass(10_000);
        bench.sent.clear();

        final long packet = bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));
        assertEquals(List.of(Kind.OPEN), bench.kindsTo(Bench.EGRESS));
        bench.acknowledge(Bench.EGRESS, announced(), Outcome.INSTALLED);

        assertEquals(List.of(packet), bench.emittedNumbers());
    }

    @Test
    void shouldBeReleasedByARefusalAndCountIt() {
        bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));
        bench.acknowledge(Bench.EGRESS, announced(), Outcome.TABLE_FULL);

        assertEquals(1, bench.emitted.size());
        assertEquals(1, bench.blade.counters().releasedUnconfirmed());
    }

    @Test
    void shouldBeReleasedByAnAcknowledgementOfALaterVersion() {
        bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));
        bench.deliver(Side.EGRESS, FLOW, answer(4_000));
        bench.deliver(Side.EGRESS, FLOW, answer(4_000));
        final SessionAnnouncement later = bench.announcedTo(Bench.EGRESS).getLast();
        bench.emitted.clear();

        bench.acknowledge(Bench.EGRESS, later, Outcome.INSTALLED);

        assertEquals(2, later.version());
        assertEquals(1, bench.emitted.size());
    }

    /// A late packet of an ended connection waits; its addressee begins another one, whose answers
    /// have to find this blade.
    @ParameterizedTest
    @ValueSource(ints = {TcpHeader.ACK, TcpHeader.ACK | TcpHeader.RST})
    void shouldNotKeepWhatItsReceiverHasNoConnectionForAnyMore(final int lateFlags) {
        final long late =
                bench.deliver(
                        Side.EGRESS,
                        FLOW,
                        Frames.tcp(SERVER, 80, CLIENT, 4_000, lateFlags, 1, 1, 0));
        assertNull(bench.verdict(late));

        final long syn =
                bench.deliver(
                        Side.INGRESS,
                        FLOW,
                        Frames.tcp(CLIENT, 4_000, SERVER, 80, TcpHeader.SYN, 7, 0, 0));

        assertEquals(ProcessorVerdict.DROP_OUT_OF_STATE, bench.verdict(late));
        assertNull(bench.verdict(syn));
        assertEquals(List.of(), bench.emitted);

        bench.acknowledge(
                Bench.EGRESS, bench.announcedTo(Bench.EGRESS).getLast(), Outcome.INSTALLED);

        assertEquals(List.of(syn), bench.emittedNumbers());
        assertEquals(Bench.EGRESS, bench.emitted.getFirst().node());
    }

    /// The same, when packets of both directions were late.
    @Test
    void shouldNotKeepItForAConnectionThatIsTakenForEstablishedEither() {
        final long late =
                bench.deliver(
                        Side.EGRESS,
                        FLOW,
                        Frames.tcp(SERVER, 80, CLIENT, 4_000, TcpHeader.ACK, 1, 1, 0));
        bench.deliver(
                Side.INGRESS, FLOW, Frames.tcp(CLIENT, 4_000, SERVER, 80, TcpHeader.ACK, 1, 1, 0));
        bench.emitted.clear();

        final long syn =
                bench.deliver(
                        Side.INGRESS,
                        FLOW + 1,
                        Frames.tcp(CLIENT, 4_000, SERVER, 80, TcpHeader.SYN, 7, 0, 0));

        assertEquals(ProcessorVerdict.DROP_OUT_OF_STATE, bench.verdict(late));
        assertEquals(List.of(), bench.emitted);

        bench.acknowledge(
                Bench.EGRESS, bench.announcedTo(Bench.EGRESS).getLast(), Outcome.INSTALLED);

        assertEquals(List.of(syn), bench.emittedNumbers());
    }

    @Test
    void shouldRefuseWhatDoesNotFitIntoThePen() {
        for (int i = 0; i < CELLS; i++) {
            bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));
        }
        final long tooMany = bench.deliver(Side.INGRESS, FLOW, request(4_000, 20));

        assertEquals(ProcessorVerdict.DROP_HOLD_FULL, bench.verdict(tooMany));
        bench.acknowledge(Bench.EGRESS, announced(), Outcome.INSTALLED);
        assertEquals(CELLS, bench.emitted.size());
    }

    @Test
    void shouldBoundThePenByBytesToo() {
        bench.deliver(Side.INGRESS, FLOW, request(4_000, 5 * 2_048));
        final long tooLong = bench.deliver(Side.INGRESS, FLOW, request(4_000, 3 * 2_048));

        assertEquals(ProcessorVerdict.DROP_HOLD_FULL, bench.verdict(tooLong));
    }

    @Test
    void shouldWaitForTheNewOwnerWhenTheOldOneIsGone() {
        bench.redirectors(1, 3);
        final byte[] frame = request(4_000, 20);
        final int first = bench.owner(Side.EGRESS, bench.keyOf(frame));
        final int successor = bench.backup(Side.EGRESS, bench.keyOf(frame));
        bench.deliver(Side.INGRESS, FLOW, frame);
        final SessionAnnouncement open = bench.announcedTo(first).getFirst();
        removeEgress(first);

        bench.pass(1);
        bench.acknowledge(first, open, Outcome.INSTALLED);
        assertEquals(List.of(), bench.emitted);
        bench.acknowledge(successor, open, Outcome.INSTALLED);

        assertEquals(successor, bench.emitted.getFirst().node());
    }

    private void removeEgress(final int node) {
        bench.redirectorsWithout(1, 3, node);
    }

    @Test
    void shouldDropWhatAnEvictedFlowHolds() {
        final Bench small =
                new Bench(
                        BladeConfig.DEFAULTS
                                .withAnnounce(AnnouncePolicy.HOLD)
                                .withMarkerCapacity(1),
                        new PassThrough());
        try (small) {
            final long packet = small.deliver(Side.INGRESS, FLOW, request(4_000, 20));
            small.deliver(Side.INGRESS, FLOW + 1, request(4_001, 20));

            assertEquals(ProcessorVerdict.DROP_HOLD_EXPIRED, small.verdict(packet));
            assertEquals(1, small.blade.counters().heldNow());
        }
    }
}
