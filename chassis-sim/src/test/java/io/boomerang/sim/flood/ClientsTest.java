package io.boomerang.sim.flood;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.sim.traffic.TupleFrames;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class ClientsTest {
    private static final int EGRESS = 101;
    private static final int BLADE = 201;

    private final List<Long> entered = new ArrayList<>();
    private boolean hasSession = true;
    private final Clients clients =
            new Clients(
                    new Clients.Chassis() {
                        @Override
                        public void enter(
                                final Side side,
                                final long entry,
                                final TupleFrames frames,
                                final long packetNumber) {
                            entered.add(packetNumber);
                        }

                        @Override
                        public boolean holdsSession(final int redirector, final FlowKey key) {
                            return hasSession;
                        }
                    },
                    true);

    private void cross() {
        clients.onDelivered(BLADE, entered.getLast());
        clients.onCrossed(EGRESS, entered.getLast(), 0);
    }

    private void crossAndAnswer(final int packets) {
        for (int i = 0; i < packets; i++) {
            cross();
            clients.answer();
        }
    }

    @Test
    void shouldGoThroughAConnectionAndCountIt() {
        clients.enter(Phase.FLOOD);
        clients.open();
        crossAndAnswer(4);
        cross();

        assertEquals(5, entered.size());
        assertEquals(Long.MAX_VALUE, clients.nextDueNs());
        assertEquals(1, clients.tally(Phase.FLOOD).opened);
        assertEquals(1, clients.tally(Phase.FLOOD).completed);
        assertEquals(List.of(), clients.violations());
    }

    @Test
    void shouldCountAPacketThatDoesNotComeOutInThePhaseInWhichItWentIn() {
        clients.openLasting();
        crossAndAnswer(3);
        cross();
        clients.enter(Phase.FLOOD);
        clients.request();
        crossAndAnswer(1);
        cross();
        clients.request();
        clients.enter(Phase.AFTER);

        assertEquals(3, clients.tally(Phase.FLOOD).sent);
        assertEquals(2, clients.tally(Phase.FLOOD).crossed);
        assertEquals(0, clients.tally(Phase.AFTER).sent);
    }

    @Test
    void shouldAccuseAConnectionThatMoves() {
        clients.openLasting();
        crossAndAnswer(1);
        clients.onDelivered(BLADE + 1, entered.getLast());

        assertEquals(
                List.of(
                        "connection 0, established before the flood, moved from blade-1 to"
                                + " blade-2"),
                clients.violations());
    }

    @Test
    void shouldAccuseAPacketThatLeavesBeforeItsSession() {
        hasSession = false;
        clients.open();
        cross();

        assertEquals(
                List.of("connection 0 left by egress-1 without a session"), clients.violations());
    }
}
