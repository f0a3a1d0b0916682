package io.boomerang.sim.chaos;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// What the chassis' two networks do to messages at the moment: how many they lose, double and how
/// long they take. Equal seeds give equal runs; each link has random sources of its own, one for
/// hellos, so that what happens on one does not depend on what else the networks carry.
final class Weather {
    private static final int PER_MILLE = 1_000;
    private static final long LEAST_NS = 20_000;
    private static final long USUAL_NS = 200_000;
    private static final int HELLOS = 1 << 14;

    private final Map<Integer, SplittableRandom> links = new HashMap<>();
    private final long seed;
    private int lossPerMille;
    private int doublingPerMille;
    private long slowestNs = USUAL_NS;

    Weather(final long seed) {
        this.seed = seed;
    }

    void worsen(final int newLossPerMille, final int newDoublingPerMille, final long newSlowestNs) {
        lossPerMille = newLossPerMille;
        doublingPerMille = newDoublingPerMille;
        slowestNs = Math.max(USUAL_NS, newSlowestNs);
    }

    void clear() {
        worsen(0, 0, USUAL_NS);
    }

    boolean isCalm() {
        return lossPerMille == 0 && doublingPerMille == 0 && slowestNs == USUAL_NS;
    }

    /// How often the next message arrives: 0, 1 or 2 times.
    int copies(final int from, final int to) {
        return copies(link(from, to));
    }

    int copiesOfHello(final int from, final int to) {
        return copies(link(HELLOS | from, to));
    }

    private int copies(final SplittableRandom random) {
        if (random.nextInt(PER_MILLE) < lossPerMille) {
            return 0;
        }
        return random.nextInt(PER_MILLE) < doublingPerMille ? 2 : 1;
    }

    /// How long one copy takes; a later one may be faster.
    long delayNs(final int from, final int to) {
        return delayNs(link(from, to));
    }

    long delayOfHelloNs(final int from, final int to) {
        return delayNs(link(HELLOS | from, to));
    }

    private long delayNs(final SplittableRandom random) {
        return random.nextLong(LEAST_NS, slowestNs + 1);
    }

    private SplittableRandom link(final int from, final int to) {
        return links.computeIfAbsent(
                from << 16 | to, link -> new SplittableRandom(seed * 0x9E3779B97F4A7C15L + link));
    }
}
