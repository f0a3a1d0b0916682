package io.boomerang.announce;

import java.util.Arrays;

/// The allocation of hash buckets to blades, as one redirector (the allocator) sends it to all
/// others.
///
/// @param epoch grows with every allocation; a table of an older epoch never replaces a newer one
/// @param bladeByBucket node id of the blade for each bucket, 0 where no blade is left; the length
///   is a power of two of at most {@link #MAX_BUCKETS}. Not copied: neither side changes it after
///   it was sent.
@SuppressWarnings(
        "ArrayRecordComponent") // 65,536 entries; a list of boxes would be ten times the size
public record BucketTableUpdate(long epoch, short[] bladeByBucket) implements ControlMessage {
    public static final int MAX_BUCKETS_LOGARITHM = 20;
    public static final int MAX_BUCKETS = 1 << MAX_BUCKETS_LOGARITHM;

    public BucketTableUpdate {
        if (Integer.bitCount(bladeByBucket.length) != 1 || bladeByBucket.length > MAX_BUCKETS) {
            throw new IllegalArgumentException(
                    "bucket count "
                            + bladeByBucket.length
                            + " is not a power of two up to "
                            + MAX_BUCKETS);
        }
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof BucketTableUpdate(long otherEpoch, short[] otherBlades)
                && epoch == otherEpoch
                && Arrays.equals(bladeByBucket, otherBlades);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(epoch) * 31 + Arrays.hashCode(bladeByBucket);
    }

    @Override
    public String toString() {
        return "BucketTableUpdate[epoch=" + epoch + ", buckets=" + bladeByBucket.length + "]";
    }
}
