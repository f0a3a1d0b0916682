package io.boomerang.sim.chaos;

import java.util.SplittableRandom;

/// What the chassis' two networks do to messages at the moment: how many they lose, double and how
/// long they take. One random source, so that equal seeds give equal runs.
final class Weather {
    private static final int PER_MILLE = 1_000;
    private static final long LEAST_NS = 20_000;
    private static final long USUAL_NS = 200_000;

    private final SplittableRandom random;
    private int lossPerMille;
    private int doublingPerMille;
    private long slowestNs = USUAL_NS;

    Weather(final long seed) {
        random = new SplittableRandom(seed);
    }

    void worsen(final int newLossPerMille, final int newDoublingPerMille, final long newSlowestNs) {
        lossPerMille = newLossPerMille;
        doublingPerMille = newDoublingPerMille;
        slowestNs = Math.max(USUAL_NS, newSlowestNs);
    }

    void clear() {
        worsen(0, 0, USUAL_NS);
    }

    /// How often the next message arrives: 0, 1 or 2 times.
    int copies() {
        if (random.nextInt(PER_MILLE) < lossPerMille) {
            return 0;
        }
        return random.nextInt(PER_MILLE) < doublingPerMille ? 2 : 1;
    }

    /// How long one copy takes; a later one may be faster.
    long delayNs() {
        return random.nextLong(LEAST_NS, slowestNs + 1);
    }
}
