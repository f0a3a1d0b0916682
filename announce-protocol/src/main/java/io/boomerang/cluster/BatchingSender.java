package io.boomerang.cluster;

import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.MessageBatch;
import io.boomerang.announce.MessageCodec;
import io.boomerang.announce.SessionAnnouncement;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.List;

/// Gathers messages by destination, so that a burst of them costs one transmission to each node.
///
/// Owned by the node's thread, which calls {@link #flush()} at the end of a duty cycle. Urgent
/// messages ({@link Lane}) never wait longer than that: a batch of them that reaches its limit is
/// sent at once. Deferrable ones follow behind them, to each node at most one batch a flush; the
/// others wait for further flushes in a queue. When that is full the newest message is dropped and
/// counted; whoever sent it repeats it, as after any other loss. So memory is bounded by the limits
/// times the number of nodes spoken to.
///
/// A broadcast is a send to every other member, so that it keeps its place among the messages of
/// its lane to each. Messages for a node that is not in the view are counted and forgotten, and so
/// are those that a member of the view could not read because they are newer than its release. A
/// batch is written in the format of the view in which it was begun.
public final class BatchingSender implements ControlSender {
    public static final int DEFAULT_BATCH_BYTES = 16 * 1024;

    /// Deferrable messages that wait for one node.
    public static final int DEFAULT_QUEUE_MESSAGES = 8_192;

    private final ClusterChannel channel;
    private final int batchBytes;
    private final int queueMessages;

    private final @Nullable Outbox[] outboxByNode = new Outbox[Member.MAX_NODE + 1];
    private final Outbox[] pending = new Outbox[Member.MAX_NODE + 1];
    private int pendingCount;

    private ClusterView view = new ClusterView(0, List.of());
    private int format = view.format();

    private long messagesSent;
    private long announcementsSent;
    private long urgentGiven;
    private long deferrableGiven;
    private long deferredDropped;
    private long batchesSent;
    private long bytesSent;
    private long messagesUndeliverable;
    private long messagesWithheld;

    /// What waits for one node.
    private static final class Outbox {
        final int node;
        final MessageBatch batch;
        final ArrayDeque<ControlMessage> deferred = new ArrayDeque<>();
        boolean pending;

        Outbox(final int node, final int batchBytes) {
            this.node = node;
            batch = new MessageBatch(batchBytes);
        }
    }

    public BatchingSender(final ClusterChannel channel) {
        this(channel, DEFAULT_BATCH_BYTES, DEFAULT_QUEUE_MESSAGES);
    }

    /// @param batchBytes of one transmission, and of the deferrable messages to one node in a flush
    /// @param queueMessages deferrable messages that may wait for one node
    public BatchingSender(
            final ClusterChannel channel, final int batchBytes, final int queueMessages) {
        this.channel = channel;
        this.batchBytes = batchBytes;
        this.queueMessages = queueMessages;
    }

    /// What was given to the channel so far, and what was not.
    ///
    /// @param messages in batches that the channel took
    /// @param announcements session announcements that were not dropped here
    /// @param urgent messages of that lane, wherever they ended
    /// @param deferrable the same, without the dropped ones
    /// @param deferredDropped deferrable messages that found the queue to their node full
    /// @param deferredNow messages in such queues
    /// @param batches the channel's messages
    /// @param bytes of the batches with their headers
    /// @param undeliverable messages to nodes that were not in the view
    /// @param withheld messages that the format of the view does not have
    public record Counters(
            long messages,
            long announcements,
            long urgent,
            long deferrable,
            long deferredDropped,
            int deferredNow,
            long batches,
            long bytes,
            long undeliverable,
            long withheld) {}

    @Override
    public void send(final int node, final ControlMessage message) {
        final Outbox outbox = outboxOf(node);
        switch (Lane.of(message)) {
            case URGENT -> {
                urgentGiven++;
                append(outbox, message);
            }
            case DEFERRABLE -> {
                if (outbox.deferred.size() == queueMessages) {
                    deferredDropped++;
                    return;
                }
                deferrableGiven++;
                outbox.deferred.add(message);
            }
        }
        if (message instanceof SessionAnnouncement) {
            announcementsSent++;
        }
        if (!outbox.pending) {
            outbox.pending = true;
            pending[pendingCount++] = outbox;
        }
    }

    private int format() {
        final ClusterView newest = channel.view();
        if (!newest.equals(view)) {
            view = newest;
            format = newest.format();
        }
        return format;
    }

    private Outbox outboxOf(final int node) {
        Outbox outbox = outboxByNode[node];
        if (outbox == null) {
            outbox = new Outbox(node, batchBytes);
            outboxByNode[node] = outbox;
        }
        return outbox;
    }

    private void append(final Outbox outbox, final ControlMessage message) {
        if (message.firstFormat() > format()) {
            messagesWithheld++;
            return;
        }
        if (outbox.batch.format() < message.firstFormat() && outbox.batch.count() > 0) {
            transmit(outbox);
        }
        if (outbox.batch.count() == 0) {
            outbox.batch.setFormat(format());
        }
        if (!outbox.batch.append(message)) {
            transmit(outbox);
            outbox.batch.append(message);
        }
    }

    @Override
    public void broadcast(final ControlMessage message) {
        final int self = channel.self().node();
        for (final Member member : channel.view().members()) {
            if (member.node() != self) {
                send(member.node(), message);
            }
        }
    }

    /// Sends every urgent message that was gathered and what may follow of the others.
    public void flush() {
        int waiting = 0;
        for (int i = 0; i < pendingCount; i++) {
            final Outbox outbox = pending[i];
            appendDeferred(outbox);
            if (outbox.batch.count() > 0) {
                transmit(outbox);
            }
            outbox.pending = !outbox.deferred.isEmpty();
            if (outbox.pending) {
                pending[waiting++] = outbox;
            }
        }
        pendingCount = waiting;
    }

    /// A message that is greater than a batch by itself goes when it is the first.
    private void appendDeferred(final Outbox outbox) {
        int bytes = 0;
        for (ControlMessage next = outbox.deferred.peek();
                next != null;
                next = outbox.deferred.peek()) {
            final int length = MessageCodec.encodedLength(next, format());
            if (bytes > 0 && bytes + length > batchBytes) {
                return;
            }
            bytes += length;
            outbox.deferred.remove();
            append(outbox, next);
        }
    }

    private void transmit(final Outbox outbox) {
        final MessageBatch batch = outbox.batch;
        final int length = batch.seal();
        if (channel.send(outbox.node, batch.buffer(), 0, length)) {
            batchesSent++;
            bytesSent += length;
            messagesSent += batch.count();
        } else {
            messagesUndeliverable += batch.count();
        }
        batch.clear();
    }

    public Counters counters() {
        int deferredNow = 0;
        for (int i = 0; i < pendingCount; i++) {
            deferredNow += pending[i].deferred.size();
        }
        return new Counters(
                messagesSent,
                announcementsSent,
                urgentGiven,
                deferrableGiven,
                deferredDropped,
                deferredNow,
                batchesSent,
                bytesSent,
                messagesUndeliverable,
                messagesWithheld);
    }
}
