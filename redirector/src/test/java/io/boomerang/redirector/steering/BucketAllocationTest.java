package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BucketAllocationTest {
    private static final long NOW = 5_000_000_000L;
    private static final long IN_BUCKET_0 = 0x0123_4567_89AB_CDEFL;
    private static final long IN_BUCKET_1 = 0x9123_4567_89AB_CDEFL;

    private final BucketAllocation allocation = new BucketAllocation(2);

    private void install(final int epoch, final int... bladeByBucket) {
        assertTrue(allocation.install(BucketTable.of(epoch, bladeByBucket), NOW));
    }

    @Test
    void shouldTakeNoFlowForSettledBeforeTheFirstTable() {
        assertFalse(allocation.isSettled(IN_BUCKET_0, false, NOW));
        assertFalse(allocation.isSettled(IN_BUCKET_0, true, NOW));
        assertTrue(allocation.isChanging(IN_BUCKET_0, NOW));
    }

    @Test
    void shouldTakeTheBucketsOfTheFirstTableForJustMoved() {
        install(1, 201, 202);

        assertFalse(allocation.isSettled(IN_BUCKET_0, true, NOW));
        assertTrue(allocation.isChanging(IN_BUCKET_0, NOW));
        final long later = NOW + BucketAllocation.SYN_REPEATED_NS + 1;
        assertTrue(allocation.isSettled(IN_BUCKET_0, true, later));
        assertFalse(allocation.isSettled(IN_BUCKET_0, false, later));
        assertFalse(allocation.isChanging(IN_BUCKET_0, later));
    }

    @Test
    void shouldTakeBucketsThatNoBladeHadForSettled() {
        install(1, 0, 0);
        install(2, 201, 202);

        assertTrue(allocation.isSettled(IN_BUCKET_0, false, NOW));
        assertFalse(allocation.isChanging(IN_BUCKET_0, NOW));
    }

    @Test
    void shouldUnsettleTheBucketsThatMove() {
        install(1, 0, 0);
        install(2, 201, 202);
        install(3, 201, 203);

        assertTrue(allocation.isSettled(IN_BUCKET_0, false, NOW));
        assertFalse(allocation.isSettled(IN_BUCKET_1, false, NOW));
        assertEquals(203, allocation.bladeOf(IN_BUCKET_1));
    }

    @Test
    void shouldRefuseATableThatIsNotNewer() {
        install(2, 201, 202);

        assertFalse(allocation.install(BucketTable.of(2, new int[] {203, 203}), NOW));
        assertFalse(allocation.install(BucketTable.of(3, new int[4]), NOW));
        assertEquals(201, allocation.bladeOf(IN_BUCKET_0));
    }
}
