package io.boomerang.flow;

import org.jspecify.annotations.Nullable;

/// The hash by which a flow gets its bucket and its owners. It is made from the flow's hash and not
/// from its key, so that what is kept by the flow's hash stays where it is, on every node, when the
/// allocation gets another secret; and whoever has kept the hash needs nothing else.
///
/// Immutable; any thread.
public final class AllocationHash {
    /// The flow's hash itself.
    public static final AllocationHash PLAIN = new AllocationHash(null);

    private final @Nullable FlowHash keyed;

    /// @param key another secret than the flow hash has; null to go by the flow's hash itself
    public AllocationHash(final @Nullable HashKey key) {
        keyed = key == null ? null : new FlowHash(key.word0(), key.word1());
    }

    /// The allocation's hash of a flow that has this flow hash.
    public long of(final long flowHash) {
        return keyed == null ? flowHash : keyed.hash(flowHash);
    }
}
