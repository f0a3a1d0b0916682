package io.boomerang.sim.churn;

import java.util.Arrays;
import java.util.SplittableRandom;

/// The look-up table of Maglev (Eisenbud and others, NSDI 2016, section 3.4): every backend has a
/// permutation of the entries, and they take turns in claiming the next free one of theirs.
final class MaglevTable {
    /// A prime; the size that the paper and most of its followers use for a few hundred backends.
    static final int SIZE = 65_537;

    private static final int FREE = -1;

    private final int size;
    private final int[] offsets;
    private final int[] skips;

    /// @param size of the table, a prime
    /// @param offsets where each backend's permutation begins, below `size`
    /// @param skips how far it goes from entry to entry, from 1 to below `size`
    MaglevTable(final int size, final int[] offsets, final int[] skips) {
        this.size = size;
        this.offsets = offsets.clone();
        this.skips = skips.clone();
    }

    /// With random permutations in the place of hashes of names.
    static MaglevTable random(final int backends, final SplittableRandom random) {
        final int[] offsets = new int[backends];
        final int[] skips = new int[backends];
        for (int backend = 0; backend < backends; backend++) {
            offsets[backend] = random.nextInt(SIZE);
            skips[backend] = random.nextInt(1, SIZE);
        }
        return new MaglevTable(SIZE, offsets, skips);
    }

    /// Which backend has each entry.
    ///
    /// @param backends those that are up, at least one, ascending
    int[] populate(final int[] backends) {
        final int[] table = new int[size];
        Arrays.fill(table, FREE);
        final int[] next = new int[backends.length];
        for (int i = 0; i < backends.length; i++) {
            next[i] = offsets[backends[i]];
        }
        for (int filled = 0, turn = 0; filled < size; filled++) {
            final int skip = skips[backends[turn]];
            int entry = next[turn];
            while (table[entry] != FREE) {
                entry = after(entry, skip);
            }
            table[entry] = backends[turn];
            next[turn] = after(entry, skip);
            turn = turn + 1 == backends.length ? 0 : turn + 1;
        }
        return table;
    }

    private int after(final int entry, final int skip) {
        final int next = entry + skip;
        return next < size ? next : next - size;
    }
}
