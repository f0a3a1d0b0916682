package io.boomerang.sim.churn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

class MaglevTableTest {
    /// Table 1 of the paper.
    private static final MaglevTable PAPER =
            new MaglevTable(7, new int[] {3, 0, 3}, new int[] {4, 2, 1});

    @Test
    void shouldFillTheTableOfThePaper() {
        assertArrayEquals(new int[] {1, 0, 1, 0, 2, 2, 0}, PAPER.populate(new int[] {0, 1, 2}));
    }

    @Test
    void shouldFillTheTableOfThePaperWithoutTheSecondBackend() {
        assertArrayEquals(new int[] {0, 0, 0, 0, 2, 2, 2}, PAPER.populate(new int[] {0, 2}));
    }

    @Test
    void shouldGiveEveryBackendItsShareAndMoveFewEntriesOfOthers() {
        final int backends = 100;
        final MaglevTable maglev = MaglevTable.random(backends, new SplittableRandom(1));

        final int[] before = maglev.populate(IntStream.range(0, backends).toArray());
        final int[] after = maglev.populate(IntStream.range(1, backends).toArray());

        final int[] shares = new int[backends];
        int moved = 0;
        for (int entry = 0; entry < MaglevTable.SIZE; entry++) {
            shares[before[entry]]++;
            moved += before[entry] != 0 && before[entry] != after[entry] ? 1 : 0;
        }
        for (final int share : shares) {
            assertTrue(share == 655 || share == 656, "share " + share);
        }
        assertTrue(moved < MaglevTable.SIZE / 50, moved + " entries of others moved");
    }
}
