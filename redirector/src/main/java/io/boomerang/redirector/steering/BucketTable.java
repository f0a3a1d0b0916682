package io.boomerang.redirector.steering;

import io.boomerang.announce.BucketTableUpdate;

import java.util.Arrays;
import java.util.SortedMap;

/// Which blade a flow without a session goes to: a fixed number of buckets, each allocated to a
/// blade. Immutable; a new allocation is a new table of a greater epoch, swapped in by reference.
public final class BucketTable {
    /// Buckets are picked by the hash's high bits: the session table uses the low ones.
    private static final int TOP_BIT = 63;

    public static final int MAX_BUCKET_COUNT = 1 << 24;

    private final long epoch;
    private final short[] bladeByBucket;
    private final int shift;
    private final int[] bucketsByBlade;

    private BucketTable(final long epoch, final short[] bladeByBucket) {
        requireBucketCount(bladeByBucket.length);
        this.epoch = epoch;
        this.bladeByBucket = bladeByBucket;
        shift = TOP_BIT - Integer.numberOfTrailingZeros(bladeByBucket.length);
        bucketsByBlade = countByBlade(bladeByBucket);
    }

    private static int[] countByBlade(final short[] bladeByBucket) {
        int greatest = 0;
        for (final short blade : bladeByBucket) {
            greatest = Math.max(greatest, Short.toUnsignedInt(blade));
        }
        final int[] counts = new int[greatest + 1];
        for (final short blade : bladeByBucket) {
            counts[Short.toUnsignedInt(blade)]++;
        }
        return counts;
    }

    static void requireBucketCount(final int bucketCount) {
        if (Integer.bitCount(bucketCount) != 1
                || bucketCount < 1
                || bucketCount > MAX_BUCKET_COUNT) {
            throw new IllegalArgumentException(
                    "bucket count "
                            + bucketCount
                            + " is not a power of two in 1.."
                            + MAX_BUCKET_COUNT);
        }
    }

    /// The table that another redirector computed.
    public static BucketTable fromUpdate(final BucketTableUpdate update) {
        return new BucketTable(update.epoch(), update.bladeByBucket().clone());
    }

    static BucketTable of(final long epoch, final int[] bladeByBucket) {
        final short[] blades = new short[bladeByBucket.length];
        for (int bucket = 0; bucket < blades.length; bucket++) {
            blades[bucket] = (short) bladeByBucket[bucket];
        }
        return new BucketTable(epoch, blades);
    }

    /// The table as others are told of it.
    ///
    /// @param weightByBlade that operators gave
    public BucketTableUpdate toUpdate(final SortedMap<Integer, Integer> weightByBlade) {
        return new BucketTableUpdate(epoch, bladeByBucket.clone(), weightByBlade);
    }

    /// The same allocation under another epoch.
    BucketTable withEpoch(final long newEpoch) {
        return new BucketTable(newEpoch, bladeByBucket);
    }

    /// Whether every bucket has the same blade in both.
    boolean allocatesAs(final BucketTable other) {
        return Arrays.equals(bladeByBucket, other.bladeByBucket);
    }

    public long epoch() {
        return epoch;
    }

    public int bucketCount() {
        return bladeByBucket.length;
    }

    public int bucketOf(final long hash) {
        return (int) (hash >>> 1 >>> shift);
    }

    /// The blade of this hash's bucket; 0 when no blade is left.
    public int bladeOf(final long hash) {
        return bladeOfBucket(bucketOf(hash));
    }

    public int bladeOfBucket(final int bucket) {
        return Short.toUnsignedInt(bladeByBucket[bucket]);
    }

    /// How many buckets the blade has.
    public int bucketsOf(final int blade) {
        return blade < bucketsByBlade.length ? bucketsByBlade[blade] : 0;
    }
}
