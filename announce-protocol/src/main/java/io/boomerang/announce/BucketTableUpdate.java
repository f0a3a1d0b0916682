package io.boomerang.announce;

import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// The allocation of hash buckets to blades, as one redirector (the allocator) sends it to all
/// others.
///
/// @param epoch grows with every allocation; a table of an older epoch never replaces a newer one
/// @param bladeByBucket node id of the blade for each bucket, 0 where no blade is left; the length
///   is a power of two of at most {@link #MAX_BUCKETS}. Not copied: neither side changes it after
///   it was sent.
/// @param weightByBlade weights that operators gave, by node id, so that the next allocator knows
///   them: 0 for a blade that drains, at most {@link #MAX_WEIGHT}. A blade without one has the
///   usual weight.
@SuppressWarnings(
        "ArrayRecordComponent") // 65,536 entries; a list of boxes would be ten times the size
public record BucketTableUpdate(
        long epoch, short[] bladeByBucket, SortedMap<Integer, Integer> weightByBlade)
        implements ControlMessage {
    public static final int MAX_BUCKETS_LOGARITHM = 20;
    public static final int MAX_BUCKETS = 1 << MAX_BUCKETS_LOGARITHM;
    public static final int MAX_WEIGHT = 1_000_000;

    public BucketTableUpdate {
        if (Integer.bitCount(bladeByBucket.length) != 1 || bladeByBucket.length > MAX_BUCKETS) {
            throw new IllegalArgumentException(
                    "bucket count "
                            + bladeByBucket.length
                            + " is not a power of two up to "
                            + MAX_BUCKETS);
        }
        weightByBlade = Collections.unmodifiableSortedMap(new TreeMap<>(weightByBlade));
        weightByBlade.forEach(BucketTableUpdate::requireWeight);
    }

    private static void requireWeight(final int blade, final int weight) {
        if (blade < 1 || blade > 0xFFFF || weight < 0 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("blade " + blade + " cannot weigh " + weight);
        }
    }

    @Override
    public boolean equals(final Object other) {
        return other
                        instanceof
                        BucketTableUpdate(
                                long otherEpoch,
                                short[] otherBlades,
                                SortedMap<Integer, Integer> otherWeights)
                && epoch == otherEpoch
                && Arrays.equals(bladeByBucket, otherBlades)
                && weightByBlade.equals(otherWeights);
    }

    @Override
    public int hashCode() {
        return Objects.hash(epoch, Arrays.hashCode(bladeByBucket), weightByBlade);
    }

    @Override
    public String toString() {
        return "BucketTableUpdate[epoch="
                + epoch
                + ", buckets="
                + bladeByBucket.length
                + ", weights="
                + weightByBlade
                + "]";
    }
}
