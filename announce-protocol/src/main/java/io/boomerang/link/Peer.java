package io.boomerang.link;

/// What a node knows of another member of the chassis, or of itself. Ages are counted in the
/// observer's ticks.
final class Peer {
    final int node;
    final int incarnation;

    /// The members that this one does not hear, as it says: one bit for each node id.
    final long[] silent;

    /// Whether anything that it says of itself has come yet; until then it is thought to hear all.
    boolean known;

    int sequence;

    /// When a datagram came from it directly.
    long heardTick;

    /// When news of it came, by whomever.
    long newsTick;

    /// Nothing has come from it directly for too long.
    boolean isSilent;

    /// No news of it has come for so long that whom it hears is uncertain.
    boolean isQuiet;

    /// No news of it has come for too long: what it said does not count any more.
    boolean isLost;

    /// The first member of whom the next hello to this one tells.
    int cursor;

    Peer(final int node, final int incarnation, final int words, final long tick) {
        this.node = node;
        this.incarnation = incarnation;
        silent = new long[words];
        heardTick = tick;
        newsTick = tick;
    }

    boolean hears(final int other) {
        return (silent[other >>> 6] & 1L << other) == 0;
    }
}
