package io.boomerang.redirector.steering;

import io.boomerang.memory.AnonymousMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// Frames that wait for the same thing under one key, in order of arrival, all for the same time.
/// Bounded by its pen. Used by the redirector's thread only; entered on misses and early fragments,
/// never on a session hit.
///
/// @param <K> what they wait for; the room keeps the instance that opened the entry
final class WaitingRoom<K> implements AutoCloseable {

    /// Those who wait under one key.
    static final class Queue {
        final long sinceNs;

        /// For the owner of the room: what it waits for.
        long token;

        private int head = HoldingPen.NONE;
        private int tail = HoldingPen.NONE;

        Queue(final long sinceNs) {
            this.sinceNs = sinceNs;
        }

        boolean isEmpty() {
            return head == HoldingPen.NONE;
        }
    }

    /// The longest frame that can wait: a datagram of 64 KiB in any framing, with room.
    static final int MAX_FRAME_BYTES = 1 << 17;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment taken = AnonymousMemory.allocate(arena, MAX_FRAME_BYTES);
    private final HoldingPen pen;
    private final long limitNs;
    private final LinkedHashMap<K, Queue> queues = new LinkedHashMap<>();

    WaitingRoom(final int cells, final long limitNs) {
        this.pen = new HoldingPen(cells);
        this.limitNs = limitNs;
    }

    @Nullable Queue find(final K key) {
        return queues.get(key);
    }

    /// Opens a queue under `key`, which the room keeps.
    Queue open(final K key, final long nowNs) {
        final Queue queue = new Queue(nowNs);
        queues.put(key, queue);
        return queue;
    }

    /// Adds a packet at the end; false when the pen is full.
    boolean append(final Queue queue, final Arrival arrival) {
        final int held =
                pen.hold(
                        arrival.frame,
                        arrival.offset,
                        arrival.length,
                        arrival.packetNumber,
                        arrival.word());
        if (held == HoldingPen.NONE) {
            return false;
        }
        if (queue.tail == HoldingPen.NONE) {
            queue.head = held;
        } else {
            pen.link(queue.tail, held);
        }
        queue.tail = held;
        return true;
    }

    /// Takes the queue out of the room; its frames are then taken one by one.
    @Nullable Queue remove(final K key) {
        return queues.remove(key);
    }

    /// Takes out the eldest entry if it has waited for the limit, or in any case when `force` is
    /// set.
    Map.@Nullable Entry<K, Queue> removeEldest(final long nowNs, final boolean force) {
        final Iterator<Map.Entry<K, Queue>> iterator = queues.entrySet().iterator();
        if (!iterator.hasNext()) {
            return null;
        }
        final Map.Entry<K, Queue> eldest = iterator.next();
        if (!force && nowNs - eldest.getValue().sinceNs < limitNs) {
            return null;
        }
        final Map.Entry<K, Queue> removed = Map.entry(eldest.getKey(), eldest.getValue());
        iterator.remove();
        return removed;
    }

    long headPacketNumber(final Queue queue) {
        return pen.packetNumber(queue.head);
    }

    /// The first packet of the queue becomes the arrival, and leaves. Its frame stays until the
    /// next one is taken out of this room.
    void take(final Queue queue, final Arrival arrival) {
        final int head = advance(queue);
        arrival.setWord(pen.arrival(head));
        arrival.place(taken, 0, pen.length(head), pen.packetNumber(head));
        pen.release(head, taken, 0);
    }

    void discardHead(final Queue queue) {
        pen.discard(advance(queue));
    }

    private int advance(final Queue queue) {
        final int head = queue.head;
        queue.head = pen.next(head);
        if (queue.head == HoldingPen.NONE) {
            queue.tail = HoldingPen.NONE;
        }
        return head;
    }

    int size() {
        return queues.size();
    }

    @Override
    public void close() {
        pen.close();
        arena.close();
    }
}
