package io.boomerang.announce;

import java.util.ArrayList;
import java.util.List;

/// Digests of a set of sessions, by which two nodes find out where theirs differ without naming
/// them: every session is in one of 64 partitions, by the highest bits of its key's hash, and the
/// digest of a partition is a sum over its sessions, in any order. Two different sets of sessions
/// have the same digest by a chance of one in 2^64.
///
/// One thread.
public final class PartitionSums {
    public static final int PARTITIONS = Long.SIZE;

    private static final int PARTITION_SHIFT = Long.SIZE - 6;

    private final long[] sums = new long[PARTITIONS];

    /// Whether the partition of a session is in a set of them.
    ///
    /// @param hash of its key, on the side of which the set speaks
    public static boolean isIn(final long partitions, final long hash) {
        return (partitions >>> (hash >>> PARTITION_SHIFT) & 1) != 0;
    }

    /// Counts a session in.
    ///
    /// @param hash of its key
    public void add(final long hash, final long flowId, final int version) {
        sums[(int) (hash >>> PARTITION_SHIFT)] += mix(mix(flowId) + (version & 0xFFFF));
    }

    /// The finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
    /// generators, 2014).
    private static long mix(final long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /// The digests, one of each partition.
    public List<Long> toList() {
        final List<Long> list = new ArrayList<>(PARTITIONS);
        for (final long sum : sums) {
            list.add(sum);
        }
        return list;
    }

    /// The partitions whose digests are others here than in a list of them.
    public long differenceTo(final List<Long> others) {
        long partitions = 0;
        for (int i = 0; i < PARTITIONS; i++) {
            if (others.get(i) != sums[i]) {
                partitions |= 1L << i;
            }
        }
        return partitions;
    }
}
