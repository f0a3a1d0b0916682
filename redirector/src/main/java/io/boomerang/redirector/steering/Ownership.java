package io.boomerang.redirector.steering;

/// Which redirectors of one side own a flow, by rendezvous hashing: whoever knows the same nodes
/// computes the same owner, and when a node goes, only its flows get another owner, namely the one
/// that was their backup. Immutable.
public final class Ownership {
    private final int[] nodes;

    /// @param nodes ids of the side's live redirectors, in any order
    public Ownership(final int[] nodes) {
        this.nodes = nodes.clone();
    }

    /// The node that owns flows of this hash; 0 when there is no node.
    public int owner(final long hash) {
        int owner = 0;
        long best = 0;
        for (final int node : nodes) {
            final long score = Mixer.mix(hash, node);
            if (owner == 0 || Long.compareUnsigned(score, best) > 0) {
                owner = node;
                best = score;
            }
        }
        return owner;
    }

    /// The node that would own them without the owner; 0 when there is no other.
    public int backup(final long hash) {
        final int owner = owner(hash);
        int backup = 0;
        long best = 0;
        for (final int node : nodes) {
            final long score = Mixer.mix(hash, node);
            if (node != owner && (backup == 0 || Long.compareUnsigned(score, best) > 0)) {
                backup = node;
                best = score;
            }
        }
        return backup;
    }
}
