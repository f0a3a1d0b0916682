package io.boomerang.blade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.StateAnswer;
import io.boomerang.announce.StateQuery;
import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.announcer.AnnounceLimits;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.Lifetimes;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.List;

class AnnouncementTest {
    private static final String CLIENT = "10.0.0.5";
    private static final String SERVER = "198.51.100.1";
    private static final long FLOW = 0x4000;

    private Bench bench = bench(AnnouncePolicy.CARRY);

    private static Bench bench(final AnnouncePolicy policy) {
        return new Bench(BladeConfig.DEFAULTS.withAnnounce(policy), new PassThrough());
    }

    private void restart(final Bench replacement) {
        bench.close();
        bench = replacement;
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static byte[] request() {
        return Frames.udp(CLIENT, 4_000, SERVER, 53, 20);
    }

    private static byte[] answer() {
        return Frames.udp(SERVER, 53, CLIENT, 4_000, 40);
    }

    private static byte[] segment(final int flags, final boolean back) {
        return back
                ? Frames.tcp(SERVER, 80, CLIENT, 4_000, flags, 1, 1, 0)
                : Frames.tcp(CLIENT, 4_000, SERVER, 80, flags, 1, 1, 0);
    }

    // carry

    @Test
    void shouldCarryTheAnnouncementOnTheFirstPacketAndTellTheNearSide() {
        final long packet = bench.deliver(Side.INGRESS, FLOW, request());

        final Bench.Emitted frame = bench.emitted.getFirst();
        final SessionAnnouncement carried = frame.carried();
        assertEquals(Bench.EGRESS, frame.node());
        assertEquals(Side.INGRESS, frame.arrivalSide());
        assertEquals(packet, frame.packetNumber());
        assertNotNull(carried);
        assertEquals(
                new SessionAnnouncement(
                        Kind.OPEN,
                        bench.keyOf(request()),
                        bench.keyOf(request()),
                        FLOW,
                        Bench.BLADE,
                        Bench.INCARNATION,
                        0,
                        45_000,
                        TcpPhase.EMBRYONIC),
                carried);
        assertEquals(List.of(carried), bench.announcedTo(Bench.INGRESS));
        assertEquals(List.of(), bench.announcedTo(Bench.EGRESS));
        assertEquals(ProcessorVerdict.PASS, bench.verdict(packet));
    }

    @Test
    void shouldCarryItOnFollowingPacketsUntilItIsAcknowledged() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();
        bench.deliver(Side.INGRESS, FLOW, request());

        assertNotNull(bench.emitted.get(1).carried());
        assertNull(bench.emitted.get(2).carried());
        assertTrue(bench.blade.isIdle());
    }

    @Test
    void shouldCarryNothingBackToTheNearSide() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.deliver(Side.EGRESS, FLOW, answer());

        assertEquals(Bench.INGRESS, bench.emitted.get(1).node());
        assertNull(bench.emitted.get(1).carried());
    }

    @Test
    void shouldSendACarriedAnnouncementThroughTheClusterWhenNoAnswerComes() {
        bench.deliver(Side.INGRESS, FLOW, request());

        bench.pass(19);
        assertEquals(List.of(), bench.announcedTo(Bench.EGRESS));
        bench.pass(1);

        assertEquals(List.of(Kind.OPEN), bench.kindsTo(Bench.EGRESS));
    }

    @Test
    void shouldGiveUpAfterTheLastTryAndCarryNoMore() {
        bench.deliver(Side.INGRESS, FLOW, request());

        bench.pass(6_000);

        assertEquals(8, bench.announcedTo(Bench.INGRESS).size());
        assertEquals(7, bench.announcedTo(Bench.EGRESS).size());
        assertEquals(2, bench.blade.counters().announcer().abandoned());
        assertTrue(bench.blade.isIdle());
        bench.deliver(Side.INGRESS, FLOW, request());
        assertNull(bench.emitted.get(1).carried());
    }

    @Test
    void shouldDoubleTheIntervalOfRepetitionsUpToASecond() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.sent.clear();

        int before = 0;
        for (final int interval : new int[] {20, 40, 80, 160, 320, 640, 1_000}) {
            bench.pass(interval - 1);
            assertEquals(before, bench.announcedTo(Bench.INGRESS).size());
            bench.pass(1);
            assertEquals(++before, bench.announcedTo(Bench.INGRESS).size());
        }
    }

    @Test
    void shouldStillCarryWhenTooManyAnnouncementsAreOutstanding() {
        restart(
                new Bench(
                        BladeConfig.DEFAULTS.withLimits(
                                new AnnounceLimits(1, 20, 1_000, 8, 16, 200)),
                        new PassThrough()));

        bench.deliver(Side.INGRESS, FLOW, request());
        bench.deliver(Side.INGRESS, FLOW, request());

        assertNotNull(bench.emitted.get(0).carried());
        assertNull(bench.emitted.get(1).carried());
        assertEquals(1, bench.blade.counters().announcer().untracked());
    }

    // async

    @Test
    void shouldSendAtOnceAndSeparatelyWhenAsynchronous() {
        restart(bench(AnnouncePolicy.ASYNC));

        bench.deliver(Side.INGRESS, FLOW, request());

        assertNull(bench.emitted.getFirst().carried());
        assertEquals(List.of(Kind.OPEN), bench.kindsTo(Bench.EGRESS));
        assertEquals(List.of(Kind.OPEN), bench.kindsTo(Bench.INGRESS));
    }

    // life

    @Test
    void shouldAnnounceTheAnswerAsEstablished() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();
        bench.deliver(Side.EGRESS, FLOW, answer());

        for (final int node : List.of(Bench.INGRESS, Bench.EGRESS)) {
            final SessionAnnouncement refresh = bench.announcedTo(node).getFirst();
            assertEquals(Kind.REFRESH, refresh.kind());
            assertEquals(TcpPhase.ESTABLISHED, refresh.phase());
            assertEquals(1, refresh.version());
            assertEquals(180_000, refresh.leaseMs());
        }
    }

    @Test
    void shouldKeepAnOpenAnOpenUntilItIsAcknowledged() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.deliver(Side.EGRESS, FLOW, answer());

        assertEquals(List.of(Kind.OPEN, Kind.OPEN), bench.kindsTo(Bench.INGRESS));
        assertEquals(1, bench.announcedTo(Bench.INGRESS).get(1).version());
        bench.deliver(Side.INGRESS, FLOW, request());
        final SessionAnnouncement carried = bench.emitted.get(2).carried();
        assertNotNull(carried);
        assertEquals(1, carried.version());
    }

    @Test
    void shouldProlongTheLeaseOfAnActiveFlowAfterAThird() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();
        bench.leap(14_999);
        bench.deliver(Side.INGRESS, FLOW, request());
        assertEquals(List.of(), bench.sent);

        bench.leap(1);
        bench.deliver(Side.INGRESS, FLOW, request());

        assertEquals(List.of(Kind.REFRESH), bench.kindsTo(Bench.INGRESS));
        assertEquals(List.of(Kind.REFRESH), bench.kindsTo(Bench.EGRESS));
        assertEquals(0, bench.announcedTo(Bench.EGRESS).getFirst().version());
    }

    @Test
    void shouldProlongTheLeaseOfAnIdleConnectionThatOutlivesIt() {
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));
        bench.deliver(Side.EGRESS, FLOW, segment(Frames.SYN | Frames.ACK, true));
        bench.acknowledgeAll();

        for (int i = 0; i < 20; i++) {
            bench.leap(60_000);
            bench.acknowledgeAll();
        }

        assertEquals(5, bench.blade.counters().announcer().refreshes());
        assertEquals(1, bench.blade.counters().liveFlows());
    }

    @Test
    void shouldCloseWithAGreaterVersionWhenTheTimeIsUp() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();

        bench.leap(30_000);

        for (final int node : List.of(Bench.INGRESS, Bench.EGRESS)) {
            final SessionAnnouncement close = bench.announcedTo(node).getFirst();
            assertEquals(Kind.CLOSE, close.kind());
            assertEquals(FLOW, close.flowId());
            assertEquals(1, close.version());
        }
        assertEquals(1, bench.blade.counters().lapsedFlows());
    }

    @Test
    void shouldReviveAFlowUnderAGreaterVersionThanItsClose() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.leap(30_000);
        bench.acknowledgeAll();
        bench.sent.clear();
        bench.emitted.clear();

        bench.deliver(Side.INGRESS, FLOW, request());

        final SessionAnnouncement carried = bench.emitted.getFirst().carried();
        assertNotNull(carried);
        assertEquals(Kind.OPEN, carried.kind());
        assertEquals(2, carried.version());
    }

    @Test
    void shouldNotTakeAnOldAcknowledgementForThatOfARevivedFlow() {
        restart(bench(AnnouncePolicy.HOLD));
        bench.deliver(Side.INGRESS, FLOW, request());
        final SessionAnnouncement first = bench.announcedTo(Bench.EGRESS).getFirst();
        bench.acknowledgeAll();
        bench.leap(30_000);
        bench.acknowledgeAll();
        bench.emitted.clear();
        bench.deliver(Side.INGRESS, FLOW, request());

        bench.acknowledge(Bench.EGRESS, first, Outcome.INSTALLED);
        assertEquals(List.of(), bench.emitted);

        bench.acknowledge(
                Bench.EGRESS, bench.announcedTo(Bench.EGRESS).getLast(), Outcome.INSTALLED);
        assertEquals(1, bench.emitted.size());
    }

    @Test
    void shouldLingerAfterTheEndOfAConnectionAndThenClose() {
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));
        bench.deliver(Side.EGRESS, FLOW, segment(Frames.SYN | Frames.ACK, true));
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.FIN | Frames.ACK, false));
        bench.deliver(Side.EGRESS, FLOW, segment(Frames.FIN | Frames.ACK, true));
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.ACK, false));
        bench.acknowledgeAll();

        bench.leap(Lifetimes.DEFAULTS.tcpClosedMs() - 1);
        assertEquals(List.of(), bench.sent);
        bench.leap(1);

        assertEquals(List.of(Kind.CLOSE), bench.kindsTo(Bench.EGRESS));
        assertEquals(TcpPhase.CLOSED, bench.announcedTo(Bench.EGRESS).getFirst().phase());
    }

    @Test
    void shouldOpenAgainWhenASynReusesTheTuple() {
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));
        bench.deliver(Side.EGRESS, FLOW, segment(Frames.RST | Frames.ACK, true));
        bench.acknowledgeAll();

        bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));

        final SessionAnnouncement open = bench.announcedTo(Bench.EGRESS).getFirst();
        assertEquals(Kind.OPEN, open.kind());
        assertEquals(TcpPhase.EMBRYONIC, open.phase());
        assertEquals(FLOW, open.flowId());
    }

    @Test
    void shouldNotAnnounceTheEndOfAFlowThatNeverPassed() {
        restart(new Bench(BladeConfig.DEFAULTS, _ -> ProcessorVerdict.DROP_DENIED));

        final long packet = bench.deliver(Side.INGRESS, FLOW, request());
        bench.leap(30_000);
        bench.leap(10_000);

        assertEquals(ProcessorVerdict.DROP_DENIED, bench.verdict(packet));
        assertEquals(List.of(), bench.sent);
        assertEquals(List.of(), bench.emitted);
        assertEquals(0, bench.blade.counters().liveFlows());
        assertEquals(0, bench.blade.counters().lapsedFlows());
    }

    // flow ids

    @Test
    void shouldAdoptALaterFlowIdAndAnnounceItToBothSides() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();

        bench.deliver(Side.EGRESS, FLOW + 7, answer());

        for (final int node : List.of(Bench.INGRESS, Bench.EGRESS)) {
            final SessionAnnouncement open = bench.announcedTo(node).getFirst();
            assertEquals(Kind.OPEN, open.kind());
            assertEquals(FLOW + 7, open.flowId());
            assertEquals(1, open.version());
        }
        assertEquals(FLOW + 7, bench.emitted.getLast().flowId());
        assertEquals(1, bench.blade.counters().liveFlows());
    }

    @Test
    void shouldCompareFlowIdsAsUnsigned() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.deliver(Side.EGRESS, -1L, answer());

        assertEquals(-1L, bench.emitted.getLast().flowId());
    }

    @Test
    void shouldKeepItsFlowIdWhenAnOlderOneComes() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();
        bench.deliver(Side.INGRESS, FLOW - 1, request());

        assertEquals(FLOW, bench.emitted.getLast().flowId());
        assertEquals(List.of(), bench.sent);
        assertEquals(1, bench.blade.counters().liveFlows());

        bench.leap(1_000);
        bench.deliver(Side.INGRESS, FLOW - 1, request());

        assertEquals(FLOW, bench.announcedTo(Bench.INGRESS).getFirst().flowId());
    }

    @Test
    void shouldNotFollowARedirectorThatGivesEveryPacketAnotherId() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();

        for (int i = 1; i <= 100; i++) {
            bench.deliver(Side.INGRESS, FLOW + i, request());
        }

        assertEquals(1, bench.blade.counters().announcer().adoptions());
        assertEquals(1, bench.announcedTo(Bench.EGRESS).size());
        assertEquals(1, bench.blade.counters().liveFlows());
    }

    // owners and views

    @Test
    void shouldTellOwnerAndBackupOwnerOfEachSide() {
        bench.redirectors(4, 3);
        final FlowKey key = bench.keyOf(request());

        bench.deliver(Side.INGRESS, FLOW, request());

        final int farOwner = bench.owner(Side.EGRESS, key);
        assertEquals(farOwner, bench.emitted.getFirst().node());
        assertEquals(
                List.of(
                        bench.owner(Side.INGRESS, key),
                        bench.backup(Side.INGRESS, key),
                        bench.backup(Side.EGRESS, key)),
                bench.sent.stream().map(Bench.Sent::node).toList());
    }

    @Test
    void shouldReturnPacketsToTheRedirectorThatTheFlowLastCameFrom() {
        bench.redirectors(4, 1);
        bench.deliver(Side.INGRESS, 3, FLOW, request(), null, false);
        bench.deliver(Side.EGRESS, FLOW, answer());
        assertEquals(3, bench.emitted.get(1).node());

        bench.redirectors(2, 1);
        bench.deliver(Side.EGRESS, FLOW, answer());

        assertEquals(
                bench.owner(Side.INGRESS, bench.keyOf(request())), bench.emitted.get(2).node());
    }

    @Test
    void shouldAnnounceAnewOnlyWhereOwnershipHasMoved() {
        bench.redirectors(3, 3);
        for (int i = 0; i < 300; i++) {
            bench.deliver(Side.INGRESS, FLOW + i, Frames.udp(CLIENT, 4_000 + i, SERVER, 53, 20));
        }
        bench.acknowledgeAll();
        bench.leap(1);
        assertTrue(bench.blade.isIdle());

        bench.redirectors(3, 2);
        bench.leap(1);

        assertFalse(bench.blade.isIdle());
        assertEquals(List.of(), bench.announcedTo(Bench.INGRESS));
        for (final Bench.Sent message : bench.sent) {
            final SessionAnnouncement open = (SessionAnnouncement) message.message();
            assertEquals(Kind.OPEN, open.kind());
            assertEquals(0, open.version());
            assertTrue(message.node() < Bench.EGRESS + 2);
        }
        // The third redirector was one of the two told for two thirds of the flows.
        assertTrue(bench.sent.size() > 150 && bench.sent.size() < 250, "" + bench.sent.size());
    }

    @Test
    void shouldTellARedirectorThatJoinedAgain() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();
        bench.redirectors(1, 0);
        bench.redirectors(1, 1);

        bench.leap(1);

        assertEquals(List.of(Kind.OPEN), bench.kindsTo(Bench.EGRESS));
        assertEquals(List.of(), bench.kindsTo(Bench.INGRESS));
    }

    @Test
    void shouldSweepLittleByLittleAndNoFasterThanAcknowledgementsCome() {
        restart(
                new Bench(
                        BladeConfig.DEFAULTS.withLimits(
                                new AnnounceLimits(100, 20, 1_000, 8, 16, 200)),
                        new PassThrough()));
        for (int i = 0; i < 1_000; i++) {
            bench.deliver(Side.INGRESS, FLOW + i, Frames.udp(CLIENT, 4_000 + i, SERVER, 53, 20));
            bench.acknowledgeAll();
        }
        bench.redirectors(1, 2);

        bench.leap(1);

        assertEquals(100, bench.sent.size());
        int told = 0;
        while (!bench.blade.isIdle()) {
            told += bench.sent.size();
            bench.acknowledgeAll();
            bench.leap(1);
        }
        assertEquals(1_000, told);
    }

    @Test
    void shouldDropAndSayWhyWhenTheFarSideHasNoRedirector() {
        bench.redirectors(1, 0);

        final long packet = bench.deliver(Side.INGRESS, FLOW, request());

        assertEquals(ProcessorVerdict.DROP_NO_REDIRECTOR, bench.verdict(packet));
    }

    @Test
    void shouldForgetWhatADeadRedirectorOwesIt() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.redirectors(0, 0);

        bench.leap(20);
        bench.leap(20); // the places of a whole chunk take more than one turn

        assertTrue(bench.blade.isIdle());
    }

    // questions and oddities

    @Test
    void shouldAnswerAQueryWithTheSessionAsTheAskerSeesIt() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.sent.clear();
        final FlowKey key = bench.keyOf(request());

        bench.blade.onMessage(Bench.EGRESS, new StateQuery(9, key), bench.nowNs);
        bench.blade.onMessage(
                Bench.EGRESS, new StateQuery(10, bench.keyOf(segment(2, false))), bench.nowNs);
        bench.blade.onMessage(999, new StateQuery(11, key), bench.nowNs);

        final StateAnswer found = (StateAnswer) bench.sent.get(0).message();
        assertEquals(9, found.queryId());
        assertNotNull(found.session());
        assertEquals(FLOW, found.session().flowId());
        assertEquals(key, found.session().key());
        assertEquals(new StateAnswer(10, null), bench.sent.get(1).message());
        assertEquals(new StateAnswer(11, null), bench.sent.get(2).message());
    }

    @Test
    void shouldAnswerAQueryForAFlowWhoseOpeningWasDropped() {
        restart(new Bench(BladeConfig.DEFAULTS, _ -> ProcessorVerdict.DROP_DENIED));
        bench.deliver(Side.INGRESS, FLOW, request());

        bench.blade.onMessage(Bench.EGRESS, new StateQuery(9, bench.keyOf(request())), bench.nowNs);

        assertNotNull(((StateAnswer) bench.sent.getFirst().message()).session());
    }

    @Test
    void shouldIgnoreAcknowledgementsThatAreNotItsOwn() {
        bench.deliver(Side.INGRESS, FLOW, request());

        bench.blade.onMessage(
                Bench.EGRESS,
                new Acknowledgement(FLOW, Bench.INCARNATION + 1, 0, Outcome.INSTALLED),
                bench.nowNs);
        bench.blade.onMessage(
                Bench.EGRESS,
                new Acknowledgement(FLOW + 1, Bench.INCARNATION, 0, Outcome.INSTALLED),
                bench.nowNs);

        assertFalse(bench.blade.isIdle());
        assertEquals(2, bench.blade.counters().announcer().acknowledgedLate());
    }

    @Test
    void shouldCountWhatARedirectorRefused() {
        bench.deliver(Side.INGRESS, FLOW, request());
        final SessionAnnouncement open = bench.announcedTo(Bench.INGRESS).getFirst();

        bench.acknowledge(Bench.INGRESS, open, Outcome.TABLE_FULL);
        bench.acknowledge(Bench.EGRESS, open, Outcome.STALE);

        assertEquals(1, bench.blade.counters().announcer().refused());
        assertEquals(1, bench.blade.counters().announcer().stale());
        assertEquals(1, bench.blade.counters().releasedUnconfirmed());
        assertTrue(bench.blade.isIdle());
    }

    @Test
    void shouldProcessWithoutMarkerWhenTheTableIsFull() {
        restart(new Bench(BladeConfig.DEFAULTS.withMarkerCapacity(1), new PassThrough()));
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));
        bench.deliver(Side.EGRESS, FLOW, segment(Frames.SYN | Frames.ACK, true));
        bench.acknowledgeAll();

        final long packet = bench.deliver(Side.INGRESS, FLOW + 1, request());

        assertEquals(ProcessorVerdict.PASS, bench.verdict(packet));
        assertEquals(Bench.EGRESS, bench.emitted.getLast().node());
        assertEquals(1, bench.blade.counters().stateless());
        assertEquals(List.of(), bench.sent);
    }

    @Test
    void shouldCountDatagramsThatAreNotForABlade() {
        bench.blade.onDatagram(Bench.INGRESS, MemorySegment.ofArray(new byte[64]), 0, 64, 0);

        assertEquals(1, bench.blade.counters().malformedDatagrams());
        assertEquals(0, bench.blade.counters().delivered());
    }

    @Test
    void shouldDropAFrameWithoutAFlow() {
        final byte[] fragment = Frames.fragment(Frames.udp(CLIENT, 1, SERVER, 2, 100), 48, true);

        final long packet = bench.deliver(Side.INGRESS, FLOW, fragment);

        assertEquals(ProcessorVerdict.DROP_NO_FLOW, bench.verdict(packet));
        assertEquals(List.of(packet), bench.delivered);
    }

    @Test
    void shouldFollowTheKeyThatTheRedirectorFoundForAFragment() {
        final byte[] whole = Frames.udp(CLIENT, 4_000, SERVER, 53, 100);
        bench.deliver(Side.INGRESS, FLOW, Frames.fragment(whole, 48, false));

        bench.deliver(
                Side.INGRESS,
                Bench.INGRESS,
                FLOW,
                Frames.fragment(whole, 48, true),
                bench.keyOf(whole),
                bench.sourceIsB(whole));

        assertEquals(2, bench.emitted.size());
        assertEquals(1, bench.blade.counters().liveFlows());
    }

    @Test
    void shouldDropAndSayWhyWhenTheBackplaneIsFull() {
        bench.backplaneFull = true;

        final long packet = bench.deliver(Side.INGRESS, FLOW, request());

        assertEquals(ProcessorVerdict.DROP_BACKPLANE_FULL, bench.verdict(packet));
    }
}
