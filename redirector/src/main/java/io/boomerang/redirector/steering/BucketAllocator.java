package io.boomerang.redirector.steering;

import io.boomerang.announce.BucketTableUpdate;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;

/// Allocates buckets to blades by weight, changing as little as possible: whoever starts from the
/// same table and weights gets the same table.
///
/// Each blade's count is its weighted share, rounded down or up. Up for those that keep a bucket by
/// it, then by the larger remainder, then by the smaller id; so no allocation within these bounds
/// moves fewer buckets. Which of its buckets a blade gives away follows a stride through all
/// buckets, so that they come from everywhere.
public final class BucketAllocator {
    private static final int MAX_BLADE = 0xFFFF;

    /// A stride of this part of the buckets leaves no large gaps, wherever it stops.
    private static final double GOLDEN_RATIO = 0.618_033_988_749_895;

    private final int[] bladeByBucket;
    private final int mask;
    private final int stride;
    private final int start;

    private BucketAllocator(final int[] bladeByBucket, final long epoch) {
        this.bladeByBucket = bladeByBucket;
        mask = bladeByBucket.length - 1;
        stride = (int) (bladeByBucket.length * GOLDEN_RATIO) | 1;
        start = (int) Mixer.finish(epoch) & mask;
    }

    /// The table that follows `previous`.
    ///
    /// @param previous the present table, null for the first
    /// @param weightByBlade the blades and their weights; a weight of 0 gets no buckets (draining)
    public static BucketTable allocate(
            final @Nullable BucketTable previous,
            final SortedMap<Integer, Integer> weightByBlade,
            final int bucketCount) {
        BucketTable.requireBucketCount(bucketCount);
        final int[] bladeByBucket = new int[bucketCount];
        long epoch = 1;
        if (previous != null) {
            if (previous.bucketCount() != bucketCount) {
                throw new IllegalArgumentException(
                        "the present table has "
                                + previous.bucketCount()
                                + " buckets, not "
                                + bucketCount);
            }
            epoch = previous.epoch() + 1;
            Arrays.setAll(bladeByBucket, previous::bladeOfBucket);
        }
        final SortedMap<Integer, Integer> targets = targets(previous, weightByBlade, bucketCount);
        new BucketAllocator(bladeByBucket, epoch).moveTowards(targets);
        return BucketTable.of(epoch, bladeByBucket);
    }

    /// A blade whose share of the buckets is no whole number.
    private record Share(int blade, int roundedDown, long remainder, int present) {
        static final Comparator<Share> ROUND_UP_FIRST =
                Comparator.comparing(Share::keepsOneMore)
                        .thenComparingLong(Share::remainder)
                        .reversed()
                        .thenComparingInt(Share::blade);

        boolean keepsOneMore() {
            return present > roundedDown;
        }
    }

    /// How many buckets each blade is to have.
    private static SortedMap<Integer, Integer> targets(
            final @Nullable BucketTable previous,
            final SortedMap<Integer, Integer> weightByBlade,
            final int bucketCount) {
        final SortedMap<Integer, Integer> targets = new TreeMap<>();
        final long totalWeight = totalWeight(weightByBlade);
        if (totalWeight == 0) {
            return targets;
        }
        final List<Share> shares = new ArrayList<>();
        int left = bucketCount;
        for (final Map.Entry<Integer, Integer> entry : weightByBlade.entrySet()) {
            final int blade = entry.getKey();
            final long scaled = (long) bucketCount * entry.getValue();
            final int roundedDown = (int) (scaled / totalWeight);
            final long remainder = scaled % totalWeight;
            targets.put(blade, roundedDown);
            left -= roundedDown;
            if (remainder != 0) {
                final int present = previous == null ? 0 : previous.bucketsOf(blade);
                shares.add(new Share(blade, roundedDown, remainder, present));
            }
        }
        shares.sort(Share.ROUND_UP_FIRST);
        for (final Share share : shares.subList(0, left)) {
            targets.put(share.blade(), share.roundedDown() + 1);
        }
        return targets;
    }

    private static long totalWeight(final SortedMap<Integer, Integer> weightByBlade) {
        long total = 0;
        for (final Map.Entry<Integer, Integer> entry : weightByBlade.entrySet()) {
            requireRange("blade", entry.getKey(), 1, MAX_BLADE);
            requireRange("weight", entry.getValue(), 0, BucketTableUpdate.MAX_WEIGHT);
            total += entry.getValue();
        }
        return total;
    }

    private static void requireRange(
            final String what, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    what + " " + value + " is outside " + least + ".." + most);
        }
    }

    private void moveTowards(final SortedMap<Integer, Integer> targets) {
        final int[] surplus = new int[MAX_BLADE + 1];
        for (final int blade : bladeByBucket) {
            surplus[blade]++;
        }
        targets.forEach((blade, target) -> surplus[blade] -= target);
        final PriorityQueue<Receiver> receivers = new PriorityQueue<>(Receiver.NEEDIEST_FIRST);
        targets.forEach((blade, _) -> {
            if (surplus[blade] < 0) {
                receivers.add(new Receiver(blade, -surplus[blade]));
            }
        });
        for (int i = 0; i <= mask; i++) {
            final int bucket = start + i * stride & mask;
            final int blade = bladeByBucket[bucket];
            if (surplus[blade] > 0) {
                surplus[blade]--;
                bladeByBucket[bucket] = receive(receivers);
            }
        }
        assert receivers.isEmpty() : "every bucket given away has found a blade";
    }

    /// The blade that takes the next bucket, 0 when none is left.
    private static int receive(final PriorityQueue<Receiver> receivers) {
        final Receiver receiver = receivers.poll();
        if (receiver == null) {
            return 0;
        }
        if (receiver.missing() > 1) {
            receivers.add(new Receiver(receiver.blade(), receiver.missing() - 1));
        }
        return receiver.blade();
    }

    /// A blade that is to get buckets.
    private record Receiver(int blade, int missing) {
        static final Comparator<Receiver> NEEDIEST_FIRST =
                Comparator.comparingInt(Receiver::missing)
                        .reversed()
                        .thenComparingInt(Receiver::blade);
    }
}
