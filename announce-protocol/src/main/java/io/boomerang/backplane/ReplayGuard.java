package io.boomerang.backplane;

import io.boomerang.cluster.Member;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Which sequence numbers each node has used: the highest one and those of the {@link #WINDOW}
/// before it, in a ring of words (RFC 6479). A number that is lower than those is refused, as it
/// cannot be told from a repetition.
///
/// A number belongs to an incarnation of its node. A newer incarnation (16-bit serial arithmetic,
/// RFC 1982) starts anew, an older one is refused; until a node has been heard, or {@link #expect}
/// has said which one it is, any incarnation is the newest. Used by one thread.
final class ReplayGuard {
    /// A whole number of words, less the one that is being cleared.
    static final int WINDOW = 1_024 - Long.SIZE;

    private static final int WORDS = 1_024 / Long.SIZE;

    private final @Nullable Window[] windowByNode = new Window[Member.MAX_NODE + 1];

    private static final class Window {
        private final long[] seen = new long[WORDS];
        private int incarnation;
        private long highest;

        Window(final int incarnation) {
            this.incarnation = incarnation;
        }

        void restart(final int newIncarnation) {
            incarnation = newIncarnation;
            highest = 0;
            Arrays.fill(seen, 0);
        }

        boolean take(final long sequence) {
            if (sequence + WINDOW <= highest || sequence <= 0) {
                return false;
            }
            final long block = sequence / Long.SIZE;
            if (sequence > highest) {
                final long first = highest / Long.SIZE + 1;
                for (long i = Math.max(first, block - WORDS + 1); i <= block; i++) {
                    seen[(int) (i % WORDS)] = 0;
                }
                highest = sequence;
            }
            final int word = (int) (block % WORDS);
            final long bit = 1L << sequence;
            final boolean fresh = (seen[word] & bit) == 0;
            seen[word] |= bit;
            return fresh;
        }
    }

    /// What comes from the node from now on is of this incarnation, whatever came before.
    void expect(final int node, final int incarnation) {
        final Window window = windowByNode[node];
        if (window == null) {
            windowByNode[node] = new Window(incarnation);
        } else if (window.incarnation != incarnation) {
            window.restart(incarnation);
        }
    }

    /// Whether this number is new; it is used then.
    boolean take(final int node, final int incarnation, final long sequence) {
        Window window = windowByNode[node];
        if (window == null) {
            window = new Window(incarnation);
            windowByNode[node] = window;
        }
        final int ahead = (short) (incarnation - window.incarnation);
        if (ahead < 0) {
            return false;
        }
        if (ahead > 0) {
            window.restart(incarnation);
        }
        return window.take(sequence);
    }
}
