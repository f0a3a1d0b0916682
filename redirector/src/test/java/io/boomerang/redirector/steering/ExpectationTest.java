package io.boomerang.redirector.steering;

import static io.boomerang.redirector.steering.Rig.BLADE_1;
import static io.boomerang.redirector.steering.Rig.BLADE_2;
import static io.boomerang.redirector.steering.Rig.EGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS_2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Flows that a blade has announced to expect: the source port is not known beforehand.
class ExpectationTest {
    private static final int CLIENT = 1;
    private static final int SERVER = 2;
    private static final int DATA_PORT = 51_210;
    private static final long FLOW = 1L << 40;

    private static SessionAnnouncement expectation(final int blade, final long flowId) {
        final FlowKey key = Rig.key(Frames.tcp(CLIENT, 0, SERVER, DATA_PORT, Frames.SYN));
        return Rig.announcement(Kind.EXPECT, key, flowId, blade, 0);
    }

    private static Rig rig() {
        return new Rig(
                SelectionPolicy.BUCKETS,
                List.of(INGRESS, INGRESS_2),
                INGRESS,
                INGRESS_2,
                EGRESS,
                BLADE_1,
                BLADE_2);
    }

    private static Set<Integer> bladesOf(final Rig rig, final int redirector, final int firstPort) {
        return IntStream.range(firstPort, firstPort + 40)
                .mapToObj(port -> {
                    rig.frame(
                            redirector,
                            port,
                            Frames.tcp(CLIENT, port, SERVER, DATA_PORT, Frames.SYN));
                    return rig.lastArrived().node();
                })
                .collect(Collectors.toSet());
    }

    @Test
    void shouldBringAnExpectedFlowToItsBladeFromWhicheverPortItComes() {
        try (Rig rig = rig()) {
            assertEquals(Set.of(BLADE_1, BLADE_2), bladesOf(rig, INGRESS, 1_000));

            rig.say(BLADE_2, INGRESS, expectation(BLADE_2, FLOW));
            rig.say(BLADE_2, INGRESS_2, expectation(BLADE_2, FLOW));

            assertEquals(Set.of(BLADE_2), bladesOf(rig, INGRESS, 2_000));
            assertEquals(Set.of(BLADE_2), bladesOf(rig, INGRESS_2, 3_000));
            assertEquals(40, rig.redirector(INGRESS).counters().decided(Decision.EXPECTED));
            assertEquals(
                    new Acknowledgement(FLOW, 1, 0, Outcome.INSTALLED),
                    rig.said.stream()
                            .map(Rig.Said::message)
                            .filter(Acknowledgement.class::isInstance)
                            .findFirst()
                            .orElseThrow());
        }
    }

    @Test
    void shouldLetNoLateSegmentOpenAnExpectedFlow() {
        try (Rig rig = rig()) {
            rig.say(BLADE_2, INGRESS, expectation(BLADE_2, FLOW));

            rig.frame(INGRESS, 1, Frames.tcp(CLIENT, 1_000, SERVER, DATA_PORT, Frames.ACK));

            assertEquals(0, rig.redirector(INGRESS).counters().decided(Decision.EXPECTED));
        }
    }

    private final RedirectorCounters counters = new RedirectorCounters();
    private final Expectations expectations = new Expectations(counters);
    private final FlowKey flow = Rig.key(Frames.tcp(CLIENT, 4_000, SERVER, DATA_PORT, Frames.SYN));
    private final FlowKey reverse =
            Rig.key(Frames.tcp(SERVER, DATA_PORT, CLIENT, 4_000, Frames.SYN));
    private final ChassisMap chassis =
            new ChassisMap(
                    new ClusterView(
                            1,
                            List.of(
                                    new Member(BLADE_1, "one", Role.BLADE, 1, 0),
                                    new Member(BLADE_2, "two", Role.BLADE, 2, 0))));

    private int bladeAt(final long ms) {
        return expectations.bladeOf(flow, false, chassis, ms * 1_000_000);
    }

    @Test
    void shouldExpectOneDirectionOnly() {
        assertTrue(expectations.learn(expectation(BLADE_1, FLOW), 0));

        assertEquals(reverse, flow);
        assertEquals(BLADE_1, expectations.bladeOf(flow, false, chassis, 0));
        assertEquals(0, expectations.bladeOf(flow, true, chassis, 0));
    }

    @Test
    void shouldForgetWhatDidNotCome() {
        expectations.learn(expectation(BLADE_1, FLOW), 0);

        assertEquals(BLADE_1, bladeAt(59_999));
        assertEquals(0, bladeAt(60_000));
        assertEquals(0, expectations.size());
    }

    @Test
    void shouldExpectNothingOfABladeThatHasStartedAnew() {
        expectations.learn(expectation(BLADE_2, FLOW), 0);

        assertEquals(0, bladeAt(1));
    }

    @Test
    void shouldBelieveTheNewerBlade() {
        assertTrue(expectations.learn(expectation(BLADE_1, FLOW + 1), 0));
        assertFalse(expectations.learn(expectation(BLADE_2, FLOW), 0));

        assertEquals(BLADE_1, bladeAt(1));
    }

    @Test
    void shouldForgetTheOldestWhenFull() {
        for (int i = 0; i <= Expectations.CAPACITY; i++) {
            final FlowKey key = new FlowKey();
            key.setIpv4(6, FlowKey.KIND_PORTS, i, 0, -1, DATA_PORT, 0);
            expectations.learn(Rig.announcement(Kind.EXPECT, key, FLOW + i, BLADE_1, 0), 0);
        }

        assertEquals(Expectations.CAPACITY, expectations.size());
        assertEquals(1, counters.snapshot().get("expectations-evicted"));
    }
}
