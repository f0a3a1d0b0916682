package io.boomerang.blade;

import static io.boomerang.blade.Conversation.CLIENT;
import static io.boomerang.blade.Conversation.FLOW;
import static io.boomerang.blade.Conversation.SERVER;
import static io.boomerang.blade.Conversation.answer;
import static io.boomerang.blade.Conversation.request;
import static io.boomerang.blade.Conversation.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Who is told of a flow when redirectors join, leave or come back.
class RedirectorChangeTest {
    private static final int PULLER = 102;
    private static final List<Integer> MEMBERS = List.of(1, 2, 3, 101, 102, 103, Bench.BLADE);

    @AutoClose private final Bench bench = Bench.announcing(AnnouncePolicy.CARRY);

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
    void shouldAnnounceAFlowThatLivesToItsNewOwners() {
        bench.redirectors(3, 3);
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.deliver(Side.EGRESS, FLOW, answer());
        bench.deliver(Side.EGRESS, FLOW, answer());
        bench.acknowledgeAll();
        final FlowKey key = bench.keyOf(request());
        final int heir = bench.backup(Side.EGRESS, key);
        bench.redirectorsWithout(3, 3, bench.owner(Side.EGRESS, key));
        bench.leap(1);
        bench.sent.clear();

        bench.deliver(Side.INGRESS, FLOW, request());

        final int backup = bench.backup(Side.EGRESS, key);
        assertEquals(heir, bench.owner(Side.EGRESS, key));
        assertEquals(List.of(backup), bench.sent.stream().map(Bench.Sent::node).toList());
        assertEquals(List.of(Kind.OPEN), bench.kindsTo(backup));
    }

    /// The FIN of the connection before was lost: to the blade the flow goes on.
    @Test
    void shouldCarryTheSessionWithASynToAFarOwnerThatHasNotAcknowledgedIt() {
        final byte[] syn = segment(Frames.SYN, false);
        final byte[] data = segment(Frames.ACK, false);
        bench.redirectors(3, 3);
        bench.deliver(Side.INGRESS, FLOW, syn);
        bench.deliver(Side.EGRESS, FLOW, segment(Frames.SYN | Frames.ACK, true));
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.ACK, false));
        bench.acknowledgeAll();
        final FlowKey key = bench.keyOf(syn);
        final int heir = bench.backup(Side.EGRESS, key);
        bench.redirectorsWithout(3, 3, bench.owner(Side.EGRESS, key));

        bench.deliver(Side.INGRESS, FLOW, data);
        bench.deliver(Side.INGRESS, FLOW, syn);
        bench.deliver(Side.INGRESS, FLOW, data);
        bench.acknowledgeAll();
        bench.deliver(Side.INGRESS, FLOW, syn);

        final List<Bench.Emitted> emitted = bench.emitted.subList(3, 7);
        assertEquals(
                List.of(heir, heir, heir, heir),
                emitted.stream().map(Bench.Emitted::node).toList());
        assertEquals(
                List.of(false, true, true, false),
                emitted.stream().map(frame -> frame.carried() != null).toList());
    }

    @Test
    void shouldHoldASynUntilTheFarOwnerOfTheDayKnowsItsFlow() {
        final byte[] syn = segment(Frames.SYN, false);
        final byte[] data = segment(Frames.ACK, false);
        try (Bench holding = Bench.announcing(AnnouncePolicy.HOLD)) {
            holding.redirectors(3, 3);
            holding.deliver(Side.INGRESS, FLOW, syn);
            holding.acknowledgeAll();
            holding.deliver(Side.EGRESS, FLOW, segment(Frames.SYN | Frames.ACK, true));
            holding.deliver(Side.INGRESS, FLOW, data);
            holding.acknowledgeAll();
            holding.redirectorsWithout(3, 3, holding.owner(Side.EGRESS, holding.keyOf(syn)));

            holding.deliver(Side.INGRESS, FLOW, data);
            assertEquals(4, holding.emitted.size());
            holding.deliver(Side.INGRESS, FLOW, syn);
            holding.deliver(Side.INGRESS, FLOW, data);
            assertEquals(4, holding.emitted.size());
            holding.acknowledgeAll();

            assertEquals(6, holding.emitted.size());
        }
    }

    /// The first datagram may have been lost behind the blade: this one is the first to be
    /// answered.
    @Test
    void shouldCarryTheSessionWithAnUnansweredDatagramToAFarOwnerThatHasNotAcknowledgedIt() {
        bench.redirectors(3, 3);
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();
        final int owner = bench.owner(Side.EGRESS, bench.keyOf(request()));
        bench.redirectorsWithout(3, 3, owner);
        bench.deliver(Side.INGRESS, FLOW, request());

        assertNotNull(bench.emitted.getLast().carried());
    }

    /// What is late from the connection that it ends may come after it, and is answered.
    @Test
    void shouldCarryTheSessionWithAResetToAFarOwnerThatHasNotAcknowledgedIt() {
        bench.redirectors(3, 3);
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));
        bench.deliver(Side.EGRESS, FLOW, segment(Frames.SYN | Frames.ACK, true));
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.ACK, false));
        bench.acknowledgeAll();
        final FlowKey key = bench.keyOf(segment(Frames.SYN, false));
        bench.redirectorsWithout(3, 3, bench.owner(Side.EGRESS, key));

        bench.deliver(Side.INGRESS, FLOW, segment(Frames.RST, false));

        assertNotNull(bench.emitted.getLast().carried());
    }

    /// The session of the one before may be over there already.
    @Test
    void shouldCarryTheSessionOfTheNextConnectionAlsoToAFarOwnerThatKnewTheLast() {
        bench.redirectors(3, 3);
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));
        bench.deliver(Side.EGRESS, FLOW, segment(Frames.RST, true));
        bench.acknowledgeAll();

        bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));

        assertNotNull(bench.emitted.getLast().carried());
    }

    /// The end of the connection before was missed: the other side opens the next one.
    @Test
    void shouldTurnAFlowRoundWhenItsResponderOpensAConnection() {
        bench.redirectors(3, 3);
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));
        bench.deliver(Side.EGRESS, FLOW, segment(Frames.SYN | Frames.ACK, true));
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.ACK, false));
        bench.acknowledgeAll();

        bench.deliver(Side.EGRESS, FLOW, segment(Frames.SYN, true));

        final int owner = bench.owner(Side.INGRESS, bench.keyOf(segment(Frames.SYN, true)));
        assertEquals(owner, bench.emitted.getLast().node());
        assertNotNull(bench.emitted.getLast().carried());
        assertEquals(List.of(Kind.OPEN), bench.kindsTo(owner));
    }

    @Test
    void shouldGiveARedirectorTheSessionsThatItOwnsOrBacksUpPageByPage() {
        bench.redirectors(3, 3);
        final Set<FlowKey> expected = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            final byte[] frame = Frames.udp(CLIENT, 4_000 + i, SERVER, 53, 20);
            bench.deliver(Side.INGRESS, FLOW + i, frame);
            bench.acknowledgeAll();
            final FlowKey key = bench.keyOf(frame);
            if (bench.owner(Side.EGRESS, key) == PULLER
                    || bench.backup(Side.EGRESS, key) == PULLER) {
                expected.add(key.copy());
            }
        }

        final Set<FlowKey> pulled = new HashSet<>();
        int cursor = 0;
        int pages = 0;
        while (cursor != SessionPage.END) {
            final SessionPage page =
                    Objects.requireNonNull(
                            bench.pull(PULLER, new SessionPull(7, cursor, 0, MEMBERS)));
            assertEquals(7, page.pullId());
            assertEquals(cursor, page.cursor());
            page.sessions().forEach(session -> assertTrue(pulled.add(session.key())));
            cursor = page.next();
            pages++;
        }

        assertEquals(expected, pulled);
        assertTrue(pages > 4, "pages " + pages);
    }

    /// Others may still send the next flow of the same addresses and ports here.
    @Test
    void shouldTellARedirectorThatAsksOfTheFlowsThatAreOver() {
        bench.redirectors(1, 1);
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.leap(120_000);
        assertEquals(1, bench.blade.counters().lapsedFlows());

        final SessionPage page =
                bench.pull(
                        Bench.EGRESS,
                        new SessionPull(
                                7, 0, 0, List.of(Bench.INGRESS, Bench.EGRESS, Bench.BLADE)));

        final SessionAnnouncement end = Objects.requireNonNull(page).sessions().getFirst();
        assertEquals(Kind.CLOSE, end.kind());
        assertEquals(FLOW, end.flowId());
    }

    private static List<Integer> without(final int node) {
        return MEMBERS.stream().filter(member -> member != node).toList();
    }

    @Test
    void shouldNotAnswerARedirectorThatSeesAnotherChassis() {
        bench.redirectors(3, 3);
        bench.deliver(Side.INGRESS, FLOW, request());

        assertNull(bench.pull(PULLER, new SessionPull(7, 0, 0, without(103))));
        assertNull(bench.pull(PULLER, new SessionPull(7, 0, 0, without(Bench.BLADE))));
        assertNull(bench.pull(PULLER, new SessionPull(7, 0, 5, MEMBERS)));
        assertNull(bench.pull(PULLER, new SessionPull(7, -5, 0, MEMBERS)));
        assertNotNull(bench.pull(PULLER, new SessionPull(7, 0, 0, MEMBERS)));
    }

    @Test
    void shouldRemindHeirsUntilTheyHavePulled() {
        bench.redirectors(3, 3);
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();
        bench.redirectors(3, 2);
        assertEquals(List.of(101, 102), bench.remindedOf());

        bench.leap(999);
        assertEquals(List.of(), bench.remindedOf());
        bench.pull(101, new SessionPull(7, 0, 0, without(103)));
        bench.leap(1);
        assertEquals(List.of(102), bench.remindedOf());
        bench.pull(102, new SessionPull(3, 0, 0, without(103)));
        bench.leap(1_000);

        assertEquals(List.of(), bench.remindedOf());
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
}
