package io.boomerang.handoff.endpoint;

/// When to send again what was not acknowledged (RFC 6298), and when to ask about a closed window.
final class RetransmissionTimer {
    private static final long INITIAL_NS = 1_000_000_000L;
    private static final long LEAST_NS = 200_000_000L;
    private static final long MOST_NS = 60_000_000_000L;

    /// Half a minute at the least, about ten minutes at the most.
    private static final int MAX_EXPIRIES = 15;

    private long smoothedNs;
    private long variationNs;
    private long timeoutNs = INITIAL_NS;
    private long dueNs;
    private boolean armed;
    private int expiries;

    boolean isArmed() {
        return armed;
    }

    boolean isDue(final long nowNs) {
        return armed && nowNs - dueNs >= 0;
    }

    long dueNs() {
        return dueNs;
    }

    void arm(final long nowNs) {
        armed = true;
        dueNs = nowNs + Math.min(timeoutNs << Math.min(expiries, 16), MOST_NS);
    }

    void disarm() {
        armed = false;
    }

    /// It was due: the next one takes twice as long. Answers false when it is time to give up.
    boolean expire(final long nowNs) {
        expiries++;
        arm(nowNs);
        return expiries <= MAX_EXPIRIES;
    }

    /// The peer has answered.
    void heard() {
        expiries = 0;
    }

    /// Time between a segment that was sent once and its acknowledgement.
    void measure(final long roundTripNs) {
        if (smoothedNs == 0) {
            smoothedNs = roundTripNs;
            variationNs = roundTripNs / 2;
        } else {
            variationNs += (Math.abs(smoothedNs - roundTripNs) - variationNs) / 4;
            smoothedNs += (roundTripNs - smoothedNs) / 8;
        }
        timeoutNs = Math.clamp(smoothedNs + 4 * variationNs, LEAST_NS, MOST_NS);
    }
}
