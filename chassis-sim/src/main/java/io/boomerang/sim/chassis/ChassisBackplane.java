package io.boomerang.sim.chassis;

import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.InMemoryBackplane;

/// What carries datagrams between the nodes of a simulated chassis. Used by the chassis' thread.
public interface ChassisBackplane extends AutoCloseable {
    Backplane connect(int node, Backplane.Receiver receiver);

    /// What is still on its way to the node is lost.
    void disconnect(int node);

    void setTap(InMemoryBackplane.Tap tap);

    /// Delivers what is due; answers how much that was.
    int deliverDue(long nowNs);

    /// When the next datagram is due; `Long.MAX_VALUE` when none is.
    long nextDueNs();

    @Override
    void close();
}
