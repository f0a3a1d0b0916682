package io.boomerang.sim.command;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// What the rounds of a measurement come to: a value for each round, one at least.
final class Rounds {
    private static final double PERCENT = 100;

    private Rounds() {}

    static double median(final DoubleStream rounds) {
        final double[] sorted = rounds.sorted().toArray();
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// How far they are apart, in percent of their median.
    static double spread(final double[] rounds) {
        final DoubleSummaryStatistics all = Arrays.stream(rounds).summaryStatistics();
        return PERCENT * (all.getMax() - all.getMin()) / median(Arrays.stream(rounds));
    }

    /// The median of the ratios in each round: what comes between rounds is in both.
    static double ratio(final double[] rounds, final double[] others) {
        return median(
                IntStream.range(0, rounds.length)
                        .mapToDouble(round -> rounds[round] / others[round]));
    }
}
