package io.boomerang.sim.chassis;

import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.cluster.BatchingSender;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlInbox;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/// One node's connection to the control plane: hands over what the channel's threads bring to the
/// chassis' thread, and can make Session Announcements late.
final class ControlPoint implements ControlInbox.Node, AutoCloseable {
    private static final int WAITING_BATCHES = 1 << 16;

    private record Late(int fromNode, SessionAnnouncement announcement, long dueNs) {}

    private final ClusterChannel channel;
    private final BatchingSender sender;
    private final ControlInbox.Node node;
    private final long announcementDelayNs;
    private final ControlInbox inbox;
    private final ArrayDeque<Late> late = new ArrayDeque<>();
    private @Nullable ClusterView view;

    ControlPoint(
            final ClusterChannel channel,
            final BatchingSender sender,
            final ControlInbox.Node node,
            final long announcementDelayNs) {
        this.channel = channel;
        this.sender = sender;
        this.node = node;
        this.announcementDelayNs = announcementDelayNs;
        // The chassis' thread never waits without looking here.
        inbox = new ControlInbox(this, channel.self().formats(), WAITING_BATCHES, () -> {});
    }

    void connect() {
        channel.connect(inbox);
    }

    /// Hands over what is due; answers how many messages and views that were.
    int drain(final long nowNs) {
        int done = inbox.drain(nowNs, Integer.MAX_VALUE);
        for (Late next = late.peek(); next != null && nowNs - next.dueNs >= 0; next = late.peek()) {
            late.remove();
            node.onMessage(next.fromNode, next.announcement, nowNs);
            done++;
        }
        return done;
    }

    @Override
    public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
        if (announcementDelayNs > 0 && message instanceof SessionAnnouncement announcement) {
            late.add(new Late(fromNode, announcement, nowNs + announcementDelayNs));
        } else {
            node.onMessage(fromNode, message, nowNs);
        }
    }

    @Override
    public void onView(final ClusterView newView, final long nowNs) {
        view = newView;
        node.onView(newView, nowNs);
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
        return inbox.dropped() + inbox.refused();
    }

    @Override
    public void close() {
        channel.close();
    }
}
