package io.boomerang.redirector.steering;

import io.boomerang.announce.BucketTableUpdate;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.stream.IntStream;

/// The bucket table in use and what its change from its predecessors left behind: when each bucket
/// last moved. Used by the redirector's thread only.
final class BucketAllocation {
    /// A bucket that moved is settled after this time: flows of its former blade have been
    /// announced, or are gone.
    static final long SETTLING_NS = 600_000_000_000L;

    private static final long NEVER = Long.MIN_VALUE;

    private final long[] movedNs;
    private BucketTable table;
    private int[] eligible = {};

    BucketAllocation(final int bucketCount) {
        movedNs = new long[bucketCount];
        Arrays.fill(movedNs, NEVER);
        table = BucketTable.fromUpdate(new BucketTableUpdate(0, new short[bucketCount]));
    }

    /// Steers by `next` from now on; false when it is not newer than the table in use.
    boolean install(final BucketTable next, final long nowNs) {
        if (next.epoch() <= table.epoch() || next.bucketCount() != table.bucketCount()) {
            return false;
        }
        if (table.epoch() != 0) {
            for (int bucket = 0; bucket < movedNs.length; bucket++) {
                if (next.bladeOfBucket(bucket) != table.bladeOfBucket(bucket)) {
                    movedNs[bucket] = nowNs;
                }
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

    boolean isSettled(final long hash, final long nowNs) {
        final long moved = movedNs[table.bucketOf(hash)];
        return moved == NEVER || nowNs - moved > SETTLING_NS;
    }

    int bladeOf(final long hash) {
        return table.bladeOf(hash);
    }

    BucketTable table() {
        return table;
    }

    /// The table in use; null before the first one.
    @Nullable BucketTable current() {
        return table.epoch() == 0 ? null : table;
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
