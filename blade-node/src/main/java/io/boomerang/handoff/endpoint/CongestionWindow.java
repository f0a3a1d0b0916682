package io.boomerang.handoff.endpoint;

import io.boomerang.handoff.Sequence;

/// How much may be on its way without the path being filled (RFC 5681), and what to take for lost
/// (RFC 6582).
final class CongestionWindow {
    private static final int INITIAL_SEGMENTS = 10; // RFC 6928
    private static final int DUPLICATES = 3;

    private final int mss;
    private int window;
    private int threshold = Integer.MAX_VALUE;
    private int duplicates;
    private boolean recovering;
    private int recoverTo;

    CongestionWindow(final int mss) {
        this.mss = mss;
        window = INITIAL_SEGMENTS * mss;
    }

    /// In bytes.
    int window() {
        return window;
    }

    /// Something new was acknowledged. Answers whether the oldest segment is to be sent again: a
    /// hole is closed, and the next one shows.
    boolean acknowledged(final int bytes, final int upTo, final int inFlight) {
        duplicates = 0;
        if (!recovering) {
            window += window < threshold ? Math.min(bytes, mss) : Math.max(mss * mss / window, 1);
            window = Math.min(window, 1 << 30);
            return false;
        }
        if (Sequence.isBefore(upTo, recoverTo)) {
            window = Math.max(window - bytes + mss, mss);
            return true;
        }
        recovering = false;
        window = Math.min(threshold, Math.max(inFlight, mss) + mss);
        return false;
    }

    /// The same was acknowledged again. Answers whether the oldest segment is to be sent again.
    boolean duplicated(final int inFlight, final int furthest) {
        duplicates++;
        if (recovering) {
            window += mss;
            return false;
        }
        if (duplicates < DUPLICATES) {
            return false;
        }
        threshold = Math.max(inFlight / 2, 2 * mss);
        window = threshold + DUPLICATES * mss;
        recovering = true;
        recoverTo = furthest;
        return true;
    }

    void timedOut(final int inFlight) {
        threshold = Math.max(inFlight / 2, 2 * mss);
        window = mss;
        duplicates = 0;
        recovering = false;
    }
}
