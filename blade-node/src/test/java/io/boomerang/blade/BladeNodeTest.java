package io.boomerang.blade;

import static io.boomerang.blade.Conversation.CLIENT;
import static io.boomerang.blade.Conversation.FLOW;
import static io.boomerang.blade.Conversation.SERVER;
import static io.boomerang.blade.Conversation.request;
import static io.boomerang.blade.Conversation.segment;

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
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.List;

class BladeNodeTest {
    @AutoClose private Bench bench = Bench.announcing(AnnouncePolicy.CARRY);

    private void restart(final Bench replacement) {
        bench.close();
        bench = replacement;
    }

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
    void shouldGiveUpAFlowThatAnotherBladeHasUnderALaterFlowId() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();

        bench.blade.onMessage(
                Bench.EGRESS,
                new Acknowledgement(FLOW, Bench.INCARNATION, 0, Outcome.STALE, Bench.BLADE + 1),
                bench.nowNs);

        assertEquals(Kind.CLOSE, bench.announcedTo(Bench.INGRESS).getFirst().kind());
        assertEquals(Kind.CLOSE, bench.announcedTo(Bench.EGRESS).getFirst().kind());
        bench.acknowledgeAll();
        assertEquals(1, bench.blade.counters().givenUp());
        assertEquals(0, bench.blade.counters().liveFlows());
        assertTrue(bench.blade.isIdle());
        bench.blade.onMessage(Bench.EGRESS, new StateQuery(9, bench.keyOf(request())), bench.nowNs);
        assertNull(((StateAnswer) bench.sent.getLast().message()).session());
    }

    @Test
    void shouldKeepAFlowOfWhichOnlyAnOlderIdWasLost() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.deliver(Side.EGRESS, FLOW + 7, Conversation.answer());

        for (final Acknowledgement lost :
                List.of(
                        new Acknowledgement(
                                FLOW, Bench.INCARNATION, 0, Outcome.STALE, Bench.BLADE + 1),
                        new Acknowledgement(
                                FLOW + 7, Bench.INCARNATION + 1, 0, Outcome.STALE, Bench.BLADE + 1),
                        new Acknowledgement(
                                FLOW + 7, Bench.INCARNATION, 0, Outcome.STALE, Bench.BLADE),
                        new Acknowledgement(FLOW + 7, Bench.INCARNATION, 0, Outcome.STALE))) {
            bench.blade.onMessage(Bench.EGRESS, lost, bench.nowNs);
        }

        assertEquals(0, bench.blade.counters().givenUp());
        assertEquals(1, bench.blade.counters().liveFlows());
    }

    /// It was on the other blade meanwhile, and came back.
    @Test
    void shouldKeepAFlowThatWasLostBeforeItCameBack() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();
        bench.blade.transit().announceMoved(Side.INGRESS, bench.keyOf(request()), 9, bench.nowNs);

        bench.blade.onMessage(
                Bench.EGRESS,
                new Acknowledgement(FLOW, Bench.INCARNATION, 8, Outcome.STALE, Bench.BLADE + 1),
                bench.nowNs);
        assertEquals(0, bench.blade.counters().givenUp());

        bench.blade.onMessage(
                Bench.EGRESS,
                new Acknowledgement(FLOW, Bench.INCARNATION, 9, Outcome.STALE, Bench.BLADE + 1),
                bench.nowNs);
        assertEquals(1, bench.blade.counters().givenUp());
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
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.ACK, false));
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
