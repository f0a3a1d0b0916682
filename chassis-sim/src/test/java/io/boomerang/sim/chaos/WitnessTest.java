package io.boomerang.sim.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.TcpPhase;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.ParseReason;
import io.boomerang.flow.Side;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.steering.DropReason;
import io.boomerang.sim.chassis.NodeNames;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// That the checkers see each kind of broken promise, and excuse what is excused.
class WitnessTest {
    private static final int BLADE = NodeNames.blade(0);
    private static final int OTHER_BLADE = NodeNames.blade(1);
    private static final int EGRESS = NodeNames.egress(0);
    private static final long NOW = 1_000;

    private boolean sessionIsThere = true;
    private boolean linksLead = true;
    private boolean isCalm = true;
    private final Witness witness = new Witness(true);
    private final FlowState flow =
            new FlowState(new ChaosEvent.Flow(0, 1, true, Side.INGRESS, 1, 1, 2), key(), 0);

    private final class Ends implements Witness.Crossing {
        @Override
        public void onCrossed(
                final FlowState crossed,
                final boolean forward,
                final boolean reset,
                final long nowNs) {}

        @Override
        public boolean holdsSession(final int redirector, final FlowKey key, final long nowNs) {
            return sessionIsThere;
        }
    }

    @BeforeEach
    void watch() {
        witness.watch(new Ends(), (_, _, _) -> linksLead, _ -> isCalm);
    }

    private static FlowKey key() {
        final FlowKey key = new FlowKey();
        key.setIpv4(6, FlowKey.KIND_PORTS, 1, 2, 3, 4, 0);
        return key;
    }

    private void pass(final long number, final int blade) {
        witness.onSent(number, flow, true, false, NOW);
        witness.onDelivered(blade, number, 1, Side.INGRESS, NOW);
        witness.onEmitted(EGRESS, number, NOW);
    }

    private void assertAccused(final String promise) {
        assertEquals(1, witness.violations().size(), witness.violations()::toString);
        assertTrue(
                witness.violations().getFirst().startsWith(promise),
                witness.violations()::toString);
    }

    @Test
    void shouldAcceptAFlowThatStays() {
        pass(1, BLADE);
        pass(2, BLADE);
        witness.onRest(NOW);

        assertEquals(List.of(), witness.violations());
        assertEquals(2, witness.delivered());
    }

    @Test
    void shouldSeeAFlowOnTwoLiveBlades() {
        pass(1, BLADE);
        pass(2, OTHER_BLADE);

        assertAccused("P1");
    }

    @Test
    void shouldExcuseAFlowWhoseBladeDied() {
        pass(1, BLADE);
        witness.onDied(BLADE);
        pass(2, OTHER_BLADE);

        assertEquals(List.of(), witness.violations());
    }

    @Test
    void shouldExcuseAFlowWhoseBladeWasToldToMoveIt() {
        pass(1, BLADE);
        witness.onMoveOrdered(BLADE);
        pass(2, OTHER_BLADE);
        pass(3, OTHER_BLADE);

        assertEquals(List.of(), witness.violations());
        assertEquals(1, witness.moved());
    }

    @Test
    void shouldSeeAMovedFlowComeBackToALiveBlade() {
        pass(1, BLADE);
        witness.onMoveOrdered(BLADE);
        pass(2, OTHER_BLADE);
        pass(3, BLADE);

        assertAccused("P1");
    }

    @Test
    void shouldSeeAPacketThatOvertakesAnEarlierOne() {
        witness.onSent(1, flow, true, false, NOW);
        witness.onSent(2, flow, true, false, NOW + 2_000_000);
        witness.onDelivered(BLADE, 2, 1, Side.INGRESS, NOW + 3_000_000);
        witness.onDelivered(BLADE, 1, 1, Side.INGRESS, NOW + 3_000_000);

        assertAccused("order");
    }

    @Test
    void shouldExcuseAPacketThatIsOvertakenInAStormOrOnTheWay() {
        witness.onSent(1, flow, true, false, NOW);
        witness.onSent(2, flow, true, false, NOW + 200_000);
        witness.onSent(3, flow, true, false, NOW + 2_000_000);
        witness.onDelivered(BLADE, 2, 1, Side.INGRESS, NOW + 300_000);
        witness.onDelivered(BLADE, 1, 1, Side.INGRESS, NOW + 300_000);
        witness.onDelivered(BLADE, 3, 1, Side.INGRESS, NOW + 3_000_000);
        isCalm = false;
        witness.onSent(4, flow, true, false, NOW);
        witness.onSent(5, flow, true, false, NOW + 2_000_000);
        witness.onDelivered(BLADE, 5, 1, Side.INGRESS, NOW + 3_000_000);
        witness.onDelivered(BLADE, 4, 1, Side.INGRESS, NOW + 3_000_000);

        assertEquals(List.of(), witness.violations());
    }

    @Test
    void shouldExcuseAFlowWhoseBladeWasOutOfSightOnce() {
        pass(1, BLADE);
        witness.onOutOfSight(BLADE, NOW);
        pass(2, OTHER_BLADE);
        pass(3, OTHER_BLADE);
        assertEquals(List.of(), witness.violations());

        witness.onSent(4, flow, true, false, NOW);
        witness.onDelivered(OTHER_BLADE, 4, 1, Side.INGRESS, NOW + 1); // the dispute is over
        witness.onSent(5, flow, true, false, NOW);
        witness.onDelivered(BLADE, 5, 1, Side.INGRESS, NOW + 2);

        assertAccused("P1");
    }

    @Test
    void shouldExcuseTheNextConnectionOnTheSamePorts() {
        pass(1, BLADE);
        witness.onSent(2, flow, true, false, NOW);
        flow.beginAnew();
        pass(3, OTHER_BLADE);
        witness.onDelivered(BLADE, 2, 1, Side.INGRESS, NOW); // late
        assertEquals(List.of(), witness.violations());

        pass(4, BLADE);

        assertAccused("P1");
    }

    @Test
    void shouldSeeAPacketThatLeavesBeforeItsSessionIsThere() {
        sessionIsThere = false;
        pass(1, BLADE);

        assertAccused("P2");
    }

    @Test
    void shouldSeeAnOlderAnnouncementInstalledAfterANewerOne() {
        announce(9, 2, Installation.INSTALLED);
        announce(9, 1, Installation.STALE);
        assertEquals(List.of(), witness.violations());

        announce(9, 1, Installation.INSTALLED);

        assertAccused("P3");
    }

    private void announce(final long flowId, final int version, final Installation installation) {
        witness.onAnnounced(
                EGRESS,
                BLADE,
                new SessionAnnouncement(
                        Kind.OPEN,
                        flow.key,
                        flow.key,
                        flowId,
                        BLADE,
                        1,
                        version,
                        1_000,
                        TcpPhase.ESTABLISHED),
                installation,
                false,
                NOW);
    }

    @Test
    void shouldSeeAPacketWithoutAnEnd() {
        witness.onSent(1, flow, true, false, NOW);
        witness.onDelivered(BLADE, 1, 1, Side.INGRESS, NOW);
        witness.onSent(2, flow, true, false, NOW);
        witness.onDropped(EGRESS, 2, DropReason.NO_BLADE, ParseReason.NONE, NOW);
        witness.onRest(NOW);

        assertAccused("conservation");
    }

    @Test
    void shouldSeeAFrameOnALinkThatHasLongBeenBroken() {
        final SteeringHeader header = new SteeringHeader();
        header.setPacketNumber(1);
        final byte[] datagram = new byte[header.encodedLength()];
        header.encode(MemorySegment.ofArray(datagram), 0);
        linksLead = false;
        witness.onSent(1, flow, true, false, NOW);
        witness.onBroken(EGRESS, BLADE, datagram, NOW);
        witness.onRest(NOW);
        assertEquals(List.of(), witness.violations());

        linksLead = true;
        witness.onBroken(EGRESS, BLADE, datagram, NOW);

        assertAccused("reach");
    }

    @Test
    void shouldSeeThatAWayIsNotKnown() {
        linksLead = false;
        witness.onNoPath(EGRESS, BLADE, NOW);
        assertEquals(List.of(), witness.violations());

        linksLead = true;
        witness.onNoPath(EGRESS, BLADE, NOW);

        assertAccused("reach");
    }
}
