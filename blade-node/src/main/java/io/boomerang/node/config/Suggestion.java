package io.boomerang.node.config;

import org.jspecify.annotations.Nullable;

import java.util.Collection;

/// Finds what somebody may have meant who mistyped a word.
final class Suggestion {
    private Suggestion() {}

    /// The word that is the fewest changed, lost, added or exchanged letters away, if those are not
    /// more than a third of them; else null.
    static @Nullable String nearest(final String word, final Collection<String> known) {
        String nearest = null;
        int least = Math.max(1, word.length() / 3) + 1;
        for (final String candidate : known) {
            final int distance = distance(word, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /// Optimal string alignment: Levenshtein's distance, with the exchange of two neighbours as one
    /// step.
    static int distance(final String one, final String other) {
        int[] before = new int[other.length() + 1];
        int[] previous = new int[other.length() + 1];
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            final int[] oldest = before;
            before = previous;
            previous = row;
            row = oldest;
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                final boolean same = one.charAt(i - 1) == other.charAt(j - 1);
                row[j] =
                        Math.min(
                                previous[j - 1] + (same ? 0 : 1),
                                1 + Math.min(previous[j], row[j - 1]));
                if (i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
        }
        return row[other.length()];
    }
}
