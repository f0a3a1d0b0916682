package io.boomerang.cluster;

import io.boomerang.announce.ControlMessage;

/// Where a node puts what it has to say to others. Messages of one {@link Lane} to one node arrive
/// in the order in which they were given, or not at all; urgent ones may come before others.
public interface ControlSender {
    void send(int node, ControlMessage message);

    /// To every other member of the newest view.
    void broadcast(ControlMessage message);
}
