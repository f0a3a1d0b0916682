package io.boomerang.cluster;

import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DecodeResult;
import io.boomerang.announce.FormatRange;
import io.boomerang.announce.MessageCodec;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// Hands what the control plane's threads bring over to the node's thread.
///
/// When too many batches wait, further ones are dropped and counted; what matters is acknowledged
/// and repeated by the nodes. Of views only the newest is kept.
public final class ControlInbox implements ClusterListener {
    /// Whom it hands over to, on its own thread.
    public interface Node {
        void onMessage(int fromNode, ControlMessage message, long nowNs);

        void onView(ClusterView view, long nowNs);
    }

    @SuppressWarnings("ArrayRecordComponent") // a copy that nobody changes or compares
    private record Batch(int fromNode, byte[] bytes) {}

    private final Node node;
    private final FormatRange formats;
    private final Runnable wakeUp;

    /// Asked several times per packet and mostly empty, which this kind of queue tells without a
    /// lock.
    private final Queue<Batch> batches;

    private final AtomicReference<@Nullable ClusterView> newestView = new AtomicReference<>();
    private final AtomicLong dropped = new AtomicLong();
    private long refused;

    /// @param formats that the node reads
    /// @param capacity how many batches may wait
    /// @param wakeUp lets the node's thread look here, if it waits for something else
    public ControlInbox(
            final Node node, final FormatRange formats, final int capacity, final Runnable wakeUp) {
        batches = new LinkedBlockingQueue<>(capacity);
        this.node = node;
        this.formats = formats;
        this.wakeUp = wakeUp;
    }

    @Override
    public void onMessage(
            final int fromNode, final byte[] buffer, final int offset, final int length) {
        if (!batches.offer(
                new Batch(fromNode, Arrays.copyOfRange(buffer, offset, offset + length)))) {
            dropped.incrementAndGet();
        }
        wakeUp.run();
    }

    @Override
    public void onView(final ClusterView newView) {
        newestView.accumulateAndGet(newView, ControlInbox::newest);
        wakeUp.run();
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

    /// Hands over the view that waits and at most `limit` batches, so that packets have their turn;
    /// answers how many messages and views that were. Called by the node's thread.
    public int drain(final long nowNs, final int limit) {
        int done = 0;
        final ClusterView arrived = newestView.get() == null ? null : newestView.getAndSet(null);
        if (arrived != null) {
            node.onView(arrived, nowNs);
            done++;
        }
        for (int i = 0; i < limit; i++) {
            final Batch batch = batches.poll();
            if (batch == null) {
                break;
            }
            done += open(batch, nowNs);
        }
        return done;
    }

    private int open(final Batch batch, final long nowNs) {
        final DecodeResult result =
                MessageCodec.decode(batch.bytes, 0, batch.bytes.length, formats);
        if (!(result instanceof DecodeResult.Decoded(var messages))) {
            refused++;
            return 1;
        }
        for (final ControlMessage message : messages) {
            node.onMessage(batch.fromNode, message, nowNs);
        }
        return messages.size();
    }

    /// Batches lost because too many waited.
    public long dropped() {
        return dropped.get();
    }

    /// Batches that could not be read.
    public long refused() {
        return refused;
    }
}
