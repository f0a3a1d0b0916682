package io.boomerang.sim.handoff;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.sim.report.Latency;
import io.boomerang.sim.report.LatencyRecorder;

/// Clock readings of hand-offs, one at a time.
final class HandoffTimes {
    private LatencyRecorder freeze = new LatencyRecorder();
    private LatencyRecorder untilLive = new LatencyRecorder();
    private LatencyRecorder untilPacket = new LatencyRecorder();
    private long frozenNs;
    private boolean isMoving;
    private boolean isClean;
    private int mostBlobBytes;
    private int blobBytes;
    private int moves;
    private long dropped;

    /// What is known so far counts no more: the machine was not warm.
    void forget() {
        freeze = new LatencyRecorder();
        untilLive = new LatencyRecorder();
        untilPacket = new LatencyRecorder();
        mostBlobBytes = 0;
        moves = 0;
    }

    /// A connection stands still and its state is known.
    ///
    /// @param beganNs before anything was asked of the connection
    void frozen(final long beganNs, final int bytes, final ConnectionState state) {
        frozenNs = beganNs;
        isMoving = true;
        isClean = state.unread().length() == 0;
        blobBytes = bytes;
        mostBlobBytes = Math.max(mostBlobBytes, bytes);
        freeze.record(System.nanoTime() - beganNs, false);
    }

    /// The connection is live at its host.
    void live() {
        moves++;
        isMoving = false;
        untilLive.record(System.nanoTime() - frozenNs, false);
    }

    /// The host has something of the client that came after the freeze.
    void heard() {
        if (isClean) {
            isClean = false;
            untilPacket.record(System.nanoTime() - frozenNs, false);
        }
    }

    void dropped() {
        dropped++;
    }

    boolean isMoving() {
        return isMoving;
    }

    long frozenNs() {
        return frozenNs;
    }

    int moves() {
        return moves;
    }

    int blobBytes() {
        return blobBytes;
    }

    int mostBlobBytes() {
        return mostBlobBytes;
    }

    long droppedCount() {
        return dropped;
    }

    Latency freeze() {
        return freeze.sent();
    }

    Latency untilLive() {
        return untilLive.sent();
    }

    Latency untilPacket() {
        return untilPacket.sent();
    }
}
