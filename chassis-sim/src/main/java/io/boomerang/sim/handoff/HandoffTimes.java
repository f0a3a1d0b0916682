package io.boomerang.sim.handoff;

import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.sim.report.Latency;
import io.boomerang.sim.report.LatencyRecorder;

/// Clock readings of hand-offs, one at a time.
final class HandoffTimes implements MoveObserver {
    private LatencyRecorder freeze = new LatencyRecorder();
    private LatencyRecorder untilLive = new LatencyRecorder();
    private LatencyRecorder untilPacket = new LatencyRecorder();
    private long frozenNs;
    private boolean isClean;
    private int mostBlobBytes;
    private int blobBytes;

    /// What is known so far counts no more: the machine was not warm.
    void forget() {
        freeze = new LatencyRecorder();
        untilLive = new LatencyRecorder();
        untilPacket = new LatencyRecorder();
        mostBlobBytes = 0;
    }

    @Override
    public void onFrozen(final ConnectionState state, final long beganNs) {
        frozenNs = beganNs;
        isClean = state.unread().length() == 0;
        blobBytes = ConnectionBlob.encodedLength(state);
        mostBlobBytes = Math.max(mostBlobBytes, blobBytes);
        freeze.record(System.nanoTime() - beganNs, false);
    }

    @Override
    public void onLive() {
        untilLive.record(System.nanoTime() - frozenNs, false);
    }

    /// The host has something of the client that came after the freeze.
    void heard() {
        if (isClean) {
            isClean = false;
            untilPacket.record(System.nanoTime() - frozenNs, false);
        }
    }

    int blobBytes() {
        return blobBytes;
    }

    int mostBlobBytes() {
        return mostBlobBytes;
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
