package io.boomerang.redirector.steering;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.EpochInstalled;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.StateAnswer;
import io.boomerang.announce.StateQuery;
import io.boomerang.announce.TcpPhase;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.DatagramKey;
import io.boomerang.flow.DatagramTable;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.PacketClass;
import io.boomerang.flow.ParseReason;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.port.PacketPort;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionTable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/// Chooses the blade of every packet that enters the chassis on its side, and lets out those that
/// leave it there.
///
/// A state machine without I/O of its own: packets, datagrams, messages, views and the time come in
/// as arguments; datagrams, messages and frames go out through the ports given to it. One thread
/// owns it.
///
/// A packet's way: its session; else, on a redirector that does not own the flow, the owner, unless
/// every redirector computes the same blade for it; else, on the owner, the policy if the packet
/// may open a flow, and the blades' answers if it may not. See {@link Decision}.
public final class Redirector implements AutoCloseable {
    /// Packets on their way through more redirectors than this are dropped: somebody's view is
    /// wrong.
    private static final int MAX_HOPS = 4;

    /// The largest frame that can wait: a 64 KiB datagram in any framing, with room.
    private static final int MAX_HELD_BYTES = 1 << 17;

    /// Of the default table every slot is looked at once in eight seconds.
    private static final int EXPIRY_SLOTS = 256;

    private static final int MAX_QUERIES = 1_024;
    private static final long MS = 1_000_000L;

    private final RedirectorConfig config;
    private final Member self;
    private final Side side;
    private final ControlSender control;
    private final PacketPort outside;
    private final SteeringObserver observer;
    private final BackplaneSender sender;
    private final BucketCoordinator coordinator;

    private final FlowParser parser;
    private final FlowHash flowHash;
    private final FlowIdClock flowIds;
    private final SessionTable sessions;
    private final DatagramTable datagrams;
    private final WaitingRoom<DatagramKey> fragments;
    private final WaitingRoom<FlowKey> queried;
    private final Map<Long, FlowKey> queries = new HashMap<>();
    private final BladeSelector selector;
    private final BladeLoad load;
    private final RedirectorCounters counters = new RedirectorCounters();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment heldFrame = arena.allocate(MAX_HELD_BYTES, 64);
    private final ParsedPacket packet = new ParsedPacket();
    private final Arrival arrival = new Arrival();
    private final SteeringHeader received = new SteeringHeader();

    private ChassisMap chassis = ChassisMap.EMPTY;
    private BucketAllocation allocation;
    private long nextQuery = 1;

    public Redirector(
            final RedirectorConfig config,
            final ClusterParameters parameters,
            final Member self,
            final Backplane backplane,
            final ControlSender control,
            final PacketPort outside,
            final SteeringObserver observer) {
        this.config = config;
        this.self = self;
        this.side = ChassisMap.sideOf(self.role());
        this.control = control;
        this.outside = outside;
        this.observer = observer;
        this.sender = new BackplaneSender(backplane);
        this.coordinator = new BucketCoordinator(self.node(), parameters.bucketCount(), control);
        this.parser = new FlowParser(parameters.flowRules());
        this.flowHash = new FlowHash(parameters.hashKey0(), parameters.hashKey1());
        this.flowIds = new FlowIdClock(self.node());
        this.allocation = new BucketAllocation(parameters.bucketCount());
        this.sessions =
                new SessionTable(
                        config.sessionCapacity(),
                        flowHash::hash,
                        (hash, blade) -> allocation.bladeOf(hash) == blade);
        this.datagrams = new DatagramTable(config.datagramCapacity());
        this.fragments = new WaitingRoom<>(config.fragmentCells(), config.fragmentLimitMs() * MS);
        this.queried = new WaitingRoom<>(config.queriedCells(), config.queryLimitMs() * MS);
        this.selector = new BladeSelector(config.policy());
        this.load = sessions::liveSessions;
    }

    // Inputs

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
            drop(0, DropReason.BACKPLANE_MALFORMED, ParseReason.NONE, nowNs);
            return;
        }
        final int headerLength = received.headerLength();
        arrival.place(
                datagram, offset + headerLength, length - headerLength, received.packetNumber());
        switch (received.purpose()) {
            case EMIT -> emit(fromNode, nowNs);
            case LOOK_UP, RESOLVE -> takeForwarded(nowNs);
            case DELIVER ->
                    drop(
                            arrival.packetNumber,
                            DropReason.BACKPLANE_MALFORMED,
                            ParseReason.NONE,
                            nowNs);
        }
    }

    /// A message of the control plane.
    public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
        switch (message) {
            case SessionAnnouncement announcement -> learn(fromNode, announcement, false, nowNs);
            case StateAnswer answer -> takeAnswer(fromNode, answer, nowNs);
            case BucketTableUpdate update -> install(fromNode, update, nowNs);
            case EpochInstalled(long epoch) -> coordinator.onInstalled(fromNode, epoch);
            case Acknowledgement _, StateQuery _ -> counters.messagesUnexpected++;
        }
    }

    /// The members of the chassis have changed.
    public void onView(final ClusterView view, final long nowNs) {
        chassis = new ChassisMap(view);
        reallocate(nowNs);
    }

    /// Sets a blade's weight, 0 to drain it. Has an effect on the allocator only.
    public void setWeight(final int blade, final int weight, final long nowNs) {
        coordinator.setWeight(blade, weight);
        reallocate(nowNs);
    }

    /// Does what is due; answers how much was done.
    public int onTimer(final long nowNs) {
        int done = coordinator.onTimer(nowNs);
        for (var eldest = queried.removeEldest(nowNs, false);
                eldest != null;
                eldest = queried.removeEldest(nowNs, false)) {
            counters.queriesExpired++;
            queries.remove(eldest.getValue().token);
            observer.onQueried(self.node(), eldest.getKey(), false, nowNs);
            release(eldest.getKey(), eldest.getValue(), nowNs);
            done++;
        }
        for (var eldest = fragments.removeEldest(nowNs, false);
                eldest != null;
                eldest = fragments.removeEldest(nowNs, false)) {
            dropAll(eldest.getValue(), DropReason.FRAGMENT_WITHOUT_FIRST, nowNs);
            done++;
        }
        return done + sessions.expire(nowNs, EXPIRY_SLOTS);
    }

    /// Drops every fragment that still waits, as at the end of a capture.
    public void flushFragments(final long nowNs) {
        for (var eldest = fragments.removeEldest(nowNs, true);
                eldest != null;
                eldest = fragments.removeEldest(nowNs, true)) {
            dropAll(eldest.getValue(), DropReason.FRAGMENT_WITHOUT_FIRST, nowNs);
        }
    }

    // Classification

    private void classify(final long nowNs) {
        final PacketClass packetClass =
                parser.parse(arrival.frame, arrival.offset, arrival.length, packet);
        switch (packetClass) {
            case FLOW -> {
                if (packet.isFirstFragment() && !ownsDatagram(side)) {
                    forward(Purpose.RESOLVE, datagramOwner(side), nowNs);
                } else {
                    takeKeyed(nowNs);
                }
            }
            case FRAGMENT -> {
                if (ownsDatagram(side)) {
                    resolve(nowNs);
                } else {
                    forward(Purpose.RESOLVE, datagramOwner(side), nowNs);
                }
            }
            // The quoted datagram went the other way: its fragments came in on the other side.
            case QUOTED_FRAGMENT -> forward(Purpose.RESOLVE, datagramOwner(side.opposite()), nowNs);
            case BRIDGED -> bridge(nowNs);
            case MALFORMED ->
                    drop(arrival.packetNumber, DropReason.MALFORMED, packet.reason(), nowNs);
        }
    }

    /// A packet that another redirector sent here, because this one knows more of its flow or its
    /// datagram.
    private void takeForwarded(final long nowNs) {
        arrival.from(received.arrivalSide(), received.arrivalNode(), received.hops());
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
                    drop(arrival.packetNumber, DropReason.MALFORMED, packet.reason(), nowNs);
        }
    }

    private void takeKeyed(final long nowNs) {
        final boolean first = packet.isFirstFragment();
        if (first) {
            datagrams.learn(packet, nowNs);
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
        steer(packet.key(), nowNs);
    }

    private boolean ownsDatagram(final Side ofSide) {
        return datagramOwner(ofSide) == self.node();
    }

    private int datagramOwner(final Side ofSide) {
        return chassis.owner(ofSide, packet.datagram().hash(flowHash));
    }

    // Fragments

    private void resolve(final long nowNs) {
        if (datagrams.resolve(packet, nowNs)) {
            arrival.keyTravels = true;
            steerPacket(nowNs);
            return;
        }
        if (arrival.length > MAX_HELD_BYTES) {
            drop(arrival.packetNumber, DropReason.TOO_LARGE_TO_HOLD, ParseReason.NONE, nowNs);
            return;
        }
        WaitingRoom.Queue queue = fragments.find(packet.datagram());
        if (queue == null) {
            queue = fragments.open(packet.datagram().copy(), nowNs);
        }
        while (!fragments.append(
                queue,
                arrival.frame,
                arrival.offset,
                arrival.length,
                arrival.packetNumber,
                arrival.word())) {
            final var eldest = fragments.removeEldest(nowNs, true);
            if (eldest == null) {
                drop(arrival.packetNumber, DropReason.TOO_LARGE_TO_HOLD, ParseReason.NONE, nowNs);
                return;
            }
            dropAll(eldest.getValue(), DropReason.FRAGMENT_EVICTED, nowNs);
            if (eldest.getValue() == queue) {
                queue = fragments.open(packet.datagram().copy(), nowNs);
            }
        }
        counters.held++;
        observer.onHeld(self.node(), arrival.packetNumber, Purpose.RESOLVE, nowNs);
    }

    private void releaseFragments(final long nowNs) {
        if (fragments.size() == 0) {
            return;
        }
        final WaitingRoom.Queue queue = fragments.remove(packet.datagram());
        if (queue == null) {
            return;
        }
        while (!queue.isEmpty()) {
            take(fragments, queue);
            parser.parse(arrival.frame, arrival.offset, arrival.length, packet);
            if (datagrams.resolve(packet, nowNs)) {
                arrival.keyTravels = true;
                steerPacket(nowNs);
            } else {
                drop(
                        arrival.packetNumber,
                        DropReason.FRAGMENT_WITHOUT_FIRST,
                        ParseReason.NONE,
                        nowNs);
            }
        }
    }

    private void take(final WaitingRoom<?> room, final WaitingRoom.Queue queue) {
        arrival.setWord(room.headArrival(queue));
        arrival.place(heldFrame, 0, room.headLength(queue), room.headPacketNumber(queue));
        room.takeHead(queue, heldFrame, 0);
    }

    private void dropAll(final WaitingRoom.Queue queue, final DropReason reason, final long nowNs) {
        while (!queue.isEmpty()) {
            drop(fragments.headPacketNumber(queue), reason, ParseReason.NONE, nowNs);
            fragments.discardHead(queue);
        }
    }

    // Steering

    private void steer(final FlowKey key, final long nowNs) {
        final long hash = flowHash.hash(key);
        final long slot = sessions.find(key, hash);
        Decision ending = Decision.BUCKET;
        if (slot != SessionTable.NONE) {
            final int blade = sessions.blade(slot);
            final boolean live = sessions.isLive(slot, nowNs);
            if (chassis.isAlive(blade)) {
                if (live) {
                    deliver(key, sessions.flowId(slot), blade, Decision.SESSION, nowNs);
                    answerAsker(key, slot);
                    return;
                }
                if (owns(hash)) {
                    decide(key, hash, blade, Decision.MEMORY, nowNs);
                    return;
                }
            } else if (live && owns(hash)) {
                counters.flowsBroken++;
                observer.onBroken(self.node(), key, blade, nowNs);
                ending = Decision.RESELECTED;
            }
        }
        steerWithoutSession(key, hash, ending, nowNs);
    }

    private void steerWithoutSession(
            final FlowKey key, final long hash, final Decision ending, final long nowNs) {
        final WaitingRoom.Queue waiting = queried.size() == 0 ? null : queried.find(key);
        if (waiting != null) {
            waitForAnswer(key, hash, waiting, nowNs);
        } else if (ending == Decision.RESELECTED) {
            select(key, hash, ending, nowNs);
        } else if (!owns(hash) && arrival.hops < MAX_HOPS) {
            if (arrival.opening && everyRedirectorAgrees(hash, nowNs)) {
                select(key, hash, ending, nowNs);
            } else {
                forwardLookUp(key, chassis.owner(side, hash), nowNs);
            }
        } else if (mayDecideAlone(hash, nowNs)) {
            select(key, hash, ending, nowNs);
        } else {
            query(key, hash, nowNs);
        }
    }

    private boolean owns(final long hash) {
        return chassis.owner(side, hash) == self.node();
    }

    /// Buckets are the same everywhere, and this one has not moved for so long that no flow of its
    /// former blade can be unknown to a redirector that should know it.
    private boolean everyRedirectorAgrees(final long hash, final long nowNs) {
        return config.policy() == SelectionPolicy.BUCKETS && allocation.isSettled(hash, nowNs);
    }

    private boolean mayDecideAlone(final long hash, final long nowNs) {
        if (!arrival.opening) {
            return false;
        }
        return everyRedirectorAgrees(hash, nowNs)
                || arrival.side == Side.INGRESS && chassis.redirectors(side).length == 1
                || arrival.side == Side.INGRESS && config.policy() != SelectionPolicy.BUCKETS;
    }

    private void select(
            final FlowKey key, final long hash, final Decision ending, final long nowNs) {
        final int chosen =
                selector.select(
                        hash,
                        allocation.table(),
                        allocation.eligible(),
                        allocation.eligible().length,
                        load);
        if (chosen != 0 && chassis.isAlive(chosen)) {
            final Decision policy =
                    config.policy() == SelectionPolicy.BUCKETS ? Decision.BUCKET : Decision.LOAD;
            decide(key, hash, chosen, ending == Decision.RESELECTED ? ending : policy, nowNs);
            return;
        }
        final int fallback = chassis.anyBlade(hash);
        if (fallback == 0) {
            drop(arrival.packetNumber, DropReason.NO_BLADE, ParseReason.NONE, nowNs);
        } else {
            decide(
                    key,
                    hash,
                    fallback,
                    ending == Decision.RESELECTED ? ending : Decision.FALLBACK,
                    nowNs);
        }
    }

    private void decide(
            final FlowKey key,
            final long hash,
            final int blade,
            final Decision decision,
            final long nowNs) {
        final long flowId = flowIds.next(nowNs);
        final Installation installation =
                sessions.install(
                        key,
                        hash,
                        Origin.DECIDED,
                        flowId,
                        blade,
                        chassis.incarnation(blade),
                        0,
                        config.embryonicLeaseMs(),
                        TcpPhase.EMBRYONIC,
                        nowNs);
        counters.flowsDecided++;
        if (installation == Installation.FULL) {
            counters.flowsWithoutSession++;
        }
        deliver(key, flowId, blade, decision, nowNs);
        if (arrival.lookedUp && installation != Installation.FULL) {
            answerAsker(key, sessions.find(key, hash));
        }
    }

    private void deliver(
            final FlowKey key,
            final long flowId,
            final int blade,
            final Decision decision,
            final long nowNs) {
        counters.count(decision);
        observer.onSteered(self.node(), arrival.packetNumber, decision, key, flowId, blade, nowNs);
        if (!sender.deliver(arrival, key, flowId, blade)) {
            drop(arrival.packetNumber, DropReason.BACKPLANE_FULL, ParseReason.NONE, nowNs);
        }
    }

    /// Tells the redirector that sent the packet here what this one knows, so that the next packet
    /// takes no detour.
    private void answerAsker(final FlowKey key, final long slot) {
        if (!arrival.lookedUp || arrival.node == self.node()) {
            return;
        }
        counters.lookUpsAnswered++;
        final FlowKey kept = key.copy();
        control.send(
                arrival.node,
                new SessionAnnouncement(
                        Kind.OPEN,
                        kept,
                        kept,
                        sessions.flowId(slot),
                        sessions.blade(slot),
                        sessions.incarnation(slot),
                        sessions.version(slot),
                        config.cacheLeaseMs(),
                        sessions.phase(slot)));
    }

    // Owner and blades are asked

    private void forward(final Purpose purpose, final int toRedirector, final long nowNs) {
        if (toRedirector == 0) {
            drop(arrival.packetNumber, DropReason.NO_REDIRECTOR, ParseReason.NONE, nowNs);
        } else if (arrival.hops >= MAX_HOPS) {
            drop(arrival.packetNumber, DropReason.HOP_LIMIT, ParseReason.NONE, nowNs);
        } else if (sender.forward(arrival, purpose, toRedirector)) {
            counters.forwarded++;
            observer.onForwarded(self.node(), arrival.packetNumber, purpose, toRedirector, nowNs);
        } else {
            drop(arrival.packetNumber, DropReason.BACKPLANE_FULL, ParseReason.NONE, nowNs);
        }
    }

    private void forwardLookUp(final FlowKey key, final int owner, final long nowNs) {
        if (owner == 0) {
            drop(arrival.packetNumber, DropReason.NO_REDIRECTOR, ParseReason.NONE, nowNs);
        } else if (sender.lookUp(arrival, key, owner)) {
            counters.forwarded++;
            observer.onForwarded(self.node(), arrival.packetNumber, Purpose.LOOK_UP, owner, nowNs);
        } else {
            drop(arrival.packetNumber, DropReason.BACKPLANE_FULL, ParseReason.NONE, nowNs);
        }
    }

    private void query(final FlowKey key, final long hash, final long nowNs) {
        final int[] blades = chassis.blades();
        if (blades.length == 0) {
            drop(arrival.packetNumber, DropReason.NO_BLADE, ParseReason.NONE, nowNs);
            return;
        }
        if (queried.size() >= MAX_QUERIES || arrival.length > MAX_HELD_BYTES) {
            counters.queriesRefused++;
            select(key, hash, Decision.BUCKET, nowNs);
            return;
        }
        final FlowKey kept = key.copy();
        final WaitingRoom.Queue queue = queried.open(kept, nowNs);
        queue.token = nextQuery++;
        queue.outstanding = blades.length;
        queries.put(queue.token, kept);
        counters.queries++;
        final StateQuery query = new StateQuery(queue.token, kept);
        for (final int blade : blades) {
            control.send(blade, query);
        }
        waitForAnswer(kept, hash, queue, nowNs);
    }

    private void waitForAnswer(
            final FlowKey key, final long hash, final WaitingRoom.Queue queue, final long nowNs) {
        if (queried.append(
                queue,
                arrival.frame,
                arrival.offset,
                arrival.length,
                arrival.packetNumber,
                arrival.word())) {
            counters.held++;
            observer.onHeld(self.node(), arrival.packetNumber, Purpose.LOOK_UP, nowNs);
        } else {
            counters.queriesRefused++;
            select(key, hash, Decision.BUCKET, nowNs);
        }
    }

    private void takeAnswer(final int fromNode, final StateAnswer answer, final long nowNs) {
        final FlowKey key = queries.get(answer.queryId());
        if (key == null) {
            return; // late: decided meanwhile, or never asked
        }
        final SessionAnnouncement session = answer.session();
        if (session != null && session.key().equals(key)) {
            learn(fromNode, session, false, nowNs);
            return;
        }
        final WaitingRoom.Queue queue = queried.find(key);
        if (queue != null && --queue.outstanding <= 0) {
            queried.remove(key);
            queries.remove(answer.queryId());
            observer.onQueried(self.node(), key, false, nowNs);
            release(key, queue, nowNs);
        }
    }

    private void releaseQueried(final FlowKey key, final long nowNs) {
        final WaitingRoom.Queue queue = queried.size() == 0 ? null : queried.remove(key);
        if (queue == null) {
            return;
        }
        queries.remove(queue.token);
        counters.queriesFound++;
        observer.onQueried(self.node(), key, true, nowNs);
        release(key, queue, nowNs);
    }

    /// Steers those who waited for `key`: by the session if there is one now, else this redirector
    /// decides alone.
    private void release(final FlowKey key, final WaitingRoom.Queue queue, final long nowNs) {
        final long hash = flowHash.hash(key);
        while (!queue.isEmpty()) {
            take(queried, queue);
            final long slot = sessions.find(key, hash);
            if (slot != SessionTable.NONE
                    && sessions.isLive(slot, nowNs)
                    && chassis.isAlive(sessions.blade(slot))) {
                final Decision decision =
                        sessions.origin(slot) == Origin.DECIDED
                                ? Decision.SESSION
                                : Decision.ANSWER;
                deliver(key, sessions.flowId(slot), sessions.blade(slot), decision, nowNs);
                answerAsker(key, slot);
            } else {
                select(key, hash, Decision.BUCKET, nowNs);
            }
        }
    }

    // Announcements and tables

    private Installation learn(
            final int fromNode,
            final SessionAnnouncement announcement,
            final boolean carried,
            final long nowNs) {
        flowIds.observe(announcement.flowId());
        final boolean fromBlade = fromNode == announcement.blade();
        final FlowKey key = announcement.key();
        final long hash = flowHash.hash(key);
        final Installation installation =
                announcement.kind() == Kind.CLOSE
                        ? sessions.close(
                                key,
                                hash,
                                announcement.flowId(),
                                announcement.version(),
                                announcement.incarnation(),
                                nowNs)
                        : sessions.install(
                                key,
                                hash,
                                fromBlade ? Origin.ANNOUNCED : Origin.CACHED,
                                announcement.flowId(),
                                announcement.blade(),
                                announcement.incarnation(),
                                announcement.version(),
                                announcement.leaseMs(),
                                announcement.phase(),
                                nowNs);
        final Outcome outcome =
                switch (installation) {
                    case INSTALLED, REFRESHED -> {
                        counters.announcementsInstalled++;
                        yield Outcome.INSTALLED;
                    }
                    case STALE -> {
                        counters.announcementsStale++;
                        yield Outcome.STALE;
                    }
                    case FULL -> {
                        counters.announcementsRefused++;
                        yield Outcome.TABLE_FULL;
                    }
                };
        observer.onAnnounced(self.node(), fromNode, announcement, installation, carried, nowNs);
        if (fromBlade) {
            control.send(
                    fromNode,
                    new Acknowledgement(
                            announcement.flowId(),
                            announcement.incarnation(),
                            announcement.version(),
                            outcome));
        }
        if (announcement.kind() != Kind.CLOSE) {
            releaseQueried(key, nowNs);
        }
        return installation;
    }

    private void install(final int fromNode, final BucketTableUpdate update, final long nowNs) {
        if (allocation.install(BucketTable.fromUpdate(update), nowNs)) {
            control.send(fromNode, new EpochInstalled(update.epoch()));
        } else if (update.epoch() == allocation.epoch()) {
            control.send(fromNode, new EpochInstalled(update.epoch()));
        }
    }

    private void reallocate(final long nowNs) {
        final BucketTable table = coordinator.reallocate(chassis, allocation.current(), nowNs);
        if (table != null) {
            allocation.install(table, nowNs);
        }
    }

    // Outputs

    private void emit(final int fromNode, final long nowNs) {
        final SessionAnnouncement announcement = received.announcement();
        if (announcement != null) {
            learn(fromNode, announcement, true, nowNs);
        }
        if (outside.transmit(arrival.frame, arrival.offset, arrival.length)) {
            counters.emitted++;
            observer.onEmitted(self.node(), arrival.packetNumber, nowNs);
        } else {
            drop(arrival.packetNumber, DropReason.PORT_FULL, ParseReason.NONE, nowNs);
        }
    }

    private void bridge(final long nowNs) {
        final int peer = chassis.bridge(side.opposite());
        if (peer == 0) {
            drop(arrival.packetNumber, DropReason.NO_REDIRECTOR, ParseReason.NONE, nowNs);
        } else if (sender.forward(arrival, Purpose.EMIT, peer)) {
            counters.bridged++;
            observer.onBridged(self.node(), arrival.packetNumber, packet.reason(), nowNs);
        } else {
            drop(arrival.packetNumber, DropReason.BACKPLANE_FULL, ParseReason.NONE, nowNs);
        }
    }

    private void drop(
            final long packetNumber,
            final DropReason reason,
            final ParseReason detail,
            final long nowNs) {
        counters.count(reason);
        observer.onDropped(self.node(), packetNumber, reason, detail, nowNs);
    }

    // What others may see

    /// What this redirector knows of a flow, and where it would send a packet of it.
    public Explanation explain(final FlowKey key, final long nowNs) {
        final long hash = flowHash.hash(key);
        final long slot = sessions.find(key, hash);
        return new Explanation(
                self.name(),
                slot == SessionTable.NONE
                        ? null
                        : new Explanation.KnownSession(
                                sessions.flowId(slot),
                                sessions.blade(slot),
                                sessions.incarnation(slot),
                                sessions.version(slot),
                                sessions.origin(slot),
                                sessions.phase(slot),
                                sessions.isLive(slot, nowNs)),
                allocation.table().bucketOf(hash),
                allocation.bladeOf(hash),
                allocation.epoch(),
                chassis.owner(side, hash),
                chassis.backup(side, hash));
    }

    public RedirectorCounters counters() {
        return counters;
    }

    public SessionTable sessions() {
        return sessions;
    }

    public Member self() {
        return self;
    }

    public Side side() {
        return side;
    }

    /// The epoch of the bucket table in use, 0 before the first one.
    public long epoch() {
        return allocation.epoch();
    }

    /// True on every redirector but the allocator, and there when all others have the table it
    /// published.
    public boolean isAllocationSettled() {
        return coordinator.isSettled();
    }

    /// True when no packet waits for a blade's answer.
    public boolean isIdle() {
        return queried.size() == 0;
    }

    @Override
    public void close() {
        sessions.close();
        fragments.close();
        queried.close();
        arena.close();
    }
}
