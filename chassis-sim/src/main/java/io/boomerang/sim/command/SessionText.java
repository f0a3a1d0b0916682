package io.boomerang.sim.command;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// One session in a line, for people.
final class SessionText {
    private SessionText() {}

    /// Which flow, and where.
    ///
    /// @param egressFlow the flow outside, when it is translated; else empty
    static String of(
            final String flow, final String egressFlow, final String blade, final String phase) {
        return String.format(
                Locale.ROOT,
                "%-50s %-10s %-11s",
                egressFlow.isEmpty() ? flow : flow + " = " + egressFlow,
                blade,
                phase);
    }

    /// Its version, and for how long it lives.
    static String life(
            final String flowId, final long version, final boolean live, final long leaseMs) {
        return String.format(
                Locale.ROOT,
                " flow %s version %d %s",
                flowId,
                version,
                live ? TimeUnit.MILLISECONDS.toSeconds(leaseMs) + " s left" : "over");
    }
}
