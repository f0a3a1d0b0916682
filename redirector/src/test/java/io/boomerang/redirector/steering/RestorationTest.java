package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.store.StoredSession;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// A redirector that has sessions from before it started. What it has may be old.
class RestorationTest {
    private static final int PORT = 1_000;
    private static final long FLOW_ID = 5L << 32;
    private static final long WALL_MS = 1_800_000_000_000L;

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

    private static SessionAnnouncement session(final int blade, final long flowId) {
        return Rig.announcement(Kind.OPEN, key(), flowId, blade, 3);
    }

    private static StoredSession stored(final int blade, final int incarnation) {
        return new StoredSession(
                key(), FLOW_ID, blade, incarnation, 3, TcpPhase.ESTABLISHED, WALL_MS + 60_000);
    }

    private void startWith(final StoredSession session) {
        rig.startAnew(
                Rig.INGRESS,
                redirector -> {
                    assertTrue(redirector.restore(session, WALL_MS, rig.nowNs));
                    redirector.onRestored(rig.nowNs);
                });
    }

    @Test
    void shouldHaveTheSessionAgainWhenItsBladeConfirmsIt() {
        rig.hold(session(Rig.BLADE_1, FLOW_ID));
        startWith(stored(Rig.BLADE_1, 1));

        rig.frame(Rig.INGRESS, 1, segment(Frames.ACK));

        assertEquals(Rig.BLADE_1, rig.lastArrived().node());
        assertEquals(FLOW_ID, rig.lastArrived().flowId());
        final var counters = rig.redirector(Rig.INGRESS).counters();
        assertEquals(1, counters.decided(Decision.SESSION));
        assertEquals(1L, counters.snapshot().get("sessions-restored"));
    }

    @Test
    void shouldSendNothingByItUntilThen() {
        rig.answersPulls = false;
        startWith(stored(Rig.BLADE_1, 1));

        rig.frame(Rig.INGRESS, 1, segment(Frames.ACK));
        assertTrue(rig.arrived.isEmpty());

        rig.hold(session(Rig.BLADE_1, FLOW_ID));
        rig.answerAll();
        assertEquals(Rig.BLADE_1, rig.lastArrived().node());
        assertEquals(FLOW_ID, rig.lastArrived().flowId());
    }

    @Test
    void shouldGiveWayToWhatABladeHoldsSince() {
        rig.hold(session(Rig.BLADE_2, FLOW_ID + (1L << 20)));
        startWith(stored(Rig.BLADE_1, 1));

        rig.frame(Rig.INGRESS, 1, segment(Frames.ACK));

        assertEquals(Rig.BLADE_2, rig.lastArrived().node());
    }

    @Test
    void shouldOpenANewFlowWhenNoBladeHoldsItAnyMore() {
        startWith(stored(Rig.BLADE_1, 1));

        rig.frame(Rig.INGRESS, 1, segment(Frames.SYN));
        rig.answerAll();

        assertEquals(1, rig.arrived.size());
        assertNotEquals(FLOW_ID, rig.lastArrived().flowId());
        assertTrue(Long.compareUnsigned(rig.lastArrived().flowId(), FLOW_ID) > 0);
    }

    @Test
    void shouldNotBelieveABladeThatHasStartedAnew() {
        startWith(stored(Rig.BLADE_1, 7));

        rig.frame(Rig.INGRESS, 1, segment(Frames.SYN));
        rig.answerAll();

        assertEquals(1, rig.arrived.size());
        assertNotEquals(FLOW_ID, rig.lastArrived().flowId());
    }

    @Test
    void shouldNotTakeWhatIsOver() {
        rig.startAnew(
                Rig.INGRESS,
                redirector ->
                        assertFalse(
                                redirector.restore(
                                        stored(Rig.BLADE_1, 1), WALL_MS + 60_000, rig.nowNs)));

        assertEquals(
                0L, rig.redirector(Rig.INGRESS).counters().snapshot().get("sessions-restored"));
    }
}
