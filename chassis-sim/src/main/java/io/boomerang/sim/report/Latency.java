package io.boomerang.sim.report;

import org.HdrHistogram.Histogram;

/// A distribution of latencies in microseconds; all zero where nothing was measured.
///
/// @param count how many were measured
/// @param p50Us half of them took no longer
/// @param p99Us 99 of 100 took no longer
/// @param maxUs none took longer
public record Latency(long count, double p50Us, double p99Us, double maxUs) {
    private static final double NS_PER_US = 1_000;

    static Latency of(final Histogram histogram) {
        return new Latency(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50) / NS_PER_US,
                histogram.getValueAtPercentile(99) / NS_PER_US,
                histogram.getMaxValue() / NS_PER_US);
    }
}
