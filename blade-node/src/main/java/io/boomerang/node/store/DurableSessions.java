package io.boomerang.node.store;

import io.boomerang.redirector.store.StoreCounters;

/// The sessions of a node that it has again when it starts anew. The node's thread calls it, but
/// for {@link #counters}.
public interface DurableSessions extends AutoCloseable {
    /// What an earlier process left.
    RestoredNode restored();

    /// From any thread.
    StoreCounters counters();

    void onTimer(long nowNs);

    /// Ends as if the process had been killed.
    void abandon();

    /// Writes what has not been written yet, and ends. The node's table must still be there, and
    /// nobody may change it any more.
    @Override
    void close();
}
