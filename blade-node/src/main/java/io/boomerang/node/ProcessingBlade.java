package io.boomerang.node;

import io.boomerang.announce.ControlMessage;
import io.boomerang.blade.BladeNode;
import io.boomerang.cluster.ClusterView;
import io.boomerang.node.admin.Measurements;

import java.lang.foreign.MemorySegment;

/// A blade as its machine drives it, whatever becomes of packets on it. Used by the node's thread
/// only.
interface ProcessingBlade extends AutoCloseable {
    /// Its marker sessions' side.
    BladeNode node();

    /// Takes what comes out of what stands behind the blade; answers how much that was.
    int receive(long nowNs);

    void onDatagram(int fromNode, MemorySegment datagram, long offset, int length, long nowNs);

    void onMessage(int fromNode, ControlMessage message, long nowNs);

    void onView(ClusterView view, long nowNs);

    /// Does what is due; answers how much.
    int onTimer(long nowNs);

    /// Gives what is queued for it to what stands behind the blade.
    void flush();

    /// Descriptors that tell when {@link #receive} has something to do.
    int[] descriptors();

    /// Whether the redirectors are to send new flows here, if it does not drain.
    boolean opensFlows();

    /// Nothing new begins while this is on; what has begun goes on.
    void setDraining(boolean on);

    /// Whether nothing is on its way to or from other nodes.
    boolean isIdle();

    /// Adds what it measures beside its flows.
    void measure(Measurements into);

    /// What it has done beside the verdicts, for a log; empty, or with a space in front.
    String summary();

    @Override
    void close();
}
