package io.boomerang.cluster;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A member's connection to an {@link InMemoryCluster}. Used by the one thread that steps the
/// cluster, which is also the one that calls the listener.
final class InMemoryChannel implements ClusterChannel {
    private final InMemoryCluster cluster;
    private final Member self;

    /// When the last message to each other member arrives.
    final Map<InMemoryChannel, Long> linkDueNs = new HashMap<>();

    /// When the last view that is on its way to this member arrives.
    long viewDueNs;

    private @Nullable ClusterListener listener;
    private boolean closed;
    private ClusterView view = new ClusterView(0, List.of());

    InMemoryChannel(final InMemoryCluster cluster, final Member self) {
        this.cluster = cluster;
        this.self = self;
    }

    @Override
    public void connect(final ClusterListener listener) {
        if (closed || this.listener != null) {
            throw new IllegalStateException(self.name() + " was connected before");
        }
        this.listener = listener;
        try {
            cluster.connect(this);
        } catch (final JoinRefusedException e) {
            this.listener = null;
            throw e;
        }
    }

    @Override
    public boolean send(final int node, final byte[] message, final int offset, final int length) {
        if (isDisconnected() || view.member(node) == null) {
            return false;
        }
        cluster.send(this, node, Arrays.copyOfRange(message, offset, offset + length));
        return true;
    }

    @Override
    public void broadcast(final byte[] message, final int offset, final int length) {
        if (isDisconnected()) {
            return;
        }
        final byte[] copy = Arrays.copyOfRange(message, offset, offset + length);
        for (final Member member : view.members()) {
            if (member.node() != self.node()) {
                cluster.send(this, member.node(), copy);
            }
        }
    }

    private boolean isDisconnected() {
        return closed || listener == null;
    }

    @Override
    public ClusterView view() {
        return view;
    }

    @Override
    public Member self() {
        return self;
    }

    @Override
    public void close() {
        if (!isDisconnected()) {
            cluster.disconnect(this);
        }
        closed = true;
    }

    boolean sees(final InMemoryChannel other) {
        return other.self.equals(view.member(other.self.node()));
    }

    void installView(final ClusterView newView) {
        if (!closed && listener != null) {
            view = newView;
            linkDueNs.keySet().removeIf(other -> other.closed);
            listener.onView(newView);
        }
    }

    void receive(final InMemoryChannel from, final byte[] message) {
        if (!closed && listener != null && sees(from)) {
            listener.onMessage(from.self.node(), message, 0, message.length);
        }
    }
}
