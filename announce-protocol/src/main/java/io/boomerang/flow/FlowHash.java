package io.boomerang.flow;

/// The keyed hash of flows: SipHash-1-3 (Aumasson, Bernstein). Symmetric because flow keys are
/// canonical. A stranger who does not know the two key words can neither aim flows at one bucket
/// nor build collisions.
///
/// What is hashed, in 64-bit little-endian words: for IPv4 both addresses, then ports and kind of
/// key; for IPv6 four address words, then the same; last the VLAN domain in four bytes. So the byte
/// count, which is part of the hash, tells the families apart.
///
/// Immutable; any thread.
public final class FlowHash {
    private static final long INITIAL_0 = 0x736f6d6570736575L;
    private static final long INITIAL_1 = 0x646f72616e646f6dL;
    private static final long INITIAL_2 = 0x6c7967656e657261L;
    private static final long INITIAL_3 = 0x7465646279746573L;
    private static final long FINAL = 0xFF;
    private static final int LENGTH_SHIFT = 56;
    private static final int FINAL_ROUNDS = 3;

    private final long start0;
    private final long start1;
    private final long start2;
    private final long start3;

    public FlowHash(final long k0, final long k1) {
        start0 = INITIAL_0 ^ k0;
        start1 = INITIAL_1 ^ k1;
        start2 = INITIAL_2 ^ k0;
        start3 = INITIAL_3 ^ k1;
    }

    public long hash(final FlowKey key) {
        final long ports = (long) key.aPort() << 48 | (long) key.bPort() << 32 | key.meta();
        final long domain = Integer.toUnsignedLong(key.vlanDomain());
        return key.isIpv6()
                ? hash(
                        6,
                        key.aHigh(),
                        key.aLow(),
                        key.bHigh(),
                        key.bLow(),
                        ports,
                        44L << LENGTH_SHIFT | domain)
                : hash(
                        3,
                        key.aLow() << 32 | key.bLow(),
                        ports,
                        20L << LENGTH_SHIFT | domain,
                        0,
                        0,
                        0);
    }

    /// Of one word in 8 bytes.
    long hash(final long word) {
        return hash(2, word, 8L << LENGTH_SHIFT, 0, 0, 0, 0);
    }

    /// Of two words in 16 bytes.
    long hash(final long word0, final long word1) {
        return hash(3, word0, word1, 16L << LENGTH_SHIFT, 0, 0, 0);
    }

    /// Of four words and an int in 36 bytes.
    long hash(
            final long word0,
            final long word1,
            final long word2,
            final long word3,
            final int tail) {
        return hash(
                5,
                word0,
                word1,
                word2,
                word3,
                36L << LENGTH_SHIFT | Integer.toUnsignedLong(tail),
                0);
    }

    /// The last of the words carries the byte count in its highest byte, as SipHash pads.
    private long hash(
            final int wordCount,
            final long word0,
            final long word1,
            final long word2,
            final long word3,
            final long word4,
            final long word5) {
        long v0 = start0;
        long v1 = start1;
        long v2 = start2;
        long v3 = start3;
        long word = word0;
        long next1 = word1;
        long next2 = word2;
        long next3 = word3;
        long next4 = word4;
        long next5 = word5;
        for (int round = 0; round < wordCount + FINAL_ROUNDS; round++) {
            if (round == wordCount) {
                v2 ^= FINAL;
            }
            v3 ^= word;

            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);

            v0 ^= word;
            word = next1;
            next1 = next2;
            next2 = next3;
            next3 = next4;
            next4 = next5;
            next5 = 0;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
