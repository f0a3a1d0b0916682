package io.boomerang.blade;

import io.boomerang.blade.announcer.ExpectedFlows;
import io.boomerang.blade.announcer.HoldPen;
import io.boomerang.blade.processor.PacketContext;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.HeldQueue;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Frames of connections in which a flow has just been agreed on: they wait while {@link
/// ExpectedFlows#isAwaited} says so, because one of them tells the peer, whose first packet may
/// enter the chassis before the redirector it comes to has heard of the flow. Their order stays.
///
/// Full: the frame goes at once. Used by the blade's thread only.
final class AgreedFrames implements AutoCloseable {
    /// Of 2 KiB. Such connections have few and small packets.
    static final int CELLS = 256;

    /// The frames of one connection toward one side.
    private static final class Waiting extends HeldQueue {
        private final MarkerSession marker;
        private final long flowId;
        private final Side toward;
        private int redirector;

        private Waiting(final MarkerSession marker, final Side toward) {
            this.marker = marker;
            flowId = marker.flowId();
            this.toward = toward;
        }

        private boolean isOf(final MarkerSession other, final Side side) {
            return marker == other && flowId == other.flowId() && toward == side;
        }
    }

    private final ExpectedFlows expected;
    private final Emitter emitter;
    private final HeldFrames.Conclusion conclusion;
    private final HoldPen<Waiting> pen = new HoldPen<>(CELLS);
    private final List<Waiting> waiting = new ArrayList<>();
    private long held;

    AgreedFrames(
            final ExpectedFlows expected,
            final Emitter emitter,
            final HeldFrames.Conclusion conclusion) {
        this.expected = expected;
        this.emitter = emitter;
        this.conclusion = conclusion;
    }

    /// Lets the packet wait if it has to; false when it may go.
    boolean hold(
            final MarkerSession marker,
            final Side toward,
            final int redirector,
            final PacketContext context,
            final long packetNumber,
            final long nowNs) {
        Waiting queue = find(marker, toward);
        if (queue == null) {
            if (!expected.isAwaited(marker.flowId(), toward, nowNs)) {
                return false;
            }
            queue = new Waiting(marker, toward);
            waiting.add(queue);
        }
        queue.redirector = redirector;
        if (!pen.hold(
                queue, context.frame(), context.offset(), context.length(), packetNumber, nowNs)) {
            return false;
        }
        held++;
        return true;
    }

    private @Nullable Waiting find(final MarkerSession marker, final Side toward) {
        for (int i = 0; i < waiting.size(); i++) { // an iterator would be garbage for each packet
            if (waiting.get(i).isOf(marker, toward)) {
                return waiting.get(i);
            }
        }
        return null;
    }

    /// Lets those go whose wait is over; answers how many frames.
    int release(final long nowNs) {
        int done = 0;
        for (int i = waiting.size() - 1; i >= 0; i--) {
            final Waiting queue = waiting.get(i);
            if (!expected.isAwaited(queue.flowId, queue.toward, nowNs)) {
                waiting.remove(i);
                done += release(queue, nowNs);
            }
        }
        return done;
    }

    private int release(final Waiting queue, final long nowNs) {
        int done = 0;
        while (queue.hasHeld()) {
            final int frame = queue.firstHeld();
            final boolean sent =
                    emitter.emitHeld(
                            queue.redirector, pen, frame, queue.flowId, queue.toward.opposite());
            conclusion.conclude(
                    pen.tag(frame), sent ? ProcessorVerdict.PASS : emitter.refusal(), nowNs);
            pen.discardFirst(queue);
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
        return pen.frameCount();
    }

    @Override
    public void close() {
        pen.close();
    }
}
