package io.boomerang.blade;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DesiredWeight;
import io.boomerang.announce.DigestDifference;
import io.boomerang.announce.EpochInstalled;
import io.boomerang.announce.OwnersChanged;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SessionDigests;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.StateAnswer;
import io.boomerang.announce.StateQuery;
import io.boomerang.announce.TcpPhase;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.announcer.Announcer;
import io.boomerang.blade.announcer.DigestAnswers;
import io.boomerang.blade.announcer.ExpectedFlows;
import io.boomerang.blade.announcer.HoldPen;
import io.boomerang.blade.announcer.SessionPages;
import io.boomerang.blade.processor.PacketContext;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.LifetimeClass;
import io.boomerang.blade.session.Lifetimes;
import io.boomerang.blade.session.MarkerMirror;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.blade.session.PhaseTracker;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A processing blade: finds each delivered frame's marker session, lets the processor judge it,
/// announces new flows, and sends what passes to a redirector of the opposite side.
///
/// A state machine without I/O of its own: datagrams, messages, views and the time come in as
/// arguments; datagrams and messages go out through the ports given to it. One thread owns it.
///
/// Full: see {@link MarkerTable} for flows, {@link HoldPen} for held frames, {@link Announcer} for
/// announcements. A frame that cannot be sent is dropped and counted by its reason.
@SuppressWarnings("EnumOrdinal") // counters by verdict, within one process
public final class BladeNode implements AutoCloseable {
    /// Work of each kind that one call of {@link #onTimer} does at most.
    private static final int TIMER_LIMIT = 1_024;

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Member self;
    private final PacketProcessor processor;
    private final ControlSender control;
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
    private final @Nullable HoldPen pen;
    private final long holdLimitNs;
    private final SteeringHeader header = new SteeringHeader();
    private final ParsedPacket packet = new ParsedPacket();
    private final PacketContext context;
    private final ExpectedFlows expected;
    private final DeviceReturns returns;
    private final TransitFlows transit;
    private final long[] verdicts = new long[ProcessorVerdict.values().length];

    private long delivered;
    private long malformedDatagrams;
    private long unexpectedMessages;
    private long stateless;
    private long held;
    private long releasedUnconfirmed;
    private long givenUp;

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
        this.control = control;
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
        pen =
                config.announce() == AnnouncePolicy.HOLD
                        ? new HoldPen(config.limits().holdCells())
                        : null;
        holdLimitNs = config.limits().holdLimitMs() * MS;
        context = new PacketContext(markers, flowHash);
        transit = new TransitFlows(markers, announcer, flowHash, lifetimes);
        expected = new ExpectedFlows(self, announcer);
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

    /// What the end of a flow brings with it.
    private final class EndOfFlows implements MarkerTable.Listener {
        @Override
        public void onLapse(final MarkerSession marker, final long nowNs) {
            dropHeld(marker, ProcessorVerdict.DROP_HOLD_EXPIRED, nowNs);
            announcer.close(marker, nowNs);
        }

        @Override
        public void onForget(final MarkerSession marker, final boolean live, final long nowNs) {
            if (live) {
                dropHeld(marker, ProcessorVerdict.DROP_HOLD_EXPIRED, nowNs);
                announcer.abandon(marker);
            }
        }
    }

    /// Takes back the flows that an earlier process of this blade left; to be called before the
    /// first view. They are announced to whoever asks, and to the others with their next packet,
    /// under this blade's new incarnation. Answers how many were taken; not those whose time is up,
    /// nor those for which no place is free.
    ///
    /// @param wallMs the time, in milliseconds since 1970
    public int resume(final List<StoredMarker> stored, final long wallMs, final long nowNs) {
        final List<StoredMarker> inOrder = new ArrayList<>(stored);
        inOrder.sort(Comparator.comparingLong(StoredMarker::expiresMs));
        int taken = 0;
        for (final StoredMarker marker : inOrder) {
            final long leftMs = marker.expiresMs() - wallMs;
            if (leftMs > 0
                    && markers.resume(
                            marker,
                            flowHash.hash(marker.ingressKey()),
                            flowHash.hash(marker.egressKey()),
                            leftMs,
                            nowNs)) {
                taken++;
            }
        }
        return taken;
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
        if (!header.decode(datagram, offset, length) || header.purpose() != Purpose.DELIVER) {
            malformedDatagrams++;
            return;
        }
        delivered++;
        final Side arrivalSide = header.arrivalSide();
        observer.onDelivered(
                self.node(), header.packetNumber(), header.flowId(), arrivalSide, nowNs);
        final long frameOffset = offset + header.headerLength();
        final int frameLength = length - header.headerLength();
        parser.parse(datagram, frameOffset, frameLength, packet);
        if (header.hasKey()) {
            packet.setResolved(header.key(), header.sourceIsB());
        }
        if (!packet.hasKey()) {
            conclude(header.packetNumber(), ProcessorVerdict.DROP_NO_FLOW, nowNs);
            return;
        }
        final MarkerSession marker = markerOf(arrivalSide, nowNs);
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

    private @Nullable MarkerSession markerOf(final Side side, final long nowNs) {
        final FlowKey key = packet.key();
        final long flowId = header.flowId();
        final boolean sourceIsB = packet.sourceIsB();
        MarkerSession marker = markers.find(flowId, side, key);
        if (marker == null) {
            final long hash = flowHash.hash(key);
            marker = markers.find(side, key, hash);
            if (marker == null) {
                return markers.open(key, hash, flowId, side, sourceIsB, nowNs);
            }
            if (!marker.isLapsed()) {
                announcer.onOtherFlowId(marker, flowId, nowNs);
            }
        }
        if (marker.isLapsed()) {
            markers.reopen(marker, flowId, side, sourceIsB, nowNs);
        }
        return marker;
    }

    /// What a packet that passes or ends here means for its flow.
    private void keepUp(final MarkerSession marker, final int sender, final long nowNs) {
        final Side arrivalSide = context.arrivalSide();
        final TcpPhase before = marker.phase();
        final Side openedBefore = marker.openingSide();
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
            hold(marker, nowNs);
        } else {
            emitOpening(marker, nowNs);
        }
    }

    /// Toward the far side: by its owner, which is the one that installs what the packet carries.
    private void emitOpening(final MarkerSession marker, final long nowNs) {
        final int redirector = farOwner(marker);
        emit(
                redirector,
                marker.flowId(),
                redirector == 0 ? null : toCarry(marker, redirector, nowNs),
                nowNs);
    }

    private @Nullable SessionAnnouncement toCarry(
            final MarkerSession marker, final int redirector, final long nowNs) {
        final SessionAnnouncement own = announcer.toCarry(marker, redirector, nowNs);
        return own != null ? own : expected.toCarry(marker, marker.farSide());
    }

    /// Back to where the flow came from: by the redirector that its packets last came from.
    private void emitReturning(final MarkerSession marker, final long nowNs) {
        final Side side = marker.openingSide();
        final int last = marker.arrivalNode(side);
        final int redirector =
                announcer.directory().side(last) == side
                        ? last
                        : announcer.directory().owner(side, marker.hash(side));
        emit(redirector, marker.flowId(), expected.toCarry(marker, side), nowNs);
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

    private void hold(final MarkerSession marker, final long nowNs) {
        final HoldPen frames = pen;
        if (frames == null
                || !frames.hold(
                        marker,
                        context.frame(),
                        context.offset(),
                        context.length(),
                        header.packetNumber(),
                        nowNs)) {
            conclude(header.packetNumber(), ProcessorVerdict.DROP_HOLD_FULL, nowNs);
            return;
        }
        held++;
        announcer.onHeld(marker, nowNs);
    }

    private void release(final MarkerSession marker, final long nowNs) {
        final HoldPen frames = pen;
        if (frames == null) {
            return;
        }
        final int redirector = farOwner(marker);
        while (marker.hasHeld()) {
            final int frame = marker.firstHeld();
            final boolean sent =
                    emitter.emitHeld(
                            redirector, frames, frame, marker.flowId(), marker.openingSide());
            conclude(
                    frames.packetNumber(frame),
                    sent ? ProcessorVerdict.PASS : emitter.refusal(),
                    nowNs);
            frames.discardFirst(marker);
        }
    }

    private void dropHeld(
            final MarkerSession marker, final ProcessorVerdict reason, final long nowNs) {
        final HoldPen frames = pen;
        while (frames != null && marker.hasHeld()) {
            conclude(frames.packetNumber(marker.firstHeld()), reason, nowNs);
            frames.discardFirst(marker);
        }
    }

    private void conclude(
            final long packetNumber, final ProcessorVerdict verdict, final long nowNs) {
        verdicts[verdict.ordinal()]++;
        observer.onVerdict(self.node(), packetNumber, verdict, nowNs);
    }

    /// A message of the control plane.
    public void onMessage(final int from, final ControlMessage message, final long nowNs) {
        switch (message) {
            case final Acknowledgement acknowledgement ->
                    onAcknowledgement(from, acknowledgement, nowNs);
            case StateQuery(long queryId, FlowKey key) ->
                    control.send(from, new StateAnswer(queryId, sessionOf(from, key, nowNs)));
            case final SessionPull pull -> {
                final SessionPage page = pages.take(from, pull, nowNs);
                if (page != null) {
                    control.send(from, page);
                }
            }
            case final SessionDigests digests -> digestAnswers.take(from, digests);
            case SessionAnnouncement _,
                    StateAnswer _,
                    BucketTableUpdate _,
                    EpochInstalled _,
                    SessionPage _,
                    OwnersChanged _,
                    DesiredWeight _,
                    DigestDifference _ ->
                    unexpectedMessages++;
        }
    }

    private void onAcknowledgement(
            final int from, final Acknowledgement acknowledgement, final long nowNs) {
        final MarkerSession ready = announcer.onAcknowledgement(from, acknowledgement);
        if (isHeldByAnother(acknowledgement)) {
            giveUp(acknowledgement.flowId(), nowNs);
            return;
        }
        if (ready == null) {
            return;
        }
        if (acknowledgement.outcome() != Acknowledgement.Outcome.INSTALLED) {
            releasedUnconfirmed++;
        }
        release(ready, nowNs);
    }

    private boolean isHeldByAnother(final Acknowledgement acknowledgement) {
        return acknowledgement.holder() != 0
                && acknowledgement.holder() != self.node()
                && acknowledgement.incarnation() == self.incarnation();
    }

    /// Another blade has the flow under a later flow id: what is known of it here would mislead
    /// whoever asks. Redirectors that have not heard of the other one hear that it ends here.
    private void giveUp(final long flowId, final long nowNs) {
        final MarkerSession marker = markers.findFlow(flowId);
        if (marker != null) {
            givenUp++;
            marker.endPutOff();
            markers.giveUp(marker, nowNs);
        }
    }

    /// Of a lapsed marker, too: its tuple comes back to the blade that had it.
    private @Nullable SessionAnnouncement sessionOf(
            final int asker, final FlowKey key, final long nowNs) {
        final Side side = announcer.directory().side(asker);
        if (side == null) {
            return null;
        }
        final MarkerSession marker = markers.find(side, key, flowHash.hash(key));
        return marker == null ? null : announcer.describe(marker, side, nowNs);
    }

    /// The members of the chassis have changed.
    public void onView(final ClusterView view, final long nowNs) {
        if (announcer.onView(view, nowNs)) {
            pages.onOwnersChanged(nowNs);
            expected.onOwnersChanged(nowNs);
        }
    }

    /// Does what is due, a bounded amount of it; answers how much was done.
    public int onTimer(final long nowNs) {
        int done = markers.expire(nowNs, TIMER_LIMIT);
        done += announcer.onTimer(nowNs, TIMER_LIMIT);
        done += pages.onTimer(nowNs);
        done += digestAnswers.onTimer();
        return done + dropOverdue(nowNs);
    }

    private int dropOverdue(final long nowNs) {
        final HoldPen frames = pen;
        int done = 0;
        while (frames != null && done < TIMER_LIMIT) {
            final MarkerSession marker = frames.overdue(nowNs, holdLimitNs);
            if (marker == null) {
                break;
            }
            conclude(
                    frames.packetNumber(marker.firstHeld()),
                    ProcessorVerdict.DROP_HOLD_EXPIRED,
                    nowNs);
            frames.discardFirst(marker);
            done++;
        }
        return done;
    }

    /// The flows of this blade, for who moves them to others. For the blade's thread.
    public TransitFlows transit() {
        return transit;
    }

    /// Whether no frame is held and no announcement waits to be sent or acknowledged.
    public boolean isIdle() {
        return announcer.isIdle() && (pen == null || pen.frameCount() == 0);
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

    /// A snapshot; exact when the blade's thread takes it.
    public BladeCounters counters() {
        return new BladeCounters(
                delivered,
                malformedDatagrams,
                unexpectedMessages,
                stateless,
                held,
                pen == null ? 0 : pen.frameCount(),
                releasedUnconfirmed,
                givenUp,
                markers.liveCount(),
                markers.embryonicCount(),
                markers.lapsedCount(),
                markers.evictedEmbryonicCount(),
                markers.evictedLapsedCount(),
                markers.refusedFullCount(),
                VerdictCounts.of(verdicts),
                announcer.counters());
    }

    /// Of a processor that is a device of its own.
    public DeviceCounters deviceCounters() {
        return returns.counters();
    }

    @Override
    public void close() {
        if (pen != null) {
            pen.close();
        }
    }
}
