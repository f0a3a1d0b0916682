package io.boomerang.blade;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.OwnersChanged;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.redirector.steering.Ownership;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// One blade between redirectors that do nothing but keep what they get. Redirectors 1, 2, ... are
/// on the ingress side, 101, 102, ... on the egress side; the blade is node 201, incarnation 5.
final class Bench implements AutoCloseable {
    static final int INGRESS = 1;
    static final int EGRESS = 101;
    static final int BLADE = 201;
    static final int INCARNATION = 5;
    static final long MS = 1_000_000L;

    /// A frame that the blade sent out of the chassis.
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Emitted(
            int node,
            byte[] frame,
            long flowId,
            Side arrivalSide,
            long packetNumber,
            @Nullable SessionAnnouncement carried) {}

    /// A control message of the blade.
    record Sent(int node, ControlMessage message) {}

    /// What became of a frame.
    record Verdict(long packetNumber, ProcessorVerdict verdict) {}

    final List<Emitted> emitted = new ArrayList<>();
    final List<Sent> sent = new ArrayList<>();
    final List<Verdict> verdicts = new ArrayList<>();
    final List<Long> delivered = new ArrayList<>();
    final BladeNode blade;
    long nowNs = 1_000 * MS;
    boolean backplaneFull;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment inbound = arena.allocate(1 << 17);
    private final ClusterParameters parameters = ClusterParameters.DEFAULTS;
    private final FlowHash flowHash = new FlowHash(parameters.hashKey0(), parameters.hashKey1());
    private final FlowParser parser = new FlowParser(parameters.flowRules());
    private final ParsedPacket packet = new ParsedPacket();
    private final SteeringHeader header = new SteeringHeader();
    private long nextNumber = 1;
    private long viewId;
    private int[] ingressNodes = {};
    private int[] egressNodes = {};

    /// A blade that lets every packet pass.
    static Bench announcing(final AnnouncePolicy policy) {
        return new Bench(BladeConfig.DEFAULTS.withAnnounce(policy), new PassThrough());
    }

    Bench(final BladeConfig config, final PacketProcessor processor) {
        blade =
                new BladeNode(
                        config,
                        parameters,
                        member(BLADE, Role.BLADE, INCARNATION),
                        processor,
                        new KeepingBackplane(),
                        new KeepingSender(),
                        new KeepingObserver());
        redirectors(1, 1);
    }

    private Member member(final int node, final Role role, final int incarnation) {
        return new Member(node, "node-" + node, role, incarnation, parameters.digest());
    }

    /// A view of that many redirectors on each side.
    void redirectors(final int ingress, final int egress) {
        redirectorsWithout(ingress, egress, 0);
    }

    /// The same without one of them.
    void redirectorsWithout(final int ingress, final int egress, final int absent) {
        ingressNodes =
                IntStream.range(INGRESS, INGRESS + ingress).filter(n -> n != absent).toArray();
        egressNodes = IntStream.range(EGRESS, EGRESS + egress).filter(n -> n != absent).toArray();
        final List<Member> members = new ArrayList<>();
        for (final int node : ingressNodes) {
            members.add(member(node, Role.INGRESS_REDIRECTOR, 0));
        }
        for (final int node : egressNodes) {
            members.add(member(node, Role.EGRESS_REDIRECTOR, 0));
        }
        members.add(member(BLADE, Role.BLADE, INCARNATION));
        blade.onView(new ClusterView(++viewId, members), nowNs);
    }

    int owner(final Side side, final FlowKey key) {
        return new Ownership(side == Side.INGRESS ? ingressNodes : egressNodes)
                .owner(flowHash.hash(key));
    }

    int backup(final Side side, final FlowKey key) {
        return new Ownership(side == Side.INGRESS ? ingressNodes : egressNodes)
                .backup(flowHash.hash(key));
    }

    /// Delivers a frame that entered by the side's first redirector; answers its packet number.
    long deliver(final Side side, final long flowId, final byte[] frame) {
        return deliver(side, side == Side.INGRESS ? INGRESS : EGRESS, flowId, frame, null, false);
    }

    /// Delivers a frame; `key` is what a redirector found out about a fragment.
    long deliver(
            final Side side,
            final int node,
            final long flowId,
            final byte[] frame,
            final @Nullable FlowKey key,
            final boolean sourceIsB) {
        header.clear();
        header.setPurpose(Purpose.DELIVER);
        header.setFlowId(flowId);
        header.setArrival(side, node);
        header.setPacketNumber(nextNumber);
        if (key != null) {
            header.setKey(key, sourceIsB);
        }
        header.encode(inbound, 8);
        final int headerLength = header.encodedLength();
        MemorySegment.copy(
                frame, 0, inbound, ValueLayout.JAVA_BYTE, 8 + headerLength, frame.length);
        blade.onDatagram(node, inbound, 8, headerLength + frame.length, nowNs);
        return nextNumber++;
    }

    /// Time passes in steps of a millisecond, and the blade's timer runs in each.
    void pass(final long ms) {
        for (long i = 0; i < ms; i++) {
            nowNs += MS;
            blade.onTimer(nowNs);
        }
    }

    /// Time passes at once.
    void leap(final long ms) {
        nowNs += ms * MS;
        blade.onTimer(nowNs);
    }

    void acknowledge(
            final int node, final SessionAnnouncement announcement, final Outcome outcome) {
        blade.onMessage(
                node,
                new Acknowledgement(
                        announcement.flowId(),
                        announcement.incarnation(),
                        announcement.version(),
                        outcome),
                nowNs);
    }

    /// Every redirector acknowledges what it was sent or carried, and forgets it.
    void acknowledgeAll() {
        final List<Sent> all = List.copyOf(sent);
        sent.clear();
        for (final Sent message : all) {
            if (message.message() instanceof final SessionAnnouncement announcement) {
                acknowledge(message.node(), announcement, Outcome.INSTALLED);
            }
        }
        for (final Emitted frame : List.copyOf(emitted)) {
            final SessionAnnouncement carried = frame.carried();
            if (carried != null) {
                acknowledge(frame.node(), carried, Outcome.INSTALLED);
            }
        }
    }

    /// The announcements sent to a node and kept until now.
    List<SessionAnnouncement> announcedTo(final int node) {
        return sent.stream()
                .filter(message -> message.node() == node)
                .map(Sent::message)
                .filter(SessionAnnouncement.class::isInstance)
                .map(SessionAnnouncement.class::cast)
                .toList();
    }

    /// A redirector asks for a page; null when it gets none.
    @Nullable SessionPage pull(final int node, final SessionPull pull) {
        sent.clear();
        blade.onMessage(node, pull, nowNs);
        return sent.isEmpty() ? null : (SessionPage) sent.getFirst().message();
    }

    /// Which redirectors were told to pull since this was last asked.
    List<Integer> remindedOf() {
        final List<Sent> reminders =
                sent.stream().filter(one -> one.message() instanceof OwnersChanged).toList();
        sent.removeAll(reminders);
        return reminders.stream().map(Sent::node).toList();
    }

    List<Kind> kindsTo(final int node) {
        return announcedTo(node).stream().map(SessionAnnouncement::kind).toList();
    }

    List<Long> emittedNumbers() {
        return emitted.stream().map(Emitted::packetNumber).toList();
    }

    /// The verdict on a packet, null as long as it is held.
    @Nullable ProcessorVerdict verdict(final long packetNumber) {
        return verdicts.stream()
                .filter(verdict -> verdict.packetNumber() == packetNumber)
                .map(Verdict::verdict)
                .findFirst()
                .orElse(null);
    }

    /// The flow of a frame as a redirector of this chassis would parse it.
    FlowKey keyOf(final byte[] frame) {
        parser.parse(MemorySegment.ofArray(frame), 0, frame.length, packet);
        return packet.key().copy();
    }

    boolean sourceIsB(final byte[] frame) {
        parser.parse(MemorySegment.ofArray(frame), 0, frame.length, packet);
        return packet.sourceIsB();
    }

    @Override
    public void close() {
        blade.close();
        arena.close();
    }

    private final class KeepingBackplane implements Backplane {
        private final MemorySegment buffer = arena.allocate(1 << 17);
        private final SteeringHeader received = new SteeringHeader();
        private int node;
        private int length;

        @Override
        public long claim(final int toNode, final int claimed) {
            node = toNode;
            length = claimed;
            return backplaneFull ? -1 : 16;
        }

        @Override
        public MemorySegment buffer() {
            return buffer;
        }

        @Override
        public void commit() {
            if (!received.decode(buffer, 16, length) || received.purpose() != Purpose.EMIT) {
                throw new AssertionError("the blade has sent an illegal datagram");
            }
            emitted.add(
                    new Emitted(
                            node,
                            buffer.asSlice(
                                            16 + received.headerLength(),
                                            length - received.headerLength())
                                    .toArray(ValueLayout.JAVA_BYTE),
                            received.flowId(),
                            received.arrivalSide(),
                            received.packetNumber(),
                            received.announcement()));
        }
    }

    private final class KeepingSender implements ControlSender {
        @Override
        public void send(final int node, final ControlMessage message) {
            sent.add(new Sent(node, message));
        }

        @Override
        public void broadcast(final ControlMessage message) {
            throw new AssertionError("a blade has nothing to say to everyone");
        }
    }

    private final class KeepingObserver implements BladeObserver {
        @Override
        public void onDelivered(
                final int node,
                final long packetNumber,
                final long flowId,
                final Side arrivalSide,
                final long atNs) {
            delivered.add(packetNumber);
        }

        @Override
        public void onVerdict(
                final int node,
                final long packetNumber,
                final ProcessorVerdict verdict,
                final long atNs) {
            verdicts.add(new Verdict(packetNumber, verdict));
        }
    }
}
