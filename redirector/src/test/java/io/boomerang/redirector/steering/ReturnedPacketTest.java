package io.boomerang.redirector.steering;

import static io.boomerang.redirector.steering.Rig.BLADE_1;
import static io.boomerang.redirector.steering.Rig.BLADE_2;
import static io.boomerang.redirector.steering.Rig.EGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS_2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.boomerang.announce.DesiredWeight;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/// A blade that accepts no connections has had one, and sends back what comes for it.
class ReturnedPacketTest {
    private static final long FLOW = 9;

    @AutoClose
    private final Rig rig =
            new Rig(
                    SelectionPolicy.BUCKETS,
                    List.of(INGRESS, INGRESS_2, EGRESS),
                    INGRESS,
                    INGRESS_2,
                    EGRESS,
                    BLADE_1,
                    BLADE_2);

    private int port = 1_000;

    private FlowKey key() {
        return Rig.key(Frames.tcp(1, port, 2, 80, Frames.SYN));
    }

    @BeforeEach
    void begin() {
        while (Rig.owner(key(), INGRESS, INGRESS_2) != INGRESS) {
            port++;
        }
        rig.say(BLADE_1, INGRESS, new DesiredWeight(0, false));
        rig.say(BLADE_1, INGRESS, Rig.announcement(Kind.OPEN, key(), FLOW, BLADE_1, 1));
        rig.arrived.clear();
    }

    private void send(final int redirector, final int flags) {
        rig.frame(redirector, 1, Frames.tcp(1, port, 2, 80, flags));
    }

    private void sendBack(final int flags) {
        rig.sendBack(BLADE_1, INGRESS, INGRESS_2, Frames.tcp(1, port, 2, 80, flags));
    }

    @Test
    void shouldGiveAConnectionThatBeginsAnewToABladeThatTakesOne() {
        send(INGRESS_2, Frames.SYN);
        assertEquals(BLADE_1, rig.lastArrived().node());

        sendBack(Frames.SYN);

        assertEquals(BLADE_2, rig.lastArrived().node());
        assertNotEquals(FLOW, rig.lastArrived().flowId());
    }

    @Test
    void shouldTellTheRedirectorThatItCameInBy() {
        send(INGRESS_2, Frames.ACK);
        assertEquals(BLADE_1, rig.lastArrived().node());

        sendBack(Frames.SYN);
        rig.arrived.clear();
        send(INGRESS_2, Frames.ACK);

        assertEquals(BLADE_2, rig.lastArrived().node());
    }

    @Test
    void shouldGiveNoConnectionThatHasBegunToAnother() {
        sendBack(Frames.ACK);

        assertEquals(BLADE_1, rig.lastArrived().node());
        assertEquals(FLOW, rig.lastArrived().flowId());
    }
}
