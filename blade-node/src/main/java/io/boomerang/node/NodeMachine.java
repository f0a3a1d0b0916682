package io.boomerang.node;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.SteeringRule;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.flow.FlowKey;
import io.boomerang.node.admin.FlowReport;
import io.boomerang.node.admin.Measurements;
import io.boomerang.node.store.NodeStore;
import io.boomerang.node.store.RestoredNode;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.IntFunction;

/// What a node does, whatever its role: the state machine with its ports. Used by the node's thread
/// only.
interface NodeMachine extends AutoCloseable {
    /// Takes back the sessions that an earlier process left, and keeps them in the store from now
    /// on; before the first view.
    RestoredNode keep(NodeStore store, long nowNs);

    /// Takes what has come in from outside; answers how much that was.
    int receive(long nowNs);

    void onDatagram(int fromNode, MemorySegment datagram, long offset, int length, long nowNs);

    void onMessage(int fromNode, ControlMessage message, long nowNs);

    void onView(ClusterView view, ControlSender control, long nowNs);

    /// Nothing ran for so long that the others may have gone on without this node.
    void onPause(long nowNs);

    int onTimer(ControlSender control, long nowNs);

    /// Gives what goes outside to the interface.
    void flush();

    /// The node has left the cluster, and the others know: nothing more is to come in from outside.
    /// What has come in is still to be received.
    void shut();

    /// Nothing new begins from now on, as far as that is this node's choice; what has begun goes
    /// on.
    void drain(ControlSender control, long nowNs);

    /// Whether nothing is left that {@link #drain} waits for.
    boolean isDrained();

    /// Descriptors that tell when {@link #receive} has something to do.
    int[] descriptors();

    /// How many new flows it wants, measured against others; 0 on a redirector.
    int weight();

    /// From now on it wants so many new flows; 0 drains it. Answers whether it has a weight, which
    /// a redirector has not.
    ///
    /// @param newMoves whether the flows it has are to move to others; with weight 0 only
    boolean weigh(int newWeight, boolean newMoves, ControlSender control, long nowNs);

    /// Whether it wants no new flows.
    boolean isDraining();

    /// Adds what it counts and holds.
    ///
    /// @param name of a node by its id
    void measure(Measurements into, IntFunction<String> name, long nowNs);

    /// What it knows of a flow.
    FlowReport explain(FlowKey key, long nowNs);

    /// Whether it does by now what it is there for.
    boolean isServing();

    /// Where its sessions or flows are looked through.
    SessionLister sessions();

    /// By which table it steers, if it is a redirector.
    Optional<BucketTableUpdate> buckets();

    /// The rule that it goes by. Its policy is the redirectors' matter.
    SteeringRule rule();

    /// Whether it knows of nobody who goes by another rule or asks for one.
    boolean isRuleSettled();

    /// Asks for another rule, until the chassis has it. Answers false on a processor, which cannot.
    boolean changeRule(DesiredRule desired, long nowNs);

    /// What it has done, for a log.
    String summary();

    @Override
    void close();
}
