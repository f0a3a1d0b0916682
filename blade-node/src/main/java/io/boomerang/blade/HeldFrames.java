package io.boomerang.blade;

import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.announcer.HoldPen;
import io.boomerang.blade.processor.PacketContext;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.MarkerSession;

import org.jspecify.annotations.Nullable;

/// The frames that wait until the far side's owner knows their flow, under {@link
/// AnnouncePolicy#HOLD}; under another policy there are none. Used by the blade's thread only.
final class HeldFrames implements AutoCloseable {
    private static final long MS = 1_000_000L;

    private final Emitter emitter;
    private final Conclusion conclusion;
    private final @Nullable HoldPen<MarkerSession> pen;
    private final long limitNs;
    private long held;

    /// What becomes of a frame.
    @FunctionalInterface
    interface Conclusion {
        void conclude(long packetNumber, ProcessorVerdict verdict, long nowNs);
    }

    HeldFrames(final BladeConfig config, final Emitter emitter, final Conclusion conclusion) {
        this.emitter = emitter;
        this.conclusion = conclusion;
        pen =
                config.announce() == AnnouncePolicy.HOLD
                        ? new HoldPen<>(config.limits().holdCells())
                        : null;
        limitNs = config.limits().holdLimitMs() * MS;
    }

    /// Lets the packet wait; false when there is no room.
    boolean hold(
            final MarkerSession marker,
            final PacketContext context,
            final long packetNumber,
            final long nowNs) {
        if (pen == null
                || !pen.hold(
                        marker,
                        context.frame(),
                        context.offset(),
                        context.length(),
                        packetNumber,
                        nowNs)) {
            conclusion.conclude(packetNumber, ProcessorVerdict.DROP_HOLD_FULL, nowNs);
            return false;
        }
        held++;
        return true;
    }

    /// The flow's frames go to a redirector.
    void release(final MarkerSession marker, final int redirector, final long nowNs) {
        while (pen != null && marker.hasHeld()) {
            final int frame = marker.firstHeld();
            final boolean sent =
                    emitter.emitHeld(redirector, pen, frame, marker.flowId(), marker.openingSide());
            conclusion.conclude(
                    pen.tag(frame), sent ? ProcessorVerdict.PASS : emitter.refusal(), nowNs);
            pen.discardFirst(marker);
        }
    }

    /// The flow's frames end here.
    void drop(final MarkerSession marker, final ProcessorVerdict reason, final long nowNs) {
        while (pen != null && marker.hasHeld()) {
            dropFirst(pen, marker, reason, nowNs);
        }
    }

    private void dropFirst(
            final HoldPen<MarkerSession> from,
            final MarkerSession marker,
            final ProcessorVerdict reason,
            final long nowNs) {
        conclusion.conclude(from.tag(marker.firstHeld()), reason, nowNs);
        from.discardFirst(marker);
    }

    /// Drops what has waited for too long, `limit` frames at most; answers how many.
    int dropOverdue(final long nowNs, final int limit) {
        int done = 0;
        while (pen != null && done < limit) {
            final MarkerSession marker = pen.overdue(nowNs, limitNs);
            if (marker == null) {
                break;
            }
            dropFirst(pen, marker, ProcessorVerdict.DROP_HOLD_EXPIRED, nowNs);
            done++;
        }
        return done;
    }

    /// Frames that have waited.
    long held() {
        return held;
    }

    /// Frames that wait now.
    int heldNow() {
        return pen == null ? 0 : pen.frameCount();
    }

    @Override
    public void close() {
        if (pen != null) {
            pen.close();
        }
    }
}
