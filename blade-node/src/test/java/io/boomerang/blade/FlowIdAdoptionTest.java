package io.boomerang.blade;

import static io.boomerang.blade.Conversation.FLOW;
import static io.boomerang.blade.Conversation.answer;
import static io.boomerang.blade.Conversation.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.util.List;

/// The blade takes over the flow id under which redirectors know a flow.
class FlowIdAdoptionTest {
    @AutoClose private final Bench bench = Bench.announcing(AnnouncePolicy.CARRY);

    @Test
    void shouldAdoptALaterFlowIdAndAnnounceItToBothSides() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();

        bench.deliver(Side.EGRESS, FLOW + 7, answer());

        for (final int node : List.of(Bench.INGRESS, Bench.EGRESS)) {
            final SessionAnnouncement open = bench.announcedTo(node).getFirst();
            assertEquals(Kind.OPEN, open.kind());
            assertEquals(FLOW + 7, open.flowId());
            assertEquals(2, open.version());
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

    /// The far side may still know the flow by the id of another session, which ends.
    @Test
    void shouldHoldAgainUntilTheFarSideKnowsTheFlowByItsNewId() {
        try (Bench holding = Bench.announcing(AnnouncePolicy.HOLD)) {
            holding.deliver(Side.INGRESS, FLOW, request());
            holding.acknowledgeAll();
            assertEquals(1, holding.emitted.size());

            holding.deliver(Side.INGRESS, FLOW + 7, request());
            assertEquals(1, holding.emitted.size());
            holding.acknowledgeAll();

            assertEquals(2, holding.emitted.size());
            assertEquals(FLOW + 7, holding.emitted.getLast().flowId());
        }
    }

    @Test
    void shouldCarryTheNewIdUntilItIsAcknowledged() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();

        bench.deliver(Side.INGRESS, FLOW + 7, request());

        final SessionAnnouncement carried = bench.emitted.getLast().carried();
        assertEquals(FLOW + 7, carried == null ? 0 : carried.flowId());
    }
}
