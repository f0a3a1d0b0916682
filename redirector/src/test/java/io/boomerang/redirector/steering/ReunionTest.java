package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.StateAnswer;
import io.boomerang.announce.StateQuery;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.RedirectorConfig;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// A redirector that missed what others decided: it was apart from them, or stood still. The others
/// are played.
class ReunionTest {
    private static final int PORT = 1_000;

    @AutoClose
    private final Rig rig =
            new Rig(
                    SelectionPolicy.LEAST_LOADED,
                    List.of(Rig.INGRESS),
                    Rig.INGRESS,
                    Rig.EGRESS,
                    Rig.BLADE_1,
                    Rig.BLADE_2);

    private static MemorySegment segment(final int flags) {
        return Frames.tcp(1, PORT, 2, 80, flags);
    }

    private static FlowKey key() {
        return Rig.key(segment(Frames.SYN));
    }

    private static int otherThan(final int blade) {
        return blade == Rig.BLADE_1 ? Rig.BLADE_2 : Rig.BLADE_1;
    }

    private StateQuery queryTo(final int blade) {
        return rig.said.stream()
                .filter(one -> one.to() == blade && one.message() instanceof StateQuery)
                .map(one -> (StateQuery) one.message())
                .toList()
                .getLast();
    }

    /// Opens the flow and answers its blade.
    private int open() {
        rig.frame(Rig.INGRESS, 1, segment(Frames.SYN));
        return rig.lastArrived().node();
    }

    private SessionAnnouncement session(final int blade, final long flowId) {
        return Rig.announcement(Kind.OPEN, key(), flowId, blade, 0);
    }

    /// The other part may have given the flow to another blade under a later flow id.
    @Test
    void shouldLetTheLaterOfTwoBladesHaveTheFlowAfterParts() {
        final int before = open();
        final long flowId = rig.lastArrived().flowId();
        final int after = otherThan(before);
        rig.leave(after);
        rig.answersPulls = false;
        rig.comeBack(after);

        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));
        final StateQuery query = queryTo(before);
        rig.say(before, Rig.INGRESS, new StateAnswer(query.queryId(), session(before, flowId)));
        assertEquals(1, rig.arrived.size(), "the other blade may hold it, too");
        rig.say(after, Rig.INGRESS, new StateAnswer(query.queryId(), session(after, flowId + 1)));

        assertEquals(2, rig.arrived.size());
        assertEquals(after, rig.lastArrived().node());
        assertEquals(flowId + 1, rig.lastArrived().flowId());
    }

    @Test
    void shouldTrustItsSessionsAgainOnceAllIsPulled() {
        final int blade = open();
        rig.hold(session(blade, rig.lastArrived().flowId()));
        rig.leave(otherThan(blade));
        rig.comeBack(otherThan(blade)); // and answers what is pulled

        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));

        assertEquals(2, rig.arrived.size());
        assertEquals(blade, rig.lastArrived().node());
    }

    @Test
    void shouldTrustNothingAfterAPauseUntilTheOthersHaveSpoken() {
        final int blade = open();
        rig.hold(session(blade, rig.lastArrived().flowId()));
        rig.answersPulls = false;
        rig.redirector(Rig.INGRESS).onPause(rig.nowNs);

        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));
        assertEquals(1, rig.arrived.size());
        assertFalse(rig.redirector(Rig.INGRESS).isIdle());

        rig.answersPulls = true;
        rig.pass(1_000);
        rig.frame(Rig.INGRESS, 3, segment(Frames.ACK));
        rig.answerAll();
        rig.pass(1_000);

        assertTrue(rig.arrived.size() > 1);
        assertEquals(blade, rig.lastArrived().node());
    }

    /// The other part closed it there, and this one did not hear. The tuple stays where the newest
    /// flow was, as a new flow; whoever still holds an earlier one loses it.
    @Test
    void shouldTakeASessionThatItsBladeDoesNotConfirmForOver() {
        final int before = open();
        final long flowId = rig.lastArrived().flowId();
        rig.say(before, Rig.INGRESS, session(before, flowId));
        final int after = otherThan(before);
        rig.hold(session(after, flowId - 1));
        rig.leave(after);
        rig.comeBack(after);

        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));

        assertEquals(before, rig.lastArrived().node());
        assertTrue(rig.lastArrived().flowId() > flowId);
        assertTrue(
                rig.said.contains(
                        new Rig.Said(
                                Rig.INGRESS,
                                after,
                                new Acknowledgement(flowId - 1, 1, 0, Outcome.STALE, before))));
    }

    /// While parts were apart this one gave the flow to a blade that no packet reached.
    @Test
    void shouldTakeABladesWordForMoreThanADecisionOfItsOwnFromBefore() {
        final int decided = open();
        final long flowId = rig.lastArrived().flowId();
        final int holder = otherThan(decided);
        rig.leave(holder);
        rig.hold(session(holder, flowId - 1));
        rig.comeBack(holder);

        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));

        assertEquals(holder, rig.lastArrived().node());
        assertEquals(flowId - 1, rig.lastArrived().flowId());
    }

    @Test
    void shouldAskTheBladesAfterADecisionThatNoneHasAnnounced() {
        final int decided = open();
        final long flowId = rig.lastArrived().flowId();
        final int holder = otherThan(decided);
        rig.hold(session(holder, flowId - 1));
        rig.pass(RedirectorConfig.DEFAULTS.embryonicLeaseMs() + 1);

        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));
        rig.answerAllTwice();

        assertEquals(holder, rig.lastArrived().node());
        assertEquals(flowId - 1, rig.lastArrived().flowId());
    }

    /// Another redirector decided earlier, and its packet reached a blade; that of this one was
    /// lost.
    @Test
    void shouldAskTheBladesAfterADecisionThatAnotherBladeDenies() {
        final int decided = open();
        final long flowId = rig.lastArrived().flowId();
        final int holder = otherThan(decided);
        rig.hold(session(holder, flowId - 1));
        rig.say(holder, Rig.INGRESS, session(holder, flowId - 1));

        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));
        rig.answerAllTwice();

        assertEquals(holder, rig.lastArrived().node());
        assertEquals(flowId - 1, rig.lastArrived().flowId());
    }

    /// The one that denies it does so late: the flow has ended there.
    @Test
    void shouldKeepADecisionThatNoBladeDeniesWhenAsked() {
        final int decided = open();
        final long flowId = rig.lastArrived().flowId();
        final int holder = otherThan(decided);
        rig.say(holder, Rig.INGRESS, session(holder, flowId - 1));

        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));
        rig.answerAll();

        assertEquals(decided, rig.lastArrived().node());
    }

    /// Another redirector decided earlier and its packet reached a blade, but so did the one of
    /// this redirector, and the later flow has it.
    @Test
    void shouldHearTheChosenBladeBeforeItBelievesThatTheFlowIsOnAnother() {
        final int decided = open();
        final long flowId = rig.lastArrived().flowId();
        final int holder = otherThan(decided);
        rig.say(holder, Rig.INGRESS, session(holder, flowId - 1));
        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));
        final int before = rig.arrived.size();

        rig.say(
                holder,
                Rig.INGRESS,
                new StateAnswer(queryTo(holder).queryId(), session(holder, flowId - 1)));
        assertEquals(before, rig.arrived.size());
        rig.say(
                decided,
                Rig.INGRESS,
                new StateAnswer(queryTo(decided).queryId(), session(decided, flowId)));

        assertEquals(decided, rig.lastArrived().node());
        assertEquals(flowId, rig.lastArrived().flowId());
    }

    /// The answer of the one that holds the flow came first and did not count.
    @Test
    void shouldAskTheHolderAgainOnceTheChosenBladeHasDenied() {
        final int decided = open();
        final long flowId = rig.lastArrived().flowId();
        final int holder = otherThan(decided);
        rig.hold(session(holder, flowId - 1));
        rig.say(holder, Rig.INGRESS, session(holder, flowId - 1));
        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));
        rig.say(
                holder,
                Rig.INGRESS,
                new StateAnswer(queryTo(holder).queryId(), session(holder, flowId - 1)));
        rig.say(decided, Rig.INGRESS, new StateAnswer(queryTo(decided).queryId(), null));
        rig.said.clear();

        rig.pass(TimeUnit.NANOSECONDS.toMillis(StateQueries.FIRST_REPEAT_NS));
        rig.answerAll();

        assertEquals(holder, rig.lastArrived().node());
        assertEquals(flowId - 1, rig.lastArrived().flowId());
    }

    @Test
    void shouldKeepTheLaterFlowWhateverTheOrderInWhichBladesTell() {
        final int later = open();
        final long flowId = rig.lastArrived().flowId();
        rig.say(later, Rig.INGRESS, session(later, flowId));
        final int earlier = otherThan(later);
        rig.leave(earlier);
        rig.answersPulls = false;
        rig.comeBack(earlier);
        rig.hold(session(earlier, flowId - 1));
        rig.hold(session(later, flowId));

        tell(earlier);
        final Explanation meanwhile = rig.redirector(Rig.INGRESS).explain(key(), rig.nowNs);
        assertEquals(flowId, Objects.requireNonNull(meanwhile.session()).flowId());
        tell(later);
        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));

        assertEquals(later, rig.lastArrived().node());
        assertEquals(flowId, rig.lastArrived().flowId());
    }

    /// Else its record comes back to life with the next redirector that asks for it.
    @Test
    void shouldTellABladeThatAnotherHasTheFlowWhateverTheOrderInWhichTheyTell() {
        final int later = open();
        final long flowId = rig.lastArrived().flowId();
        rig.say(later, Rig.INGRESS, session(later, flowId));
        final int earlier = otherThan(later);
        rig.hold(session(earlier, flowId - 1));
        rig.hold(session(later, flowId));
        for (final List<Integer> order :
                List.of(List.of(earlier, later), List.of(later, earlier))) {
            rig.leave(earlier);
            rig.answersPulls = false;
            rig.comeBack(earlier);
            rig.said.removeIf(one -> one.message() instanceof Acknowledgement);

            order.forEach(this::tell);

            assertEquals(
                    List.of(
                            new Rig.Said(
                                    Rig.INGRESS,
                                    earlier,
                                    new Acknowledgement(flowId - 1, 1, 0, Outcome.STALE, later))),
                    rig.said.stream()
                            .filter(one -> one.message() instanceof Acknowledgement)
                            .toList(),
                    () -> "told in the order " + order);
        }
    }

    /// It may be that no packet reached the blade that was decided on.
    @Test
    void shouldTellNoBladeThatAFlowIsLostThatWasOnlyDecidedElsewhere() {
        final int decided = open();
        final int holder = otherThan(decided);
        final long flowId = rig.lastArrived().flowId();

        rig.say(holder, Rig.INGRESS, session(holder, flowId - 1));

        assertEquals(
                new Rig.Said(
                        Rig.INGRESS, holder, new Acknowledgement(flowId - 1, 1, 0, Outcome.STALE)),
                rig.said.getLast());
    }

    /// The blade answers what it was asked for when parts met.
    private void tell(final int blade) {
        final SessionPull pull =
                rig.said.stream()
                        .filter(one -> one.to() == blade && one.from() == Rig.INGRESS)
                        .map(Rig.Said::message)
                        .filter(SessionPull.class::isInstance)
                        .map(SessionPull.class::cast)
                        .reduce((_, last) -> last)
                        .orElseThrow();
        rig.say(blade, Rig.INGRESS, rig.page(blade, Rig.INGRESS, pull));
    }

    /// Parts gave the flow to two blades, and the one under the later flow id died before they met.
    @Test
    void shouldTakeTheFlowOfALiveBladeInPlaceOfALaterOneThatDiedWithItsBlade() {
        final int dead = open();
        final long flowId = rig.lastArrived().flowId();
        rig.say(dead, Rig.INGRESS, session(dead, flowId));
        final int alive = otherThan(dead);
        rig.leave(dead);

        rig.say(alive, Rig.INGRESS, session(alive, flowId - 1));
        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));

        assertEquals(alive, rig.lastArrived().node());
        assertTrue(rig.lastArrived().flowId() > flowId);
    }

    /// While it stood still parts may have met: the blade that it takes for dead may be back.
    @Test
    void shouldNotJudgeByAnOldViewWhichOfTwoBladesIsDead() {
        final int later = open();
        final long flowId = rig.lastArrived().flowId();
        rig.say(later, Rig.INGRESS, session(later, flowId));
        final int earlier = otherThan(later);
        rig.leave(later);
        rig.redirector(Rig.INGRESS).onPause(rig.nowNs);

        rig.say(earlier, Rig.INGRESS, session(earlier, flowId - 1));

        final Explanation known = rig.redirector(Rig.INGRESS).explain(key(), rig.nowNs);
        assertEquals(flowId, Objects.requireNonNull(known.session()).flowId());
    }

    @Test
    void shouldNotTakeAnEarlierFlowOfALiveBladeInPlaceOfAnotherLiveOnes() {
        final int blade = open();
        final long flowId = rig.lastArrived().flowId();
        rig.say(blade, Rig.INGRESS, session(blade, flowId));

        rig.say(otherThan(blade), Rig.INGRESS, session(otherThan(blade), flowId - 1));
        rig.frame(Rig.INGRESS, 2, segment(Frames.ACK));

        assertEquals(blade, rig.lastArrived().node());
        assertEquals(flowId, rig.lastArrived().flowId());
    }

    /// A tuple returns while its owner pulls: caches still name the blade that had it last.
    @Test
    void shouldGiveATupleBackToTheBladeThatIsRememberedWhenNoBladeHoldsItAnyMore() {
        final int blade = open();
        final long flowId = rig.lastArrived().flowId();
        rig.say(blade, Rig.INGRESS, session(blade, flowId));
        rig.say(blade, Rig.INGRESS, Rig.announcement(Kind.CLOSE, key(), flowId, blade, 1));
        for (int port = PORT + 1; port < PORT + 6; port++) { // by load it would go to the other one
            final FlowKey other = Rig.key(Frames.tcp(1, port, 2, 80, Frames.SYN));
            rig.say(blade, Rig.INGRESS, Rig.announcement(Kind.OPEN, other, port, blade, 0));
        }
        rig.leave(otherThan(blade));
        rig.answersPulls = false;
        rig.comeBack(otherThan(blade));

        rig.frame(Rig.INGRESS, 2, segment(Frames.SYN));
        assertEquals(1, rig.arrived.size());
        rig.answerAll();

        assertEquals(2, rig.arrived.size());
        assertEquals(blade, rig.lastArrived().node());
    }
}
