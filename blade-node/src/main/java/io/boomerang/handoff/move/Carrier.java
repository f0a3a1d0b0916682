package io.boomerang.handoff.move;

import io.boomerang.handoff.ConnectionState;

import org.jspecify.annotations.Nullable;

/// What brings connections to other nodes. How each of them ended it tells {@link Departures}.
///
/// @param <K> how connections on their way are told apart
public interface Carrier<K> {
    /// Whether there is a way to other nodes at all. Without one a connection is better kept for a
    /// while than given up.
    default boolean isThere() {
        return true;
    }

    /// Called before a connection is made to stand still: from then on it drops what comes, so that
    /// what is on its way to it has to get there now. Answers whether {@link #offer} may be called
    /// for the node.
    boolean makeReady(int node);

    /// Begins to bring a connection that stands still to a node; null when nobody can bring it
    /// there now.
    @Nullable K offer(int node, ConnectionState state, long nowNs);
}
