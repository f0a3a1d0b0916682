package io.boomerang.blade;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.FlowMoved;
import io.boomerang.announce.FormatRange;
import io.boomerang.announce.MoveOrder;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/// Blades 201, 202, ... between one redirector on each side, which sends a flow to the blade that
/// announced it last. What they send each other waits in the order in which it was sent until it is
/// delivered.
final class MovingBench implements AutoCloseable {
    static final int INGRESS = 1;
    static final int EGRESS = 101;
    static final int FIRST = 201;
    static final int SECOND = 202;
    static final long MS = 1_000_000L;

    private static final int LIMIT_MS = 5_000;

    /// Something under way: a datagram or a message.
    private record Wire(int from, int to, Runnable arrival) {}

    /// A frame that has left the chassis.
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Emitted(Side side, long packetNumber, byte[] frame) {}

    final List<Emitted> emitted = new ArrayList<>();
    final SortedMap<Long, ProcessorVerdict> verdicts = new TreeMap<>();
    final SortedMap<Integer, BladeNode> blades = new TreeMap<>();

    /// Messages and datagrams that are lost from now on.
    Predicate<ControlMessage> lostMessages = _ -> false;

    Predicate<Purpose> lostDatagrams = _ -> false;
    long nowNs = 1_000 * MS;

    private final ClusterParameters parameters = ClusterParameters.DEFAULTS;
    private final FlowParser parser = new FlowParser(parameters.flowRules());
    private final ParsedPacket packet = new ParsedPacket();
    private final SteeringHeader header = new SteeringHeader();
    private final Deque<Wire> wires = new ArrayDeque<>();
    private final Deque<Wire> late = new ArrayDeque<>();
    private int slowFrom;
    private int slowTo;
    private final Map<Integer, Map<FlowKey, SessionAnnouncement>> sessions = new HashMap<>();
    private FormatRange formats = FormatRange.CURRENT;
    private long nextFlow = 0x4000;
    private long nextNumber = 1;
    private long viewId;

    MovingBench(final BladeConfig config, final List<? extends PacketProcessor> processors) {
        sessions.put(INGRESS, new HashMap<>());
        sessions.put(EGRESS, new HashMap<>());
        for (int i = 0; i < processors.size(); i++) {
            final int node = FIRST + i;
            blades.put(
                    node,
                    new BladeNode(
                            config,
                            parameters,
                            member(node, Role.BLADE),
                            processors.get(i),
                            new Link(node),
                            new Sender(node),
                            new Verdicts()));
        }
        view();
    }

    private Member member(final int node, final Role role) {
        return new Member(node, "node-" + node, role, 1, parameters.digest(), formats);
    }

    /// Everyone hears who is there.
    private void view() {
        final List<Member> members = new ArrayList<>();
        members.add(member(INGRESS, Role.INGRESS_REDIRECTOR));
        members.add(member(EGRESS, Role.EGRESS_REDIRECTOR));
        blades.keySet().forEach(node -> members.add(member(node, Role.BLADE)));
        final ClusterView view = new ClusterView(++viewId, members);
        List.copyOf(blades.values()).forEach(blade -> blade.onView(view, nowNs));
    }

    /// A member is of the first release from now on.
    void growOld() {
        formats = FormatRange.FIRST_RELEASE;
        view();
    }

    BladeNode blade(final int node) {
        final BladeNode blade = blades.get(node);
        if (blade == null) {
            throw new AssertionError("no blade " + node);
        }
        return blade;
    }

    /// A blade dies without a word.
    void kill(final int node) {
        final BladeNode dead = blade(node);
        blades.remove(node);
        wires.removeIf(wire -> wire.to == node || wire.from == node);
        dead.close();
        view();
    }

    /// The redirectors know of no flow any more.
    void forget() {
        sessions.values().forEach(Map::clear);
    }

    /// A blade is told to move its flows.
    void order(final int blade, final Integer... to) {
        blade(blade).onMessage(INGRESS, new MoveOrder(List.of(to)), nowNs);
    }

    /// A frame comes from outside and is sent to its flow's blade, a new flow to the first one;
    /// answers the packet's number.
    long send(final Side side, final byte[] frame) {
        final int node = side == Side.INGRESS ? INGRESS : EGRESS;
        final SessionAnnouncement session = session(node, frame);
        final long number = nextNumber++;
        header.clear();
        header.setPurpose(Purpose.DELIVER);
        header.setFlowId(session == null ? nextFlow++ : session.flowId());
        header.setArrival(side, node);
        header.setPacketNumber(number);
        final byte[] datagram = new byte[header.encodedLength() + frame.length];
        header.encode(MemorySegment.ofArray(datagram), 0);
        System.arraycopy(frame, 0, datagram, header.encodedLength(), frame.length);
        transmit(node, session == null ? FIRST : session.blade(), datagram);
        return number;
    }

    /// How many packets were sent.
    long packets() {
        return nextNumber - 1;
    }

    /// Which blade a redirector sends a flow to; 0 when it does not know it.
    int bladeOf(final int redirector, final byte[] frame) {
        final SessionAnnouncement session = session(redirector, frame);
        return session == null ? 0 : session.blade();
    }

    private @Nullable SessionAnnouncement session(final int redirector, final byte[] frame) {
        parser.parse(MemorySegment.ofArray(frame), 0, frame.length, packet);
        return table(redirector).get(packet.key());
    }

    private Map<FlowKey, SessionAnnouncement> table(final int redirector) {
        return sessions.getOrDefault(redirector, Map.of());
    }

    private void transmit(final int from, final int to, final byte[] datagram) {
        final MemorySegment segment = MemorySegment.ofArray(datagram);
        final SteeringHeader read = new SteeringHeader();
        if (!read.decode(segment, 0, datagram.length)) {
            throw new AssertionError("an illegal datagram was sent");
        }
        if (lostDatagrams.test(read.purpose())) {
            return;
        }
        (from == slowFrom && to == slowTo ? late : wires)
                .add(
                        new Wire(
                                from,
                                to,
                                () -> {
                                    final BladeNode blade = blades.get(to);
                                    if (blade != null) {
                                        final MemorySegment aligned =
                                                Arena.ofAuto().allocate(datagram.length);
                                        aligned.copyFrom(segment);
                                        blade.onDatagram(from, aligned, 0, datagram.length, nowNs);
                                    } else if (to == INGRESS || to == EGRESS) {
                                        leave(from, to, read, datagram);
                                    }
                                }));
    }

    private void leave(
            final int from, final int to, final SteeringHeader read, final byte[] datagram) {
        final SessionAnnouncement carried = read.announcement();
        if (carried != null) {
            learn(to, from, carried);
        }
        emitted.add(
                new Emitted(
                        to == INGRESS ? Side.INGRESS : Side.EGRESS,
                        read.packetNumber(),
                        Arrays.copyOfRange(datagram, read.headerLength(), datagram.length)));
    }

    private void post(final int from, final int to, final ControlMessage message) {
        if (!lostMessages.test(message)) {
            wires.add(new Wire(from, to, () -> hear(from, to, message)));
        }
    }

    private void hear(final int from, final int to, final ControlMessage message) {
        final BladeNode blade = blades.get(to);
        if (blade != null) {
            blade.onMessage(from, message, nowNs);
        } else if (message instanceof final SessionAnnouncement announcement) {
            learn(to, from, announcement);
        } else if (message instanceof FlowMoved(int former, SessionAnnouncement session)) {
            learn(to, from, session);
            header.clear();
            header.setPurpose(Purpose.MARK);
            header.setFlowId(session.flowId());
            header.setArrival(to == INGRESS ? Side.INGRESS : Side.EGRESS, to);
            final byte[] mark = new byte[header.encodedLength()];
            header.encode(MemorySegment.ofArray(mark), 0);
            transmit(to, former, mark);
        }
    }

    private void learn(final int redirector, final int from, final SessionAnnouncement session) {
        final SessionAnnouncement before = table(redirector).get(session.key());
        final boolean isNewer =
                before == null
                        || Long.compareUnsigned(session.flowId(), before.flowId()) > 0
                        || session.flowId() == before.flowId()
                                && (short) (session.version() - before.version()) >= 0;
        if (isNewer && session.kind() == SessionAnnouncement.Kind.CLOSE) {
            table(redirector).remove(session.key());
        } else if (isNewer) {
            table(redirector).put(session.key(), session);
        }
        post(
                redirector,
                from,
                new Acknowledgement(
                        session.flowId(),
                        session.incarnation(),
                        session.version(),
                        isNewer ? Outcome.INSTALLED : Outcome.STALE));
    }

    /// The next thing under way arrives; false when nothing is.
    boolean deliverNext() {
        final Wire wire = wires.poll();
        if (wire == null) {
            return false;
        }
        wire.arrival.run();
        return true;
    }

    /// Everything under way arrives, and what follows from it.
    void deliverAll() {
        while (deliverNext()) {
            // on to the next one
        }
    }

    /// Datagrams from one node to another wait from now on.
    void slowDown(final int from, final int to) {
        slowFrom = from;
        slowTo = to;
    }

    /// They go on, behind all that is under way.
    void speedUp() {
        slowDown(0, 0);
        wires.addAll(late);
        late.clear();
    }

    /// The blades' timers run, as of a time later.
    void tick(final long ms) {
        nowNs += ms * MS;
        List.copyOf(blades.values()).forEach(blade -> blade.onTimer(nowNs));
    }

    /// Time passes in steps of a millisecond, and everything arrives at once.
    void pass(final long ms) {
        for (long i = 0; i < ms; i++) {
            deliverAll();
            tick(1);
        }
        deliverAll();
    }

    /// Lets time pass until something is so.
    void passUntil(final BooleanSupplier condition) {
        for (int i = 0; !condition.getAsBoolean(); i++) {
            if (i == LIMIT_MS) {
                throw new AssertionError("it did not come to that within " + LIMIT_MS + " ms");
            }
            pass(1);
        }
    }

    @Override
    public void close() {
        blades.values().forEach(BladeNode::close);
    }

    private final class Link implements Backplane {
        private final MemorySegment buffer = MemorySegment.ofArray(new long[1 << 14]);
        private final int node;
        private int to;
        private int length;

        Link(final int node) {
            this.node = node;
        }

        @Override
        public long claim(final int toNode, final int claimed) {
            to = toNode;
            length = claimed;
            return 16;
        }

        @Override
        public MemorySegment buffer() {
            return buffer;
        }

        @Override
        public void commit() {
            transmit(node, to, buffer.asSlice(16, length).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private final class Sender implements ControlSender {
        private final int node;

        Sender(final int node) {
            this.node = node;
        }

        @Override
        public void send(final int to, final ControlMessage message) {
            post(node, to, message);
        }

        @Override
        public void broadcast(final ControlMessage message) {
            throw new AssertionError("a blade has nothing to say to everyone");
        }
    }

    private final class Verdicts implements BladeObserver {
        @Override
        public void onVerdict(
                final int node,
                final long packetNumber,
                final ProcessorVerdict verdict,
                final long atNs) {
            if (verdicts.put(packetNumber, verdict) != null) {
                throw new AssertionError("two verdicts on packet " + packetNumber);
            }
        }
    }
}
