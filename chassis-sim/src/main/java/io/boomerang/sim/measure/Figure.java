package io.boomerang.sim.measure;

import io.boomerang.sim.report.Latency;

/// What a redirector installed within a time, or what another program did.
///
/// @param perSecond sessions
/// @param latency from where one began to where it was known
/// @param stalls of the machine meanwhile, which are part of the latency
public record Figure(double perSecond, Latency latency, Latency stalls) {
    private static final int WORDS = 9;

    /// As one line for {@link #parse}.
    public String text() {
        return perSecond + " " + text(latency) + " " + text(stalls);
    }

    private static String text(final Latency latency) {
        return latency.count()
                + " "
                + latency.p50Us()
                + " "
                + latency.p99Us()
                + " "
                + latency.maxUs();
    }

    /// @throws IllegalArgumentException when the line is not one of {@link #text}
    static Figure parse(final String line) {
        final String[] words = line.split(" ", -1);
        if (words.length != WORDS) {
            throw new IllegalArgumentException("'" + line + "' is no figure");
        }
        return new Figure(
                Double.parseDouble(words[0]), latency(words, 1), latency(words, 1 + WORDS / 2));
    }

    private static Latency latency(final String[] words, final int at) {
        return new Latency(
                Long.parseLong(words[at]),
                Double.parseDouble(words[at + 1]),
                Double.parseDouble(words[at + 2]),
                Double.parseDouble(words[at + 3]));
    }
}
