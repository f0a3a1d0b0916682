package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.OwnersChanged;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

/// How a redirector gets the sessions that it owns. Redirectors 1 and 2 are of the ingress side, 2
/// and the blades are played.
class SessionPullerTest {
    private static final int PEER = Rig.INGRESS_2;
    private static final int BLADE = Rig.BLADE_1;
    private static final int OTHER_BLADE = Rig.BLADE_2;
    private static final int SYN_PORT = 1_000;

    @AutoClose
    private final Rig rig =
            new Rig(
                    SelectionPolicy.LEAST_LOADED,
                    List.of(Rig.INGRESS),
                    Rig.INGRESS,
                    PEER,
                    BLADE,
                    OTHER_BLADE);

    private final Redirector redirector = rig.redirector(Rig.INGRESS);

    private List<Rig.Said> pulls() {
        final List<Rig.Said> pulls =
                rig.said.stream().filter(one -> one.message() instanceof SessionPull).toList();
        rig.said.removeAll(pulls);
        return pulls;
    }

    private SessionPull onlyPullOf(final int node) {
        final List<Rig.Said> pulls = pulls();
        assertEquals(List.of(node), pulls.stream().map(Rig.Said::to).toList());
        return (SessionPull) pulls.getFirst().message();
    }

    private void give(
            final int node,
            final SessionPull pull,
            final int next,
            final int epoch,
            final int... ports) {
        final List<SessionAnnouncement> sessions =
                Arrays.stream(ports).mapToObj(this::session).toList();
        rig.say(
                node,
                Rig.INGRESS,
                new SessionPage(pull.pullId(), pull.cursor(), next, epoch, sessions));
    }

    private SessionAnnouncement session(final int port) {
        return Rig.announcement(Kind.OPEN, key(port), port, BLADE, 0);
    }

    private static FlowKey key(final int port) {
        return Rig.key(Frames.tcp(1, port, 2, 80, Frames.SYN));
    }

    @Test
    void shouldKnowAllFlowsOfAChassisThatHasNone() {
        assertTrue(redirector.isIdle());
    }

    @Test
    void shouldPullFromEveryBladePageByPageWhenAPeerIsGone() {
        rig.answersPulls = false;
        rig.leave(PEER);
        assertFalse(redirector.isIdle());
        final List<Rig.Said> first = pulls();
        assertEquals(
                List.of(BLADE, OTHER_BLADE), first.stream().map(Rig.Said::to).distinct().toList());
        final SessionPull pull = (SessionPull) first.getFirst().message();
        assertEquals(rig.members(), pull.members());

        give(OTHER_BLADE, pull, SessionPage.END, 2);
        give(BLADE, pull, 4_096, 2, SYN_PORT);
        final SessionPull second = onlyPullOf(BLADE);
        assertEquals(4_096, second.cursor());
        give(BLADE, pull, SessionPage.END, 2); // late and doubled: not what was asked for
        assertFalse(redirector.isIdle());
        give(BLADE, second, SessionPage.END, 2, SYN_PORT + 1);

        assertTrue(redirector.isIdle());
        assertEquals(2, redirector.counters().snapshot().get("sessions-pulled"));
        assertEquals(BLADE, knownBlade(SYN_PORT));
        assertEquals(BLADE, knownBlade(SYN_PORT + 1));
    }

    @Test
    void shouldBeKnownToAllOnceEverybodyHasAnswered() {
        assertTrue(redirector.isKnownToAll());
        rig.answersPulls = false;
        rig.leave(PEER);
        final SessionPull pull = (SessionPull) pulls().getFirst().message();

        give(OTHER_BLADE, pull, SessionPage.END, 2);
        assertFalse(redirector.isKnownToAll());
        give(BLADE, pull, 4_096, 2, SYN_PORT);

        assertTrue(redirector.isKnownToAll());
        assertFalse(redirector.hasPulled());
    }

    private int knownBlade(final int port) {
        final Explanation.KnownSession session = redirector.explain(key(port), rig.nowNs).session();
        return session == null ? 0 : session.blade();
    }

    /// What a blade announced between two pages may have gone to other redirectors.
    @Test
    void shouldBeginAgainWhenTheBladeSawOtherRedirectorsMeanwhile() {
        rig.answersPulls = false;
        rig.leave(PEER);
        final SessionPull pull = (SessionPull) pulls().getFirst().message();
        give(OTHER_BLADE, pull, SessionPage.END, 2);
        give(BLADE, pull, 4_096, 2);

        give(BLADE, onlyPullOf(BLADE), SessionPage.END, 4);

        final SessionPull again = onlyPullOf(BLADE);
        assertEquals(0, again.cursor());
        give(BLADE, again, SessionPage.END, 4);
        assertTrue(redirector.isIdle());
    }

    /// A blade that sends a redirector round in circles would keep both busy for ever.
    @Test
    void shouldNotFollowPagesThatLeadBack() {
        rig.answersPulls = false;
        rig.leave(PEER);
        final SessionPull pull = (SessionPull) pulls().getFirst().message();
        give(OTHER_BLADE, pull, SessionPage.END, 2);

        give(BLADE, pull, 0, 2, SYN_PORT);
        give(BLADE, pull, -2, 2, SYN_PORT);

        assertEquals(List.of(), pulls());
        assertEquals(0, knownBlade(SYN_PORT));
        give(BLADE, pull, SessionPage.END, 2);
        assertTrue(redirector.isIdle());
    }

    @Test
    void shouldAskAgainWhoeverDoesNotAnswer() {
        rig.answersPulls = false;
        rig.leave(PEER);
        give(OTHER_BLADE, (SessionPull) pulls().getFirst().message(), SessionPage.END, 2);

        int asked = 0;
        for (int ms = 0; ms < 1_000; ms++) {
            rig.pass(1);
            asked += pulls().size();
        }

        assertEquals(4, asked); // at 0 and 20 ms before; now at 60, 140, 300 and 620
        rig.leave(BLADE);
        assertTrue(redirector.isIdle());
    }

    @Test
    void shouldPullWhenABladeSaysThatOwnersHaveChangedUnlessItHasPulledSince() {
        rig.answersPulls = false;
        rig.say(BLADE, Rig.INGRESS, new OwnersChanged(1));
        assertTrue(redirector.isIdle());

        rig.say(BLADE, Rig.INGRESS, new OwnersChanged(2));
        assertFalse(redirector.isIdle());
        give(BLADE, onlyPullOf(BLADE), SessionPage.END, 2, SYN_PORT);

        assertTrue(redirector.isIdle());
        assertEquals(BLADE, knownBlade(SYN_PORT));
    }

    /// A peer that sees another chassis may still decide on flows that are not its own any more.
    @Test
    void shouldHearItsPeersBeforeItAsksTheBlades() {
        rig.answersPulls = false;
        rig.restart(PEER);
        final SessionPull pull = (SessionPull) pulls().getFirst().message();
        assertEquals(List.of(), pulls());

        give(PEER, pull, SessionPage.END, 0);
        assertEquals(List.of(), pulls());
        rig.pass(10);

        assertEquals(List.of(BLADE, OTHER_BLADE), pulls().stream().map(Rig.Said::to).toList());
    }

    @Test
    void shouldTellAPeerThatSeesTheSame() {
        final SessionPull pull = new SessionPull(5, 0, 1, rig.members());
        rig.say(PEER, Rig.INGRESS, pull);
        rig.say(PEER, Rig.INGRESS, new SessionPull(6, 0, 1, List.of(Rig.INGRESS, PEER)));
        rig.say(PEER, Rig.INGRESS, new SessionPull(7, 0, 2, rig.members()));

        final List<Rig.Said> answers =
                rig.said.stream().filter(one -> one.message() instanceof SessionPage).toList();
        assertEquals(
                List.of(
                        new Rig.Said(
                                Rig.INGRESS,
                                PEER,
                                new SessionPage(5, 0, SessionPage.END, 0, List.of()))),
                answers);
    }
}
