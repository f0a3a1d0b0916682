package io.boomerang.redirector.steering;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.flow.AllocationHash;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// The bucket table in use and what its change from its predecessors left behind: when each bucket
/// last moved from one blade to another. A redirector that joins late does not know, so to it all
/// have just moved; so they have to all redirectors when the chassis gets another rule. Hashes are
/// those of flows; which bucket one is in the rule tells. Used by the redirector's thread only.
final class BucketAllocation {
    /// How long flows of a moved bucket's former blade may still be on their way to the owner: the
    /// other redirectors steer by the new table, and what they decided by the old one has been
    /// announced.
    static final long CHANGING_NS = 10_000_000_000L;

    /// How long a SYN may be a repetition of one that went to the bucket's former blade.
    static final long SYN_REPEATED_NS = 600_000_000_000L;

    private static final long NEVER = Long.MIN_VALUE;

    private final long[] movedNs;
    private AllocationHash allocationHash = AllocationHash.PLAIN;
    private BucketTable table;
    private int[] eligible = {};

    BucketAllocation(final int bucketCount) {
        movedNs = new long[bucketCount];
        Arrays.fill(movedNs, NEVER);
        table =
                BucketTable.fromUpdate(
                        new BucketTableUpdate(0, new short[bucketCount], new TreeMap<>()));
    }

    /// Steers by `next` from now on; false when it is not newer than the table in use.
    boolean install(final BucketTable next, final long nowNs) {
        if (next.epoch() <= table.epoch() || next.bucketCount() != table.bucketCount()) {
            return false;
        }
        final boolean first = table.epoch() == 0;
        for (int bucket = 0; bucket < movedNs.length; bucket++) {
            final int before = table.bladeOfBucket(bucket);
            final int after = next.bladeOfBucket(bucket);
            if (first ? after != 0 : before != 0 && before != after) {
                movedNs[bucket] = nowNs;
            }
        }
        table = next;
        eligible = bladesOf(next);
        return true;
    }

    private static int[] bladesOf(final BucketTable table) {
        return IntStream.range(0, table.bucketCount())
                .map(table::bladeOfBucket)
                .filter(blade -> blade != 0)
                .distinct()
                .sorted()
                .toArray();
    }

    /// Flows are in buckets by this hash from now on, or get their blades otherwise.
    void onRule(final AllocationHash hash, final long nowNs) {
        allocationHash = hash;
        distrust(nowNs);
    }

    /// Treats every bucket as moved: nobody has told this redirector, for too long, whether it was.
    void distrust(final long nowNs) {
        Arrays.fill(movedNs, nowNs);
    }

    /// Whether a flow of this hash can only be on the bucket's blade.
    ///
    /// @param byConnection whether the packet at hand opens a connection, which a flow does once;
    ///   without connections a flow's later packets look like its first one, for ever
    boolean isSettled(final long hash, final boolean byConnection, final long nowNs) {
        final long moved = movedNs[bucketOf(hash)];
        return hasTable() && (moved == NEVER || byConnection && nowNs - moved > SYN_REPEATED_NS);
    }

    /// Whether a flow of this hash may have been decided by another table and not be known to its
    /// owner yet.
    boolean isChanging(final long hash, final long nowNs) {
        final long moved = movedNs[bucketOf(hash)];
        return !hasTable() || moved != NEVER && nowNs - moved <= CHANGING_NS;
    }

    /// Whether the bucket of this hash came to its blade while this redirector looked on.
    boolean hasMoved(final long hash) {
        return movedNs(hash) != NEVER;
    }

    /// When it did so last.
    long movedNs(final long hash) {
        return movedNs[bucketOf(hash)];
    }

    /// Before the first table comes, the others may already steer by one.
    boolean hasTable() {
        return table.epoch() != 0;
    }

    int bucketOf(final long hash) {
        return table.bucketOf(hashOf(hash));
    }

    int bladeOf(final long hash) {
        return table.bladeOf(hashOf(hash));
    }

    /// The allocation's hash of a flow that has this flow hash.
    long hashOf(final long hash) {
        return allocationHash.of(hash);
    }

    BucketTable table() {
        return table;
    }

    /// The table in use; null before the first one.
    @Nullable BucketTable current() {
        return hasTable() ? table : null;
    }

    /// Blades that hold at least one bucket, that is, blades that take new flows; not to be
    /// changed.
    int[] eligible() {
        return eligible;
    }

    long epoch() {
        return table.epoch();
    }
}
