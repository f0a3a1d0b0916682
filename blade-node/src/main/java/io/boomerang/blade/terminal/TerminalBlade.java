package io.boomerang.blade.terminal;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.TcpPhase;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.BladeObserver;
import io.boomerang.blade.processor.DirectReturn;
import io.boomerang.blade.processor.LinkHeaders;
import io.boomerang.blade.processor.PacketContext;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.FlowState;
import io.boomerang.blade.session.PhaseTracker;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.transfer.TransferReceiver;
import io.boomerang.handoff.transfer.TransferSender;
import io.boomerang.transfer.MovingFlow;
import io.boomerang.transfer.TransferCarrier;
import io.boomerang.transfer.TransferDatagram;
import io.boomerang.transfer.TransferId;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.IpProtocol;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A blade on which connections of ingress clients end: what comes for its addresses goes to a TCP
/// stack, what the stack sends goes back to the clients' redirectors, with the link headers that
/// their packets had, turned round. Everything else passes. Connections move from and to other such
/// blades; marker sessions and announcements are those of a {@link BladeNode}, which is inside.
///
/// While a connection is on its way to another blade, and for a while afterwards, packets of it
/// that come here, because some redirector remembers it so, go to the owner of their flow, which
/// lets them wait or sends them on, and tells that redirector. So does the first packet of a
/// connection that comes to a blade which accepts none, because an earlier one with the same
/// addresses and ports has ended here: the owner then gives it to a blade that does.
///
/// A state machine without I/O of its own, as the BladeNode is; one thread.
public final class TerminalBlade implements AutoCloseable {
    /// Longer than any redirector believes an answer of the owner without asking again.
    public static final long GONE_NS = 15_000_000_000L;

    /// Connections of which that is remembered; the eldest are forgotten.
    public static final int MAX_GONE = 65_536;

    /// Of which more are refused.
    private static final long MAX_INCOMING_BYTES = 64L << 20;

    private static final int MAX_HOPS = 4;

    private final Member self;
    private final LocalStack stack;
    private final Backplane backplane;
    private final BladeNode blade;
    private final TransferSender sender;
    private final TransferReceiver receiver;
    private final FlowParser parser;
    private final ParsedPacket packet = new ParsedPacket();
    private final SteeringHeader header = new SteeringHeader();
    private final MemorySegment tagged =
            MemorySegment.ofArray(new byte[(1 << 16) + LinkHeaders.MAX_BYTES]);
    private final Map<FlowKey, TransferId> leaving = new HashMap<>();
    private final Map<TransferId, MovingFlow> leavingFlows = new HashMap<>();
    private final LinkedHashMap<FlowKey, Gone> gone = new LinkedHashMap<>();
    private final Map<FlowKey, TransferId> prepared = new HashMap<>();
    private final Map<TransferId, Arrived> arrived = new HashMap<>();
    private List<Member> members = List.of();
    private int untagged;
    private long nowNs;
    private long takenCount;
    private long passedOnCount;
    private long dropEarlyCount;
    private long dropAstrayCount;

    /// A connection that is another blade's now.
    private record Gone(long flowId, long sinceNs) {}

    /// A connection that is built up.
    private record Arrived(FlowKey key, boolean clientIsB, Octets flowState) {}

    public TerminalBlade(
            final BladeConfig config,
            final ClusterParameters parameters,
            final Member self,
            final LocalStack stack,
            final long patienceNs,
            final Backplane backplane,
            final ControlSender control,
            final BladeObserver observer) {
        this.self = self;
        this.stack = stack;
        this.backplane = backplane;
        parser = new FlowParser(parameters.flowRules());
        blade =
                new BladeNode(
                        config, parameters, self, new Terminus(), backplane, control, observer);
        final DirectReturn port = stack.directReturn();
        if (port != null) {
            blade.returnBy(Side.INGRESS, port);
        }
        final TransferCarrier carrier = new TransferCarrier(backplane, self.node());
        sender =
                new TransferSender(
                        self.node(), self.incarnation(), carrier, new Leaving(), patienceNs);
        receiver =
                new TransferReceiver(
                        self.node(), carrier, new Coming(), patienceNs, MAX_INCOMING_BYTES);
    }

    /// Takes what ends here from the ingress side. What the stack sends comes back by {@link
    /// #transmit}.
    private final class Terminus implements PacketProcessor {
        @Override
        public FlowState newFlowState() {
            return new TerminalFlow();
        }

        @Override
        public ProcessorVerdict process(final PacketContext context) {
            if (context.arrivalSide() == Side.EGRESS || !stack.serves(context.packet().key())) {
                return ProcessorVerdict.PASS;
            }
            if (context.marker() == null) {
                return ProcessorVerdict.DROP_TABLE_FULL;
            }
            final TerminalFlow flow = (TerminalFlow) context.flowState();
            final int headerBytes = context.packet().networkOffset();
            if (!flow.headers()
                    .keep(Side.INGRESS, context.frame(), context.offset(), headerBytes)) {
                return ProcessorVerdict.DROP_ENCAPSULATED;
            }
            flow.hand(context.frame(), context.offset(), context.packet());
            untagged = headerBytes - EthernetHeader.LENGTH;
            return ProcessorVerdict.ENDED_HERE;
        }

        @Override
        public ProcessorVerdict finish(final PacketContext context, final Side toward) {
            return ((TerminalFlow) context.flowState()).headers().restore(context, toward, tagged);
        }
    }

    // Inputs

    /// A datagram came in by the backplane.
    public void onDatagram(
            final int from,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long atNs) {
        nowNs = atNs;
        if (!header.decode(datagram, offset, length) || header.purpose() == Purpose.DELIVER) {
            deliver(from, datagram, offset, length);
        } else if (header.purpose() == Purpose.TRANSFER) {
            final long at = offset + header.headerLength();
            final int rest = length - header.headerLength();
            if (TransferDatagram.isForHost(datagram, at, rest)) {
                receiver.receive(from, datagram, at, rest, nowNs);
            } else {
                sender.receive(from, datagram, at, rest, nowNs);
            }
        } else {
            blade.onDatagram(from, datagram, offset, length, nowNs);
        }
    }

    private void deliver(
            final int from, final MemorySegment datagram, final long offset, final int length) {
        final long frameOffset = offset + header.headerLength();
        final int frameLength = length - header.headerLength();
        if (header.headerLength() > 0) {
            parser.parse(datagram, frameOffset, frameLength, packet);
            if (header.hasKey()) {
                packet.setResolved(header.key(), header.sourceIsB());
            }
            if (packet.hasKey() && (beginsElsewhere() || isElsewhere(packet.key()))) {
                passOn(datagram, frameOffset, frameLength);
                return;
            }
            if (packet.hasKey() && prepared.containsKey(packet.key())) {
                dropEarlyCount++;
                return;
            }
        }
        untagged = -1;
        blade.onDatagram(from, datagram, offset, length, nowNs);
        if (untagged >= 0) {
            stack.receive(datagram, frameOffset + untagged, frameLength - untagged, nowNs);
        }
    }

    /// Whether the packet begins a connection that is not this blade's to accept. One that it may
    /// accept makes it forget which blade had an earlier one.
    private boolean beginsElsewhere() {
        final FlowKey key = packet.key();
        if (key.protocol() != IpProtocol.TCP
                || !PhaseTracker.isOpening(packet.tcpFlags())
                || header.arrivalSide() != Side.INGRESS) {
            return false;
        }
        final Gone earlier = gone.get(key);
        if (earlier != null && Long.compareUnsigned(header.flowId(), earlier.flowId()) > 0) {
            gone.remove(key);
        }
        return !stack.accepts() && stack.serves(key) && !blade.transit().isOpen(Side.INGRESS, key);
    }

    private boolean isElsewhere(final FlowKey key) {
        return leaving.containsKey(key) || gone.containsKey(key);
    }

    /// To the owner of the flow, as the redirector would have sent it that has no session.
    private void passOn(final MemorySegment frame, final long offset, final int length) {
        final int owner = blade.transit().owner(header.arrivalSide(), packet.key());
        if (owner == 0 || header.hops() >= MAX_HOPS) {
            dropAstrayCount++;
            return;
        }
        header.setPurpose(Purpose.LOOK_UP);
        header.setFlowId(0);
        header.setHops(header.hops() + 1);
        if (send(owner, frame, offset, length)) {
            passedOnCount++;
        } else {
            dropAstrayCount++;
        }
    }

    private boolean send(
            final int to, final MemorySegment frame, final long offset, final int length) {
        final int headerLength = header.encodedLength();
        final long place = backplane.claim(to, headerLength + length);
        if (place < 0) {
            return false;
        }
        final MemorySegment buffer = backplane.buffer();
        header.encode(buffer, place);
        MemorySegment.copy(frame, offset, buffer, place + headerLength, length);
        backplane.commit();
        return true;
    }

    /// The stack sends an Ethernet frame without VLAN tags to a client; its addresses mean nothing.
    /// Of a connection that has left nothing is sent.
    public void transmit(
            final MemorySegment frame, final long offset, final int length, final long atNs) {
        nowNs = atNs;
        parser.parse(frame, offset, length, packet);
        if (!packet.hasKey() || isElsewhere(packet.key())) {
            dropAstrayCount++;
            return;
        }
        blade.onReturn(Side.INGRESS, frame, offset, length, nowNs);
    }

    /// A message of the control plane.
    public void onMessage(final int from, final ControlMessage message, final long atNs) {
        nowNs = atNs;
        blade.onMessage(from, withoutHolder(message), nowNs);
    }

    /// Whose a connection is that is on its way, its transfer tells: a redirector that knows the
    /// host already must not make this blade end the flow.
    private ControlMessage withoutHolder(final ControlMessage message) {
        if (message instanceof final Acknowledgement word
                && word.holder() != 0
                && leavingFlows.values().stream()
                        .anyMatch(flow -> flow.flowId() == word.flowId())) {
            return new Acknowledgement(
                    word.flowId(), word.incarnation(), word.version(), word.outcome());
        }
        return message;
    }

    /// The members of the chassis have changed.
    public void onView(final ClusterView view, final long atNs) {
        nowNs = atNs;
        blade.onView(view, nowNs);
        final List<Member> before = members;
        members = List.copyOf(view.members());
        for (final Member member : before) {
            if (!isMember(member)) {
                sender.nodeGone(member.node(), nowNs);
                receiver.nodeGone(member.node(), member.incarnation(), nowNs);
            }
        }
    }

    private boolean isMember(final Member wanted) {
        for (final Member member : members) {
            if (member.node() == wanted.node() && member.incarnation() == wanted.incarnation()) {
                return true;
            }
        }
        return false;
    }

    /// Does what is due; answers how much was done.
    public int onTimer(final long atNs) {
        nowNs = atNs;
        sender.poll(nowNs);
        receiver.poll(nowNs);
        return blade.onTimer(nowNs) + forgetGone();
    }

    /// When a transfer has something to do.
    public long nextDueNs() {
        return Math.min(sender.nextDueNs(), receiver.nextDueNs());
    }

    private int forgetGone() {
        int done = 0;
        final Iterator<Gone> eldest = gone.values().iterator();
        while (eldest.hasNext()) {
            final boolean isOver = nowNs - eldest.next().sinceNs() >= GONE_NS;
            if (!isOver && gone.size() <= MAX_GONE) {
                break;
            }
            eldest.remove();
            done++;
        }
        return done;
    }

    // Moves

    /// Begins to give a connection that stands still to another blade. Answers null, and nothing
    /// has changed, when the flow is not known here, no redirector can forward it, the host is no
    /// member, or too many are under way.
    public @Nullable TransferId give(
            final FlowKey key, final ConnectionState state, final int host, final long atNs) {
        nowNs = atNs;
        final MovingFlow flow = blade.transit().flow(Side.INGRESS, key);
        final int forwarder = blade.transit().owner(Side.INGRESS, key);
        if (flow == null || forwarder == 0 || !canGive(host)) {
            return null;
        }
        leaving.put(flow.key(), sender.nextId());
        leavingFlows.put(sender.nextId(), flow);
        final Luggage luggage =
                new Luggage(
                        Octets.of(blade.transit().state(Side.INGRESS, key)),
                        state.applicationState());
        return sender.offer(
                state.with(state.alreadyRead(), luggage.pack()), flow, forwarder, host, nowNs);
    }

    /// Whether the host is another blade, and not too many connections are under way.
    public boolean canGive(final int host) {
        for (final Member member : members) {
            if (member.node() == host && member.role() == Member.Role.BLADE) {
                return host != self.node() && sender.hasRoom();
            }
        }
        return false;
    }

    /// Whether there is a redirector through which connections go to other blades.
    public boolean hasForwarder() {
        for (final Member member : members) {
            if (member.role() == Member.Role.INGRESS_REDIRECTOR) {
                return true;
            }
        }
        return false;
    }

    /// Whether the stack has been handed no data of a client's connection that goes beyond this
    /// sequence number; false when that is not known.
    public boolean endsAt(final FlowKey key, final int sequence) {
        return blade.transit().processorState(Side.INGRESS, key) instanceof final TerminalFlow flow
                && flow.endsAt(sequence);
    }

    /// Wants a connection back.
    public void takeBack(final TransferId transfer, final long atNs) {
        nowNs = atNs;
        sender.cancel(transfer, nowNs);
    }

    private final class Leaving implements TransferSender.Listener {
        @Override
        public void given(final TransferId transfer) {
            left(transfer);
            stack.given(transfer);
        }

        @Override
        public void kept(final TransferId transfer, final int version, final String reason) {
            stay(transfer, version);
            stack.kept(transfer, reason, nowNs);
        }

        @Override
        public void brokenOff(final TransferId transfer, final int version) {
            stay(transfer, version);
            stack.brokenOff(transfer, nowNs);
        }

        private void stay(final TransferId transfer, final int version) {
            final MovingFlow flow = end(transfer);
            blade.transit().announceMoved(Side.INGRESS, flow.key(), version, nowNs);
        }

        @Override
        public void lost(final TransferId transfer, final String reason) {
            final MovingFlow _ = end(transfer); // the reset goes by it, and ends it
            stack.lost(transfer, reason, nowNs);
        }

        private void left(final TransferId transfer) {
            final MovingFlow flow = end(transfer);
            blade.transit().release(Side.INGRESS, flow.key(), nowNs);
            gone.put(flow.key(), new Gone(flow.flowId(), nowNs));
        }

        private MovingFlow end(final TransferId transfer) {
            final MovingFlow flow = leavingFlows.remove(transfer);
            if (flow == null) {
                throw new IllegalStateException(transfer + " was not begun here");
            }
            leaving.remove(flow.key());
            return flow;
        }
    }

    private final class Coming implements TransferReceiver.Host {
        @Override
        public @Nullable String prepare(
                final TransferId transfer, final MovingFlow flow, final ConnectionState state) {
            if (prepared.containsKey(flow.key()) || leaving.containsKey(flow.key())) {
                return "the flow is on its way already";
            }
            final Luggage luggage = Luggage.unpack(state.applicationState());
            if (luggage == null || !new LinkHeaders().takeOver(luggage.flow().toArray())) {
                return "what is said of the flow is not understood here";
            }
            final String refusal =
                    stack.prepare(
                            transfer,
                            state.with(state.alreadyRead(), luggage.application()),
                            nowNs);
            if (refusal == null) {
                prepared.put(flow.key(), transfer);
                arrived.put(
                        transfer,
                        new Arrived(
                                flow.key(), Orientation.clientIsB(flow, state), luggage.flow()));
            }
            return refusal;
        }

        @Override
        public void goLive(final TransferId transfer, final MovingFlow flow) {
            final Arrived connection = remove(transfer);
            takenCount++;
            gone.remove(flow.key());
            blade.transit()
                    .adopt(
                            new StoredMarker(
                                    flow.key(),
                                    flow.key(),
                                    flow.flowId(),
                                    flow.version(),
                                    TcpPhase.ESTABLISHED,
                                    Side.INGRESS,
                                    false,
                                    connection.clientIsB(),
                                    connection.clientIsB(),
                                    true,
                                    false,
                                    false,
                                    0),
                            connection.flowState().toArray(),
                            nowNs);
            stack.goLive(transfer, nowNs);
        }

        @Override
        public void discard(final TransferId transfer) {
            remove(transfer);
            stack.discard(transfer);
        }

        private Arrived remove(final TransferId transfer) {
            final Arrived connection = arrived.remove(transfer);
            if (connection == null) {
                throw new IllegalStateException(transfer + " was not prepared");
            }
            prepared.remove(connection.key());
            return connection;
        }
    }

    // What others may see

    public Member self() {
        return self;
    }

    /// The marker sessions' side of this blade.
    public BladeNode blade() {
        return blade;
    }

    /// Connections that stand still, or are built up and not this blade's yet.
    public int openTransfers() {
        return leaving.size() + prepared.size();
    }

    public TerminalCounters counters() {
        return new TerminalCounters(
                sender.givenCount(),
                sender.keptCount(),
                sender.lostCount(),
                takenCount,
                receiver.lostCount(),
                passedOnCount,
                dropEarlyCount,
                dropAstrayCount);
    }

    @Override
    public void close() {
        blade.close();
    }
}
