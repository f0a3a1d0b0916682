package io.boomerang.redirector.steering;

import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.DigestDifference;
import io.boomerang.announce.PartitionSums;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SessionDigests;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.TcpPhase;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionTable;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// Compares at an interval what this redirector has heard from the blades, of the flows that it
/// owns or backs up, with what they hold, and repairs what differs, however it came about.
///
/// A round goes over the table and sums digests up, sends them to the blades, pulls from each the
/// sessions of the partitions in which it has others, and ends the sessions of those partitions
/// that the blade did not name and nobody else spoke of since the round began. Only sessions seen
/// from both ends take part: the others are many under a flood, and their lease ends soon.
///
/// A session that is ended wrongly, because messages overtook each other, costs nothing: the table
/// remembers its blade, which gets the next packet.
///
/// Bounded: a call looks at {@link #SLOTS_PER_CALL} slots and asks each blade for one page. A blade
/// that does not answer is left out of the round. A change of the members ends the round. Used by
/// the redirector's thread only.
final class SessionComparison {
    static final int SLOTS_PER_CALL = 1_024;
    private static final long REPEAT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_TRIES = 30;

    private enum Step {
        RESTING,
        SUMMING,
        EXCHANGING,
        ENDING
    }

    private final Member self;
    private final Side side;
    private final long intervalNs;
    private final SessionTable sessions;
    private final FlowHash flowHash;
    private final SessionExchange exchange;
    private final ControlSender control;
    private final RedirectorCounters counters;
    private final FlowKey key = new FlowKey();
    private final @Nullable Peer[] peers = new Peer[Member.MAX_NODE + 1];

    private ChassisMap chassis = ChassisMap.EMPTY;
    private Step step = Step.RESTING;
    private boolean begun;
    private long dueNs;
    private int round;
    private long hand;
    private long missing;
    private long refused;
    private long leftOver;

    /// A blade in this round.
    private static final class Peer {
        private enum Stage {
            TO_DIFFER,
            TO_NAME,
            DONE,
            SILENT
        }

        private final PartitionSums sums = new PartitionSums();
        private Stage stage = Stage.TO_DIFFER;
        private long partitions;
        private int cursor;
        private int ownersEpoch;
        private int tries;
        private long dueNs;

        void turnTo(final Stage next, final int nextCursor, final long nowNs) {
            stage = next;
            cursor = nextCursor;
            tries = 0;
            dueNs = nowNs;
        }

        boolean isAwaited() {
            return stage == Stage.TO_DIFFER || stage == Stage.TO_NAME;
        }
    }

    /// @param intervalMs 0 for never
    /// @param exchange takes in what blades say
    SessionComparison(
            final Member self,
            final int intervalMs,
            final SessionTable sessions,
            final FlowHash flowHash,
            final SessionExchange exchange,
            final ControlSender control,
            final RedirectorCounters counters) {
        this.self = self;
        this.side = ChassisMap.sideOf(self.role());
        this.intervalNs = TimeUnit.MILLISECONDS.toNanos(intervalMs);
        this.sessions = sessions;
        this.flowHash = flowHash;
        this.exchange = exchange;
        this.control = control;
        this.counters = counters;
    }

    /// The members of the chassis or its rule have changed: what was summed up is of flows that may
    /// be others'.
    void onChassis(final ChassisMap map) {
        chassis = map;
        abandon();
    }

    /// Ends the round without a result.
    void abandon() {
        step = Step.RESTING;
        Arrays.fill(peers, null);
        sessions.endDoubts();
    }

    /// Goes on with the round, or begins one when it is time; answers how much was done.
    ///
    /// @param knowsAll whether this redirector has heard of every flow that it owns
    int onTimer(final boolean knowsAll, final long nowNs) {
        return switch (step) {
            case RESTING -> rest(knowsAll, nowNs);
            case SUMMING -> sumUp(nowNs);
            case EXCHANGING -> exchange(nowNs);
            case ENDING -> endLeftOver(nowNs);
        };
    }

    private int rest(final boolean knowsAll, final long nowNs) {
        if (!begun) {
            begun = true;
            dueNs = nowNs + intervalNs / 16 * (1 + self.node() % 16); // not all at once
        }
        if (intervalNs == 0
                || nowNs - dueNs < 0
                || !knowsAll
                || chassis.format() < SessionDigests.FIRST_FORMAT) {
            return 0;
        }
        dueNs = nowNs + intervalNs;
        round--; // pulls of everything count up
        missing = 0;
        refused = 0;
        leftOver = 0;
        for (final int blade : chassis.blades()) {
            peers[blade] = new Peer();
        }
        turnTo(Step.SUMMING);
        return 1;
    }

    private void turnTo(final Step next) {
        step = next;
        hand = 0;
    }

    private int sumUp(final long nowNs) {
        final long end = Math.min(hand + SLOTS_PER_CALL, sessions.slotCount());
        for (; hand < end; hand++) {
            final Peer peer = peerOf(hand, nowNs);
            if (peer != null) {
                final long hash = hashOf(hand);
                if (isMine(hash)) {
                    peer.sums.add(hash, sessions.flowId(hand), sessions.version(hand));
                    sessions.doubt(hand);
                }
            }
        }
        if (hand == sessions.slotCount()) {
            for (final int blade : chassis.blades()) {
                peer(blade).dueNs = nowNs;
            }
            turnTo(Step.EXCHANGING);
        }
        return 1;
    }

    /// The blade that holds the session in this slot, if there is one that is compared.
    private @Nullable Peer peerOf(final long slot, final long nowNs) {
        if (!sessions.isLive(slot, nowNs)
                || sessions.origin(slot) != Origin.ANNOUNCED
                || sessions.phase(slot) == TcpPhase.EMBRYONIC) {
            return null;
        }
        final int blade = sessions.blade(slot);
        return chassis.isAlive(blade, sessions.incarnation(slot)) ? peers[blade] : null;
    }

    private long hashOf(final long slot) {
        sessions.readKey(slot, key);
        return flowHash.hash(key);
    }

    private boolean isMine(final long hash) {
        return chassis.owner(side, hash) == self.node()
                || chassis.backup(side, hash) == self.node();
    }

    private Peer peer(final int blade) {
        return Objects.requireNonNull(peers[blade], "every blade has its part in the round");
    }

    private int exchange(final long nowNs) {
        int asked = 0;
        boolean awaited = false;
        for (final int blade : chassis.blades()) {
            final Peer peer = peer(blade);
            if (peer.isAwaited() && nowNs - peer.dueNs >= 0) {
                ask(blade, peer, nowNs);
                asked++;
            }
            awaited = awaited || peer.isAwaited();
        }
        if (!awaited) {
            turnTo(Step.ENDING);
        }
        return asked;
    }

    private void ask(final int blade, final Peer peer, final long nowNs) {
        if (++peer.tries > MOST_TRIES) {
            peer.stage = Peer.Stage.SILENT;
            return;
        }
        peer.dueNs = nowNs + REPEAT_NS;
        final boolean toDiffer = peer.stage == Peer.Stage.TO_DIFFER;
        final SessionPull pull =
                new SessionPull(
                        round,
                        peer.cursor,
                        self.incarnation(),
                        chassis.members(),
                        toDiffer ? SessionPull.EVERYTHING : peer.partitions,
                        chassis.ruleEpoch());
        control.send(blade, toDiffer ? new SessionDigests(pull, peer.sums.toList()) : pull);
    }

    /// A blade says where it has others.
    void take(final int from, final DigestDifference difference, final long nowNs) {
        final Peer peer = awaited(from, difference.pullId());
        if (peer != null && peer.stage == Peer.Stage.TO_DIFFER) {
            peer.partitions = difference.partitions();
            peer.turnTo(peer.partitions == 0 ? Peer.Stage.DONE : Peer.Stage.TO_NAME, 0, nowNs);
        }
    }

    private @Nullable Peer awaited(final int from, final int pullId) {
        final Peer peer =
                step == Step.EXCHANGING && pullId == round && chassis.isBlade(from)
                        ? peers[from]
                        : null;
        return peer != null && peer.isAwaited() ? peer : null;
    }

    /// A page has come. Answers whether this comparison asked for it: then its sessions are to be
    /// given to {@link #repair} before anything else happens.
    boolean take(final int from, final SessionPage page, final long nowNs) {
        final Peer peer = awaited(from, page.pullId());
        final boolean leadsOn = page.next() == SessionPage.END || page.next() > page.cursor();
        if (peer == null
                || peer.stage != Peer.Stage.TO_NAME
                || peer.cursor != page.cursor()
                || !leadsOn) {
            return false;
        }
        if (page.cursor() == 0) {
            peer.ownersEpoch = page.ownersEpoch();
        }
        if (peer.ownersEpoch != page.ownersEpoch()) {
            peer.stage = Peer.Stage.SILENT; // it saw other redirectors meanwhile: the next round
        } else if (page.next() == SessionPage.END) {
            peer.stage = Peer.Stage.DONE;
        } else {
            peer.turnTo(Peer.Stage.TO_NAME, page.next(), nowNs);
        }
        return true;
    }

    /// Takes in what a blade named, and counts it if it is news.
    void repair(final int blade, final SessionAnnouncement session, final long nowNs) {
        final long slot = sessions.find(session.key(), flowHash.hash(session.key()));
        final boolean known =
                slot != SessionTable.NONE
                        && sessions.isLive(slot, nowNs)
                        && sessions.origin(slot) == Origin.ANNOUNCED
                        && sessions.flowId(slot) == session.flowId();
        final boolean same = known && sessions.version(slot) == session.version();
        final Outcome outcome = exchange.repair(blade, session, nowNs);
        if (outcome == Outcome.STALE) {
            return;
        }
        if (session.kind() == Kind.CLOSE) {
            leftOver += known ? 1 : 0;
        } else if (!same) {
            missing++;
            refused += outcome == Outcome.TABLE_FULL ? 1 : 0;
        }
    }

    private int endLeftOver(final long nowNs) {
        final long end = Math.min(hand + SLOTS_PER_CALL, sessions.slotCount());
        for (; hand < end; hand++) {
            final Peer peer = sessions.isDoubted(hand) ? peerOf(hand, nowNs) : null;
            if (peer != null
                    && peer.stage == Peer.Stage.DONE
                    && PartitionSums.isIn(peer.partitions, hashOf(hand))) {
                sessions.lapse(hand);
                leftOver++;
            }
        }
        if (hand == sessions.slotCount()) {
            conclude();
        }
        return 1;
    }

    private void conclude() {
        counters.driftMissing = missing;
        counters.driftLeftOver = leftOver;
        counters.driftRepaired += missing - refused + leftOver;
        boolean complete = true;
        for (final int blade : chassis.blades()) {
            complete = complete && peer(blade).stage == Peer.Stage.DONE;
        }
        counters.comparisons += complete ? 1 : 0;
        abandon();
    }
}
