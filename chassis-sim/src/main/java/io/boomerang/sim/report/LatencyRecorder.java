package io.boomerang.sim.report;

import org.HdrHistogram.Histogram;

/// How long announcements take from the blade to the installed session, apart for those that ride
/// on a packet and those that cross the cluster. Fixed memory, three significant digits; what takes
/// longer than a minute counts as a minute. One thread.
public final class LatencyRecorder {
    private static final long MAX_NS = 60_000_000_000L;
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram carried = new Histogram(MAX_NS, SIGNIFICANT_DIGITS);
    private final Histogram sent = new Histogram(MAX_NS, SIGNIFICANT_DIGITS);

    /// Counts one announcement.
    ///
    /// @param latencyNs from the blade to the installed session
    /// @param rodeOnPacket whether the announcement came with a packet, not through the cluster
    public void record(final long latencyNs, final boolean rodeOnPacket) {
        (rodeOnPacket ? carried : sent).recordValue(Math.clamp(latencyNs, 0L, MAX_NS));
    }

    /// Of announcements that rode on packets.
    public Latency carried() {
        return Latency.of(carried);
    }

    /// Of announcements that crossed the cluster.
    public Latency sent() {
        return Latency.of(sent);
    }
}
