package io.boomerang.redirector.steering;

import io.boomerang.announce.SelectionPolicy;

/// Chooses the blade of a new flow. Depends on its arguments alone, allocates nothing.
///
/// The load policies compare what the load per weight would be with the flow on it. Equal ones are
/// told apart by the flow's hash, so that they share evenly.
public final class BladeSelector {
    /// Numbers that no node has: a draw must not depend on how much the hash favours a blade.
    private static final int FIRST_DRAW = -1;

    private static final int SECOND_DRAW = -2;

    private final SelectionPolicy policy;

    public BladeSelector(final SelectionPolicy policy) {
        this.policy = policy;
    }

    public SelectionPolicy policy() {
        return policy;
    }

    /// The blade for a new flow of this hash; 0 when there is none.
    ///
    /// @param eligibleBlades the blades that take new flows, each once, in any order
    /// @param count how many of them are valid
    public int select(
            final long hash,
            final BucketTable table,
            final int[] eligibleBlades,
            final int count,
            final BladeLoad load) {
        if (count == 0) {
            return 0;
        }
        return switch (policy) {
            case BUCKETS -> byBucket(hash, table, eligibleBlades, count);
            case POWER_OF_TWO -> lessLoadedOfTwo(hash, eligibleBlades, count, load);
            case LEAST_LOADED -> leastLoaded(hash, eligibleBlades, count, load);
        };
    }

    /// While the table still names a blade that takes no flows any more, rendezvous hashing spreads
    /// its buckets over the others, alike on every redirector.
    private static int byBucket(
            final long hash, final BucketTable table, final int[] eligibleBlades, final int count) {
        final int allocated = table.bladeOf(hash);
        int best = 0;
        for (int i = 0; i < count; i++) {
            final int blade = eligibleBlades[i];
            if (blade == allocated) {
                return blade;
            }
            if (best == 0 || isFavoured(hash, blade, best)) {
                best = blade;
            }
        }
        return best;
    }

    private static int leastLoaded(
            final long hash, final int[] eligibleBlades, final int count, final BladeLoad load) {
        int best = eligibleBlades[0];
        for (int i = 1; i < count; i++) {
            best = lessLoaded(hash, best, eligibleBlades[i], load);
        }
        return best;
    }

    /// Two different candidates, each drawn with the probability of its weight.
    private static int lessLoadedOfTwo(
            final long hash, final int[] eligibleBlades, final int count, final BladeLoad load) {
        long totalWeight = 0;
        for (int i = 0; i < count; i++) {
            totalWeight += load.weight(eligibleBlades[i]);
        }
        final int first =
                draw(Mixer.mix(hash, FIRST_DRAW), totalWeight, -1, eligibleBlades, count, load);
        final long otherWeight = totalWeight - load.weight(eligibleBlades[first]);
        if (otherWeight <= 0) {
            return eligibleBlades[first];
        }
        final int second =
                draw(Mixer.mix(hash, SECOND_DRAW), otherWeight, first, eligibleBlades, count, load);
        return lessLoaded(hash, eligibleBlades[first], eligibleBlades[second], load);
    }

    /// The index of the blade in whose part of the weights, laid side by side, the hash falls.
    private static int draw(
            final long hash,
            final long totalWeight,
            final int excluded,
            final int[] eligibleBlades,
            final int count,
            final BladeLoad load) {
        long point = Mixer.reduce(hash, totalWeight);
        for (int i = 0; i < count; i++) {
            if (i != excluded) {
                point -= load.weight(eligibleBlades[i]);
                if (point < 0) {
                    return i;
                }
            }
        }
        return (int) Mixer.reduce(hash, count);
    }

    private static int lessLoaded(
            final long hash, final int one, final int other, final BladeLoad load) {
        final long oneScaled = (load.load(one) + 1L) * load.weight(other);
        final long otherScaled = (load.load(other) + 1L) * load.weight(one);
        if (oneScaled != otherScaled) {
            return oneScaled < otherScaled ? one : other;
        }
        return isFavoured(hash, one, other) ? one : other;
    }

    private static boolean isFavoured(final long hash, final int blade, final int other) {
        return Long.compareUnsigned(Mixer.mix(hash, blade), Mixer.mix(hash, other)) > 0;
    }
}
