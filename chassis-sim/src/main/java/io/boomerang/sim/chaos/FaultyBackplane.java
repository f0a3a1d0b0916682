package io.boomerang.sim.chaos;

import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.InMemoryBackplane;
import io.boomerang.backplane.RelayingBackplane;
import io.boomerang.cluster.Member;
import io.boomerang.sim.chassis.ChassisBackplane;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/// A backplane that loses, doubles, delays and reorders datagrams as the weather is, has links that
/// are broken in one direction, and keeps what comes to a node that stands still until its queue is
/// full.
final class FaultyBackplane implements ChassisBackplane {
    private static final int MAX_DATAGRAM = 1 << 16;
    private static final int QUEUE_OF_PAUSED = 1_024;

    private static final Comparator<Datagram> BY_TIME =
            Comparator.comparingLong(Datagram::dueNs).thenComparingLong(Datagram::sequence);

    private final Links links;
    private final Weather weather;
    private final LongSupplier clock;
    private final Losses losses;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment outbound = arena.allocate(MAX_DATAGRAM, Long.BYTES);
    private final MemorySegment inbound = arena.allocate(MAX_DATAGRAM, Long.BYTES);
    private final Backplane.@Nullable Receiver[] receivers =
            new Backplane.Receiver[Member.MAX_NODE + 1];
    private final PriorityQueue<Datagram> underWay = new PriorityQueue<>(BY_TIME);
    private final List<Deque<Datagram>> queues = new ArrayList<>();
    private final BitSet paused = new BitSet();
    private InMemoryBackplane.@Nullable Tap tap;
    private long sequence;

    /// Hears of datagrams that do not arrive.
    interface Losses {
        void onLost(byte[] datagram);

        /// Because the link is broken.
        void onBroken(int from, int to, byte[] datagram);
    }

    private static final class Datagram {
        final long dueNs;
        final long sequence;
        final int from;
        final int to;
        final byte[] bytes;

        Datagram(
                final long dueNs,
                final long sequence,
                final int from,
                final int to,
                final byte[] bytes) {
            this.dueNs = dueNs;
            this.sequence = sequence;
            this.from = from;
            this.to = to;
            this.bytes = bytes;
        }

        long dueNs() {
            return dueNs;
        }

        long sequence() {
            return sequence;
        }
    }

    FaultyBackplane(
            final Links links,
            final Weather weather,
            final LongSupplier clock,
            final Losses losses) {
        this.links = links;
        this.weather = weather;
        this.clock = clock;
        this.losses = losses;
        for (int node = 0; node <= Member.MAX_NODE; node++) {
            queues.add(new ArrayDeque<>());
        }
    }

    @Override
    public Backplane connect(final int node, final Backplane.Receiver receiver) {
        receivers[node] = receiver;
        return new Connection(node);
    }

    @Override
    public void disconnect(final int node) {
        receivers[node] = null;
        paused.clear(node);
        queues.get(node).forEach(datagram -> losses.onLost(datagram.bytes));
        queues.get(node).clear();
    }

    @Override
    public void setTap(final InMemoryBackplane.Tap newTap) {
        tap = newTap;
    }

    void pause(final int node) {
        paused.set(node);
    }

    /// What has come meanwhile arrives now, in the order in which it came.
    void resume(final int node) {
        paused.clear(node);
        final long nowNs = clock.getAsLong();
        for (final Datagram waiting : queues.get(node)) {
            underWay.add(new Datagram(nowNs, sequence++, waiting.from, waiting.to, waiting.bytes));
        }
        queues.get(node).clear();
    }

    @Override
    public int deliverDue(final long nowNs) {
        int delivered = 0;
        for (Datagram next = underWay.peek();
                next != null && next.dueNs <= nowNs;
                next = underWay.peek()) {
            underWay.remove();
            deliver(next);
            delivered++;
        }
        return delivered;
    }

    private void deliver(final Datagram datagram) {
        final Backplane.Receiver receiver = receivers[datagram.to];
        if (receiver == null) {
            losses.onLost(datagram.bytes);
            return;
        }
        if (links.isBroken(datagram.from, datagram.to)) {
            losses.onBroken(datagram.from, datagram.to, datagram.bytes);
            return;
        }
        if (paused.get(datagram.to)) {
            final Deque<Datagram> queue = queues.get(datagram.to);
            if (queue.size() < QUEUE_OF_PAUSED) {
                queue.add(datagram);
            } else {
                losses.onLost(datagram.bytes);
            }
            return;
        }
        // A copy, because the receiver rewrites frames in place and a double may follow.
        final int length = datagram.bytes.length;
        MemorySegment.copy(MemorySegment.ofArray(datagram.bytes), 0, inbound, 0, length);
        if (tap != null) {
            tap.onDelivered(datagram.from, datagram.to, inbound, 0, length);
        }
        receiver.onDatagram(datagram.from, inbound, 0, length);
    }

    @Override
    public long nextDueNs() {
        final Datagram next = underWay.peek();
        return next == null ? Long.MAX_VALUE : next.dueNs;
    }

    @Override
    public void close() {
        arena.close();
    }

    /// Everything fits: what a full backplane does to nodes is tried elsewhere.
    private final class Connection implements Backplane {
        private final int node;
        private int claimedTo;
        private int claimedLength;

        Connection(final int node) {
            this.node = node;
        }

        @Override
        public long claim(final int to, final int length) {
            if (length > MAX_DATAGRAM) {
                return -1;
            }
            claimedTo = to;
            claimedLength = length;
            return 0;
        }

        @Override
        public MemorySegment buffer() {
            return outbound;
        }

        @Override
        public void commit() {
            final byte[] bytes = new byte[claimedLength];
            MemorySegment.copy(outbound, 0, MemorySegment.ofArray(bytes), 0, claimedLength);
            final boolean hello = RelayingBackplane.isHello(outbound, 0, claimedLength);
            final int copies =
                    hello
                            ? weather.copiesOfHello(node, claimedTo)
                            : weather.copies(node, claimedTo);
            if (copies == 0) {
                losses.onLost(bytes);
            }
            for (int i = 0; i < copies; i++) {
                final long delayNs =
                        hello
                                ? weather.delayOfHelloNs(node, claimedTo)
                                : weather.delayNs(node, claimedTo);
                underWay.add(
                        new Datagram(
                                clock.getAsLong() + delayNs, sequence++, node, claimedTo, bytes));
            }
        }
    }
}
