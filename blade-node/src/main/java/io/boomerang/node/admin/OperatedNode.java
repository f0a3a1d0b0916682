package io.boomerang.node.admin;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.DesiredRule;
import io.boomerang.flow.FlowKey;
import io.boomerang.node.config.NodeConfig;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A node as operators see it. Any thread may call; what only the node's own thread may look at, it
/// answers between two of its turns, a bounded number of questions in each.
public interface OperatedNode {
    NodeConfig config();

    NodeStatus status() throws NodeBusyException, InterruptedException;

    /// What the node knows of the flow that packets on its side name so.
    FlowReport explain(FlowKey key) throws NodeBusyException, InterruptedException;

    /// Gives the sessions or flows that the query asks for to `to`, on the caller's thread. Those
    /// that come or go meanwhile may be among them or not.
    void sessions(SessionQuery query, Consumer<SessionEntry> to)
            throws NodeBusyException, InterruptedException;

    /// The bucket table by which the node steers, if it is a redirector.
    Optional<BucketTableUpdate> buckets() throws NodeBusyException, InterruptedException;

    /// From now on a processor wants so many new flows, measured against the others; 0 drains it.
    /// Answers whether the node has a weight, which a redirector has not.
    ///
    /// @param moves whether the flows it has are to move to others; with weight 0 only
    boolean weigh(int weight, boolean moves) throws NodeBusyException, InterruptedException;

    /// A redirector asks for another rule, until the chassis has it; what became of it is told by
    /// the status of all nodes. Answers whether the node can, which a processor cannot.
    boolean changeRule(DesiredRule desired) throws NodeBusyException, InterruptedException;

    /// Begins to copy the frames of a flow as they pass; false when a capture is under way already.
    /// It ends by itself when nobody asks for what it has taken.
    ///
    /// @param keys of the flow: more than one when a processor translates it
    boolean beginCapture(List<FlowKey> keys) throws NodeBusyException, InterruptedException;

    /// What the capture has taken since the last time; nothing when there is none.
    CaptureBatch captured() throws NodeBusyException, InterruptedException;

    /// Ends the capture.
    void endCapture() throws NodeBusyException, InterruptedException;
}
