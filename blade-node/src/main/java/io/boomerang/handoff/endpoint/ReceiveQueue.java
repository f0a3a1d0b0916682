package io.boomerang.handoff.endpoint;

import io.boomerang.handoff.Octets;
import io.boomerang.handoff.Sequence;

import java.lang.foreign.MemorySegment;

/// What came from the peer and was not read: in order up to `next`, and islands beyond it that wait
/// for what is missing. Islands beyond {@link #MAX_ISLANDS} are forgotten; the peer sends them
/// again.
final class ReceiveQueue {
    static final int MAX_ISLANDS = 32;

    private final ByteRing ring;
    private final int[] starts = new int[MAX_ISLANDS];
    private final int[] ends = new int[MAX_ISLANDS];
    private int islandCount;
    private int firstUnread;
    private int next;

    ReceiveQueue(final int capacity, final int first) {
        ring = new ByteRing(capacity);
        firstUnread = first;
        next = first;
    }

    /// A queue as another stack left it.
    static ReceiveQueue of(final int capacity, final int firstUnread, final Octets unread) {
        final ReceiveQueue queue = new ReceiveQueue(capacity, firstUnread);
        queue.ring.put(firstUnread, unread);
        queue.next = firstUnread + unread.length();
        return queue;
    }

    /// Number of the first byte that is missing.
    int next() {
        return next;
    }

    int capacity() {
        return ring.capacity();
    }

    int unread() {
        return next - firstUnread;
    }

    /// Bytes that may come from `next` on.
    int room() {
        return ring.capacity() - unread();
    }

    int islandCount() {
        return islandCount;
    }

    int islandStart(final int index) {
        return starts[index];
    }

    int islandEnd(final int index) {
        return ends[index];
    }

    /// Takes what is new of a segment's bytes and fits.
    void accept(final int number, final MemorySegment packet, final long offset, final int length) {
        final int skipped = Math.max(next - number, 0);
        final int start = number + skipped;
        final int last = Math.min(number + length - next, room());
        final int count = next + last - start;
        if (skipped >= length || count <= 0) {
            return;
        }
        if (start == next) {
            ring.put(start, packet, offset + skipped, count);
            next += count;
            join();
        } else if (addIsland(start, start + count)) {
            ring.put(start, packet, offset + skipped, count);
        }
    }

    /// Islands that `next` has reached belong to the shore.
    private void join() {
        int joined = 0;
        while (joined < islandCount && !Sequence.isAfter(starts[joined], next)) {
            next = Sequence.later(next, ends[joined]);
            joined++;
        }
        remove(0, joined);
    }

    /// Islands are in order and do not touch.
    private boolean addIsland(final int start, final int end) {
        int first = 0;
        while (first < islandCount && Sequence.isBefore(ends[first], start)) {
            first++;
        }
        int behind = first;
        int mergedStart = start;
        int mergedEnd = end;
        while (behind < islandCount && !Sequence.isAfter(starts[behind], end)) {
            mergedStart =
                    Sequence.isBefore(starts[behind], mergedStart) ? starts[behind] : mergedStart;
            mergedEnd = Sequence.later(ends[behind], mergedEnd);
            behind++;
        }
        if (behind == first) {
            if (islandCount == MAX_ISLANDS) {
                return false;
            }
            System.arraycopy(starts, first, starts, first + 1, islandCount - first);
            System.arraycopy(ends, first, ends, first + 1, islandCount - first);
            islandCount++;
        } else {
            remove(first + 1, behind - first - 1);
        }
        starts[first] = mergedStart;
        ends[first] = mergedEnd;
        return true;
    }

    private void remove(final int at, final int count) {
        System.arraycopy(starts, at + count, starts, at, islandCount - at - count);
        System.arraycopy(ends, at + count, ends, at, islandCount - at - count);
        islandCount -= count;
    }

    /// How many bytes were read.
    int read(final MemorySegment target, final long offset, final int length) {
        final int count = Math.min(length, unread());
        ring.get(firstUnread, target, offset, count);
        firstUnread += count;
        return count;
    }

    Octets copyUnread() {
        return ring.copy(firstUnread, unread());
    }
}
