package io.boomerang.blade;

import static io.boomerang.blade.Conversation.FLOW;
import static io.boomerang.blade.Conversation.answer;
import static io.boomerang.blade.Conversation.request;
import static io.boomerang.blade.Conversation.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.announcer.AnnounceLimits;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.Lifetimes;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.util.List;

class AnnouncementTest {
    @AutoClose private Bench bench = Bench.announcing(AnnouncePolicy.CARRY);

    private void restart(final Bench replacement) {
        bench.close();
        bench = replacement;
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
                        1,
                        180_000,
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
                                new AnnounceLimits(1, 20, 1_000, 8, 16, 200, 1)),
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
        restart(Bench.announcing(AnnouncePolicy.ASYNC));

        bench.deliver(Side.INGRESS, FLOW, request());

        assertNull(bench.emitted.getFirst().carried());
        assertEquals(List.of(Kind.OPEN), bench.kindsTo(Bench.EGRESS));
        assertEquals(List.of(Kind.OPEN), bench.kindsTo(Bench.INGRESS));
    }

    // life

    @Test
    void shouldAnnounceTheSecondAnswerAsEstablished() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();
        bench.deliver(Side.EGRESS, FLOW, answer());
        assertEquals(List.of(), bench.sent);

        bench.deliver(Side.EGRESS, FLOW, answer());

        for (final int node : List.of(Bench.INGRESS, Bench.EGRESS)) {
            final SessionAnnouncement refresh = bench.announcedTo(node).getFirst();
            assertEquals(Kind.REFRESH, refresh.kind());
            assertEquals(TcpPhase.ESTABLISHED, refresh.phase());
            assertEquals(2, refresh.version());
            assertEquals(180_000, refresh.leaseMs());
        }
    }

    @Test
    void shouldKeepAnOpenAnOpenUntilItIsAcknowledged() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.deliver(Side.EGRESS, FLOW, answer());
        bench.deliver(Side.EGRESS, FLOW, answer());

        assertEquals(List.of(Kind.OPEN, Kind.OPEN), bench.kindsTo(Bench.INGRESS));
        assertEquals(2, bench.announcedTo(Bench.INGRESS).get(1).version());
        bench.deliver(Side.INGRESS, FLOW, request());
        final SessionAnnouncement carried = bench.emitted.get(3).carried();
        assertNotNull(carried);
        assertEquals(2, carried.version());
    }

    @Test
    void shouldProlongTheLeaseOfAnActiveFlowAfterAThird() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();
        bench.leap(59_999);
        bench.deliver(Side.INGRESS, FLOW, request());
        assertEquals(List.of(), bench.sent);

        bench.leap(1);
        bench.deliver(Side.INGRESS, FLOW, request());

        assertEquals(List.of(Kind.REFRESH), bench.kindsTo(Bench.INGRESS));
        assertEquals(List.of(Kind.REFRESH), bench.kindsTo(Bench.EGRESS));
        assertEquals(1, bench.announcedTo(Bench.EGRESS).getFirst().version());
    }

    @Test
    void shouldProlongTheLeaseOfAnIdleConnectionThatOutlivesIt() {
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));
        bench.deliver(Side.EGRESS, FLOW, segment(Frames.SYN | Frames.ACK, true));
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.ACK, false));
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

        bench.leap(Lifetimes.DEFAULTS.udpEmbryonicMs());

        for (final int node : List.of(Bench.INGRESS, Bench.EGRESS)) {
            final SessionAnnouncement close = bench.announcedTo(node).getFirst();
            assertEquals(Kind.CLOSE, close.kind());
            assertEquals(FLOW, close.flowId());
            assertEquals(2, close.version());
        }
        assertEquals(1, bench.blade.counters().lapsedFlows());
    }

    @Test
    void shouldReviveAFlowUnderAGreaterVersionThanItsClose() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.leap(Lifetimes.DEFAULTS.udpEmbryonicMs());
        bench.acknowledgeAll();
        bench.sent.clear();
        bench.emitted.clear();

        bench.deliver(Side.INGRESS, FLOW, request());

        final SessionAnnouncement carried = bench.emitted.getFirst().carried();
        assertNotNull(carried);
        assertEquals(Kind.OPEN, carried.kind());
        assertEquals(3, carried.version());
    }

    @Test
    void shouldNotTakeAnOldAcknowledgementForThatOfARevivedFlow() {
        restart(Bench.announcing(AnnouncePolicy.HOLD));
        bench.deliver(Side.INGRESS, FLOW, request());
        final SessionAnnouncement first = bench.announcedTo(Bench.EGRESS).getFirst();
        bench.acknowledgeAll();
        bench.leap(Lifetimes.DEFAULTS.udpEmbryonicMs());
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
        bench.leap(Lifetimes.DEFAULTS.udpEmbryonicMs());
        bench.leap(Lifetimes.DEFAULTS.lapsedMs());

        assertEquals(ProcessorVerdict.DROP_DENIED, bench.verdict(packet));
        assertEquals(List.of(), bench.sent);
        assertEquals(List.of(), bench.emitted);
        assertEquals(0, bench.blade.counters().liveFlows());
        assertEquals(0, bench.blade.counters().lapsedFlows());
    }
}
