package io.boomerang.redirector.steering;

/// Derives further hashes from a flow's keyed hash.
final class Mixer {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Mixer() {}

    /// The hash of the flow as one node's, say to weigh nodes against each other.
    static long mix(final long hash, final int node) {
        return finish(hash ^ finish(node * GOLDEN));
    }

    /// A bijection in which every bit of the input moves every bit of the output (David Stafford's
    /// variant 13 of the MurmurHash3 finalizer).
    static long finish(final long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    /// Maps a hash to 0..bound-1 by its high bits.
    static long reduce(final long hash, final long bound) {
        return Math.unsignedMultiplyHigh(hash, bound);
    }
}
