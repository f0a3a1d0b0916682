package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

class BucketAllocatorTest {
    private static final SortedMap<Integer, Integer> NO_WEIGHTS = new TreeMap<>();
    private static final int BUCKETS = 65_536;

    @Test
    void shouldMoveAFifthOfTheBucketsToTheFifthBlade() {
        final BucketTable four = BucketAllocator.allocate(null, equalWeights(4), BUCKETS);

        final BucketTable five = BucketAllocator.allocate(four, equalWeights(5), BUCKETS);

        assertEquals(BUCKETS / 5, moved(four, five));
        assertEquals(20.0, 100.0 * moved(four, five) / BUCKETS, 0.05);
        assertEquals(BUCKETS / 5, five.bucketsOf(5));
    }

    @Test
    void shouldMoveANinthOfTheBucketsToTheNinthBlade() {
        final BucketTable eight = BucketAllocator.allocate(null, equalWeights(8), BUCKETS);

        final BucketTable nine = BucketAllocator.allocate(eight, equalWeights(9), BUCKETS);

        assertEquals(11.1, 100.0 * moved(eight, nine) / BUCKETS, 0.05);
    }

    @Test
    void shouldMoveOnlyTheBucketsOfARemovedBlade() {
        final BucketTable five = BucketAllocator.allocate(null, equalWeights(5), BUCKETS);
        final SortedMap<Integer, Integer> weights = equalWeights(5);
        weights.remove(2);

        final BucketTable four = BucketAllocator.allocate(five, weights, BUCKETS);

        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (five.bladeOfBucket(bucket) != 2) {
                assertEquals(five.bladeOfBucket(bucket), four.bladeOfBucket(bucket));
            }
        }
        assertEquals(0, four.bucketsOf(2));
    }

    @Test
    void shouldGiveADrainingBladeNoBuckets() {
        final SortedMap<Integer, Integer> weights = equalWeights(4);
        weights.put(3, 0);

        final BucketTable table = BucketAllocator.allocate(null, weights, BUCKETS);

        assertEquals(0, table.bucketsOf(3));
        assertBalanced(table, weights);
    }

    @Test
    void shouldLeaveEveryBucketEmptyWithoutBlades() {
        final BucketTable four = BucketAllocator.allocate(null, equalWeights(4), BUCKETS);

        final BucketTable none = BucketAllocator.allocate(four, new TreeMap<>(), BUCKETS);
        final BucketTable draining =
                BucketAllocator.allocate(four, new TreeMap<>(Map.of(1, 0)), BUCKETS);

        assertEquals(0, none.bladeOf(0x1234_5678_9ABC_DEF0L));
        assertEquals(BUCKETS, none.bucketsOf(0));
        assertEquals(BUCKETS, draining.bucketsOf(0));
    }

    @Test
    void shouldTakeBucketsFromEverywhere() {
        final BucketTable four = BucketAllocator.allocate(null, equalWeights(4), BUCKETS);
        final BucketTable five = BucketAllocator.allocate(four, equalWeights(5), BUCKETS);
        final int regions = 64;
        final int[] movedByRegion = new int[regions];

        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (four.bladeOfBucket(bucket) != five.bladeOfBucket(bucket)) {
                movedByRegion[bucket / (BUCKETS / regions)]++;
            }
        }

        final int expected = BUCKETS / 5 / regions;
        for (final int movedHere : movedByRegion) {
            assertTrue(Math.abs(movedHere - expected) < expected / 4, "moved " + movedHere);
        }
    }

    @Test
    void shouldSurviveTheJourneyToAnotherRedirector() {
        final BucketTable table = BucketAllocator.allocate(null, equalWeights(7), 1_024);

        final BucketTable received = BucketTable.fromUpdate(table.toUpdate(NO_WEIGHTS));

        assertEquals(table.toUpdate(NO_WEIGHTS), received.toUpdate(NO_WEIGHTS));
        assertEquals(1, received.epoch());
        assertEquals(table.bucketsOf(7), received.bucketsOf(7));
    }

    @Test
    void shouldMoveTheMinimumAndStayBalancedThroughRandomChanges() {
        final long seed = Long.getLong("seed", 1);
        final SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 40; round++) {
            final int bucketCount = 1 << random.nextInt(0, 13);
            final SortedMap<Integer, Integer> weights = new TreeMap<>();
            BucketTable table = null;
            for (int step = 0; step < 40; step++) {
                change(weights, random);
                final BucketTable next = BucketAllocator.allocate(table, weights, bucketCount);

                final String context = "seed " + seed + " round " + round + " step " + step;
                assertBalanced(next, weights);
                assertEquals(
                        next.toUpdate(NO_WEIGHTS),
                        BucketAllocator.allocate(table, new TreeMap<>(weights), bucketCount)
                                .toUpdate(NO_WEIGHTS),
                        context);
                if (table != null) {
                    assertEquals(table.epoch() + 1, next.epoch(), context);
                    assertEquals(leastMoves(table, weights), moved(table, next), context);
                }
                table = next;
            }
        }
    }

    @Test
    void shouldRefuseWhatIsNoAllocation() {
        final BucketTable table = BucketAllocator.allocate(null, equalWeights(2), 64);

        assertRefused(null, equalWeights(2), 0);
        assertRefused(null, equalWeights(2), 100);
        assertRefused(table, equalWeights(2), 128);
        assertRefused(null, new TreeMap<>(Map.of(0, 1)), 64);
        assertRefused(null, new TreeMap<>(Map.of(65_536, 1)), 64);
        assertRefused(null, new TreeMap<>(Map.of(1, -1)), 64);
    }

    private static void assertRefused(
            final @Nullable BucketTable previous,
            final SortedMap<Integer, Integer> weights,
            final int bucketCount) {
        assertThrows(
                IllegalArgumentException.class,
                () -> BucketAllocator.allocate(previous, weights, bucketCount));
    }

    private static void change(
            final SortedMap<Integer, Integer> weights, final SplittableRandom random) {
        final int blade = random.nextInt(1, 12);
        switch (random.nextInt(4)) {
            case 0 -> weights.remove(blade);
            case 1 -> weights.put(blade, 0);
            case 2 -> weights.put(blade, 1);
            default -> weights.put(blade, random.nextInt(1, 10));
        }
    }

    private static SortedMap<Integer, Integer> equalWeights(final int blades) {
        final SortedMap<Integer, Integer> weights = new TreeMap<>();
        for (int blade = 1; blade <= blades; blade++) {
            weights.put(blade, 1);
        }
        return weights;
    }

    private static int moved(final BucketTable before, final BucketTable after) {
        int moved = 0;
        for (int bucket = 0; bucket < before.bucketCount(); bucket++) {
            if (before.bladeOfBucket(bucket) != after.bladeOfBucket(bucket)) {
                moved++;
            }
        }
        return moved;
    }

    private static void assertBalanced(
            final BucketTable table, final SortedMap<Integer, Integer> weights) {
        final long total = weights.values().stream().mapToLong(Integer::longValue).sum();
        if (total == 0) {
            assertEquals(table.bucketCount(), table.bucketsOf(0));
            return;
        }
        int allocated = 0;
        for (final Map.Entry<Integer, Integer> entry : weights.entrySet()) {
            final double share = (double) table.bucketCount() * entry.getValue() / total;
            final int buckets = table.bucketsOf(entry.getKey());
            assertTrue(Math.abs(buckets - share) < 1, "share " + share + " got " + buckets);
            allocated += buckets;
        }
        assertEquals(table.bucketCount(), allocated);
    }

    /// What any allocation within one bucket of the shares has to move: all buckets less the most
    /// that can stay. One more bucket than the share rounded down can stay with as many blades as
    /// there are buckets to round up with.
    private static int leastMoves(
            final BucketTable before, final SortedMap<Integer, Integer> weights) {
        final long total = weights.values().stream().mapToLong(Integer::longValue).sum();
        if (total == 0) {
            return before.bucketCount() - before.bucketsOf(0);
        }
        int staying = 0;
        int left = before.bucketCount();
        final List<Integer> gains = new ArrayList<>();
        for (final int blade : new TreeSet<>(weights.keySet())) {
            final long scaled = (long) before.bucketCount() * weights.getOrDefault(blade, 0);
            final int down = (int) (scaled / total);
            left -= down;
            staying += Math.min(down, before.bucketsOf(blade));
            if (scaled % total != 0) {
                gains.add(before.bucketsOf(blade) > down ? 1 : 0);
            }
        }
        gains.sort(Collections.reverseOrder());
        staying += gains.stream().limit(left).mapToInt(Integer::intValue).sum();
        return before.bucketCount() - staying;
    }
}
