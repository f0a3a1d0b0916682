package io.boomerang.redirector.steering;

import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.Side;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Sees to it that this redirector has heard of every flow that it owns: after it joined, after
/// another redirector of its side left flows to it, after it may have missed what others were told.
///
/// First its peers on its side have to say that they see the same chassis as this one: from then on
/// none of them decides on its flows any more. Then every blade gives it its sessions, page by
/// page, at the pace at which this one asks. Whoever does not answer is asked again. Used by the
/// redirector's thread only.
final class SessionPuller {
    static final long FIRST_REPEAT_NS = 20_000_000L;
    private static final long LAST_REPEAT_NS = 1_000_000_000L;

    /// What a peer has steered by what it saw before has reached its blade by then.
    static final long TRANSIT_NS = 10_000_000L;

    private static final int NEVER = 0;

    private final Member self;
    private final Side side;
    private final ControlSender control;
    private final SortedMap<Integer, Source> peers = new TreeMap<>();
    private final SortedMap<Integer, Source> blades = new TreeMap<>();
    private final int[] pulledEpochs = new int[Member.MAX_NODE + 1];
    private List<Integer> members = List.of();
    private long ruleEpoch;
    private int pullId;
    private long bladesFromNs;

    /// Somebody who has not told everything yet.
    private static final class Source {
        private int cursor;
        private int ownersEpoch;
        private boolean answered;
        private long dueNs;
        private long intervalNs = FIRST_REPEAT_NS;

        Source(final long nowNs) {
            dueNs = nowNs;
        }

        void turnTo(final int nextCursor, final long nowNs) {
            cursor = nextCursor;
            dueNs = nowNs;
            intervalNs = FIRST_REPEAT_NS;
        }
    }

    SessionPuller(final Member self, final ControlSender control) {
        this.self = self;
        this.side = ChassisMap.sideOf(self.role());
        this.control = control;
    }

    /// Whether this redirector has heard of every flow that it owns.
    boolean isComplete() {
        return peers.isEmpty() && blades.isEmpty();
    }

    /// Whether everybody has said that it sees the same chassis as this one.
    boolean isConfirmed() {
        return peers.isEmpty() && blades.values().stream().allMatch(source -> source.answered);
    }

    /// Whether nobody decides on flows by what was before this redirector began to pull, and what
    /// was decided so has reached its blade, which has had time to say so.
    boolean isPast(final long nowNs) {
        return peers.isEmpty() && nowNs - bladesFromNs >= TRANSIT_NS;
    }

    /// The chassis goes by another rule: flows may be this redirector's that were others', and
    /// others may still decide by the rule before.
    void onRule(final ChassisMap chassis, final long nowNs) {
        restart(chassis, nowNs);
        ask(nowNs);
    }

    /// The members have changed.
    ///
    /// @param afresh whether what was pulled before does not count any more
    void onChassis(
            final ChassisMap before,
            final ChassisMap after,
            final boolean afresh,
            final long nowNs) {
        members = after.members();
        ruleEpoch = after.ruleEpoch();
        if (afresh || !before.isAlive(self.node()) || hasLost(before, after)) {
            restart(after, nowNs);
        } else {
            blades.keySet().removeIf(blade -> !after.isAlive(blade));
            addNew(peers, after.redirectors(side), before, after, nowNs);
            addNew(blades, after.blades(), before, after, nowNs);
        }
        ask(nowNs);
    }

    private boolean hasLost(final ChassisMap before, final ChassisMap after) {
        for (final int redirector : before.redirectors(side)) {
            if (!after.isAlive(redirector, before.incarnation(redirector))) {
                return true;
            }
        }
        return false;
    }

    /// Pulls everything once more.
    void restart(final ChassisMap chassis, final long nowNs) {
        pullId++;
        ruleEpoch = chassis.ruleEpoch();
        bladesFromNs = nowNs;
        peers.clear();
        blades.clear();
        addNew(peers, chassis.redirectors(side), ChassisMap.EMPTY, chassis, nowNs);
        addNew(blades, chassis.blades(), ChassisMap.EMPTY, chassis, nowNs);
    }

    private void addNew(
            final SortedMap<Integer, Source> sources,
            final int[] nodes,
            final ChassisMap before,
            final ChassisMap after,
            final long nowNs) {
        for (final int node : nodes) {
            if (node != self.node() && !before.isAlive(node, after.incarnation(node))) {
                sources.put(node, new Source(nowNs));
                pulledEpochs[node] = NEVER;
            }
        }
    }

    /// A blade says that its flows may have got this redirector as their owner.
    void onOwnersChanged(
            final int blade, final int epoch, final ChassisMap chassis, final long nowNs) {
        if (chassis.isAlive(blade) && pulledEpochs[blade] != epoch) {
            blades.computeIfAbsent(blade, _ -> new Source(nowNs)).dueNs = nowNs;
            ask(nowNs);
        }
    }

    /// A page has come. Answers whether it was asked for: then its sessions are to be installed
    /// before anything else happens.
    boolean take(final int from, final SessionPage page, final long nowNs) {
        if (page.pullId() != pullId) {
            return false;
        }
        if (peers.remove(from) != null) {
            bladesFromNs = nowNs + TRANSIT_NS;
            return false;
        }
        final Source source = blades.get(from);
        final boolean leadsOn = page.next() == SessionPage.END || page.next() > page.cursor();
        if (source == null || source.cursor != page.cursor() || !leadsOn) {
            return false;
        }
        source.answered = true;
        if (page.cursor() == 0) {
            source.ownersEpoch = page.ownersEpoch();
        }
        if (source.ownersEpoch != page.ownersEpoch()) {
            source.turnTo(0, nowNs); // flows announced meanwhile may have gone to others
        } else if (page.next() == SessionPage.END) {
            blades.remove(from);
            pulledEpochs[from] = page.ownersEpoch();
        } else {
            source.turnTo(page.next(), nowNs);
        }
        ask(nowNs);
        return true;
    }

    /// Asks whoever has to be asked by now; answers how many.
    int ask(final long nowNs) {
        if (isComplete()) {
            return 0;
        }
        if (!peers.isEmpty()) {
            return ask(peers, nowNs);
        }
        return nowNs - bladesFromNs < 0 ? 0 : ask(blades, nowNs);
    }

    private int ask(final SortedMap<Integer, Source> sources, final long nowNs) {
        int asked = 0;
        for (final var entry : sources.entrySet()) {
            final Source source = entry.getValue();
            if (nowNs - source.dueNs >= 0) {
                control.send(
                        entry.getKey(),
                        new SessionPull(
                                pullId,
                                source.cursor,
                                self.incarnation(),
                                members,
                                SessionPull.EVERYTHING,
                                ruleEpoch));
                source.dueNs = nowNs + source.intervalNs;
                source.intervalNs = Math.min(2 * source.intervalNs, LAST_REPEAT_NS);
                asked++;
            }
        }
        return asked;
    }

    /// Another redirector of this side asks: it is told that this one sees the chassis as the asker
    /// does and goes by the same rule, once that is so.
    void answer(final int asker, final SessionPull pull, final ChassisMap chassis) {
        if (chassis.isAlive(asker, pull.incarnation())
                && chassis.isAlive(self.node())
                && chassis.ruleEpoch() == pull.ruleEpoch()
                && members.equals(pull.members())) {
            control.send(
                    asker,
                    new SessionPage(
                            pull.pullId(), pull.cursor(), SessionPage.END, NEVER, List.of()));
        }
    }
}
