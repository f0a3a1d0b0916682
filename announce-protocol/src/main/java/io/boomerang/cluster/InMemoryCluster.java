package io.boomerang.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A control plane in one thread, whose clock is an argument and whose latency comes from a seed:
/// the same calls give the same deliveries.
///
/// Each link (from one member to another) is first in, first out; what is sent takes a random time
/// within the bounds, longer when it must wait for what was sent before. Views travel alike, on a
/// link of their own to each member. What is still on its way from a member when its leaving
/// arrives is lost, and so is what comes to a member that has left. At most {@link #MAX_IN_FLIGHT}
/// deliveries wait; further messages are lost and counted.
public final class InMemoryCluster {
    public static final int MAX_IN_FLIGHT = 1 << 20;

    private static final Comparator<Delivery> BY_TIME =
            (one, other) -> {
                final int time = Long.signum(one.dueNs - other.dueNs);
                return time != 0 ? time : Long.compare(one.sequence, other.sequence);
            };

    private final SplittableRandom random;
    private final long minLatencyNs;
    private final long maxLatencyNs;

    private final PriorityQueue<Delivery> deliveries = new PriorityQueue<>(BY_TIME);
    private final SortedMap<Integer, InMemoryChannel> connected = new TreeMap<>();
    private ClusterView view = new ClusterView(0, List.of());
    private long nowNs;
    private long sequence;
    private long messagesLost;

    /// Something that arrives at a member later.
    private record Delivery(long dueNs, long sequence, Runnable arrival) {}

    /// @param seed of the latencies
    /// @param minLatencyNs of a message on an idle link
    /// @param maxLatencyNs inclusive
    /// @param startNs what the clock shows before the first {@link #deliverDue}
    public InMemoryCluster(
            final long seed, final long minLatencyNs, final long maxLatencyNs, final long startNs) {
        if (minLatencyNs < 0 || maxLatencyNs < minLatencyNs) {
            throw new IllegalArgumentException(
                    "latency " + minLatencyNs + ".." + maxLatencyNs + " ns is no range");
        }
        this.random = new SplittableRandom(seed);
        this.minLatencyNs = minLatencyNs;
        this.maxLatencyNs = maxLatencyNs;
        this.nowNs = startNs;
    }

    /// A channel for this member, which joins when it is connected.
    public ClusterChannel join(final Member member) {
        return new InMemoryChannel(this, member);
    }

    /// Delivers everything that is due, also what that causes and is due at once, and answers how
    /// much that was.
    public int deliverDue(final long nowNs) {
        this.nowNs = nowNs;
        int delivered = 0;
        while (true) {
            final Delivery next = deliveries.peek();
            if (next == null || next.dueNs - nowNs > 0) {
                return delivered;
            }
            deliveries.remove();
            next.arrival.run();
            delivered++;
        }
    }

    /// When {@link #deliverDue} will next have something to do; `Long.MAX_VALUE` for never.
    public long nextDueNs() {
        final Delivery next = deliveries.peek();
        return next == null ? Long.MAX_VALUE : next.dueNs;
    }

    /// Messages for members that had left, or that found too many others on their way.
    public long messagesLost() {
        return messagesLost;
    }

    void connect(final InMemoryChannel joiner) {
        JoinRefusedException.requireWelcome(joiner.self(), view.members());
        connected.put(joiner.self().node(), joiner);
        changeView();
        joiner.viewDueNs = nowNs;
        joiner.installView(view);
        for (final InMemoryChannel other : connected.values()) {
            if (other != joiner) {
                sendView(other);
            }
        }
    }

    void disconnect(final InMemoryChannel leaver) {
        connected.remove(leaver.self().node());
        changeView();
        connected.values().forEach(this::sendView);
    }

    private void changeView() {
        final List<Member> members = new ArrayList<>();
        connected.values().forEach(channel -> members.add(channel.self()));
        view = new ClusterView(view.id() + 1, members);
    }

    private void sendView(final InMemoryChannel to) {
        final ClusterView sent = view;
        to.viewDueNs = later(arrivalNs(), to.viewDueNs);
        deliveries.add(new Delivery(to.viewDueNs, sequence++, () -> to.installView(sent)));
    }

    void send(final InMemoryChannel from, final int node, final byte[] message) {
        final InMemoryChannel to = connected.get(node);
        if (to == null || deliveries.size() >= MAX_IN_FLIGHT) {
            messagesLost++;
            return;
        }
        final long arrivalNs = to.sees(from) ? arrivalNs() : later(arrivalNs(), to.viewDueNs);
        final long dueNs = later(arrivalNs, from.linkDueNs.getOrDefault(to, arrivalNs));
        from.linkDueNs.put(to, dueNs);
        deliveries.add(new Delivery(dueNs, sequence++, () -> to.receive(from, message)));
    }

    private long arrivalNs() {
        return nowNs
                + (minLatencyNs == maxLatencyNs
                        ? minLatencyNs
                        : random.nextLong(minLatencyNs, maxLatencyNs + 1));
    }

    private static long later(final long oneNs, final long otherNs) {
        return oneNs - otherNs > 0 ? oneNs : otherNs;
    }
}
