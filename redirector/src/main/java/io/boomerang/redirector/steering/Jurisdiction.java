package io.boomerang.redirector.steering;

import io.boomerang.cluster.Member;
import io.boomerang.flow.Side;

/// Which redirector may decide on the blade of a flow that it has no session of, and which others
/// may know one. Used by the redirector's thread only.
final class Jurisdiction {
    private static final int HOPS_THERE_AND_BACK = 2;

    private final Side side;
    private final Arrival arrival;
    private final BucketAllocation allocation;
    private final RuleInUse rule;
    private final SessionPuller puller;
    private final ViewHistory history;
    private ChassisMap chassis = ChassisMap.EMPTY;

    /// @param arrival the packet that is on its way, the redirector's only one
    Jurisdiction(
            final Member self,
            final Arrival arrival,
            final BucketAllocation allocation,
            final RuleInUse rule,
            final SessionPuller puller,
            final ViewHistory history) {
        this.side = ChassisMap.sideOf(self.role());
        this.arrival = arrival;
        this.allocation = allocation;
        this.rule = rule;
        this.puller = puller;
        this.history = history;
    }

    /// The members of the chassis or its rule have changed.
    void onChassis(final ChassisMap map) {
        chassis = map;
    }

    /// Buckets are the same everywhere, and a flow that came before was steered by the same one.
    boolean everyRedirectorAgrees(
            final long hash, final boolean opensConnection, final long nowNs) {
        return rule.isByBucket() && allocation.isSettled(hash, opensConnection, nowNs);
    }

    /// On the owner: whether no other redirector can have decided on the flow without this one
    /// having heard of it.
    boolean nobodyElseKnows(final long hash, final boolean opensConnection, final long nowNs) {
        return everyRedirectorAgrees(hash, opensConnection, nowNs)
                || arrival.side == Side.INGRESS
                        && (chassis.redirectors(side).length == 1
                                || !rule.isByBucket()
                                || !allocation.isChanging(hash, nowNs));
    }

    /// On the owner, as long as it has not pulled all sessions: the redirector that owned the flow
    /// before this one joined, and backs it up now, if the packet may find its session there; else
    /// 0. From there it comes back, after two hops, if it does not; then the blades are asked.
    int formerOwner(final long hash, final boolean opensConnection) {
        if (puller.isComplete()
                || history.isHealing()
                || opensConnection
                || arrival.returnedBy != 0
                || arrival.hops >= HOPS_THERE_AND_BACK) {
            return 0;
        }
        final int backup = chassis.backup(side, hash);
        return backup == arrival.node ? 0 : backup;
    }
}
