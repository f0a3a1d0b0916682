package io.boomerang.cluster;

import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.MessageBatch;
import io.boomerang.announce.SessionAnnouncement;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Gathers messages by destination, so that a burst of them costs one transmission to each node.
///
/// Owned by the node's thread, which calls {@link #flush()} at the end of a duty cycle. A batch
/// that reaches its limit is sent at once, so memory is bounded by the limit times the number of
/// nodes spoken to. A broadcast is a send to every other member, so that it keeps its place among
/// the messages to each. Messages for a node that is not in the view are counted and forgotten. A
/// batch is written in the format of the view in which it was begun.
public final class BatchingSender implements ControlSender {
    public static final int DEFAULT_BATCH_BYTES = 16 * 1024;

    private final ClusterChannel channel;
    private final int batchBytes;

    private final @Nullable MessageBatch[] batchByNode = new MessageBatch[Member.MAX_NODE + 1];
    private final int[] pendingNodes = new int[Member.MAX_NODE + 1];
    private int pendingCount;

    private ClusterView view = new ClusterView(0, List.of());
    private int format = view.format();

    private long messagesSent;
    private long announcementsSent;
    private long batchesSent;
    private long bytesSent;
    private long messagesUndeliverable;

    public BatchingSender(final ClusterChannel channel) {
        this(channel, DEFAULT_BATCH_BYTES);
    }

    public BatchingSender(final ClusterChannel channel, final int batchBytes) {
        this.channel = channel;
        this.batchBytes = batchBytes;
    }

    /// What was given to the channel so far.
    ///
    /// @param messages in batches that the channel took
    /// @param announcements those of them that are session announcements
    /// @param batches the channel's messages
    /// @param bytes of the batches with their headers
    /// @param undeliverable messages to nodes that were not in the view
    public record Counters(
            long messages, long announcements, long batches, long bytes, long undeliverable) {}

    @Override
    public void send(final int node, final ControlMessage message) {
        final MessageBatch batch = batchOf(node);
        if (batch.count() == 0) {
            batch.setFormat(format());
        }
        if (!batch.append(message)) {
            transmit(node, batch);
            batch.append(message);
        } else if (batch.count() == 1) {
            pendingNodes[pendingCount++] = node;
        }
        if (message instanceof SessionAnnouncement) {
            announcementsSent++;
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

    private MessageBatch batchOf(final int node) {
        MessageBatch batch = batchByNode[node];
        if (batch == null) {
            batch = new MessageBatch(batchBytes);
            batchByNode[node] = batch;
        }
        return batch;
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

    /// Sends everything that was gathered.
    public void flush() {
        for (int i = 0; i < pendingCount; i++) {
            transmit(pendingNodes[i], batchOf(pendingNodes[i]));
        }
        pendingCount = 0;
    }

    private void transmit(final int node, final MessageBatch batch) {
        final int length = batch.seal();
        if (channel.send(node, batch.buffer(), 0, length)) {
            batchesSent++;
            bytesSent += length;
            messagesSent += batch.count();
        } else {
            messagesUndeliverable += batch.count();
        }
        batch.clear();
    }

    public Counters counters() {
        return new Counters(
                messagesSent, announcementsSent, batchesSent, bytesSent, messagesUndeliverable);
    }
}
