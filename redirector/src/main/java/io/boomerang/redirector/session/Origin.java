package io.boomerang.redirector.session;

/// Whose word a redirector session rests on. A blade knows best, then comes what this redirector
/// decided itself, then what another redirector said when it was asked.
public enum Origin {
    /// This redirector chose the blade.
    DECIDED,
    /// The blade that holds the flow announced it.
    ANNOUNCED,
    /// The flow's owner answered with it.
    CACHED;

    private static final Origin[] VALUES = values();

    static Origin of(final int ordinal) {
        return VALUES[ordinal];
    }

    /// Of two records of the same rank, the one whose word counts.
    static Origin stronger(final Origin one, final Origin other) {
        if (one == ANNOUNCED || other == ANNOUNCED) {
            return ANNOUNCED;
        }
        return one == DECIDED || other == DECIDED ? DECIDED : CACHED;
    }
}
