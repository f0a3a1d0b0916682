package io.boomerang.node;

import io.boomerang.node.admin.SessionEntry;

import java.util.function.Consumer;

/// Looks through a node's sessions or flows, some places of the table at a time.
interface SessionLister {
    /// Gives those at the places from `first` on to `to`; answers the place after those it has
    /// looked at, -1 after the last one.
    long list(long first, long nowNs, Consumer<SessionEntry> to);

    /// Whether only the node's own thread may look.
    boolean isOfNodeThread();
}
