package io.boomerang.blade;

import static io.boomerang.blade.Conversation.FLOW;
import static io.boomerang.blade.Conversation.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.boomerang.announce.DigestDifference;
import io.boomerang.announce.PartitionSums;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SessionDigests;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/// What a blade says to digests. A redirector asks, of a chassis with one on each side.
class DigestAnswersTest {
    private static final List<Integer> MEMBERS = List.of(Bench.INGRESS, Bench.EGRESS, Bench.BLADE);
    private static final int TCP_TIMEOUT_MS = 3 * 3_600_000;

    @AutoClose private final Bench bench = Bench.announcing(AnnouncePolicy.ASYNC);
    private final PartitionSums sums = new PartitionSums();

    @BeforeEach
    void meetRedirectors() {
        bench.redirectors(1, 1);
    }

    private void connect() {
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));
        bench.deliver(Side.EGRESS, FLOW, segment(Frames.SYN | Frames.ACK, true));
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.ACK, false));
    }

    private long hash() {
        return new FlowHash(
                        ClusterParameters.DEFAULTS.hashKey0(),
                        ClusterParameters.DEFAULTS.hashKey1())
                .hash(bench.keyOf(segment(Frames.SYN, false)));
    }

    private List<DigestDifference> answers(final List<Integer> members) {
        bench.sent.clear();
        final SessionPull round = new SessionPull(-1, 0, 0, members);
        bench.blade.onMessage(Bench.EGRESS, new SessionDigests(round, sums.toList()), bench.nowNs);
        bench.pass(3);
        return bench.sent.stream()
                .filter(one -> one.message() instanceof DigestDifference)
                .map(one -> (DigestDifference) one.message())
                .toList();
    }

    private long difference() {
        final List<DigestDifference> answers = answers(MEMBERS);
        assertEquals(1, answers.size());
        assertEquals(-1, answers.getFirst().pullId());
        return answers.getFirst().partitions();
    }

    @Test
    void shouldNameThePartitionOfASessionThatTheRedirectorHasNot() {
        connect();

        final long partitions = difference();

        assertEquals(1, Long.bitCount(partitions));
        assertEquals(List.of(FLOW), flowIds(partitions));
        assertEquals(List.of(), flowIds(~partitions));
    }

    private List<Long> flowIds(final long partitions) {
        return page(partitions).sessions().stream().map(SessionAnnouncement::flowId).toList();
    }

    private SessionPage page(final long partitions) {
        final SessionPage page =
                bench.pull(Bench.EGRESS, new SessionPull(-1, 0, 0, MEMBERS, partitions));
        assertNotNull(page);
        return page;
    }

    @Test
    void shouldFindNoDifferenceWhenTheRedirectorHasWhatWasAnnounced() {
        connect();
        sums.add(hash(), FLOW, bench.announcedTo(Bench.EGRESS).getLast().version());

        assertEquals(0, difference());
    }

    /// Under a flood there are many, and redirectors are not told of all.
    @Test
    void shouldLeaveOutWhatNobodyAnswered() {
        bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));

        assertEquals(0, difference());
        assertEquals(List.of(), flowIds(-1));
    }

    @Test
    void shouldNameTheEndOfASessionThatTheRedirectorStillHas() {
        connect();
        sums.add(hash(), FLOW, bench.announcedTo(Bench.EGRESS).getLast().version());
        bench.leap(TCP_TIMEOUT_MS);

        final SessionPage page = page(difference());

        assertEquals(
                List.of(Kind.CLOSE),
                page.sessions().stream().map(SessionAnnouncement::kind).toList());
    }

    @Test
    void shouldNotAnswerWhoSeesAnotherChassis() {
        connect();

        assertEquals(List.of(), answers(List.of(Bench.EGRESS, Bench.BLADE)));
    }
}
