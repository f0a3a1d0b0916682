package io.boomerang.redirector.steering;

import static io.boomerang.redirector.steering.Rig.BLADE_1;
import static io.boomerang.redirector.steering.Rig.BLADE_2;
import static io.boomerang.redirector.steering.Rig.EGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS_2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.RuleInstalled;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.StateQuery;
import io.boomerang.announce.SteeringRule;
import io.boomerang.backplane.Purpose;
import io.boomerang.flow.AllocationHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.HashKey;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/// What packets meet while the chassis goes over to another policy or hash key.
class RuleChangeTest {
    private static final int SYNS = 64;
    private static final HashKey KEY = new HashKey(5, 7);
    private static final DesiredRule OTHER_KEY = new DesiredRule(null, KEY);

    private static MemorySegment syn(final int port) {
        return Frames.tcp(1, port, 2, 80, Frames.SYN);
    }

    private static MemorySegment ack(final int port) {
        return Frames.tcp(1, port, 2, 80, Frames.ACK);
    }

    private static FlowKey key(final int port) {
        return Rig.key(syn(port));
    }

    /// Two real redirectors on the ingress side.
    private static Rig pair(final SelectionPolicy policy) {
        return new Rig(
                policy, List.of(INGRESS, INGRESS_2), INGRESS, INGRESS_2, EGRESS, BLADE_1, BLADE_2);
    }

    /// Played members confirm what they are told.
    private static void change(final Rig rig, final int node, final DesiredRule desired) {
        confirm(rig);
        rig.redirector(node).changeRule(desired, rig.nowNs);
        rig.pass(0);
        confirm(rig);
        rig.pass(20);
        rig.pass(20);
    }

    private static void confirm(final Rig rig) {
        for (final Rig.Said one : List.copyOf(rig.said)) {
            if (one.message() instanceof SteeringRule rule) {
                rig.say(one.to(), one.from(), new RuleInstalled(rule.epoch()));
            }
        }
    }

    private static int owner(final Rig rig, final int port) {
        return rig.redirector(INGRESS).explain(key(port), rig.nowNs).owner();
    }

    /// A flow that one redirector owns now and the other one by the next key.
    private static int movingPort(final Rig rig, final int from) {
        final AllocationHash next = new AllocationHash(KEY);
        return IntStream.range(1_000, 2_000)
                .filter(port -> owner(rig, port) == from)
                .filter(port ->
                        new Ownership(new int[] {INGRESS, INGRESS_2})
                                        .owner(next.of(Rig.hash(key(port))))
                                != from)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldKeepEveryFlowOnItsBladeWhenOwnersAndBucketsChange() {
        try (Rig rig = pair(SelectionPolicy.BUCKETS)) {
            final int[] homes = new int[SYNS];
            final int[] owners = new int[SYNS];
            for (int i = 0; i < SYNS; i++) {
                rig.frame(INGRESS, i, syn(1_000 + i));
                homes[i] = rig.lastArrived().node();
                owners[i] = owner(rig, 1_000 + i);
                rig.hold(
                        Rig.announcement(
                                Kind.OPEN,
                                key(1_000 + i),
                                rig.lastArrived().flowId(),
                                homes[i],
                                0));
            }

            change(rig, INGRESS_2, OTHER_KEY);
            assertEquals(KEY, rig.redirector(INGRESS).rule().hashKey());
            assertEquals(rig.redirector(INGRESS).rule(), rig.redirector(INGRESS_2).rule());

            int moved = 0;
            for (int i = 0; i < SYNS; i++) {
                rig.frame(i % 2 == 0 ? INGRESS : INGRESS_2, SYNS + i, ack(1_000 + i));
                rig.answerAll();
                rig.pass(0);
                assertEquals(homes[i], rig.lastArrived().node());
                assertEquals(SYNS + i, rig.lastArrived().packetNumber());
                moved += owner(rig, 1_000 + i) == owners[i] ? 0 : 1;
            }
            assertTrue(moved > SYNS / 4 && moved < SYNS * 3 / 4, "moved " + moved);
        }
    }

    @Test
    void shouldGiveNewFlowsBladesByTheNewPolicy() {
        try (Rig rig =
                new Rig(
                        SelectionPolicy.BUCKETS,
                        List.of(INGRESS),
                        INGRESS,
                        EGRESS,
                        BLADE_1,
                        BLADE_2)) {
            change(rig, INGRESS, new DesiredRule(SelectionPolicy.LEAST_LOADED, null));
            for (int i = 0; i < SYNS; i++) {
                rig.frame(INGRESS, i, syn(1_000 + i));
                rig.answerAll();
            }

            assertEquals(
                    SYNS / 2, rig.arrived.stream().filter(one -> one.node() == BLADE_1).count());
        }
    }

    /// The other one may be deciding on the same flow as its owner by the key before.
    @Test
    void shouldNotDecideAsAnOwnerBeforeTheOwnerBeforeIsKnownToHaveFollowed() {
        try (Rig rig =
                new Rig(
                        SelectionPolicy.LEAST_LOADED,
                        List.of(INGRESS),
                        INGRESS,
                        INGRESS_2,
                        EGRESS,
                        BLADE_1,
                        BLADE_2)) {
            final int port = movingPort(rig, INGRESS_2);
            rig.answersPulls = false;
            change(rig, INGRESS, OTHER_KEY);
            rig.said.clear();
            assertEquals(INGRESS, owner(rig, port));

            rig.frame(INGRESS, 1, syn(port));
            rig.answerAll();
            assertEquals(List.of(), rig.arrived);
            rig.pass(20);
            final SessionPull pull = pullOf(rig, INGRESS_2);
            rig.answerAll();
            assertEquals(List.of(), rig.arrived);

            rig.say(
                    INGRESS_2,
                    INGRESS,
                    new SessionPage(pull.pullId(), 0, SessionPage.END, 0, List.of()));
            rig.pass(100);
            rig.answerAll();

            assertEquals(1, rig.lastArrived().packetNumber());
            assertEquals(Purpose.DELIVER, rig.lastArrived().purpose());
        }
    }

    private static SessionPull pullOf(final Rig rig, final int node) {
        return rig.said.stream()
                .filter(one -> one.to() == node && one.message() instanceof SessionPull)
                .map(one -> (SessionPull) one.message())
                .toList()
                .getLast();
    }

    @Test
    void shouldNotTellAPeerThatGoesByAnotherRuleThatItSeesTheSame() {
        try (Rig rig = pair(SelectionPolicy.BUCKETS)) {
            change(rig, INGRESS, OTHER_KEY);
            final long epoch = rig.redirector(INGRESS).rule().epoch();
            rig.said.clear();

            rig.say(EGRESS, INGRESS, pull(rig, 0));
            assertFalse(rig.said.stream().anyMatch(one -> one.message() instanceof SessionPage));
            rig.say(EGRESS, INGRESS, pull(rig, epoch));
            assertTrue(rig.said.stream().anyMatch(one -> one.message() instanceof SessionPage));
        }
    }

    private static SessionPull pull(final Rig rig, final long ruleEpoch) {
        return new SessionPull(5, 0, 1, rig.members(), SessionPull.EVERYTHING, ruleEpoch);
    }

    @Test
    void shouldAskTheBladesAgainForWhatItOwnsByTheNewRule() {
        try (Rig rig = pair(SelectionPolicy.BUCKETS)) {
            rig.answersPulls = false;
            change(rig, INGRESS, OTHER_KEY);

            assertFalse(rig.redirector(INGRESS).isIdle());
            assertEquals(
                    rig.redirector(INGRESS_2).rule().epoch(), pullOf(rig, BLADE_1).ruleEpoch());
            assertNotEquals(0, pullOf(rig, BLADE_2).ruleEpoch());
        }
    }

    @Test
    void shouldSendAFlowsPacketToItsOwnerByTheNewKey() {
        try (Rig rig = pair(SelectionPolicy.LEAST_LOADED)) {
            final int port = movingPort(rig, INGRESS_2);
            change(rig, INGRESS, OTHER_KEY);

            rig.frame(INGRESS_2, 1, syn(port));
            rig.answerAll();

            final long flowId = rig.lastArrived().flowId();
            final var known = rig.redirector(INGRESS).explain(key(port), rig.nowNs).session();
            assertEquals(flowId, Objects.requireNonNull(known).flowId());
            assertFalse(rig.said.stream().anyMatch(one -> one.message() instanceof StateQuery));
        }
    }
}
