package io.boomerang.sim.chassis;

import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DecodeResult;
import io.boomerang.announce.MessageCodec;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.cluster.BatchingSender;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterListener;
import io.boomerang.cluster.ClusterView;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// One node's connection to the control plane: hands over what the channel's threads bring to the
/// chassis' thread, and can make Session Announcements late.
///
/// When more than {@value #CAPACITY} batches wait, further ones are dropped and counted; what
/// matters is acknowledged and repeated by the nodes. Of views only the newest is kept.
final class ControlPoint implements ClusterListener, AutoCloseable {
    private static final int CAPACITY = 1 << 16;

    /// Whom it hands over to.
    interface Node {
        void onMessage(int fromNode, ControlMessage message, long nowNs);

        void onView(ClusterView view, long nowNs);
    }

    @SuppressWarnings("ArrayRecordComponent") // a copy that nobody changes or compares
    private record Batch(int fromNode, byte[] bytes) {}

    private record Late(int fromNode, SessionAnnouncement announcement, long dueNs) {}

    private final ClusterChannel channel;
    private final BatchingSender sender;
    private final Node node;
    private final long announcementDelayNs;

    /// Asked several times per packet and mostly empty, which this kind of queue tells without a
    /// lock.
    private final Queue<Batch> inbox = new LinkedBlockingQueue<>(CAPACITY);

    private final AtomicReference<@Nullable ClusterView> newestView = new AtomicReference<>();
    private final AtomicLong dropped = new AtomicLong();
    private final ArrayDeque<Late> late = new ArrayDeque<>();
    private @Nullable ClusterView view;
    private long refused;

    ControlPoint(
            final ClusterChannel channel,
            final BatchingSender sender,
            final Node node,
            final long announcementDelayNs) {
        this.channel = channel;
        this.sender = sender;
        this.node = node;
        this.announcementDelayNs = announcementDelayNs;
    }

    void connect() {
        channel.connect(this);
    }

    @Override
    public void onMessage(
            final int fromNode, final byte[] buffer, final int offset, final int length) {
        if (!inbox.offer(
                new Batch(fromNode, Arrays.copyOfRange(buffer, offset, offset + length)))) {
            dropped.incrementAndGet();
        }
    }

    @Override
    public void onView(final ClusterView newView) {
        newestView.accumulateAndGet(newView, ControlPoint::newest);
    }

    /// That parts have met is said by one view only, and must not be lost with it.
    private static @Nullable ClusterView newest(
            final @Nullable ClusterView old, final @Nullable ClusterView next) {
        if (old == null || next == null) {
            return next;
        }
        final ClusterView newest = old.id() > next.id() ? old : next;
        return new ClusterView(newest.id(), newest.members(), old.merged() || next.merged());
    }

    /// Hands over what is due; answers how many messages and views that were.
    int drain(final long nowNs) {
        int done = 0;
        final ClusterView arrived = newestView.get() == null ? null : newestView.getAndSet(null);
        if (arrived != null) {
            view = arrived;
            node.onView(arrived, nowNs);
            done++;
        }
        for (Batch batch = inbox.poll(); batch != null; batch = inbox.poll()) {
            done += open(batch, nowNs);
        }
        for (Late next = late.peek(); next != null && nowNs - next.dueNs >= 0; next = late.peek()) {
            late.remove();
            node.onMessage(next.fromNode, next.announcement, nowNs);
            done++;
        }
        return done;
    }

    private int open(final Batch batch, final long nowNs) {
        final DecodeResult result =
                MessageCodec.decode(batch.bytes, 0, batch.bytes.length, channel.self().formats());
        if (!(result instanceof DecodeResult.Decoded(var messages))) {
            refused++;
            return 0;
        }
        for (final ControlMessage message : messages) {
            if (announcementDelayNs > 0 && message instanceof SessionAnnouncement announcement) {
                late.add(new Late(batch.fromNode, announcement, nowNs + announcementDelayNs));
            } else {
                node.onMessage(batch.fromNode, message, nowNs);
            }
        }
        return messages.size();
    }

    void flush() {
        sender.flush();
    }

    /// When the next late announcement is due; `Long.MAX_VALUE` when there is none.
    long nextDueNs() {
        final Late next = late.peek();
        return next == null ? Long.MAX_VALUE : next.dueNs;
    }

    /// The view last handed over; null before the first one.
    @Nullable ClusterView view() {
        return view;
    }

    BatchingSender sender() {
        return sender;
    }

    /// Batches lost because the inbox was full, and batches that could not be read.
    long lost() {
        return dropped.get() + refused;
    }

    @Override
    public void close() {
        channel.close();
    }
}
