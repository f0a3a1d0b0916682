package io.boomerang.redirector.steering;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.cluster.Member;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Since when what this redirector was told of other redirectors' flows counts: not from before
/// parts of the chassis that did not see each other became one again, because the other part may
/// have given the flow to another blade. Used by the redirector's thread only.
final class ViewHistory {
    /// After this time no session is left that was learned before.
    private static final long FORGOTTEN_NS =
            TimeUnit.MILLISECONDS.toNanos(SessionAnnouncement.MAX_LEASE_MS);

    private static final int UNSEEN = -1;

    private final int[] seen = new int[Member.MAX_NODE + 1];
    private boolean divided;
    private long unitedNs;

    ViewHistory() {
        Arrays.fill(seen, UNSEEN);
    }

    /// The members have changed. Answers whether parts of the chassis have met again.
    boolean onChassis(final ChassisMap before, final ChassisMap after, final long nowNs) {
        final boolean united = hasReturned(before, after);
        if (united) {
            divided = true;
            unitedNs = nowNs;
        }
        return united;
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
}
