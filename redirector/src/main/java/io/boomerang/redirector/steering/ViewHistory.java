package io.boomerang.redirector.steering;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.cluster.Member;
import io.boomerang.flow.Side;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Since when what this redirector was told of flows that it does not own counts: not from before
/// the owners changed, because it hears no more of what it was told then as their owner, and not
/// from before parts of the chassis that did not see each other became one again, because the other
/// part may have given the flow to another blade. Used by the redirector's thread only.
final class ViewHistory {
    /// After this time no session is left that was learned before.
    private static final long FORGOTTEN_NS =
            TimeUnit.MILLISECONDS.toNanos(SessionAnnouncement.MAX_LEASE_MS);

    private static final int UNSEEN = -1;

    private final int[] seen = new int[Member.MAX_NODE + 1];
    private final Side side;
    private final int node;
    private boolean moved;
    private boolean healed = true;
    private boolean stoodStill;
    private long movedNs;

    ViewHistory(final Side side, final int node) {
        this.side = side;
        this.node = node;
        Arrays.fill(seen, UNSEEN);
    }

    /// The members have changed. Answers whether parts of the chassis have met again.
    boolean onChassis(final ChassisMap before, final ChassisMap after, final long nowNs) {
        stoodStill = false;
        // A redirector that started while the parts were apart cannot tell by itself.
        final boolean returned = hasReturned(before, after);
        final boolean united = returned || after.isMerged();
        if (united) {
            onUnited(nowNs);
        } else if (hasOthersJoined(before, after)) {
            onMoved(nowNs);
        }
        return united;
    }

    /// This redirector has sessions from before it started, and does not know what happened since.
    void onRestored(final long nowNs) {
        onMoved(nowNs);
    }

    /// Flows have got other owners or are decided on otherwise, although nobody has joined or left.
    void onOwnersMoved(final long nowNs) {
        onMoved(nowNs);
    }

    private void onUnited(final long nowNs) {
        healed = false;
        onMoved(nowNs);
    }

    private void onMoved(final long nowNs) {
        moved = true;
        movedNs = nowNs;
    }

    private boolean hasOthersJoined(final ChassisMap before, final ChassisMap after) {
        for (final int redirector : after.redirectors(side)) {
            if (redirector != node && !before.isAlive(redirector, after.incarnation(redirector))) {
                return true;
            }
        }
        return false;
    }

    /// This redirector stood still for so long that the others may have gone on without it, and it
    /// has not heard of that yet.
    void onPause(final long nowNs) {
        stoodStill = true;
        onUnited(nowNs);
    }

    /// All whom this redirector sees have said that they see the same.
    void onConfirmed() {
        stoodStill = false;
    }

    /// Every blade has told the sessions that this redirector owns or backs up.
    void onPulled() {
        healed = true;
    }

    /// Whether nothing is certain, not even who is there.
    boolean isLost() {
        return stoodStill;
    }

    /// Whether, since parts of the chassis met again, it is still unknown which of two blades that
    /// hold the same flow has it.
    boolean isHealing() {
        return !healed;
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

    /// Whether a view has shown that member in this incarnation or a later one. If not, it may be
    /// about to: others may see it already.
    boolean hasSeen(final int member, final int incarnation) {
        return seen[member] >= incarnation;
    }

    /// Whether something from before {@link #countsFromNs} may be around.
    boolean haveOwnersMoved(final long nowNs) {
        if (moved && nowNs - movedNs > FORGOTTEN_NS) {
            moved = false;
        }
        return moved;
    }

    /// Sessions of other redirectors' flows count if they were learned after this time.
    long countsFromNs() {
        return movedNs;
    }
}
