package io.boomerang.backplane;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.boomerang.backplane.Backplane.Receiver;
import io.boomerang.cluster.Member;
import io.boomerang.memory.AnonymousMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A backplane within one process: one ring of datagrams for all nodes, first in, first out.
///
/// Used by one thread at a time, which also runs the receivers. A datagram is written straight into
/// the ring and read in place; a receiver may claim and commit further ones, and the one it reads
/// stays as it is until it returns. When the ring is full the claim fails and is counted. The
/// largest datagram is half the capacity, so that one always fits into an empty ring.
///
/// ```
///  record   0  length of the datagram; -1: nothing more up to the end of the ring
///           4  to node
///           8  from node
///          12  unused
///          16  the datagram, zero to seven bytes up to the next multiple of 8
/// ```
public final class InMemoryBackplane implements AutoCloseable {
    public static final int MIN_CAPACITY_BYTES = 4_096;

    private static final int TO_NODE = 4;
    private static final int FROM_NODE = 8;
    private static final int RECORD_HEADER_LENGTH = 16;
    private static final int TO_THE_END = -1;

    /// Shared, because a chassis is built by one thread and may be run by another.
    private final Arena arena = Arena.ofShared();

    private final MemorySegment ring;
    private final int capacityBytes;
    private final @Nullable Receiver[] receiverByNode = new Receiver[Member.MAX_NODE + 1];
    private @Nullable Tap tap;

    /// Offsets that grow without end; their places in the ring are what remains modulo capacity.
    private long head;

    private long tail;
    private long claimedEnd = -1;
    private int claimedBy;
    private boolean delivering;

    private long delivered;
    private long deliveredBytes;
    private long droppedFull;
    private long droppedTooLong;
    private long droppedUnknownNode;
    private long droppedDisconnected;

    /// @param capacityBytes of the ring, a multiple of 8
    public InMemoryBackplane(final int capacityBytes) {
        if (capacityBytes < MIN_CAPACITY_BYTES || capacityBytes % 8 != 0) {
            throw new IllegalArgumentException(
                    "capacityBytes "
                            + capacityBytes
                            + " is not a multiple of 8 from "
                            + MIN_CAPACITY_BYTES
                            + " on");
        }
        this.capacityBytes = capacityBytes;
        this.ring = AnonymousMemory.allocate(arena, capacityBytes);
    }

    /// Sees every datagram at the moment of its delivery.
    public interface Tap {
        /// The memory is the ring's once this returns.
        void onDelivered(int from, int to, MemorySegment datagram, long offset, int length);
    }

    /// What became of the datagrams.
    ///
    /// @param delivered to their receivers
    /// @param deliveredBytes of those
    /// @param droppedFull found no place in the ring
    /// @param droppedTooLong can never find a place
    /// @param droppedUnknownNode were for a node that was not connected
    /// @param droppedDisconnected were for a node that disconnected before they arrived
    public record Counters(
            long delivered,
            long deliveredBytes,
            long droppedFull,
            long droppedTooLong,
            long droppedUnknownNode,
            long droppedDisconnected) {}

    public Backplane connect(final int node, final Receiver receiver) {
        if (node < 1 || node > Member.MAX_NODE) {
            throw new IllegalArgumentException(
                    "node " + node + " is outside 1.." + Member.MAX_NODE);
        }
        if (receiverByNode[node] != null) {
            throw new IllegalStateException("node " + node + " is already connected");
        }
        receiverByNode[node] = receiver;
        return new Connection(node);
    }

    /// What is still on its way to the node is dropped; what it has sent arrives.
    public void disconnect(final int node) {
        receiverByNode[node] = null;
    }

    public void setTap(final @Nullable Tap tap) {
        this.tap = tap;
    }

    /// The longest datagram that can be claimed.
    public int maxDatagramBytes() {
        return capacityBytes / 2 - RECORD_HEADER_LENGTH - 8;
    }

    public boolean isEmpty() {
        return head == tail;
    }

    /// Delivers at most `limit` datagrams, also such as were sent meanwhile, and answers how many
    /// left the ring.
    public int poll(final int limit) {
        if (delivering) {
            throw new IllegalStateException("a receiver may not poll");
        }
        int polled = 0;
        while (polled < limit && head != tail) {
            final long at = head % capacityBytes;
            final int length = ring.get(JAVA_INT, at);
            if (length == TO_THE_END) {
                head += capacityBytes - at;
                continue;
            }
            delivering = true;
            try {
                deliver(at, length);
            } finally {
                delivering = false;
                head += recordLength(length);
            }
            polled++;
        }
        return polled;
    }

    private void deliver(final long at, final int length) {
        final int to = ring.get(JAVA_INT, at + TO_NODE);
        final Receiver receiver = receiverByNode[to];
        if (receiver == null) {
            droppedDisconnected++;
            return;
        }
        delivered++;
        deliveredBytes += length;
        final int from = ring.get(JAVA_INT, at + FROM_NODE);
        if (tap != null) {
            tap.onDelivered(from, to, ring, at + RECORD_HEADER_LENGTH, length);
        }
        receiver.onDatagram(from, ring, at + RECORD_HEADER_LENGTH, length);
    }

    private static int recordLength(final int length) {
        return RECORD_HEADER_LENGTH + (length + 7 & ~7);
    }

    private long claim(final int from, final int to, final int length) {
        claimedEnd = -1;
        if (to < 1 || to > Member.MAX_NODE || receiverByNode[to] == null) {
            droppedUnknownNode++;
            return -1;
        }
        if (length < 0 || length > maxDatagramBytes()) {
            droppedTooLong++;
            return -1;
        }
        if (head == tail) {
            head = 0;
            tail = 0;
        }
        final int needed = recordLength(length);
        final long tailAt = tail % capacityBytes;
        final long toTheEnd = capacityBytes - tailAt;
        final long start = needed > toTheEnd ? tail + toTheEnd : tail;
        if (start + needed - head > capacityBytes) {
            droppedFull++;
            return -1;
        }
        if (start != tail) {
            ring.set(JAVA_INT, tailAt, TO_THE_END);
        }
        final long at = start % capacityBytes;
        ring.set(JAVA_INT, at, length);
        ring.set(JAVA_INT, at + TO_NODE, to);
        ring.set(JAVA_INT, at + FROM_NODE, from);
        claimedEnd = start + needed;
        claimedBy = from;
        return at + RECORD_HEADER_LENGTH;
    }

    private void commit(final int from) {
        if (claimedEnd < 0 || claimedBy != from) {
            throw new IllegalStateException("node " + from + " has not claimed a place");
        }
        tail = claimedEnd;
        claimedEnd = -1;
    }

    public Counters counters() {
        return new Counters(
                delivered,
                deliveredBytes,
                droppedFull,
                droppedTooLong,
                droppedUnknownNode,
                droppedDisconnected);
    }

    /// Frees the ring. Nothing may be claimed or polled any more.
    @Override
    public void close() {
        arena.close();
    }

    private final class Connection implements Backplane {
        private final int node;

        Connection(final int node) {
            this.node = node;
        }

        @Override
        public long claim(final int toNode, final int length) {
            return InMemoryBackplane.this.claim(node, toNode, length);
        }

        @Override
        public MemorySegment buffer() {
            return ring;
        }

        @Override
        public void commit() {
            InMemoryBackplane.this.commit(node);
        }
    }
}
