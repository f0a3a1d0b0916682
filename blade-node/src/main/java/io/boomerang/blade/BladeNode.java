package io.boomerang.blade;

import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SteeringRule;
import io.boomerang.announce.TcpPhase;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.announcer.Announcer;
import io.boomerang.blade.announcer.DigestAnswers;
import io.boomerang.blade.announcer.ExpectedFlows;
import io.boomerang.blade.announcer.SessionPages;
import io.boomerang.blade.mover.FlowMover;
import io.boomerang.blade.mover.PacketHandler;
import io.boomerang.blade.processor.DirectReturn;
import io.boomerang.blade.processor.PacketContext;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.LifetimeClass;
import io.boomerang.blade.session.Lifetimes;
import io.boomerang.blade.session.MarkerMirror;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.blade.session.PhaseTracker;
import io.boomerang.blade.session.Residence;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// A processing blade: finds each delivered frame's marker session, lets the processor judge it,
/// announces new flows, and sends what passes to a redirector of the opposite side.
///
/// A state machine without I/O of its own: datagrams, messages, views and the time come in as
/// arguments; datagrams and messages go out through the ports given to it. One thread owns it.
///
/// Full: see {@link MarkerTable} for flows, {@link HeldFrames} for held frames, {@link Announcer}
/// for announcements. A frame that cannot be sent is dropped and counted by its reason.
@SuppressWarnings("EnumOrdinal") // counters by verdict, within one process
public final class BladeNode implements AutoCloseable {
    /// Work of each kind that one call of {@link #onTimer} does at most.
    private static final int TIMER_LIMIT = 1_024;

    private final Member self;
    private final PacketProcessor processor;
    private final BladeObserver observer;
    private final Emitter emitter;
    private final FlowParser parser;
    private final FlowHash flowHash;
    private final int capacity;
    private final Lifetimes lifetimes;
    private final MarkerTable markers;
    private final Announcer announcer;
    private final SessionPages pages;
    private final DigestAnswers digestAnswers;
    private final HeldFrames held;
    private final FlowMover mover;
    private final BladeMessages messages;
    private final SteeringHeader header = new SteeringHeader();
    private final ParsedPacket packet = new ParsedPacket();
    private final PacketContext context;
    private final ExpectedFlows expected;
    private final AgreedFrames agreed;
    private final DeviceReturns returns;
    private final TransitFlows transit;
    private Side directSide = Side.INGRESS;
    private @Nullable DirectReturn directReturn;
    private final long[] verdicts = new long[ProcessorVerdict.values().length];

    private long delivered;
    private long malformedDatagrams;
    private long stateless;

    public BladeNode(
            final BladeConfig config,
            final ClusterParameters parameters,
            final Member self,
            final PacketProcessor processor,
            final Backplane backplane,
            final ControlSender control,
            final BladeObserver observer) {
        this.self = self;
        this.processor = processor;
        this.observer = observer;
        emitter = new Emitter(backplane, self.node());
        parser = new FlowParser(parameters.flowRules());
        flowHash = new FlowHash(parameters.hashKey0(), parameters.hashKey1());
        capacity = config.markerCapacity();
        lifetimes = config.lifetimes();
        markers =
                new MarkerTable(
                        config.markerCapacity(),
                        config.lifetimes(),
                        processor::newFlowState,
                        new EndOfFlows());
        announcer =
                new Announcer(
                        config.announce(),
                        config.limits(),
                        config.lifetimes(),
                        self,
                        markers,
                        control,
                        (redirector, announcement, carried, nowNs) ->
                                observer.onAnnouncementSent(
                                        self.node(), redirector, announcement, carried, nowNs));
        pages = new SessionPages(markers, announcer, control);
        digestAnswers = new DigestAnswers(markers, announcer.directory(), pages, control);
        held = new HeldFrames(config, emitter, this::conclude);
        context = new PacketContext(markers, flowHash);
        transit = new TransitFlows(markers, announcer, flowHash, lifetimes);
        expected = new ExpectedFlows(self, announcer);
        agreed = new AgreedFrames(expected, emitter, this::conclude);
        returns =
                new DeviceReturns(
                        processor,
                        markers,
                        flowHash,
                        parser,
                        packet,
                        context,
                        expected,
                        new DeviceExit());
        mover =
                new FlowMover(
                        self,
                        processor,
                        markers,
                        flowHash,
                        announcer,
                        backplane,
                        control,
                        config.limits().holdCells(),
                        observer,
                        new MovedPackets());
        messages =
                new BladeMessages(
                        self,
                        markers,
                        flowHash,
                        announcer,
                        pages,
                        digestAnswers,
                        held,
                        mover,
                        control);
    }

    /// What becomes of frames that come out of a device.
    private final class DeviceExit implements DeviceReturns.Exit {
        @Override
        public void pass(final MarkerSession marker, final long nowNs) {
            BladeNode.this.pass(marker, marker.arrivalNode(marker.openingSide()), nowNs);
        }

        @Override
        public void turnBack(final MarkerSession marker, final long nowNs) {
            emitReturning(marker, nowNs);
        }

        @Override
        public void drop(final ProcessorVerdict reason, final long nowNs) {
            conclude(0, reason, nowNs);
        }
    }

    /// What becomes of packets that have waited for the move of their flow.
    private final class MovedPackets implements PacketHandler {
        @Override
        public void onReleased(
                final int from,
                final MemorySegment datagram,
                final long offset,
                final int length,
                final long nowNs) {
            if (header.decode(datagram, offset, length)) {
                take(from, datagram, offset, length, nowNs);
            }
        }

        @Override
        public void onVerdict(
                final long packetNumber, final ProcessorVerdict verdict, final long nowNs) {
            conclude(packetNumber, verdict, nowNs);
        }
    }

    /// What the end of a flow brings with it.
    private final class EndOfFlows implements MarkerTable.Listener {
        @Override
        public void onLapse(final MarkerSession marker, final long nowNs) {
            held.drop(marker, ProcessorVerdict.DROP_HOLD_EXPIRED, nowNs);
            announcer.close(marker, nowNs);
        }

        @Override
        public void onForget(final MarkerSession marker, final boolean live, final long nowNs) {
            if (live) {
                held.drop(marker, ProcessorVerdict.DROP_HOLD_EXPIRED, nowNs);
                announcer.abandon(marker);
            }
            mover.onForget(marker, nowNs);
        }
    }

    /// Takes back the flows that an earlier process of this blade left; to be called before the
    /// first view. They are announced to whoever asks, and to the others with their next packet,
    /// under this blade's new incarnation. Answers how many were taken; not those whose time is up,
    /// nor those for which no place is free.
    ///
    /// @param wallMs the time, in milliseconds since 1970
    public int resume(final List<StoredMarker> stored, final long wallMs, final long nowNs) {
        return markers.resumeAll(stored, flowHash, wallMs, nowNs);
    }

    /// Shows the flows to a store. The blade's thread has to sweep it.
    public MarkerMirror newMirror() {
        return new MarkerMirror(markers, capacity, lifetimes);
    }

    /// A datagram came in by the backplane; the frame in it may be rewritten in place.
    public void onDatagram(
            final int from,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        if (!header.decode(datagram, offset, length)) {
            malformedDatagrams++;
            return;
        }
        switch (header.purpose()) {
            case DELIVER -> take(from, datagram, offset, length, nowNs);
            case MARK -> mover.onMark(from, header, nowNs);
            case EMIT, LOOK_UP, RESOLVE, TRANSFER -> malformedDatagrams++;
        }
    }

    /// A datagram with a frame to process; its header is read.
    private void take(
            final int from,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        final Side arrivalSide = header.arrivalSide();
        final long frameOffset = offset + header.headerLength();
        final int frameLength = length - header.headerLength();
        parser.parse(datagram, frameOffset, frameLength, packet);
        if (header.hasKey()) {
            packet.setResolved(header.key(), header.sourceIsB());
        }
        final MarkerSession known = packet.hasKey() ? knownMarker(arrivalSide) : null;
        if (known != null
                && known.residence() != Residence.HERE
                && !mover.admit(known, from, header, datagram, offset, length, nowNs)) {
            return;
        }
        delivered++;
        observer.onDelivered(
                self.node(), header.packetNumber(), header.flowId(), arrivalSide, nowNs);
        if (!packet.hasKey()) {
            conclude(header.packetNumber(), ProcessorVerdict.DROP_NO_FLOW, nowNs);
            return;
        }
        final MarkerSession marker = markerOf(known, arrivalSide, nowNs);
        if (marker == null) {
            stateless++;
        } else {
            marker.setArrivalNode(arrivalSide, header.arrivalNode());
            if (!marker.hasPassed()) {
                marker.orient(arrivalSide, packet.sourceIsB());
            }
        }
        context.set(datagram, frameOffset, frameLength, packet, marker, arrivalSide, nowNs);
        final ProcessorVerdict verdict = processor.process(context);
        if (verdict.isDrop() || verdict == ProcessorVerdict.TAKEN) {
            conclude(header.packetNumber(), verdict, nowNs);
        } else if (verdict == ProcessorVerdict.ENDED_HERE) {
            if (marker != null) {
                keepUp(marker, from, nowNs);
            }
            conclude(header.packetNumber(), verdict, nowNs);
        } else if (marker == null) {
            emitStateless(nowNs);
        } else {
            pass(marker, from, nowNs);
        }
    }

    /// Takes what has come out of a processor that is a device of its own; answers how much.
    public int receive(final long nowNs) {
        header.clear();
        return processor.receive(returns, nowNs);
    }

    /// A frame comes out of what stands behind this blade, toward a side; it may be written to.
    public void onReturn(
            final Side toward,
            final MemorySegment frame,
            final long offset,
            final int length,
            final long nowNs) {
        header.clear();
        returns.onFrame(toward, frame, offset, length, nowNs);
    }

    private @Nullable MarkerSession knownMarker(final Side side) {
        final FlowKey key = packet.key();
        final MarkerSession marker = markers.find(header.flowId(), side, key);
        return marker != null ? marker : markers.find(side, key, flowHash.hash(key));
    }

    private @Nullable MarkerSession markerOf(
            final @Nullable MarkerSession known, final Side side, final long nowNs) {
        final long flowId = header.flowId();
        final boolean sourceIsB = packet.sourceIsB();
        if (known == null) {
            final FlowKey key = packet.key();
            return markers.open(key, flowHash.hash(key), flowId, side, sourceIsB, nowNs);
        }
        if (known.isLapsed()) {
            markers.reopen(known, flowId, side, sourceIsB, nowNs);
        } else if (known.flowId() != flowId) {
            announcer.onOtherFlowId(known, flowId, nowNs);
        }
        return known;
    }

    /// What a packet that passes or ends here means for its flow.
    private void keepUp(final MarkerSession marker, final int sender, final long nowNs) {
        final Side arrivalSide = context.arrivalSide();
        final TcpPhase before = marker.phase();
        final Side openedBefore = marker.openingSide();
        if (PhaseTracker.endsWhatWaits(marker, packet, arrivalSide)) {
            held.drop(marker, ProcessorVerdict.DROP_OUT_OF_STATE, nowNs);
        }
        PhaseTracker.onPassed(marker, packet, arrivalSide);
        final TcpPhase after = marker.phase();
        markers.touch(marker, LifetimeClass.of(marker.original().protocol(), after), nowNs);
        if (!marker.hasPassed()) {
            marker.setPassed();
            announcer.open(marker, sender, nowNs);
        } else if (after == TcpPhase.EMBRYONIC && before == TcpPhase.CLOSED
                || marker.openingSide() != openedBefore) {
            announcer.change(marker, Kind.OPEN, nowNs);
        } else if (after == TcpPhase.ESTABLISHED && before != TcpPhase.ESTABLISHED) {
            announcer.change(marker, Kind.REFRESH, nowNs);
        } else {
            announcer.keepUp(marker, nowNs);
        }
        if (arrivalSide != marker.farSide()
                && (after == TcpPhase.EMBRYONIC
                        || after == TcpPhase.CLOSED
                        || PhaseTracker.isOpening(packet.tcpFlags()))) {
            announcer.onUnanswered(marker, nowNs);
        }
    }

    private void pass(final MarkerSession marker, final int sender, final long nowNs) {
        keepUp(marker, sender, nowNs);
        if (context.arrivalSide() == marker.farSide()) {
            emitReturning(marker, nowNs);
        } else if (announcer.mustHold(marker)) {
            if (held.hold(marker, context, header.packetNumber(), nowNs)) {
                announcer.onHeld(marker, nowNs);
            }
        } else {
            emitOpening(marker, nowNs);
        }
    }

    /// Toward the far side: by its owner, which is the one that installs what the packet carries.
    private void emitOpening(final MarkerSession marker, final long nowNs) {
        final int redirector = farOwner(marker);
        emit(
                redirector,
                marker,
                marker.farSide(),
                redirector == 0 ? null : toCarry(marker, redirector, nowNs),
                nowNs);
    }

    private @Nullable SessionAnnouncement toCarry(
            final MarkerSession marker, final int redirector, final long nowNs) {
        final SessionAnnouncement own = announcer.toCarry(marker, redirector, nowNs);
        return own != null ? own : expected.toCarry(marker, marker.farSide());
    }

    /// From now on packets return to this side by a port of the blade itself. For flows that end
    /// here: what a translator or a firewall lets return is announced on the way.
    public void returnBy(final Side side, final DirectReturn port) {
        directSide = side;
        directReturn = port;
    }

    /// Back to where the flow came from: by the redirector that its packets last came from, or
    /// directly.
    private void emitReturning(final MarkerSession marker, final long nowNs) {
        final Side side = marker.openingSide();
        final DirectReturn port = directReturn;
        if (port != null && side == directSide) {
            conclude(
                    header.packetNumber(),
                    port.transmit(context.frame(), context.offset(), context.length())
                            ? ProcessorVerdict.PASS
                            : ProcessorVerdict.DROP_DEVICE_FULL,
                    nowNs);
            return;
        }
        final int last = marker.arrivalNode(side);
        final int redirector =
                announcer.directory().side(last) == side
                        ? last
                        : announcer.directory().owner(side, marker.hash(side));
        emit(redirector, marker, side, expected.toCarry(marker, side), nowNs);
    }

    private void emit(
            final int redirector,
            final MarkerSession marker,
            final Side toward,
            final @Nullable SessionAnnouncement carried,
            final long nowNs) {
        final long number = header.packetNumber();
        if (redirector == 0 || !agreed.hold(marker, toward, redirector, context, number, nowNs)) {
            emit(redirector, marker.flowId(), carried, nowNs);
        }
    }

    private void emitStateless(final long nowNs) {
        final Side side = context.arrivalSide().opposite();
        final int redirector = announcer.directory().owner(side, flowHash.hash(packet.key()));
        emit(redirector, header.flowId(), null, nowNs);
    }

    private void emit(
            final int redirector,
            final long flowId,
            final @Nullable SessionAnnouncement carried,
            final long nowNs) {
        final ProcessorVerdict verdict;
        if (redirector == 0) {
            verdict = ProcessorVerdict.DROP_NO_REDIRECTOR;
        } else if (emitter.emit(
                redirector,
                context.frame(),
                context.offset(),
                context.length(),
                flowId,
                context.arrivalSide(),
                header.packetNumber(),
                carried)) {
            verdict = ProcessorVerdict.PASS;
        } else {
            verdict = emitter.refusal();
        }
        conclude(header.packetNumber(), verdict, nowNs);
    }

    private int farOwner(final MarkerSession marker) {
        return announcer.directory().owner(marker.farSide(), marker.hash(marker.farSide()));
    }

    private void conclude(
            final long packetNumber, final ProcessorVerdict verdict, final long nowNs) {
        verdicts[verdict.ordinal()]++;
        observer.onVerdict(self.node(), packetNumber, verdict, nowNs);
    }

    /// A message of the control plane.
    public void onMessage(final int from, final ControlMessage message, final long nowNs) {
        messages.take(from, message, nowNs);
    }

    /// The members of the chassis have changed.
    public void onView(final ClusterView view, final long nowNs) {
        if (announcer.onView(view, nowNs)) {
            pages.onOwnersChanged(nowNs);
            expected.onOwnersChanged(nowNs);
        }
        mover.onView(view, nowNs);
    }

    /// Does what is due, a bounded amount of it; answers how much was done.
    public int onTimer(final long nowNs) {
        int done = markers.expire(nowNs, TIMER_LIMIT);
        done += announcer.onTimer(nowNs, TIMER_LIMIT);
        done += pages.onTimer(nowNs);
        done += digestAnswers.onTimer();
        done += mover.onTimer(nowNs);
        done += agreed.release(nowNs);
        expected.onTimer(nowNs);
        return done + held.dropOverdue(nowNs, TIMER_LIMIT);
    }

    /// The flows of this blade, for who moves them to others. For the blade's thread.
    public TransitFlows transit() {
        return transit;
    }

    /// Whether no frame is held and no announcement waits to be sent or acknowledged.
    public boolean isIdle() {
        return announcer.isIdle() && mover.isIdle() && held.heldNow() == 0 && agreed.heldNow() == 0;
    }

    /// Whether every flow that can move has moved since that was ordered.
    public boolean hasMovedAll() {
        return mover.hasMovedAll();
    }

    public Member self() {
        return self;
    }

    /// What is known of single flows.
    public FlowAccounts accounts() {
        return new FlowAccounts(markers, lifetimes, flowHash);
    }

    /// How many flows it can hold.
    public int capacity() {
        return capacity;
    }

    /// How long the eldest announcement that nobody has acknowledged has been on its way, in
    /// nanoseconds; 0 when there is none.
    public long announcementLagNs(final long nowNs) {
        return announcer.eldestAgeNs(nowNs);
    }

    /// The rule by which this blade finds the owners of flows. Its policy is the redirectors'
    /// matter.
    public SteeringRule rule() {
        return announcer.directory().rule();
    }

    /// A snapshot; exact when the blade's thread takes it.
    public BladeCounters counters() {
        return new BladeCounters(
                delivered,
                malformedDatagrams,
                messages.unexpectedMessages(),
                stateless,
                held.held(),
                held.heldNow(),
                messages.releasedUnconfirmed(),
                messages.givenUp(),
                markers.liveCount(),
                markers.embryonicCount(),
                markers.lapsedCount(),
                markers.evictedEmbryonicCount(),
                markers.evictedLapsedCount(),
                markers.refusedFullCount(),
                VerdictCounts.of(verdicts),
                mover.counters(),
                announcer.counters());
    }

    /// Of a processor that is a device of its own.
    public DeviceCounters deviceCounters() {
        return returns.counters(agreed.held());
    }

    @Override
    public void close() {
        mover.close();
        held.close();
        agreed.close();
    }
}
