package io.boomerang.redirector.steering;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SteeringRule;

/// The rule by which a redirector gives new flows their blades, and whether others may still decide
/// by another one. Used by the redirector's thread only.
final class RuleInUse {
    private final SessionPuller puller;
    private BladeSelector selector;

    /// Also before this redirector knows which rule the chassis goes by.
    private boolean moving = true;

    /// @param initial what this redirector was started with
    RuleInUse(final SelectionPolicy initial, final SessionPuller puller) {
        this.puller = puller;
        selector = new BladeSelector(initial);
    }

    /// The puller asks the others from now on whether they go by it, too.
    void change(final SteeringRule next) {
        selector = new BladeSelector(next.policy());
        moving = true;
    }

    /// Whether every redirector that goes by the rule gives a new flow the same blade.
    boolean isByBucket() {
        return selector.policy() == SelectionPolicy.BUCKETS;
    }

    /// Whether another redirector may still decide by another rule, or what it decided be on its
    /// way.
    boolean isMoving(final long nowNs) {
        moving = moving && !puller.isPast(nowNs);
        return moving;
    }

    /// The blade for a new flow of this flow hash; 0 when there is none.
    int select(final long hash, final BucketAllocation allocation, final BladeLoad load) {
        final int[] eligible = allocation.eligible();
        return selector.select(
                allocation.hashOf(hash), allocation.table(), eligible, eligible.length, load);
    }
}
