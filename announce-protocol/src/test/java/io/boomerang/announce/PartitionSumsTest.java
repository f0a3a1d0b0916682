package io.boomerang.announce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PartitionSumsTest {
    private static final long IN_FIRST = 1;
    private static final long IN_LAST = -1;

    private final PartitionSums sums = new PartitionSums();
    private final PartitionSums others = new PartitionSums();

    @Test
    void shouldNotDependOnTheOrder() {
        sums.add(IN_FIRST, 7, 1);
        sums.add(IN_FIRST, 8, 2);
        others.add(IN_FIRST, 8, 2);
        others.add(IN_FIRST, 7, 1);

        assertEquals(0, sums.differenceTo(others.toList()));
    }

    @Test
    void shouldNameThePartitionsThatDiffer() {
        sums.add(IN_FIRST, 7, 1);
        sums.add(IN_LAST, 7, 1);
        others.add(IN_LAST, 7, 2);

        assertEquals(1L << 63 | 1, sums.differenceTo(others.toList()));
        assertTrue(PartitionSums.isIn(1L << 63, IN_LAST));
        assertFalse(PartitionSums.isIn(1L << 63, IN_FIRST));
    }

    @Test
    void shouldTellFlowIdsFromVersions() {
        sums.add(IN_FIRST, 7, 2);
        others.add(IN_FIRST, 8, 1);

        assertNotEquals(0, sums.differenceTo(others.toList()));
    }

    /// Both sides keep 16 bits of a version.
    @Test
    void shouldTakeVersionsAsTheyAreOnTheWire() {
        sums.add(IN_FIRST, 7, 0x1_0001);
        others.add(IN_FIRST, 7, 1);

        assertEquals(0, sums.differenceTo(others.toList()));
    }
}
