package io.boomerang.redirector.steering;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.DesiredWeight;
import io.boomerang.announce.DigestDifference;
import io.boomerang.announce.EpochInstalled;
import io.boomerang.announce.FlowMoved;
import io.boomerang.announce.FlowOffer;
import io.boomerang.announce.MoveOrder;
import io.boomerang.announce.MoveStep;
import io.boomerang.announce.OwnersChanged;
import io.boomerang.announce.RuleInstalled;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionDigests;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.StateAnswer;
import io.boomerang.announce.StateQuery;
import io.boomerang.announce.SteeringRule;
import io.boomerang.announce.TupleLease;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.PacketClass;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.port.FrameOutlet;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.forwarder.Forwarder;
import io.boomerang.redirector.forwarder.ForwarderCounters;
import io.boomerang.redirector.session.SessionTable;
import io.boomerang.redirector.store.StoredSession;
import io.boomerang.transfer.TransferCarrier;

import java.lang.foreign.MemorySegment;

/// Chooses the blade of every packet that enters the chassis on its side, and lets out those that
/// leave it there.
///
/// A state machine without I/O of its own: packets, datagrams, messages, views and the time come in
/// as arguments; datagrams, messages and frames go out through the ports given to it. One thread
/// owns it.
///
/// What to do with a frame is decided here; which blade a flow's packet goes to, in {@link
/// FlowSteering}; what becomes of fragments without a first one, in {@link EarlyFragments}; whose a
/// connection is that moves from blade to blade, in {@link Forwarder}.
public final class Redirector implements AutoCloseable {
    /// Shorter than any failure detector takes to give a member up.
    public static final long PAUSE_NS = 1_000_000_000L;

    private final Member self;
    private final Side side;
    private final ControlSender control;
    private final FrameOutlet outside;
    private final SteeringObserver observer;
    private final BackplaneSender sender;
    private final BucketCoordinator coordinator;
    private final MoveOrders moveOrders;
    private final RuleCoordinator rules;

    private final FlowParser parser;
    private final FlowHash flowHash;
    private final FlowSteering steering;
    private final EarlyFragments fragments;
    private final PacketForwarder forwarder;
    private final HeldFlows heldFlows;
    private final Forwarder handoffs;
    private final RedirectorCounters counters = new RedirectorCounters();
    private final PacketDrops drops;

    private final ParsedPacket packet = new ParsedPacket();
    private final Arrival arrival = new Arrival();
    private final SteeringHeader received = new SteeringHeader();

    private ChassisMap chassis = ChassisMap.EMPTY;

    public Redirector(
            final RedirectorConfig config,
            final ClusterParameters parameters,
            final Member self,
            final Backplane backplane,
            final ControlSender control,
            final FrameOutlet outside,
            final SteeringObserver observer) {
        this.self = self;
        this.side = ChassisMap.sideOf(self.role());
        this.control = control;
        this.outside = outside;
        this.observer = observer;
        this.sender = new BackplaneSender(backplane);
        this.coordinator = new BucketCoordinator(self, parameters.bucketCount(), control);
        this.moveOrders = new MoveOrders(coordinator, control);
        this.rules = new RuleCoordinator(self, SteeringRule.initial(config.policy()), control);
        this.parser = new FlowParser(parameters.flowRules());
        this.flowHash = new FlowHash(parameters.hashKey0(), parameters.hashKey1());
        this.drops = new PacketDrops(self.node(), counters, observer);
        this.forwarder = new PacketForwarder(self.node(), sender, counters, observer, drops);
        this.fragments = new EarlyFragments(config, self.node(), counters, observer, drops);
        this.steering =
                new FlowSteering(
                        config,
                        parameters,
                        self,
                        flowHash,
                        arrival,
                        sender,
                        forwarder,
                        drops,
                        control,
                        counters,
                        observer);
        this.heldFlows =
                new HeldFlows(
                        config.embryonicLeaseMs(),
                        self.node(),
                        flowHash,
                        steering,
                        arrival,
                        drops,
                        counters,
                        observer);
        this.handoffs = new Forwarder(new TransferCarrier(backplane, self.node()), heldFlows);
    }

    // Inputs

    /// Takes back a session that an earlier process of this node left; to be called before the
    /// first view, and followed by {@link #onRestored}. Answers whether it was taken; not, when its
    /// lease is over, or when the table is full or knows something newer.
    ///
    /// @param wallMs the time, in milliseconds since 1970
    public boolean restore(final StoredSession session, final long wallMs, final long nowNs) {
        final long leaseMs =
                Math.min(session.leaseEndMs() - wallMs, SessionAnnouncement.MAX_LEASE_MS);
        return leaseMs > 0 && steering.restore(session, (int) leaseMs, nowNs);
    }

    /// All sessions are taken back. Flows may have ended or moved since they were stored, so none
    /// steers a packet until its blade has confirmed it: this redirector pulls from the blades as
    /// any that joins, and of what they say and what it has the newer counts.
    public void onRestored(final long nowNs) {
        steering.onRestored(nowNs);
    }

    /// A frame came in by the outside port.
    public void onFrame(
            final MemorySegment frame,
            final long offset,
            final int length,
            final long packetNumber,
            final long nowNs) {
        counters.received++;
        arrival.place(frame, offset, length, packetNumber);
        arrival.from(side, self.node(), 0);
        classify(nowNs);
    }

    /// A datagram came in by the backplane.
    public void onDatagram(
            final int fromNode,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        if (!received.decode(datagram, offset, length)) {
            drops.drop(0, DropReason.BACKPLANE_MALFORMED, nowNs);
            return;
        }
        final int headerLength = received.headerLength();
        arrival.place(
                datagram, offset + headerLength, length - headerLength, received.packetNumber());
        switch (received.purpose()) {
            case EMIT -> emit(fromNode, nowNs);
            case LOOK_UP, RESOLVE -> takeForwarded(fromNode, nowNs);
            case TRANSFER ->
                    handoffs.receive(
                            fromNode,
                            datagram,
                            offset + headerLength,
                            length - headerLength,
                            nowNs);
            case DELIVER, MARK ->
                    drops.drop(arrival.packetNumber, DropReason.BACKPLANE_MALFORMED, nowNs);
        }
    }

    /// A message of the control plane.
    public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
        switch (message) {
            case SessionAnnouncement announcement -> {
                if (steering.learn(fromNode, announcement, false, nowNs)) {
                    steering.releaseWaiting(announcement, nowNs);
                }
            }
            case StateAnswer answer -> steering.takeAnswer(fromNode, answer, nowNs);
            case BucketTableUpdate update -> install(fromNode, update, nowNs);
            case EpochInstalled(long epoch) -> coordinator.onInstalled(fromNode, epoch);
            case SessionPull pull -> steering.puller().answer(fromNode, pull, chassis);
            case SessionPage page -> steering.takePage(fromNode, page, nowNs);
            case OwnersChanged(int epoch) ->
                    steering.puller().onOwnersChanged(fromNode, epoch, chassis, nowNs);
            case DesiredWeight(int weight, boolean moves) ->
                    onDesiredWeight(fromNode, weight, moves, nowNs);
            case DigestDifference difference ->
                    steering.comparison().take(fromNode, difference, nowNs);
            case FlowMoved moved -> {
                if (fromNode == moved.session().blade()) {
                    steering.learnMove(fromNode, moved, nowNs);
                    steering.releaseWaiting(moved.session(), nowNs);
                } else {
                    counters.messagesUnexpected++;
                }
            }
            case SteeringRule rule -> followIf(rules.take(fromNode, rule, nowNs), nowNs);
            case RuleInstalled(long epoch) ->
                    followIf(rules.onInstalled(fromNode, epoch, nowNs), nowNs);
            case DesiredRule desired -> followIf(rules.onDesired(fromNode, desired, nowNs), nowNs);
            case Acknowledgement _,
                    StateQuery _,
                    SessionDigests _,
                    FlowOffer _,
                    MoveStep _,
                    MoveOrder _,
                    TupleLease _ ->
                    counters.messagesUnexpected++;
        }
    }

    /// The members of the chassis have changed.
    public void onView(final ClusterView view, final long nowNs) {
        chassis = new ChassisMap(view, rules.rule());
        steering.onChassis(chassis, nowNs);
        heldFlows.onChassis(chassis);
        handoffs.onChassis(chassis, nowNs);
        followIf(rules.onChassis(chassis, nowNs), nowNs);
        reallocate(nowNs);
    }

    /// Sets a blade's weight, 0 to drain it while it keeps the flows that it has. Has an effect on
    /// the allocator only.
    public void setWeight(final int blade, final int weight, final long nowNs) {
        coordinator.setWeight(blade, weight);
        moveOrders.end(blade);
        reallocate(nowNs);
    }

    /// Drains a blade, and has it move the flows that it holds to those that get new ones, as far
    /// as its processor lets them move; until its weight is set. Has an effect on the allocator
    /// only.
    public void moveAway(final int blade, final long nowNs) {
        coordinator.setWeight(blade, 0);
        reallocate(nowNs);
        if (chassis.allocator() == self.node()) {
            moveOrders.begin(blade, chassis, nowNs);
        }
    }

    private void onDesiredWeight(
            final int node, final int weight, final boolean moves, final long nowNs) {
        if (chassis.isBlade(node)) {
            if (moves) {
                moveAway(node, nowNs);
            } else {
                setWeight(node, weight, nowNs);
            }
        } else {
            counters.messagesUnexpected++;
        }
    }

    /// Has the chassis change to another policy or hash key, whichever redirectors are told it. The
    /// members follow one after the other while packets pass; no flow changes its blade for it.
    /// Until all members are there and read the messages it takes, the chassis stays as it is.
    public void changeRule(final DesiredRule desired, final long nowNs) {
        followIf(rules.want(desired, nowNs), nowNs);
    }

    private void followIf(final boolean changed, final long nowNs) {
        if (changed) {
            chassis = chassis.under(rules.rule());
            steering.onRule(rules.rule(), chassis, nowNs);
        }
    }

    /// To be called before anything else when the thread that drives this redirector stood still
    /// for longer than {@link #PAUSE_NS}: the others may have gone on without it.
    public void onPause(final long nowNs) {
        rules.onPause(nowNs);
        steering.onPause(nowNs);
    }

    /// Does what is due; answers how much was done.
    public int onTimer(final long nowNs) {
        return coordinator.onTimer(chassis, steering.allocation().table(), nowNs)
                + moveOrders.onTimer(chassis, nowNs)
                + rules.onTimer(nowNs)
                + fragments.expire(nowNs, false)
                + heldFlows.expire(nowNs)
                + handoffs.onTimer(nowNs)
                + steering.expire(nowNs);
    }

    /// Drops every fragment that still waits, as at the end of a capture.
    public void flushFragments(final long nowNs) {
        fragments.expire(nowNs, true);
    }

    // Classification

    private void classify(final long nowNs) {
        final PacketClass packetClass =
                parser.parse(arrival.frame, arrival.offset, arrival.length, packet);
        switch (packetClass) {
            case FLOW -> {
                final int owner = packet.isFirstFragment() ? datagramOwner(side) : self.node();
                if (owner == self.node()) {
                    takeKeyed(nowNs);
                } else {
                    forwarder.resolve(arrival, owner, nowNs);
                }
            }
            case FRAGMENT -> {
                final int owner = datagramOwner(side);
                if (owner == self.node()) {
                    resolve(nowNs);
                } else {
                    forwarder.resolve(arrival, owner, nowNs);
                }
            }
            // The quoted datagram went the other way: its fragments came in on the other side.
            case QUOTED_FRAGMENT ->
                    forwarder.resolve(arrival, datagramOwner(side.opposite()), nowNs);
            case BRIDGED -> bridge(nowNs);
            case MALFORMED ->
                    drops.drop(arrival.packetNumber, DropReason.MALFORMED, packet.reason(), nowNs);
        }
    }

    /// A packet that another redirector sent here, because this one knows more of its flow or its
    /// datagram; or that a blade sent back.
    private void takeForwarded(final int fromNode, final long nowNs) {
        arrival.from(received.arrivalSide(), received.arrivalNode(), received.hops());
        arrival.returnedBy = chassis.isBlade(fromNode) ? fromNode : 0;
        final PacketClass packetClass =
                parser.parse(arrival.frame, arrival.offset, arrival.length, packet);
        arrival.lookedUp = received.purpose() == Purpose.LOOK_UP;
        if (received.hasKey()) {
            packet.setResolved(received.key(), received.sourceIsB());
            arrival.keyTravels = true;
            steerPacket(nowNs);
            return;
        }
        switch (packetClass) {
            case FLOW -> takeKeyed(nowNs);
            case FRAGMENT, QUOTED_FRAGMENT -> resolve(nowNs);
            case BRIDGED, MALFORMED ->
                    drops.drop(arrival.packetNumber, DropReason.MALFORMED, packet.reason(), nowNs);
        }
    }

    private void takeKeyed(final long nowNs) {
        final boolean first = packet.isFirstFragment();
        if (first) {
            fragments.learn(packet, nowNs);
        }
        arrival.opening = mayOpen();
        steerPacket(nowNs);
        if (first) {
            releaseFragments(nowNs);
        }
    }

    /// Errors never open a flow; TCP opens with a SYN; anything else may, when it comes from the
    /// ingress network.
    private boolean mayOpen() {
        if (packet.isIcmpError()) {
            return false;
        }
        if (packet.key().protocol() == TcpFlags.PROTOCOL) {
            return TcpFlags.opens(packet.tcpFlags());
        }
        return arrival.side == Side.INGRESS;
    }

    private void steerPacket(final long nowNs) {
        arrival.sourceIsB = packet.sourceIsB();
        if (!heldFlows.take(packet.key(), nowNs)) {
            steering.steer(packet.key(), nowNs);
        }
    }

    private int datagramOwner(final Side ofSide) {
        return chassis.datagramOwner(ofSide, packet.datagram().hash(flowHash));
    }

    // Fragments

    private void resolve(final long nowNs) {
        if (fragments.resolve(packet, nowNs)) {
            arrival.keyTravels = true;
            steerPacket(nowNs);
        } else {
            fragments.hold(arrival, packet.datagram(), nowNs);
        }
    }

    private void releaseFragments(final long nowNs) {
        final WaitingRoom.Queue queue = fragments.release(packet.datagram());
        while (queue != null && !queue.isEmpty()) {
            fragments.take(queue, arrival);
            parser.parse(arrival.frame, arrival.offset, arrival.length, packet);
            if (fragments.resolve(packet, nowNs)) {
                arrival.keyTravels = true;
                steerPacket(nowNs);
            } else {
                drops.drop(arrival.packetNumber, DropReason.FRAGMENT_WITHOUT_FIRST, nowNs);
            }
        }
    }

    // Announcements and tables

    private void install(final int fromNode, final BucketTableUpdate update, final long nowNs) {
        final BucketAllocation allocation = steering.allocation();
        if (allocation.install(BucketTable.fromUpdate(update), nowNs)) {
            coordinator.onTable(update);
            reallocate(nowNs);
        }
        if (update.epoch() < allocation.epoch()) {
            control.send(fromNode, coordinator.describe(allocation.table()));
        } else if (update.epoch() == allocation.epoch()) {
            control.send(fromNode, new EpochInstalled(update.epoch()));
        }
    }

    private void reallocate(final long nowNs) {
        final BucketTable table =
                coordinator.reallocate(chassis, steering.allocation().current(), nowNs);
        if (table != null) {
            steering.allocation().install(table, nowNs);
        }
        moveOrders.tell(chassis, nowNs);
    }

    // Outputs

    private void emit(final int fromNode, final long nowNs) {
        final SessionAnnouncement announcement = received.announcement();
        if (announcement != null) {
            steering.learn(fromNode, announcement, true, nowNs);
        }
        if (outside.transmit(arrival.frame, arrival.offset, arrival.length)) {
            counters.emitted++;
            observer.onEmitted(self.node(), arrival.packetNumber, nowNs);
        } else {
            drops.drop(arrival.packetNumber, DropReason.PORT_FULL, nowNs);
        }
        if (announcement != null) {
            steering.releaseWaiting(announcement, nowNs);
        }
    }

    private void bridge(final long nowNs) {
        final int peer = chassis.bridge(side.opposite());
        if (peer == 0) {
            drops.drop(arrival.packetNumber, DropReason.NO_REDIRECTOR, nowNs);
        } else if (sender.forward(arrival, Purpose.EMIT, null, peer)) {
            counters.bridged++;
            observer.onBridged(self.node(), arrival.packetNumber, packet.reason(), nowNs);
        } else {
            drops.drop(arrival.packetNumber, sender.refusal(), nowNs);
        }
    }

    // What others may see

    /// What this redirector knows of a flow, and where it would send a packet of it.
    public Explanation explain(final FlowKey key, final long nowNs) {
        return steering.explain(key, nowNs);
    }

    public RedirectorCounters counters() {
        return counters;
    }

    /// What became of the connections that moved through this redirector.
    public ForwarderCounters handoffCounters() {
        return handoffs.counters();
    }

    public SessionTable sessions() {
        return steering.sessions();
    }

    public Member self() {
        return self;
    }

    public Side side() {
        return side;
    }

    /// The epoch of the bucket table in use, 0 before the first one.
    public long epoch() {
        return steering.allocation().epoch();
    }

    /// The bucket table in use; of epoch 0 and without blades before the first one.
    public BucketTable bucketTable() {
        return steering.allocation().table();
    }

    /// The bucket table in use with the weights that operators gave, as far as this redirector has
    /// been told of them.
    public BucketTableUpdate buckets() {
        return coordinator.describe(steering.allocation().table());
    }

    /// True on every redirector but the allocator, and there when all others have the table it
    /// published.
    public boolean isAllocationSettled() {
        return coordinator.isSettled();
    }

    /// The rule that this redirector goes by.
    public SteeringRule rule() {
        return rules.rule();
    }

    /// True when this redirector asks for no other rule and, on the allocator, when all members go
    /// by the one it told.
    public boolean isRuleSettled() {
        return rules.isSettled();
    }

    /// Whether everybody has said that it sees the same chassis as this redirector, and steering
    /// has a bucket table: before, others may not take what comes from here.
    public boolean isKnownToAll() {
        return epoch() != 0 && steering.puller().isConfirmed();
    }

    /// Whether this redirector has heard of every flow that it owns.
    public boolean hasPulled() {
        return steering.puller().isComplete();
    }

    /// True when no packet waits for a blade's answer and this redirector has heard of every flow
    /// that it owns.
    public boolean isIdle() {
        return steering.isIdle() && heldFlows.heldPackets() == 0;
    }

    @Override
    public void close() {
        steering.close();
        fragments.close();
        heldFlows.close();
    }
}
