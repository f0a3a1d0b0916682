package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.SplittableRandom;

class HeirsTest {
    private static final long NOW = 1;
    private static final int DEAD = 201;
    private static final int DRAINED = 204;

    private final BucketAllocation allocation = new BucketAllocation(4);

    private static ChassisMap chassis(final int... blades) {
        return new ChassisMap(
                new ClusterView(
                        1,
                        Arrays.stream(blades)
                                .mapToObj(node -> new Member(node, "b" + node, Role.BLADE, 1, 0))
                                .toList()));
    }

    @Test
    void shouldChooseAlikeBeforeAndAfterTheBucketsOfTheDeadBladeAreGivenAway() {
        final SplittableRandom random = new SplittableRandom(1);
        final ChassisMap map = chassis(202, 203, DRAINED);
        final BucketAllocation late = new BucketAllocation(4);
        late.install(BucketTable.of(1, new int[] {DEAD, 202, 203, DEAD}), NOW);
        allocation.install(BucketTable.of(2, new int[] {203, 202, 203, 202}), NOW);
        for (int i = 0; i < 1_000; i++) {
            final long hash = random.nextLong();
            final int heir = new Heirs().of(hash, map, allocation);

            assertEquals(heir, new Heirs().of(hash, map, late));
            assertTrue(heir == 202 || heir == 203, "heir " + heir);
        }
    }

    @Test
    void shouldFollowMembersAndTables() {
        final Heirs heirs = new Heirs();
        allocation.install(BucketTable.of(1, new int[] {201, 202, 203, 201}), NOW);
        final long hash = 0x1234_5678_9ABC_DEF0L;
        final int first = heirs.of(hash, chassis(201, 202, 203), allocation);
        final int[] others =
                Arrays.stream(new int[] {201, 202, 203}).filter(b -> b != first).toArray();

        final int second = heirs.of(hash, chassis(others), allocation);
        assertNotEquals(first, second);
        allocation.install(BucketTable.of(2, new int[] {first, first, first, first}), NOW);
        assertEquals(0, heirs.of(hash, chassis(others), allocation));
        assertEquals(first, heirs.of(hash, chassis(201, 202, 203), allocation));
    }
}
