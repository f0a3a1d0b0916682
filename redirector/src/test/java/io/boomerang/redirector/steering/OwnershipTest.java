package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;

class OwnershipTest {
    private static final int FLOWS = 100_000;

    @Test
    void shouldAnswerZeroWithoutNodes() {
        final Ownership nobody = new Ownership(new int[0]);

        assertEquals(0, nobody.owner(42));
        assertEquals(0, nobody.backup(42));
    }

    @Test
    void shouldHaveNoBackupOfTheOnlyNode() {
        final Ownership one = new Ownership(new int[] {7});

        assertEquals(7, one.owner(42));
        assertEquals(0, one.backup(42));
    }

    @Test
    void shouldNotDependOnTheOrderOfTheNodes() {
        final Ownership ascending = new Ownership(new int[] {1, 2, 3, 1_023});
        final Ownership other = new Ownership(new int[] {3, 1_023, 1, 2});
        final SplittableRandom random = new SplittableRandom(1);

        for (int i = 0; i < FLOWS; i++) {
            final long hash = random.nextLong();
            assertEquals(ascending.owner(hash), other.owner(hash));
            assertEquals(ascending.backup(hash), other.backup(hash));
            assertNotEquals(ascending.owner(hash), ascending.backup(hash));
        }
    }

    @Test
    void shouldMoveOnlyTheFlowsOfANodeThatLeavesAndThoseToTheirBackup() {
        final Ownership before = new Ownership(new int[] {1, 2, 3, 4, 5});
        final Ownership after = new Ownership(new int[] {1, 2, 4, 5});
        final SplittableRandom random = new SplittableRandom(2);

        for (int i = 0; i < FLOWS; i++) {
            final long hash = random.nextLong();
            final int expected = before.owner(hash) == 3 ? before.backup(hash) : before.owner(hash);
            assertEquals(expected, after.owner(hash));
        }
    }

    @Test
    void shouldGiveEachNodeItsPartOfOwnersAndBackups() {
        final Ownership ownership = new Ownership(new int[] {1, 2, 3, 4});
        final SplittableRandom random = new SplittableRandom(3);
        final int[] owned = new int[5];
        final int[] backed = new int[5];

        for (int i = 0; i < FLOWS; i++) {
            final long hash = random.nextLong();
            owned[ownership.owner(hash)]++;
            backed[ownership.backup(hash)]++;
        }

        for (int node = 1; node <= 4; node++) {
            assertTrue(Math.abs(owned[node] - FLOWS / 4) < FLOWS / 100, "owned " + owned[node]);
            assertTrue(Math.abs(backed[node] - FLOWS / 4) < FLOWS / 100, "backed " + backed[node]);
        }
    }
}
