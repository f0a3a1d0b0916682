package io.boomerang.redirector.steering;

import io.boomerang.cluster.Member;

/// Makes the epochs of what an allocator makes anew. The high bits count; the low ones are the
/// allocator's incarnation and node: two allocators that do not know of each other never give
/// different things the same epoch, nor does one that has forgotten what it made.
final class EpochMaker {
    private static final int NODE_BITS = 10;
    private static final int INCARNATION_BITS = 16;
    private static final int LOW_BITS = NODE_BITS + INCARNATION_BITS;

    private final long maker;

    EpochMaker(final Member self) {
        maker = (long) self.incarnation() << NODE_BITS | self.node();
    }

    /// A greater epoch.
    ///
    /// @param last the greatest known; 0 when there is none
    long after(final long last) {
        return (last >>> LOW_BITS) + 1 << LOW_BITS | maker;
    }
}
