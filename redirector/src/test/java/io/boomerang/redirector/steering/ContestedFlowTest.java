package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Objects;

/// Two blades announce one flow.
class ContestedFlowTest {
    private static final long FLOW = 0x1234;

    private static Rig twoIngress() {
        return new Rig(
                SelectionPolicy.BUCKETS,
                List.of(Rig.INGRESS, Rig.INGRESS_2),
                Rig.INGRESS,
                Rig.INGRESS_2,
                Rig.EGRESS,
                Rig.BLADE_1,
                Rig.BLADE_2);
    }

    /// It may have asked the owner while that knew of the former blade only.
    @Test
    void shouldCorrectWhatAnotherRedirectorMayHaveBeenTold() {
        try (Rig rig = twoIngress()) {
            final FlowKey key = Rig.key(Frames.tcp(1, 1000, 2, 80, Frames.SYN));
            rig.say(
                    Rig.BLADE_1,
                    Rig.INGRESS,
                    Rig.announcement(Kind.OPEN, key, FLOW, Rig.BLADE_1, 0));
            rig.say(
                    Rig.BLADE_2,
                    Rig.INGRESS,
                    Rig.announcement(Kind.OPEN, key, FLOW + 1, Rig.BLADE_2, 0));
            rig.pass(1);

            final Explanation told = rig.redirector(Rig.INGRESS_2).explain(key, rig.nowNs);
            final Explanation.KnownSession session = Objects.requireNonNull(told.session());
            assertEquals(Rig.BLADE_2, session.blade());
            assertEquals(FLOW + 1, session.flowId());
        }
    }

    /// No packet of the first decision reached its blade, and then the owner decided by the next
    /// bucket table.
    @Test
    void shouldAskTheOwnerOnceTheBucketOfItsOwnDecisionHasMoved() {
        try (Rig rig = twoIngress()) {
            int port = 1000;
            FlowKey key = Rig.key(Frames.tcp(1, port, 2, 80, Frames.SYN));
            do {
                port++;
                key = Rig.key(Frames.tcp(1, port, 2, 80, Frames.SYN));
                rig.frame(Rig.INGRESS, port, Frames.tcp(1, port, 2, 80, Frames.SYN));
            } while (Rig.owner(key, Rig.INGRESS, Rig.INGRESS_2) == Rig.INGRESS
                    || rig.lastArrived().node() == Rig.BLADE_2);
            rig.redirector(Rig.INGRESS).setWeight(Rig.BLADE_1, 0, rig.nowNs);
            rig.pass(100);
            rig.frame(Rig.INGRESS_2, port, Frames.tcp(1, port, 2, 80, Frames.SYN));
            rig.answerAll();
            assertEquals(Rig.BLADE_2, rig.lastArrived().node());
            final long flowId = rig.lastArrived().flowId();

            rig.frame(Rig.INGRESS, port, Frames.tcp(1, port, 2, 80, Frames.ACK));

            assertEquals(Rig.BLADE_2, rig.lastArrived().node());
            assertEquals(flowId, rig.lastArrived().flowId());
        }
    }

    /// The owner's choice was lost on its way to the blade, and the flow is where an earlier choice
    /// brought it.
    @Test
    void shouldNotBelieveTheOwnersChoiceAgainstABladesWord() {
        try (Rig rig = twoIngress()) {
            int port = 1000;
            FlowKey key;
            do {
                port++;
                key = Rig.key(Frames.tcp(1, port, 2, 80, Frames.SYN));
            } while (Rig.owner(key, Rig.INGRESS, Rig.INGRESS_2) == Rig.INGRESS_2);
            rig.frame(Rig.INGRESS_2, 1, Frames.tcp(1, port, 2, 80, Frames.ACK));
            rig.answerAll();
            final int chosen = rig.lastArrived().node();
            final int holder = chosen == Rig.BLADE_1 ? Rig.BLADE_2 : Rig.BLADE_1;
            final SessionAnnouncement earlier =
                    Rig.announcement(Kind.OPEN, key, rig.lastArrived().flowId() - 1, holder, 1);
            rig.hold(earlier);
            rig.say(holder, Rig.INGRESS, earlier);
            rig.say(holder, Rig.INGRESS_2, earlier);

            rig.frame(Rig.INGRESS_2, 2, Frames.tcp(1, port, 2, 80, Frames.ACK));
            rig.answerAllTwice();

            assertEquals(holder, rig.lastArrived().node());
            assertEquals(earlier.flowId(), rig.lastArrived().flowId());
        }
    }

    /// A flow went back to an earlier blade when the later one died, which then has it on its disk.
    @Test
    void shouldKeepAFlowWhereItSurvivedItsLaterBlade() {
        try (Rig rig = twoIngress()) {
            int port = 1000;
            FlowKey key;
            do {
                port++;
                key = Rig.key(Frames.tcp(1, port, 2, 80, Frames.SYN));
            } while (Rig.owner(key, Rig.INGRESS, Rig.INGRESS_2) == Rig.INGRESS_2);
            final SessionAnnouncement earlier =
                    Rig.announcement(Kind.OPEN, key, FLOW, Rig.BLADE_1, 1);
            rig.hold(earlier);
            rig.say(Rig.BLADE_1, Rig.INGRESS, earlier);
            rig.say(
                    Rig.BLADE_2,
                    Rig.INGRESS,
                    Rig.announcement(Kind.OPEN, key, FLOW + 1, Rig.BLADE_2, 1));
            rig.leave(Rig.BLADE_2);
            rig.say(Rig.BLADE_1, Rig.INGRESS, earlier);

            rig.frame(Rig.INGRESS, 1, Frames.tcp(1, port, 2, 80, Frames.ACK));
            assertEquals(Rig.BLADE_1, rig.lastArrived().node());
            assertTrue(rig.lastArrived().flowId() > FLOW + 1);

            rig.comeBack(Rig.BLADE_2);
            rig.say(
                    Rig.BLADE_2,
                    Rig.INGRESS,
                    Rig.announcement(Kind.OPEN, key, FLOW + 1, Rig.BLADE_2, 1025));
            rig.frame(Rig.INGRESS, 2, Frames.tcp(1, port, 2, 80, Frames.ACK));
            rig.answerAllTwice();
            assertEquals(Rig.BLADE_1, rig.lastArrived().node());
        }
    }

    @Test
    void shouldNameTheHolderAlsoWhenTheNewerSessionHasEnded() {
        try (Rig rig = twoIngress()) {
            final FlowKey key = Rig.key(Frames.tcp(1, 1000, 2, 80, Frames.SYN));
            rig.say(
                    Rig.BLADE_1,
                    Rig.INGRESS,
                    Rig.announcement(Kind.OPEN, key, FLOW + 1, Rig.BLADE_1, 1));
            rig.say(
                    Rig.BLADE_1,
                    Rig.INGRESS,
                    Rig.announcement(Kind.CLOSE, key, FLOW + 1, Rig.BLADE_1, 2));

            rig.say(
                    Rig.BLADE_2,
                    Rig.INGRESS,
                    Rig.announcement(Kind.OPEN, key, FLOW, Rig.BLADE_2, 9));

            assertEquals(
                    new Rig.Said(
                            Rig.INGRESS,
                            Rig.BLADE_2,
                            new Acknowledgement(FLOW, 1, 9, Outcome.STALE, Rig.BLADE_1)),
                    rig.said.getLast());
        }
    }
}
