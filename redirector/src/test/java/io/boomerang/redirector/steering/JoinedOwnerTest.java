package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.StateQuery;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/// A redirector has joined, owns flows, and has not pulled their sessions yet. The one that owned
/// them before has them.
class JoinedOwnerTest {
    private static final long FLOW_ID = 5L << 32;

    /// Of a client whose connection belongs to the redirector that joins.
    private static final int PORT =
            IntStream.range(1_000, 2_000)
                    .filter(port ->
                            Rig.owner(
                                            Rig.key(Frames.tcp(1, port, 2, 80, Frames.ACK)),
                                            Rig.INGRESS,
                                            Rig.INGRESS_2)
                                    == Rig.INGRESS_2)
                    .findFirst()
                    .orElseThrow();

    @AutoClose
    private final Rig rig =
            new Rig(
                    SelectionPolicy.LEAST_LOADED,
                    List.of(Rig.INGRESS, Rig.INGRESS_2),
                    Rig.INGRESS,
                    Rig.INGRESS_2,
                    Rig.EGRESS,
                    Rig.BLADE_1,
                    Rig.BLADE_2);

    private static MemorySegment segment(final int flags) {
        return Frames.tcp(1, PORT, 2, 80, flags);
    }

    private static FlowKey key() {
        return Rig.key(segment(Frames.SYN));
    }

    private void joinWithoutSessions() {
        rig.answersPulls = false;
        rig.startAnew(Rig.INGRESS_2);
    }

    private void tellFormerOwner() {
        final SessionAnnouncement session =
                Rig.announcement(Kind.OPEN, key(), FLOW_ID, Rig.BLADE_1, 3);
        rig.hold(session);
        rig.say(Rig.BLADE_1, Rig.INGRESS, session);
    }

    private boolean hasAskedBlades() {
        return rig.said.stream().anyMatch(one -> one.message() instanceof StateQuery);
    }

    @Test
    void shouldLookUpAtTheFormerOwner() {
        tellFormerOwner();
        joinWithoutSessions();

        rig.frame(Rig.INGRESS_2, 1, segment(Frames.ACK));

        assertEquals(Rig.BLADE_1, rig.lastArrived().node());
        assertEquals(FLOW_ID, rig.lastArrived().flowId());
        assertTrue(!hasAskedBlades());
        assertEquals(1, rig.redirector(Rig.INGRESS).counters().decided(Decision.SESSION));
    }

    @Test
    void shouldBeToldByItForLaterPackets() {
        tellFormerOwner();
        joinWithoutSessions();
        rig.frame(Rig.INGRESS_2, 1, segment(Frames.ACK));

        rig.frame(Rig.INGRESS_2, 2, segment(Frames.ACK));

        assertEquals(2, rig.arrived.size());
        assertEquals(1, rig.redirector(Rig.INGRESS_2).counters().decided(Decision.SESSION));
    }

    @Test
    void shouldAskTheBladesWhenTheFormerOwnerDoesNotKnow() {
        joinWithoutSessions();
        rig.hold(Rig.announcement(Kind.OPEN, key(), FLOW_ID, Rig.BLADE_1, 3));

        rig.frame(Rig.INGRESS_2, 1, segment(Frames.ACK));
        assertTrue(rig.arrived.isEmpty());
        assertTrue(hasAskedBlades());

        rig.answerAll();
        assertEquals(1, rig.arrived.size());
        assertEquals(Rig.BLADE_1, rig.lastArrived().node());
    }

    /// Redirectors that disagree on who owns the flow have sent the packet round.
    @Test
    void shouldNotDecideForTheOwnerWhenThePacketMayGoNoFurther() {
        try (Rig other =
                new Rig(
                        SelectionPolicy.LEAST_LOADED,
                        List.of(Rig.INGRESS),
                        Rig.INGRESS,
                        Rig.INGRESS_2,
                        Rig.EGRESS,
                        Rig.BLADE_1)) {
            other.sendOn(Rig.INGRESS_2, Rig.INGRESS, PacketForwarder.MAX_HOPS, segment(Frames.SYN));
            other.answerAll();

            assertTrue(other.arrived.isEmpty());
            assertEquals(
                    1L, other.redirector(Rig.INGRESS).counters().snapshot().get("drop-hop-limit"));
        }
    }

    @Test
    void shouldLetNoNewConnectionTakeThatWay() {
        joinWithoutSessions();

        rig.frame(Rig.INGRESS_2, 1, segment(Frames.SYN));

        assertTrue(hasAskedBlades());
        assertEquals(0L, rig.redirector(Rig.INGRESS_2).counters().snapshot().get("forwarded"));
    }
}
