package io.boomerang.redirector.steering;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.StateAnswer;
import io.boomerang.announce.StateQuery;
import io.boomerang.announce.TcpPhase;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.InMemoryBackplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.redirector.RedirectorConfig;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Redirectors of a chassis whose blades and far side are played by the test: it sees what reaches
/// them and speaks for them. Control messages between redirectors pass at once.
final class Rig implements AutoCloseable {
    static final int INGRESS = 1;
    static final int INGRESS_2 = 2;
    static final int EGRESS = 101;
    static final int BLADE_1 = 201;
    static final int BLADE_2 = 202;
    static final int BLADE_3 = 203;

    /// A datagram that reached a node that the test plays.
    @SuppressWarnings("ArrayRecordComponent") // compared by content where it matters
    record Arrived(
            int node,
            Purpose purpose,
            long flowId,
            long packetNumber,
            boolean keyed,
            byte[] frame) {}

    /// A message to a node that the test plays.
    record Said(int from, int to, ControlMessage message) {}

    final List<Arrived> arrived = new ArrayList<>();
    final List<Said> said = new ArrayList<>();
    final List<byte[]> emitted = new ArrayList<>();
    long nowNs = 1_000_000_000L;

    /// Whether played nodes tell a redirector that pulls at once of the sessions they hold.
    boolean answersPulls = true;

    private final InMemoryBackplane backplane = new InMemoryBackplane(1 << 22);
    private final Map<Integer, Redirector> redirectors = new HashMap<>();
    private final Map<Integer, Backplane> played = new HashMap<>();
    private final List<Member> members = new ArrayList<>();
    private final RedirectorConfig config;
    private final List<SessionAnnouncement> held = new ArrayList<>();
    private long view;

    /// @param real redirectors that are real; the other members of the view are played
    Rig(final SelectionPolicy policy, final List<Integer> real, final int... nodes) {
        this(
                RedirectorConfig.DEFAULTS.withPolicy(policy).withSessionCapacity(1 << 10),
                real,
                nodes);
    }

    /// @param config of the real redirectors
    Rig(final RedirectorConfig config, final List<Integer> real, final int... nodes) {
        this.config = config;
        for (final int node : real) {
            redirectors.put(node, makeRedirector(node, 1));
        }
        for (final int node : nodes) {
            if (node == firstBlade(nodes)) {
                showView(); // the redirectors come first: no bucket has moved
            }
            members.add(member(node));
            if (!redirectors.containsKey(node)) {
                play(node);
            }
        }
        showView();
    }

    private static int firstBlade(final int[] nodes) {
        return Arrays.stream(nodes).filter(node -> node >= BLADE_1).findFirst().orElse(0);
    }

    /// The redirector that owns the flow, if these are the redirectors of a side.
    static int owner(final FlowKey key, final int... nodes) {
        return new Ownership(nodes).owner(hash(key));
    }

    static long hash(final FlowKey key) {
        return new FlowHash(
                        ClusterParameters.DEFAULTS.hashKey0(),
                        ClusterParameters.DEFAULTS.hashKey1())
                .hash(key);
    }

    private static Member member(final int node) {
        return member(node, 1);
    }

    private static Member member(final int node, final int incarnation) {
        final Role role =
                node < EGRESS
                        ? Role.INGRESS_REDIRECTOR
                        : node < BLADE_1 ? Role.EGRESS_REDIRECTOR : Role.BLADE;
        return new Member(node, "node-" + node, role, incarnation, 0);
    }

    private Redirector makeRedirector(final int node, final int incarnation) {
        final Backplane.Receiver receiver =
                (from, datagram, offset, length) ->
                        redirector(node).onDatagram(from, datagram, offset, length, nowNs);
        final ControlSender control =
                new ControlSender() {
                    @Override
                    public void send(final int to, final ControlMessage message) {
                        said.add(new Said(node, to, message));
                    }

                    @Override
                    public void broadcast(final ControlMessage message) {
                        throw new AssertionError("a redirector speaks to those concerned");
                    }
                };
        return new Redirector(
                config,
                ClusterParameters.DEFAULTS,
                member(node, incarnation),
                backplane.connect(node, receiver),
                control,
                (frame, offset, length) -> emitted.add(Frames.bytes(frame, offset, length)),
                SteeringObserver.NONE);
    }

    private void play(final int node) {
        final SteeringHeader header = new SteeringHeader();
        played.put(
                node,
                backplane.connect(
                        node,
                        (from, datagram, offset, length) -> {
                            if (!header.decode(datagram, offset, length)) {
                                throw new AssertionError("unreadable datagram from " + from);
                            }
                            final int skip = header.headerLength();
                            arrived.add(
                                    new Arrived(
                                            node,
                                            header.purpose(),
                                            header.flowId(),
                                            header.packetNumber(),
                                            header.hasKey(),
                                            Frames.bytes(datagram, offset + skip, length - skip)));
                        }));
    }

    Redirector redirector(final int node) {
        return Objects.requireNonNull(redirectors.get(node), "not a real redirector");
    }

    void join(final int node) {
        members.add(member(node));
        play(node);
        showView();
    }

    /// The node ids of those in the view.
    List<Integer> members() {
        return members.stream().map(Member::node).sorted().toList();
    }

    void leave(final int node) {
        members.removeIf(member -> member.node() == node);
        showView();
    }

    /// A played node dies and comes back, which others see at once.
    void restart(final int node) {
        members.replaceAll(
                member -> member.node() == node ? member(node, member.incarnation() + 1) : member);
        showView();
    }

    private int incarnation(final int node) {
        return members.stream()
                .filter(member -> member.node() == node)
                .mapToInt(Member::incarnation)
                .findAny()
                .orElseThrow();
    }

    /// A real redirector dies and comes back with nothing in it.
    void startAnew(final int node) {
        startAnew(node, _ -> {});
    }

    /// The same; meanwhile a played node has died.
    void startAnew(final int node, final int dead) {
        startAnew(node, _ -> members.removeIf(member -> member.node() == dead));
    }

    /// The same, but for what it is told before it joins.
    void startAnew(final int node, final Consumer<Redirector> before) {
        redirector(node).close();
        redirectors.remove(node);
        backplane.disconnect(node);
        redirectors.put(node, makeRedirector(node, incarnation(node) + 1));
        before.accept(redirector(node));
        restart(node);
    }

    /// The bucket table that this node was told last.
    BucketTableUpdate lastTableTo(final int node) {
        return said.stream()
                .filter(one -> one.to() == node && one.message() instanceof BucketTableUpdate)
                .map(one -> (BucketTableUpdate) one.message())
                .toList()
                .getLast();
    }

    /// Played blades say what they hold of the flows that they were asked for.
    void answerAll() {
        final List<Said> questions =
                said.stream().filter(one -> one.message() instanceof StateQuery).toList();
        said.removeAll(questions);
        for (final Said one : questions) {
            final StateQuery query = (StateQuery) one.message();
            final SessionAnnouncement session =
                    held.stream()
                            .filter(has -> has.blade() == one.to() && has.key().equals(query.key()))
                            .findFirst()
                            .orElse(null);
            say(one.to(), one.from(), new StateAnswer(query.queryId(), session));
        }
    }

    /// The same, also when they are asked again.
    void answerAllTwice() {
        answerAll();
        pass(TimeUnit.NANOSECONDS.toMillis(StateQueries.FIRST_REPEAT_NS));
        answerAll();
    }

    /// A played node is back that had only been out of sight.
    void comeBack(final int node) {
        members.add(member(node));
        showView();
    }

    private void showView() {
        members.sort(Comparator.comparingInt(Member::node));
        final ClusterView shown = new ClusterView(++view, members);
        redirectors.values().forEach(redirector -> redirector.onView(shown, nowNs));
        pass();
        pass(TimeUnit.NANOSECONDS.toMillis(SessionPuller.FIRST_REPEAT_NS));
        pass(TimeUnit.NANOSECONDS.toMillis(SessionPuller.TRANSIT_NS));
    }

    private void answerPulls() {
        final List<Said> pulls =
                said.stream()
                        .filter(one -> one.message() instanceof SessionPull)
                        .filter(one -> !redirectors.containsKey(one.to()))
                        .toList();
        said.removeAll(pulls);
        for (final Said one : pulls) {
            redirector(one.from())
                    .onMessage(
                            one.to(),
                            page(one.to(), one.from(), (SessionPull) one.message()),
                            nowNs);
        }
    }

    /// All that a played node holds and the asker should know.
    SessionPage page(final int node, final int asker, final SessionPull pull) {
        return new SessionPage(
                pull.pullId(),
                pull.cursor(),
                SessionPage.END,
                1,
                held.stream()
                        .filter(session -> session.blade() == node)
                        .filter(session -> isOwner(asker, session.key()))
                        .toList());
    }

    private boolean isOwner(final int redirector, final FlowKey key) {
        final ClusterView shown = new ClusterView(view, members);
        final Side side = redirector(redirector).side();
        final long hash = hash(key);
        final ChassisMap chassis = new ChassisMap(shown);
        return chassis.owner(side, hash) == redirector || chassis.backup(side, hash) == redirector;
    }

    /// The played blade of this session holds it from now on.
    void hold(final SessionAnnouncement session) {
        held.add(session);
    }

    /// A frame comes in by the outside port.
    void frame(final int redirector, final long packetNumber, final MemorySegment frame) {
        redirector(redirector).onFrame(frame, 0, (int) frame.byteSize(), packetNumber, nowNs);
        pass();
    }

    /// A played node speaks.
    void say(final int from, final int to, final ControlMessage message) {
        redirector(to).onMessage(from, message, nowNs);
        pass();
    }

    /// A played blade sends a frame out through a redirector.
    void emit(
            final int blade,
            final int redirector,
            final SessionAnnouncement announcement,
            final MemorySegment frame) {
        final SteeringHeader header = new SteeringHeader();
        header.setPurpose(Purpose.EMIT);
        header.setAnnouncement(announcement);
        send(blade, redirector, header, frame);
    }

    /// A played blade sends a packet back that came in from the ingress network.
    ///
    /// @param by the redirector it came in by
    void sendBack(final int blade, final int redirector, final int by, final MemorySegment frame) {
        final SteeringHeader header = new SteeringHeader();
        header.setPurpose(Purpose.LOOK_UP);
        header.setArrival(Side.INGRESS, by);
        header.setHops(1);
        send(blade, redirector, header, frame);
    }

    /// A played redirector sends a packet on that came in from the ingress network by it.
    ///
    /// @param hops redirectors that it has passed
    void sendOn(final int from, final int redirector, final int hops, final MemorySegment frame) {
        final SteeringHeader header = new SteeringHeader();
        header.setPurpose(Purpose.LOOK_UP);
        header.setArrival(Side.INGRESS, from);
        header.setHops(hops);
        send(from, redirector, header, frame);
    }

    private void send(
            final int from,
            final int redirector,
            final SteeringHeader header,
            final MemorySegment frame) {
        final Backplane port = Objects.requireNonNull(played.get(from), "not played");
        final int skip = header.encodedLength();
        final long place = port.claim(redirector, skip + (int) frame.byteSize());
        header.encode(port.buffer(), place);
        MemorySegment.copy(frame, 0, port.buffer(), place + skip, frame.byteSize());
        port.commit();
        pass();
    }

    void pass(final long millis) {
        nowNs += millis * 1_000_000L;
        redirectors.values().forEach(redirector -> redirector.onTimer(nowNs));
        pass();
    }

    /// Lets datagrams and messages between real redirectors arrive.
    private void pass() {
        int done;
        do {
            done = backplane.poll(64);
            if (answersPulls) {
                answerPulls();
            }
            final List<Said> between =
                    said.stream().filter(one -> redirectors.containsKey(one.to())).toList();
            said.removeAll(between);
            for (final Said one : between) {
                redirector(one.to()).onMessage(one.from(), one.message(), nowNs);
                done++;
            }
        } while (done > 0);
    }

    Arrived lastArrived() {
        return arrived.getLast();
    }

    static FlowKey key(final MemorySegment frame) {
        final ParsedPacket packet = new ParsedPacket();
        new FlowParser(FlowRules.DEFAULTS).parse(frame, 0, (int) frame.byteSize(), packet);
        return packet.key().copy();
    }

    static SessionAnnouncement announcement(
            final SessionAnnouncement.Kind kind,
            final FlowKey key,
            final long flowId,
            final int blade,
            final int version) {
        return new SessionAnnouncement(
                kind, key, key, flowId, blade, 1, version, 60_000, TcpPhase.ESTABLISHED);
    }

    @Override
    public void close() {
        redirectors.values().forEach(Redirector::close);
        backplane.close();
    }
}
