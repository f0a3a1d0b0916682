package io.boomerang.handoff.endpoint;

import io.boomerang.handoff.Octets;
import io.boomerang.handoff.Sequence;

import java.lang.foreign.MemorySegment;

/// What the application wrote and the peer has not acknowledged.
///
/// ```
///     oldest          next            furthest         end
///  -----+---------------+----------------+--------------+----- room
///       |  sent          | to be repeated | never sent  | FIN
/// ```
final class SendQueue {
    private final ByteRing ring;
    private int oldest;
    private int next;
    private int furthest;
    private int end;
    private boolean closed;

    SendQueue(final int capacity, final int first) {
        ring = new ByteRing(capacity);
        oldest = first;
        next = first;
        furthest = first;
        end = first;
    }

    /// A queue as another stack left it.
    static SendQueue of(
            final int capacity, final int oldest, final Octets sent, final Octets unsent) {
        final SendQueue queue =
                new SendQueue(Math.max(capacity, sent.length() + unsent.length()), oldest);
        queue.next = oldest + sent.length();
        queue.furthest = queue.next;
        queue.end = queue.next + unsent.length();
        queue.ring.put(oldest, sent);
        queue.ring.put(queue.next, unsent);
        return queue;
    }

    /// How many bytes there was room for.
    int write(final MemorySegment source, final long offset, final int length) {
        final int count = closed ? 0 : Math.min(length, ring.capacity() - (end - oldest));
        ring.put(end, source, offset, count);
        end += count;
        return count;
    }

    /// A FIN follows the last byte and takes up a number.
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /// Number of the oldest byte that is not acknowledged (SND.UNA).
    int oldest() {
        return oldest;
    }

    /// Number of the byte to be sent next; goes back when what was sent is taken for lost.
    int next() {
        return next;
    }

    /// Number behind the last one ever sent (SND.NXT).
    int furthest() {
        return furthest;
    }

    /// Number behind the last byte: the FIN's, if there is one.
    int end() {
        return end;
    }

    int inFlight() {
        return next - oldest;
    }

    /// Bytes from `next` on.
    int pending() {
        return Math.max(end - next, 0);
    }

    /// Bytes from `oldest` on that were sent at least once.
    int unacknowledgedLength() {
        return Math.min(furthest - oldest, end - oldest);
    }

    boolean isFinSent() {
        return closed && furthest - end > 0;
    }

    boolean finPending() {
        return closed && next - end <= 0;
    }

    boolean finAcknowledged() {
        return closed && oldest - end > 0;
    }

    boolean isEmpty() {
        return oldest == end + (closed ? 1 : 0);
    }

    /// The peer has everything before this number.
    void acknowledge(final int number) {
        oldest = number;
        next = Sequence.later(next, number);
        furthest = Sequence.later(furthest, number);
    }

    /// That many numbers from `next` on are on their way.
    void sent(final int count) {
        next += count;
        furthest = Sequence.later(furthest, next);
    }

    /// Everything that was sent is to be sent again.
    void goBack() {
        next = oldest;
    }

    void copy(final int number, final MemorySegment target, final long offset, final int length) {
        ring.get(number, target, offset, length);
    }

    Octets unacknowledged() {
        return ring.copy(oldest, unacknowledgedLength());
    }

    Octets unsent() {
        return ring.copy(furthest, end - furthest);
    }
}
