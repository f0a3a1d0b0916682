package io.boomerang.redirector.steering;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.cluster.Member;
import io.boomerang.flow.Side;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// What the views of the chassis so far mean for what this redirector knows.
///
/// Whether it has heard of every flow that it owns: it has not while the blades may still be
/// telling it, that is, after it joined a chassis that was at work, after another redirector of its
/// side left flows to it, after parts of the chassis have found each other.
///
/// Since when what it was told of other redirectors' flows counts: not from before parts that did
/// not see each other became one again, because the other part may have given the flow to another
/// blade. Used by the redirector's thread only.
final class ViewHistory {
    /// In this time every blade has announced its flows to their new owners.
    static final long TOLD_NS = 60_000_000_000L;

    /// After this time no session is left that was learned before.
    private static final long FORGOTTEN_NS =
            TimeUnit.MILLISECONDS.toNanos(SessionAnnouncement.MAX_LEASE_MS);

    private static final int UNSEEN = -1;

    private final Side side;
    private final int node;
    private final int[] seen = new int[Member.MAX_NODE + 1];
    private boolean told = true;
    private long changedNs;
    private boolean divided;
    private long unitedNs;

    ViewHistory(final Side side, final int node) {
        this.side = side;
        this.node = node;
        Arrays.fill(seen, UNSEEN);
    }

    /// The members have changed.
    void onChassis(final ChassisMap before, final ChassisMap after, final long nowNs) {
        final boolean joined = !before.isAlive(node) && after.isAlive(node);
        final boolean inherited = joined ? after.blades().length > 0 : hasLost(before, after);
        final boolean united = hasReturned(before, after);
        if (inherited || united) {
            told = false;
            changedNs = nowNs;
        }
        if (united) {
            divided = true;
            unitedNs = nowNs;
        }
    }

    /// Whether somebody is back who was not in the view before and has not started anew meanwhile.
    private boolean hasReturned(final ChassisMap before, final ChassisMap after) {
        boolean returned = false;
        for (int member = 1; member <= Member.MAX_NODE; member++) {
            if (after.isAlive(member)) {
                final int incarnation = after.incarnation(member);
                returned |= seen[member] == incarnation && !before.isAlive(member, incarnation);
                seen[member] = incarnation;
            }
        }
        return returned;
    }

    private boolean hasLost(final ChassisMap before, final ChassisMap after) {
        for (final int redirector : before.redirectors(side)) {
            if (!after.isAlive(redirector, before.incarnation(redirector))) {
                return true;
            }
        }
        return false;
    }

    /// Whether something from before {@link #countsFromNs} may be around.
    boolean wasDivided(final long nowNs) {
        if (divided && nowNs - unitedNs > FORGOTTEN_NS) {
            divided = false;
        }
        return divided;
    }

    /// Sessions of other redirectors' flows count if they were learned after this time.
    long countsFromNs() {
        return unitedNs;
    }

    /// Whether this redirector has heard of every flow that it owns.
    boolean knowsOwnFlows(final long nowNs) {
        if (!told && nowNs - changedNs > TOLD_NS) {
            told = true;
        }
        return told;
    }
}
