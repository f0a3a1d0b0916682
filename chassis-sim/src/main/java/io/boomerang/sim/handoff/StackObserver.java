package io.boomerang.sim.handoff;

import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionState;

/// Hears from the stacks what becomes of each connection.
interface StackObserver {
    void onAccepted(int node, FlowKey key);

    /// It stands still, to be given to the host.
    default void onFrozen(
            final int node,
            final FlowKey key,
            final ConnectionState state,
            final int host,
            final long nowNs) {}

    /// It is built up, and not this blade's yet.
    default void onPrepared(final int node, final FlowKey key, final long nowNs) {}

    /// From here on the connection is that blade's.
    void onLive(int node, FlowKey key, long nowNs);

    /// The first segment since then.
    default void onFirstSegment(final int node, final FlowKey key, final long nowNs) {}

    /// The blade knows that it is another one's.
    default void onGiven(final int node, final FlowKey key) {}

    void onKept(int node, FlowKey key, long nowNs);

    void onLost(int node, FlowKey key, long nowNs);

    /// A segment came to a blade that does not know its connection, which answers with a reset.
    void onStray(int node, FlowKey key, long nowNs);
}
