package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// What a redirector takes from the views it is shown.
class ViewHistoryTest {
    private static final int SELF = 1;
    private static final int PEER = 2;
    private static final int FAR = 101;
    private static final int BLADE = 201;
    private static final int OTHER_BLADE = 202;

    private final ViewHistory history = new ViewHistory(Side.INGRESS, SELF);
    private ChassisMap shown = ChassisMap.EMPTY;
    private long nowNs = 1_000;

    private boolean show(final boolean merged, final int... nodes) {
        final ChassisMap next =
                new ChassisMap(
                        new ClusterView(
                                1,
                                Arrays.stream(nodes).mapToObj(ViewHistoryTest::member).toList(),
                                merged));
        nowNs++;
        final boolean united = history.onChassis(shown, next, nowNs);
        shown = next;
        return united;
    }

    private static Member member(final int node) {
        final Role role =
                node < FAR
                        ? Role.INGRESS_REDIRECTOR
                        : node < BLADE ? Role.EGRESS_REDIRECTOR : Role.BLADE;
        return new Member(node, "node-" + node, role, 1, 0);
    }

    @Test
    void shouldTrustItselfFromTheStart() {
        assertFalse(show(false, SELF, FAR, BLADE));

        assertFalse(history.haveOwnersMoved(nowNs));
        assertFalse(history.isHealing());
        assertFalse(history.isLost());
    }

    @Test
    void shouldNotBeDisturbedByABladeOrAFarRedirectorThatJoins() {
        show(false, SELF, BLADE);

        assertFalse(show(false, SELF, FAR, BLADE, OTHER_BLADE));
        assertFalse(history.haveOwnersMoved(nowNs));
    }

    @Test
    void shouldCountFromTheMomentThatOwnersChange() {
        show(false, SELF, BLADE);

        assertFalse(show(false, SELF, PEER, BLADE));

        assertTrue(history.haveOwnersMoved(nowNs));
        assertEquals(nowNs, history.countsFromNs());
        assertFalse(history.isHealing());
    }

    @Test
    void shouldHealWhenSomebodyIsBackWhoHasNotStartedAnew() {
        show(false, SELF, FAR, BLADE);
        show(false, SELF, FAR);

        assertTrue(show(false, SELF, FAR, BLADE));
        assertTrue(history.isHealing());
        assertEquals(nowNs, history.countsFromNs());

        history.onPulled();
        assertFalse(history.isHealing());
        assertTrue(history.haveOwnersMoved(nowNs));
    }

    /// It started while the parts were apart, and has never seen the other one.
    @Test
    void shouldHealWhenTheClusterSaysThatPartsHaveMet() {
        show(false, SELF, BLADE);

        assertTrue(show(true, SELF, BLADE, OTHER_BLADE));

        assertTrue(history.isHealing());
        assertEquals(nowNs, history.countsFromNs());
    }

    @Test
    void shouldBeLostAfterAPauseUntilAllSayThatTheySeeTheSame() {
        show(false, SELF, PEER, BLADE);

        history.onPause(nowNs);
        assertTrue(history.isLost());
        assertTrue(history.isHealing());

        history.onConfirmed();
        assertFalse(history.isLost());
        assertTrue(history.isHealing());
    }

    @Test
    void shouldForgetThatOwnersMovedWhenNoSessionIsLeftFromBefore() {
        show(false, SELF, BLADE);
        show(false, SELF, PEER, BLADE);
        nowNs += TimeUnit.MILLISECONDS.toNanos(SessionAnnouncement.MAX_LEASE_MS);
        assertTrue(history.haveOwnersMoved(nowNs));

        assertFalse(history.haveOwnersMoved(nowNs + 1));
    }
}
