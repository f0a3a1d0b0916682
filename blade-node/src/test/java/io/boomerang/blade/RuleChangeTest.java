package io.boomerang.blade;

import static io.boomerang.blade.Conversation.CLIENT;
import static io.boomerang.blade.Conversation.FLOW;
import static io.boomerang.blade.Conversation.SERVER;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.boomerang.announce.RuleInstalled;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.SteeringRule;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.HashKey;
import io.boomerang.flow.Side;
import io.boomerang.redirector.steering.Ownership;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// What a blade does when the chassis goes by another rule.
class RuleChangeTest {
    private static final int FLOWS = 100;
    private static final List<Integer> MEMBERS = List.of(1, 2, 3, 101, 102, 103, Bench.BLADE);
    private static final SteeringRule RULE =
            new SteeringRule(1_025, SelectionPolicy.LEAST_LOADED, new HashKey(5, 7));

    @AutoClose private final Bench bench = Bench.announcing(AnnouncePolicy.CARRY);

    @BeforeEach
    void meetRedirectors() {
        bench.redirectors(3, 3);
    }

    private static byte[] frame(final int index) {
        return Frames.udp(CLIENT, 4_000 + index, SERVER, 53, 20);
    }

    private int newOwner(final Side side, final FlowKey key) {
        final ClusterParameters parameters = ClusterParameters.DEFAULTS;
        final long hash =
                RULE.newAllocationHash()
                        .of(new FlowHash(parameters.hashKey0(), parameters.hashKey1()).hash(key));
        return new Ownership(side == Side.INGRESS ? new int[] {1, 2, 3} : new int[] {101, 102, 103})
                .owner(hash);
    }

    private List<Object> say(final SteeringRule rule) {
        bench.sent.clear();
        bench.blade.onMessage(1, rule, bench.nowNs);
        return bench.sent.stream()
                .filter(one -> one.node() == 1)
                .map(one -> (Object) one.message())
                .toList();
    }

    @Test
    void shouldConfirmARuleAndTellItsOwnToWhoHasAnOlderOne() {
        assertEquals(List.of(new RuleInstalled(1_025)), say(RULE));
        assertEquals(List.of(new RuleInstalled(1_025)), say(RULE));
        assertEquals(List.of(RULE), say(new SteeringRule(1_024, SelectionPolicy.BUCKETS, null)));
        assertEquals(1_025, bench.blade.rule().epoch());
    }

    @Test
    void shouldAnnounceAndSendNewFlowsToTheirOwnersByTheRule() {
        say(RULE);

        for (int i = 0; i < FLOWS; i++) {
            bench.sent.clear();
            bench.deliver(Side.INGRESS, FLOW + i, frame(i));
            final FlowKey key = bench.keyOf(frame(i));
            assertEquals(newOwner(Side.EGRESS, key), bench.emitted.getLast().node());
            assertEquals(1, bench.announcedTo(newOwner(Side.INGRESS, key)).size());
        }
    }

    @Test
    void shouldAnnounceAFlowThatLivesToItsOwnersByTheRule() {
        for (int i = 0; i < FLOWS; i++) {
            bench.deliver(Side.INGRESS, FLOW + i, frame(i));
            bench.acknowledgeAll();
        }
        say(RULE);
        assertEquals(List.of(), bench.announcedTo(101));

        for (int i = 0; i < FLOWS; i++) {
            final FlowKey key = bench.keyOf(frame(i));
            bench.sent.clear();
            bench.deliver(Side.INGRESS, FLOW + i, frame(i));

            final int owner = newOwner(Side.INGRESS, key);
            final boolean knew =
                    owner == bench.owner(Side.INGRESS, key)
                            || owner == bench.backup(Side.INGRESS, key);
            assertEquals(knew ? 0 : 1, bench.announcedTo(owner).size());
            assertEquals(newOwner(Side.EGRESS, key), bench.emitted.getLast().node());
        }
    }

    @Test
    void shouldGiveSessionsOnlyToWhoGoesByTheSameRule() {
        final Set<FlowKey> owned = new HashSet<>();
        for (int i = 0; i < FLOWS; i++) {
            bench.deliver(Side.INGRESS, FLOW + i, frame(i));
            bench.acknowledgeAll();
            final FlowKey key = bench.keyOf(frame(i));
            if (newOwner(Side.EGRESS, key) == 102) {
                owned.add(key);
            }
        }
        assertNull(bench.pull(102, pull(RULE.epoch())));
        assertNotNull(bench.pull(102, pull(0)));

        say(RULE);

        assertNull(bench.pull(102, pull(0)));
        final SessionPage page = Objects.requireNonNull(bench.pull(102, pull(RULE.epoch())));
        final Set<FlowKey> told = new HashSet<>();
        page.sessions().stream().map(SessionAnnouncement::key).forEach(told::add);
        owned.removeAll(told);
        assertEquals(Set.of(), owned);
    }

    private static SessionPull pull(final long ruleEpoch) {
        return new SessionPull(7, 0, 0, MEMBERS, SessionPull.EVERYTHING, ruleEpoch);
    }

    /// They may not know yet that they go by other owners now.
    @Test
    void shouldRemindAllRedirectorsOfFlowsThatMayBeTheirs() {
        bench.deliver(Side.INGRESS, FLOW, frame(0));
        bench.acknowledgeAll();

        say(RULE);

        assertEquals(List.of(1, 2, 3, 101, 102, 103), bench.remindedOf());
    }

    @Test
    void shouldLeaveOwnersAloneWhenOnlyThePolicyChanges() {
        bench.deliver(Side.INGRESS, FLOW, frame(0));
        bench.acknowledgeAll();

        say(new SteeringRule(1_025, SelectionPolicy.LEAST_LOADED, null));

        assertEquals(List.of(), bench.remindedOf());
        bench.deliver(Side.INGRESS, FLOW, frame(0));
        assertEquals(
                bench.owner(Side.EGRESS, bench.keyOf(frame(0))), bench.emitted.getLast().node());
    }
}
