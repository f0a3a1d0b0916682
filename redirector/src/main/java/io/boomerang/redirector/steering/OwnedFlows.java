package io.boomerang.redirector.steering;

import io.boomerang.flow.Side;

/// Whether this redirector has heard of every flow that it owns. It has not while the blades may
/// still be telling it: after it joined a chassis that was at work, after another redirector of its
/// side left flows to it, after it stood still. Used by the redirector's thread only.
final class OwnedFlows {
    /// In this time every blade has announced its flows to their new owners.
    static final long TOLD_NS = 60_000_000_000L;

    private final Side side;
    private final int node;
    private boolean told = true;
    private long changedNs;

    OwnedFlows(final Side side, final int node) {
        this.side = side;
        this.node = node;
    }

    /// The members have changed.
    void onChassis(final ChassisMap before, final ChassisMap after, final long nowNs) {
        final boolean joined = !before.isAlive(node) && after.isAlive(node);
        if (joined ? after.blades().length > 0 : hasLost(before, after)) {
            distrust(nowNs);
        }
    }

    private boolean hasLost(final ChassisMap before, final ChassisMap after) {
        for (final int redirector : before.redirectors(side)) {
            if (!after.isAlive(redirector, before.incarnation(redirector))) {
                return true;
            }
        }
        return false;
    }

    void distrust(final long nowNs) {
        told = false;
        changedNs = nowNs;
    }

    boolean areKnown(final long nowNs) {
        if (!told && nowNs - changedNs > TOLD_NS) {
            told = true;
        }
        return told;
    }
}
