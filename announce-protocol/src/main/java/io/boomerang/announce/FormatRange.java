package io.boomerang.announce;

import org.jspecify.annotations.Nullable;

/// The versions of the message format that a node reads and writes: the newest of its release, and
/// the one before, so that the nodes of a chassis can be replaced one after the other. All members
/// write the newest version that every one of them reads.
///
/// @param oldest 1 to 255
/// @param newest `oldest` to 255
public record FormatRange(int oldest, int newest) {
    /// What this release reads and writes; {@link MessageCodec} tells how its versions differ.
    public static final FormatRange CURRENT = new FormatRange(1, 2);

    /// What a member speaks that does not say what it speaks: only the first release did not.
    public static final FormatRange FIRST_RELEASE = new FormatRange(1, 1);

    private static final int MAX_VERSION = 0xFF;

    public FormatRange {
        if (oldest < 1 || newest < oldest || newest > MAX_VERSION) {
            throw new IllegalArgumentException(
                    "formats "
                            + oldest
                            + " to "
                            + newest
                            + " are no range within 1.."
                            + MAX_VERSION);
        }
    }

    public boolean contains(final int version) {
        return oldest <= version && version <= newest;
    }

    /// What both speak; null when they have no version in common.
    public @Nullable FormatRange common(final FormatRange other) {
        final int last = Math.min(newest, other.newest);
        final int first = Math.max(oldest, other.oldest);
        return first <= last ? new FormatRange(first, last) : null;
    }

    @Override
    public String toString() {
        return oldest == newest ? Integer.toString(oldest) : oldest + " to " + newest;
    }
}
