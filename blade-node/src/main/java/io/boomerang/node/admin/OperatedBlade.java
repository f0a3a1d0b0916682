package io.boomerang.node.admin;

import java.util.List;

/// A daemon as operators see it: the nodes of one blade. Any thread.
public interface OperatedBlade {
    /// The blade's name.
    String name();

    List<OperatedNode> nodes();

    /// Ends the daemon as a crash would: nobody is told, nothing is handed over.
    void kill();
}
