package io.boomerang.handoff.endpoint;

import io.boomerang.handoff.NegotiatedOptions;
import io.boomerang.handoff.Sequence;
import io.boomerang.handoff.Windows;
import io.boomerang.wire.TcpHeader;

import org.jspecify.annotations.Nullable;

/// The sending half of a connection: what of the queue goes out when, and again when it got lost.
final class Transmitter {
    private static final int WINDOW_FIELD = 0xFFFF;

    /// However small a peer says its segments are to be.
    private static final int LEAST_PAYLOAD = 8;

    private final Receiver receiver;
    private final SegmentWriter writer;
    private final PacketSink sink;
    private final SendQueue queue;
    private final @Nullable TimestampClock clock;
    private final int mss;
    private final int scale;
    private final boolean noDelay;
    private final RetransmissionTimer timer = new RetransmissionTimer();
    private final CongestionWindow congestion;

    private int window;
    private int largestWindow;
    private int lastUpdate;
    private int lastUpdateAcknowledged;
    private boolean timing;
    private int timedNumber;
    private long timedAtNs;
    private long repeatedCount;

    Transmitter(
            final Receiver receiver,
            final SegmentWriter writer,
            final PacketSink sink,
            final SendQueue queue,
            final @Nullable TimestampClock clock,
            final NegotiatedOptions agreed,
            final EndpointConfig config) {
        this.receiver = receiver;
        this.writer = writer;
        this.sink = sink;
        this.queue = queue;
        this.clock = clock;
        scale = agreed.sendScale();
        noDelay = config.noDelay();
        final int options = clock == null ? 0 : SegmentOptions.TIMESTAMPS_LENGTH;
        mss = Math.max(Math.min(config.mss(), agreed.mss()) - options, LEAST_PAYLOAD);
        congestion = new CongestionWindow(mss);
    }

    /// The window that the peer stated in its SYN, which is not scaled, or another stack has heard
    /// of.
    void start(final int window, final int largest, final int lastUpdate) {
        this.window = window;
        this.largestWindow = largest;
        this.lastUpdate = lastUpdate;
        lastUpdateAcknowledged = queue.oldest();
    }

    /// Takes the acknowledgement and the window of an acceptable segment. Answers false if it
    /// acknowledges what was never sent.
    boolean acknowledge(final SegmentView segment, final long nowNs) {
        final int number = segment.acknowledgment();
        if (Sequence.isAfter(number, queue.furthest())) {
            return false;
        }
        if (Sequence.isBefore(number, queue.oldest())) {
            return true;
        }
        final int stated = segment.window() << scale;
        final boolean isNew = number != queue.oldest();
        if (isNew || window == 0) {
            timer.heard();
        }
        if (isNew) {
            advance(number, nowNs);
        } else if (queue.inFlight() > 0 && segment.length() == 0 && stated == window) {
            if (congestion.duplicated(queue.inFlight(), queue.furthest())) {
                repeatOldest(nowNs);
            }
        }
        updateWindow(segment, stated, number, nowNs);
        return true;
    }

    private void advance(final int number, final long nowNs) {
        final int bytes = number - queue.oldest();
        queue.acknowledge(number);
        if (timing && !Sequence.isBefore(number, timedNumber)) {
            timer.measure(nowNs - timedAtNs);
            timing = false;
        }
        restartTimer(nowNs);
        if (congestion.acknowledged(bytes, number, queue.inFlight()) && queue.inFlight() > 0) {
            repeatOldest(nowNs);
        }
    }

    private void restartTimer(final long nowNs) {
        if (queue.inFlight() > 0) {
            timer.arm(nowNs);
        } else {
            timer.disarm();
        }
    }

    /// RFC 9293, 3.10.7.4: an old segment does not update the window.
    private void updateWindow(
            final SegmentView segment, final int stated, final int number, final long nowNs) {
        final int sequence = segment.sequence();
        if (Sequence.isBefore(lastUpdate, sequence)
                || lastUpdate == sequence && !Sequence.isAfter(lastUpdateAcknowledged, number)) {
            if (window == 0 && stated > 0) {
                restartTimer(nowNs);
            }
            window = stated;
            largestWindow = Math.max(largestWindow, stated);
            lastUpdate = sequence;
            lastUpdateAcknowledged = number;
        }
    }

    private void repeatOldest(final long nowNs) {
        timing = false;
        repeatedCount++;
        final int length = Math.min(mss, queue.unacknowledgedLength());
        if (length > 0) {
            final boolean last = queue.oldest() + length == queue.end();
            emit(queue.oldest(), length, last && queue.isFinSent(), nowNs);
        } else {
            emitFin(queue.oldest(), nowNs);
        }
    }

    /// Sends what may be sent. Answers false when the peer is given up.
    boolean poll(final long nowNs) {
        if (timer.isDue(nowNs) && !expire(nowNs)) {
            return false;
        }
        boolean more = true;
        while (more) {
            more = sendNext(nowNs);
        }
        return true;
    }

    private boolean expire(final long nowNs) {
        if (queue.inFlight() > 0) {
            congestion.timedOut(queue.inFlight());
            queue.goBack();
            timing = false;
            repeatedCount++;
        } else {
            // The window is shut: an old number makes the peer say whether it still is.
            writeHeader(TcpHeader.ACK, queue.oldest() - 1, nowNs).finishWithout();
            writer.emit(sink);
        }
        return timer.expire(nowNs);
    }

    private boolean sendNext(final long nowNs) {
        final int inFlight = queue.inFlight();
        final int usable = Math.min(window, congestion.window()) - inFlight;
        final int pending = queue.pending();
        if (pending == 0) {
            return sendFin(nowNs);
        }
        final int length = Math.min(Math.min(pending, mss), usable);
        if (length <= 0) {
            if (inFlight == 0 && !timer.isArmed()) {
                timer.arm(nowNs);
            }
            return false;
        }
        final boolean last = length == pending;
        final boolean small = length < mss;
        // Small pieces wait: for the window to open (RFC 9293, 3.8.6.2.1), or for more (3.7.4).
        if (small && inFlight > 0 && !(last && (noDelay || queue.isClosed()))) {
            return false;
        }
        startTiming(nowNs, length);
        final int number = queue.next();
        final boolean fin = last && queue.isClosed();
        queue.sent(length + (fin ? 1 : 0));
        emit(number, length, fin, nowNs);
        armIfIdle(nowNs);
        return true;
    }

    private boolean sendFin(final long nowNs) {
        if (!queue.finPending() || queue.inFlight() > 0 && window <= queue.inFlight()) {
            return false;
        }
        final int number = queue.next();
        queue.sent(1);
        emitFin(number, nowNs);
        armIfIdle(nowNs);
        return false;
    }

    private void startTiming(final long nowNs, final int length) {
        final boolean isFirstTime = queue.next() == queue.furthest();
        if (!timing && isFirstTime) {
            timing = true;
            timedNumber = queue.next() + length;
            timedAtNs = nowNs;
        }
    }

    private void armIfIdle(final long nowNs) {
        if (!timer.isArmed()) {
            timer.arm(nowNs);
        }
    }

    private void emit(final int number, final int length, final boolean fin, final long nowNs) {
        final int push = number + length == queue.end() ? TcpHeader.PSH : 0;
        writeHeader(TcpHeader.ACK | push | (fin ? TcpHeader.FIN : 0), number, nowNs)
                .payload(queue, number, length);
        writer.finish();
        writer.emit(sink);
    }

    private void emitFin(final int number, final long nowNs) {
        writeHeader(TcpHeader.ACK | TcpHeader.FIN, number, nowNs).finishWithout();
        writer.emit(sink);
    }

    /// An acknowledgement without data; with the islands, if the peer understands them.
    void emitAcknowledgement(final long nowNs, final boolean sack) {
        final SegmentWriter segment = writeHeader(TcpHeader.ACK, queue.furthest(), nowNs);
        if (sack) {
            segment.sack(receiver.queue());
        }
        segment.finishWithout();
        segment.emit(sink);
    }

    private SegmentWriter writeHeader(final int flags, final int number, final long nowNs) {
        final int windowField = Math.min(receiver.offer() >>> receiver.scale(), WINDOW_FIELD);
        receiver.offered(windowField << receiver.scale());
        final SegmentWriter segment = writer.start(flags, number, receiver.next(), windowField);
        if (clock != null) {
            segment.timestamps(clock.now(nowNs), clock.recent());
        }
        return segment;
    }

    SendQueue queue() {
        return queue;
    }

    long repeatedCount() {
        return repeatedCount;
    }

    @Nullable TimestampClock clock() {
        return clock;
    }

    RetransmissionTimer timer() {
        return timer;
    }

    Windows windows() {
        return new Windows(
                lastUpdate,
                window,
                Math.max(largestWindow, window),
                receiver.rightEdge() - receiver.lastOfferedAt(),
                receiver.lastOfferedAt());
    }
}
