package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.DigestDifference;
import io.boomerang.announce.FormatRange;
import io.boomerang.announce.PartitionSums;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SessionDigests;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.RedirectorConfig;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

/// How a redirector finds out that it and a blade do not agree. The blade is played.
class SessionComparisonTest {
    private static final int BLADE = Rig.BLADE_1;
    private static final int INTERVAL_MS = 10_000;
    private static final long EVERY_PARTITION = -1;

    @AutoClose
    private final Rig rig =
            new Rig(
                    RedirectorConfig.DEFAULTS
                            .withSessionCapacity(1 << 10)
                            .withComparisonIntervalMs(INTERVAL_MS),
                    List.of(Rig.INGRESS),
                    Rig.INGRESS,
                    BLADE);

    private final Redirector redirector = rig.redirector(Rig.INGRESS);

    private static FlowKey key(final int port) {
        return Rig.key(Frames.tcp(1, port, 2, 80, Frames.SYN));
    }

    private static SessionAnnouncement session(final int port, final int version) {
        return Rig.announcement(Kind.OPEN, key(port), port, BLADE, version);
    }

    private void announce(final int port) {
        rig.say(BLADE, Rig.INGRESS, session(port, 1));
    }

    private boolean isLive(final int port) {
        final Explanation.KnownSession session = redirector.explain(key(port), rig.nowNs).session();
        return session != null && session.live();
    }

    private long counter(final String name) {
        return redirector.counters().snapshot().getOrDefault(name, -1L);
    }

    /// Lets so many intervals pass.
    private void passIntervals(final int count) {
        final int steps = 200;
        for (int i = 0; i < count * steps; i++) {
            rig.pass(INTERVAL_MS / steps);
        }
    }

    private List<SessionDigests> digests() {
        final List<SessionDigests> digests =
                rig.said.stream()
                        .filter(one -> one.message() instanceof SessionDigests)
                        .map(one -> (SessionDigests) one.message())
                        .toList();
        rig.said.clear();
        return digests;
    }

    private SessionDigests nextDigests() {
        passIntervals(1);
        return digests().getLast();
    }

    private void differ(final SessionDigests digests, final long partitions) {
        rig.answersPulls = false;
        rig.say(BLADE, Rig.INGRESS, new DigestDifference(digests.round().pullId(), partitions));
        rig.pass(1);
    }

    private SessionPull pull() {
        final SessionPull pull =
                rig.said.stream()
                        .filter(one -> one.message() instanceof SessionPull)
                        .map(one -> (SessionPull) one.message())
                        .toList()
                        .getLast();
        rig.said.clear();
        return pull;
    }

    private void name(
            final SessionPull pull, final int next, final SessionAnnouncement... sessions) {
        rig.say(
                BLADE,
                Rig.INGRESS,
                new SessionPage(pull.pullId(), pull.cursor(), next, 1, Arrays.asList(sessions)));
    }

    /// More calls than the table has slices.
    private void finish() {
        for (int i = 0; i < 10; i++) {
            rig.pass(1);
        }
    }

    @Test
    void shouldSendTheDigestsOfWhatTheBladeAnnouncedAndNothingElseWhenTheyAreTheSame() {
        announce(1_000);
        final PartitionSums other = new PartitionSums();
        other.add(0, 1_000, 1);

        final SessionDigests digests = nextDigests();
        differ(digests, 0);
        finish();

        assertEquals(rig.members(), digests.round().members());
        assertEquals(1, digests.sums().stream().filter(sum -> sum != 0).count());
        assertEquals(
                other.toList().stream().filter(sum -> sum != 0).toList(),
                digests.sums().stream().filter(sum -> sum != 0).toList());
        assertEquals(List.of(), rig.said);
        assertEquals(1, counter("comparisons"));
        assertEquals(0, counter("drift-missing"));
        assertTrue(isLive(1_000));
    }

    @Test
    void shouldTakeInWhatTheBladeNamesAndEndWhatItDoesNot() {
        announce(1_000);
        announce(1_001);
        differ(nextDigests(), EVERY_PARTITION);

        final SessionPull first = pull();
        name(first, 4_096, session(1_000, 2), session(1_002, 1));
        rig.pass(1);
        final SessionPull second = pull();
        name(second, SessionPage.END);
        finish();

        assertEquals(EVERY_PARTITION, first.partitions());
        assertEquals(4_096, second.cursor());
        assertTrue(isLive(1_000));
        assertFalse(isLive(1_001));
        assertTrue(isLive(1_002));
        assertEquals(2, counter("drift-missing"));
        assertEquals(1, counter("drift-left-over"));
        assertEquals(3, counter("drift-repaired"));
    }

    @Test
    void shouldCountTheEndThatItMissed() {
        announce(1_000);
        differ(nextDigests(), EVERY_PARTITION);

        name(pull(), SessionPage.END, Rig.announcement(Kind.CLOSE, key(1_000), 1_000, BLADE, 2));
        finish();

        assertFalse(isLive(1_000));
        assertEquals(0, counter("drift-missing"));
        assertEquals(1, counter("drift-left-over"));
    }

    /// The blade looked before it announced them.
    @Test
    void shouldNotEndWhatWasAnnouncedMeanwhile() {
        announce(1_000);
        differ(nextDigests(), EVERY_PARTITION);
        announce(1_000);
        announce(1_001);

        name(pull(), SessionPage.END);
        finish();

        assertTrue(isLive(1_000));
        assertTrue(isLive(1_001));
        assertEquals(0, counter("drift-left-over"));
        assertEquals(1, counter("comparisons"));
    }

    @Test
    void shouldEndNothingOfPartitionsThatAreTheSame() {
        announce(1_000);
        final SessionDigests digests = nextDigests();
        int partition = 0;
        while (digests.sums().get(partition) == 0) {
            partition++;
        }
        differ(digests, ~(1L << partition));

        name(pull(), SessionPage.END);
        finish();

        assertTrue(isLive(1_000));
        assertEquals(1, counter("comparisons"));
    }

    @Test
    void shouldAskABladeThatDoesNotAnswerAgainAndGiveItUp() {
        announce(1_000);
        nextDigests();
        passIntervals(2);
        assertTrue(digests().size() > 10);
        passIntervals(3);
        digests();
        assertEquals(0, counter("comparisons"));

        differ(nextDigests(), 0);
        finish();

        assertEquals(1, counter("comparisons"));
    }

    @Test
    void shouldNotSendDigestsToWhomCannotReadThem() {
        final ClusterView old =
                new ClusterView(
                        1_000,
                        List.of(
                                new Member(Rig.INGRESS, "new", Role.INGRESS_REDIRECTOR, 1, 0),
                                new Member(
                                        BLADE,
                                        "old",
                                        Role.BLADE,
                                        1,
                                        0,
                                        FormatRange.FIRST_RELEASE)));
        redirector.onView(old, rig.nowNs);

        passIntervals(3);

        assertEquals(List.of(), digests());
    }
}
