package io.boomerang.blade;

import static io.boomerang.blade.Conversation.FLOW;
import static io.boomerang.blade.Conversation.answer;
import static io.boomerang.blade.Conversation.request;
import static io.boomerang.blade.Conversation.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.util.List;

/// Flows that are announced only to who needs them until they are established.
class PutOffTest {
    private static final int PACKETS = 4;
    private static final int CALM_MS = 15_000;

    @AutoClose private Bench bench = calm(AnnouncePolicy.CARRY, 2);

    private static Bench calm(final AnnouncePolicy policy, final int redirectors) {
        final Bench bench =
                new Bench(
                        BladeConfig.DEFAULTS
                                .withAnnounce(policy)
                                .withLimits(AnnounceLimits.DEFAULTS.withEmbryonicPackets(PACKETS)),
                        new PassThrough());
        bench.redirectors(redirectors, redirectors);
        bench.leap(CALM_MS);
        bench.sent.clear();
        return bench;
    }

    private void restart(final Bench replacement) {
        bench.close();
        bench = replacement;
    }

    private FlowKey syn() {
        return bench.keyOf(segment(Frames.SYN, false));
    }

    /// The client's segment, sent to the blade by this redirector.
    private long fromClient(final int redirector, final int flags) {
        return bench.deliver(Side.INGRESS, redirector, FLOW, segment(flags, false), null, false);
    }

    private void fromServer(final int flags) {
        bench.deliver(Side.EGRESS, FLOW, segment(flags, true));
    }

    private int nearOwner() {
        return bench.owner(Side.INGRESS, syn());
    }

    @Test
    void shouldCostNoAnnouncementWhenTheOwnerSentTheFirstPacket() {
        fromClient(nearOwner(), Frames.SYN);

        assertEquals(List.of(), bench.sent);
        final Bench.Emitted frame = bench.emitted.getFirst();
        assertEquals(bench.owner(Side.EGRESS, syn()), frame.node());
        final SessionAnnouncement carried = frame.carried();
        assertNotNull(carried);
        assertEquals(Kind.OPEN, carried.kind());
        assertEquals(1, bench.blade.counters().announcer().putOff());
    }

    @Test
    void shouldTellTheNearOwnerAloneWhenItDidNotSendTheFirstPacket() {
        fromClient(bench.backup(Side.INGRESS, syn()), Frames.SYN);

        assertEquals(List.of(Kind.OPEN), bench.kindsTo(nearOwner()));
        assertEquals(1, bench.sent.size());
    }

    @Test
    void shouldTellAllWhenTheHandshakeIsComplete() {
        fromClient(nearOwner(), Frames.SYN);
        fromServer(Frames.SYN | Frames.ACK);
        assertEquals(List.of(), bench.sent);

        fromClient(nearOwner(), Frames.ACK);

        for (final Side side : Side.values()) {
            for (final int node : List.of(bench.owner(side, syn()), bench.backup(side, syn()))) {
                final SessionAnnouncement open = bench.announcedTo(node).getFirst();
                assertEquals(Kind.OPEN, open.kind());
                assertEquals(TcpPhase.ESTABLISHED, open.phase());
                assertEquals(2, open.version());
            }
        }
        assertEquals(4, bench.sent.size());
    }

    @Test
    void shouldTellAllWithTheLastPacketThatMayBeUnanswered() {
        for (int packet = 1; packet < PACKETS; packet++) {
            fromClient(nearOwner(), Frames.SYN);
            assertEquals(List.of(), bench.sent);
        }
        fromClient(nearOwner(), Frames.SYN);

        assertEquals(4, bench.sent.size());
        assertEquals(TcpPhase.EMBRYONIC, bench.announcedTo(nearOwner()).getFirst().phase());
    }

    @Test
    void shouldTellAllOfADatagramFlowThatIsAnsweredAgain() {
        final int owner = bench.owner(Side.INGRESS, bench.keyOf(request()));
        bench.deliver(Side.INGRESS, owner, FLOW, request(), null, false);
        bench.deliver(Side.EGRESS, FLOW, answer());
        assertEquals(List.of(), bench.sent);

        bench.deliver(Side.EGRESS, FLOW, answer());

        assertEquals(4, bench.sent.size());
    }

    @Test
    void shouldTellAllWhenTheFlowOutlivesAChangeOfRedirectors() {
        fromClient(nearOwner(), Frames.SYN);
        bench.redirectors(3, 3);
        bench.remindedOf();

        fromClient(nearOwner(), Frames.SYN);

        assertEquals(4, bench.sent.size());
    }

    @Test
    void shouldPutNothingOffWhileMembersHaveJustChanged() {
        bench.redirectors(3, 3);
        bench.leap(CALM_MS - 1);
        bench.sent.clear();
        fromClient(nearOwner(), Frames.SYN);
        assertEquals(3, bench.sent.size());

        bench.leap(1);
        bench.sent.clear();
        bench.deliver(
                Side.INGRESS,
                bench.owner(Side.INGRESS, bench.keyOf(request())),
                FLOW + 1,
                request(),
                null,
                false);

        assertEquals(List.of(), bench.sent);
    }

    @Test
    void shouldEndWithoutAWordAndLeaveNoSessionThatOutlivesIt() {
        fromClient(nearOwner(), Frames.SYN);
        final SessionAnnouncement carried = bench.emitted.getFirst().carried();
        assertNotNull(carried);
        assertEquals(Lifetimes.DEFAULTS.tcpEmbryonicMs(), carried.leaseMs());
        bench.acknowledgeAll();

        bench.leap(Lifetimes.DEFAULTS.tcpEmbryonicMs());

        assertEquals(List.of(), bench.sent);
        assertEquals(0, bench.blade.counters().liveFlows());
        assertEquals(0, bench.blade.counters().announcer().closes());
        assertTrue(bench.blade.isIdle());
    }

    @Test
    void shouldAnswerWhoAsksWithTheTimeThatIsLeft() {
        fromClient(nearOwner(), Frames.SYN);
        bench.leap(40_000);
        bench.sent.clear();

        bench.blade.onMessage(Bench.INGRESS, new StateQuery(7, syn()), bench.nowNs);

        final StateAnswer told = (StateAnswer) bench.sent.getFirst().message();
        final SessionAnnouncement session = told.session();
        assertNotNull(session);
        assertEquals(Lifetimes.DEFAULTS.tcpEmbryonicMs() - 40_000, session.leaseMs());
    }

    @Test
    void shouldTellOfTheEndWhenAnotherBladeHasTheFlow() {
        fromClient(nearOwner(), Frames.SYN);
        bench.blade.onMessage(
                bench.owner(Side.EGRESS, syn()),
                new Acknowledgement(FLOW, Bench.INCARNATION, 0, Outcome.STALE, Bench.BLADE + 1),
                bench.nowNs);

        assertEquals(List.of(Kind.CLOSE), bench.kindsTo(nearOwner()));
        assertEquals(4, bench.sent.size());
    }

    @Test
    void shouldHoldThePacketForTheFarOwnerAndTellNobodyElse() {
        restart(calm(AnnouncePolicy.HOLD, 2));
        final int farOwner = bench.owner(Side.EGRESS, syn());

        final long packet = fromClient(nearOwner(), Frames.SYN);
        assertEquals(List.of(), bench.emitted);
        assertEquals(List.of(Kind.OPEN), bench.kindsTo(farOwner));
        assertEquals(1, bench.sent.size());
        bench.acknowledge(farOwner, bench.announcedTo(farOwner).getFirst(), Outcome.INSTALLED);

        assertEquals(ProcessorVerdict.PASS, bench.verdict(packet));
    }

    @Test
    void shouldPutOffNothingWhenTheFirstPacketIsToBeAnnounced() {
        restart(
                new Bench(
                        BladeConfig.DEFAULTS.withLimits(
                                AnnounceLimits.DEFAULTS.withEmbryonicPackets(1)),
                        new PassThrough()));
        bench.leap(CALM_MS);

        fromClient(Bench.INGRESS, Frames.SYN);

        assertEquals(List.of(Kind.OPEN), bench.kindsTo(Bench.INGRESS));
        assertEquals(0, bench.blade.counters().announcer().putOff());
    }
}
