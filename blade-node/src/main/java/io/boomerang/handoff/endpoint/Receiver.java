package io.boomerang.handoff.endpoint;

import io.boomerang.handoff.Sequence;
import io.boomerang.wire.TcpHeader;

import java.lang.foreign.MemorySegment;

/// The receiving half of a connection: the queue, the peer's FIN, and the window this end offers.
/// Its right edge never goes back.
final class Receiver {
    private final ReceiveQueue queue;
    private final int scale;
    private final int largestWindow;
    private final int step;
    private int rightEdge;
    private int lastOfferedAt;
    private boolean due;
    private boolean finKnown;
    private int finNumber;

    Receiver(final ReceiveQueue queue, final int scale, final int mss) {
        this.queue = queue;
        this.scale = scale;
        largestWindow = Math.min(queue.capacity(), 0xFFFF << scale);
        step = Math.min(mss, largestWindow / 2);
        rightEdge = queue.next();
        lastOfferedAt = queue.next();
    }

    /// The smallest scale that can state the capacity.
    static int scaleFor(final int capacity) {
        int scale = 0;
        while (capacity >>> scale > 0xFFFF) {
            scale++;
        }
        return scale;
    }

    /// As another stack has offered it.
    void resume(final int rightEdge, final int offeredAt, final boolean closed) {
        this.rightEdge = rightEdge;
        lastOfferedAt = offeredAt;
        if (closed) {
            finKnown = true;
            finNumber = queue.next();
        }
    }

    ReceiveQueue queue() {
        return queue;
    }

    int scale() {
        return scale;
    }

    int rightEdge() {
        return rightEdge;
    }

    int lastOfferedAt() {
        return lastOfferedAt;
    }

    /// Number of the next byte to come (RCV.NXT).
    int next() {
        return queue.next() + (isClosed() ? 1 : 0);
    }

    /// The peer has sent its FIN and everything before it.
    boolean isClosed() {
        return finKnown && finNumber == queue.next();
    }

    /// RFC 9293, 3.10.7.4: whether any of the segment lies within the window.
    boolean isAcceptable(final int sequence, final int length) {
        final int window = Math.max(rightEdge - next(), 0);
        final int start = sequence - next();
        if (length == 0) {
            // A peer that has filled the window states the number behind it.
            return start >= 0 && start <= window;
        }
        final int last = start + length - 1;
        return window > 0 && last >= 0 && start < window;
    }

    /// Takes bytes and FIN of an acceptable segment.
    void accept(final SegmentView segment, final MemorySegment packet) {
        due = true;
        if (isClosed()) {
            return;
        }
        queue.accept(segment.sequence(), packet, segment.payloadOffset(), segment.payloadLength());
        if (segment.has(TcpHeader.FIN)) {
            finKnown = true;
            finNumber = segment.sequence() + segment.payloadLength();
        }
    }

    /// The window to offer now: small steps are held back (RFC 9293, 3.8.6.2.2).
    int offer() {
        return room() - offered() >= step ? room() : offered();
    }

    private int room() {
        return Math.min(queue.room(), largestWindow);
    }

    private int offered() {
        return Math.max(rightEdge - queue.next(), 0);
    }

    /// This window is about to be sent.
    void offered(final int window) {
        rightEdge = Sequence.later(rightEdge, next() + window);
        lastOfferedAt = next();
        due = false;
    }

    /// Something is to be acknowledged that was not, or the window has opened.
    boolean isDue() {
        return due || hasNews();
    }

    /// The peer is to be told, whatever it knows.
    void demand() {
        due = true;
    }

    /// The application has read so much that the peer should hear of it.
    private boolean hasNews() {
        return room() - offered() >= Math.max(step, largestWindow / 4)
                || offered() == 0 && room() >= step;
    }
}
