package io.boomerang.sim.handoff;

/// The bytes that one end of a connection sends: each is known from its place alone, so that
/// whoever reads can tell a missing, repeated or changed one.
///
/// @param seed of the connection and direction
record Pattern(long seed) {
    byte at(final long place) {
        long mixed = (place + 1) * 0x9E3779B97F4A7C15L ^ seed;
        mixed ^= mixed >>> 29;
        mixed *= 0xBF58476D1CE4E5B9L;
        return (byte) (mixed >>> 56);
    }

    void fill(final byte[] bytes, final long place, final int count) {
        for (int i = 0; i < count; i++) {
            bytes[i] = at(place + i);
        }
    }

    /// How many of the bytes are right, from the first on.
    int matching(final byte[] bytes, final int offset, final long place, final int count) {
        int right = 0;
        while (right < count && bytes[offset + right] == at(place + right)) {
            right++;
        }
        return right;
    }
}
