package io.boomerang.redirector.steering;

import static io.boomerang.redirector.steering.Rig.BLADE_1;
import static io.boomerang.redirector.steering.Rig.BLADE_2;
import static io.boomerang.redirector.steering.Rig.BLADE_3;
import static io.boomerang.redirector.steering.Rig.EGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS_2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.FlowMoved;
import io.boomerang.announce.MoveOrder;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.TcpPhase;
import io.boomerang.backplane.Purpose;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.RedirectorConfig;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.util.List;

class MovedFlowTest {
    private static final long FLOW = 9;
    private static final int VERSION = 5;

    @AutoClose
    private final Rig rig =
            new Rig(
                    SelectionPolicy.BUCKETS,
                    List.of(INGRESS, INGRESS_2, EGRESS),
                    INGRESS,
                    INGRESS_2,
                    EGRESS,
                    BLADE_1,
                    BLADE_2,
                    BLADE_3);

    private int port = 1_000;

    private FlowKey key() {
        return Rig.key(Frames.tcp(1, port, 2, 80, Frames.SYN));
    }

    private SessionAnnouncement session(final Kind kind, final int blade, final int version) {
        return new SessionAnnouncement(
                kind, key(), key(), FLOW, blade, 1, version, 60_000, TcpPhase.ESTABLISHED);
    }

    private void move(final int redirector) {
        rig.say(
                BLADE_2,
                redirector,
                new FlowMoved(BLADE_1, session(Kind.MOVE, BLADE_2, VERSION + 1)));
    }

    /// The node that a packet of the flow goes to from this redirector.
    private Rig.Arrived send(final int redirector) {
        rig.arrived.clear();
        rig.frame(
                redirector,
                1,
                redirector == EGRESS
                        ? Frames.tcp(2, 80, 1, port, Frames.ACK)
                        : Frames.tcp(1, port, 2, 80, Frames.ACK));
        return rig.lastArrived();
    }

    private List<ControlMessage> saidTo(final int node) {
        return rig.said.stream()
                .filter(message -> message.to() == node)
                .map(Rig.Said::message)
                .toList();
    }

    @Test
    void shouldMarkTheEndForTheFormerBladeAndSendTheRestToTheNewOne() {
        rig.say(BLADE_1, EGRESS, session(Kind.OPEN, BLADE_1, VERSION));
        assertEquals(BLADE_1, send(EGRESS).node());
        rig.arrived.clear();
        rig.said.clear();

        move(EGRESS);

        assertEquals(BLADE_1, rig.lastArrived().node());
        assertEquals(Purpose.MARK, rig.lastArrived().purpose());
        assertEquals(FLOW, rig.lastArrived().flowId());
        assertEquals(
                List.of(new Acknowledgement(FLOW, 1, VERSION + 1, Outcome.INSTALLED)),
                saidTo(BLADE_2));
        assertEquals(BLADE_2, send(EGRESS).node());
        assertEquals(FLOW, rig.lastArrived().flowId());
    }

    @Test
    void shouldTellTheFormerBladeWhoHasTheFlow() {
        rig.say(BLADE_1, EGRESS, session(Kind.OPEN, BLADE_1, VERSION));
        move(EGRESS);
        rig.said.clear();

        rig.say(BLADE_1, EGRESS, session(Kind.REFRESH, BLADE_1, VERSION));

        assertEquals(
                List.of(new Acknowledgement(FLOW, 1, VERSION, Outcome.STALE, BLADE_2)),
                saidTo(BLADE_1));
        assertEquals(BLADE_2, send(EGRESS).node());
    }

    /// One of them may send the flow's packets to that blade, which neither owner would hear of.
    @Test
    void shouldTellTheOthersOfItsSideWhoHasAFlowThatABladeHasLost() {
        while (rig.redirector(INGRESS).explain(key(), rig.nowNs).owner() != INGRESS) {
            port++;
        }
        rig.say(BLADE_1, INGRESS_2, session(Kind.OPEN, BLADE_1, VERSION));
        rig.say(
                BLADE_2,
                INGRESS,
                new SessionAnnouncement(
                        Kind.OPEN,
                        key(),
                        key(),
                        FLOW + 1,
                        BLADE_2,
                        1,
                        1,
                        60_000,
                        TcpPhase.ESTABLISHED));
        assertEquals(BLADE_1, send(INGRESS_2).node());

        rig.say(BLADE_1, INGRESS, session(Kind.OPEN, BLADE_1, VERSION));

        assertEquals(BLADE_2, send(INGRESS_2).node());
        assertEquals(FLOW + 1, rig.lastArrived().flowId());
    }

    @Test
    void shouldTakeAMoveFromNobodyButTheBladeThatHasTheFlow() {
        rig.say(BLADE_1, EGRESS, session(Kind.OPEN, BLADE_1, VERSION));
        rig.arrived.clear();

        rig.say(BLADE_3, EGRESS, new FlowMoved(BLADE_1, session(Kind.MOVE, BLADE_2, VERSION + 1)));

        assertEquals(List.of(), rig.arrived);
        assertEquals(BLADE_1, send(EGRESS).node());
    }

    /// The first redirector neither owns nor backs up the flow when two others have joined.
    @Test
    void shouldKeepWhatItDoesNotOwnNoLongerThanItsOwnersWord() {
        rig.leave(INGRESS_2);
        rig.join(3);
        rig.join(4);
        while (!isForeign(INGRESS)) {
            port++;
        }
        move(INGRESS);
        assertEquals(BLADE_2, send(INGRESS).node());

        rig.nowNs += (RedirectorConfig.DEFAULTS.cacheLeaseMs() + 1_000) * 1_000_000L;

        final Explanation.KnownSession session =
                rig.redirector(INGRESS).explain(key(), rig.nowNs).session();
        assertFalse(session == null || session.live(), "still " + session);
    }

    private boolean isForeign(final int redirector) {
        final Explanation explanation = rig.redirector(redirector).explain(key(), rig.nowNs);
        return explanation.owner() != redirector && explanation.backup() != redirector;
    }

    @Test
    void shouldTellABladeThatDrainsByMovingWhereItsFlowsMayGo() {
        rig.redirector(INGRESS).setWeight(BLADE_2, 0, rig.nowNs);
        rig.said.clear();

        rig.redirector(INGRESS).moveAway(BLADE_1, rig.nowNs);
        rig.redirector(EGRESS).moveAway(BLADE_1, rig.nowNs);

        assertEquals(List.of(new MoveOrder(List.of(BLADE_3))), saidTo(BLADE_1));
        rig.said.clear();
        rig.redirector(INGRESS).setWeight(BLADE_2, 100, rig.nowNs);
        assertEquals(new MoveOrder(List.of(BLADE_2, BLADE_3)), saidTo(BLADE_1).getLast());
        rig.said.clear();
        rig.nowNs += MoveOrders.REPEAT_NS;
        rig.redirector(INGRESS).onTimer(rig.nowNs);
        final List<ControlMessage> repeated = saidTo(BLADE_1);
        assertTrue(repeated.contains(new MoveOrder(List.of(BLADE_2, BLADE_3))), repeated::toString);
        rig.said.clear();
        rig.redirector(INGRESS).setWeight(BLADE_1, 100, rig.nowNs);
        assertEquals(List.of(new MoveOrder(List.of())), saidTo(BLADE_1));
    }
}
