package io.boomerang.blade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.OwnersChanged;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.StateAnswer;
import io.boomerang.announce.StateQuery;
import io.boomerang.blade.announcer.AnnounceLimits;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A blade among redirectors that do keep sessions, over a cluster that loses, repeats, delays and
/// reorders whatever it carries in either direction.
class LossyClusterTest {
    private static final int PULL_INTERVAL_MS = 20;
    private static final int REMINDER_MS = 1_000;
    private static final int STEPS = 600;
    private static final int FLOWS = 8;
    private static final int HOLD_CELLS = 24;
    private static final int HOLD_LIMIT_MS = 200;
    private static final int MAX_DELAY_MS = 60;
    private static final AnnounceLimits LIMITS =
            new AnnounceLimits(4_096, 20, 1_000, 32, HOLD_CELLS, HOLD_LIMIT_MS, 1);

    /// What a redirector keeps of a flow.
    private record Session(long flowId, int version, boolean closed) {}

    private record Due(long atNs, long order, Runnable arrival) {}

    /// One direction of one flow.
    private record Way(int flow, Side from) {}

    private final Map<Integer, Map<FlowKey, Session>> sessions = new HashMap<>();
    private final PriorityQueue<Due> wire =
            new PriorityQueue<>(Comparator.comparingLong(Due::atNs).thenComparingLong(Due::order));
    private final Map<Long, Way> wayOfPacket = new HashMap<>();
    private final Map<Long, Long> deliveredAtNs = new HashMap<>();
    private final Map<Way, Long> lastEmitted = new HashMap<>();
    private final Map<String, SessionAnnouncement> lastSent = new HashMap<>();
    private final long[] flowIds = new long[FLOWS];
    private final Map<Integer, Integer> pulling = new HashMap<>();
    private final boolean[] opened = new boolean[FLOWS];

    private Bench bench = new Bench(BladeConfig.DEFAULTS, new PassThrough());
    private RandomGenerator random = RandomGenerator.getDefault();
    private AnnouncePolicy policy = AnnouncePolicy.CARRY;
    private boolean viewsChange;
    private boolean calm;
    private int ingressCount = 2;
    private int egressCount = 2;
    private long nextFlowId = 1;
    private long order;
    private int verdictsSeen;

    static Stream<Arguments> seeds() {
        final Long replay = Long.getLong("seed");
        final List<Arguments> all = new ArrayList<>();
        for (final AnnouncePolicy policy : AnnouncePolicy.values()) {
            for (long seed = 0; seed < 20; seed++) {
                if (replay == null || replay == seed) {
                    all.add(Arguments.of(policy, seed));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} seed {1}")
    @MethodSource("seeds")
    void shouldStayConsistentBoundedAndInOrder(
            final AnnouncePolicy announcePolicy, final long seed) {
        policy = announcePolicy;
        viewsChange = seed % 2 == 1;
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        bench.close();
        bench =
                new Bench(
                        BladeConfig.DEFAULTS.withAnnounce(policy).withLimits(LIMITS),
                        new PassThrough());
        bench.redirectors(ingressCount, egressCount);

        for (int step = 0; step < STEPS; step++) {
            final int dice = random.nextInt(100);
            if (dice < 60) {
                deliver(random.nextInt(FLOWS));
            } else if (dice < 96) {
                pass(random.nextInt(1, 30));
            } else if (dice < 98) {
                leap(random.nextInt(5_000, 40_000));
            } else if (viewsChange) {
                changeView();
            }
        }
        for (int flow = 0; flow < FLOWS; flow++) {
            opened[flow] = false;
            deliver(flow);
        }
        settle();
        checkEveryOwnerKnowsEveryFlow();
        assertEquals(verdictsSeen, deliveredAtNs.size());
        bench.close();
    }

    private void deliver(final int flow) {
        final boolean forth = !opened[flow] || random.nextInt(10) < 6;
        if (!opened[flow] || random.nextInt(20) == 0) {
            flowIds[flow] = nextFlowId++;
        }
        opened[flow] = true;
        final Side side = forth ? Side.INGRESS : Side.EGRESS;
        final int node =
                forth
                        ? Bench.INGRESS + random.nextInt(ingressCount)
                        : Bench.EGRESS + random.nextInt(egressCount);
        final long packet =
                bench.deliver(side, node, flowIds[flow], frame(flow, forth), null, false);
        wayOfPacket.put(packet, new Way(flow, side));
        deliveredAtNs.put(packet, bench.nowNs);
        collect();
    }

    /// Even flows are UDP; the others TCP with any flags, except that nothing opens from outside.
    private byte[] frame(final int flow, final boolean forth) {
        if (flow % 2 == 0) {
            return forth
                    ? Frames.udp("10.0.0.5", 4_000 + flow, "198.51.100.1", 53, 9)
                    : Frames.udp("198.51.100.1", 53, "10.0.0.5", 4_000 + flow, 9);
        }
        final int[] all = {Frames.ACK, Frames.FIN | Frames.ACK, Frames.RST, Frames.SYN};
        final int flags = all[random.nextInt(forth ? 4 : 3)];
        return forth
                ? Frames.tcp("10.0.0.5", 4_000 + flow, "198.51.100.1", 80, flags, 1, 1, 0)
                : Frames.tcp("198.51.100.1", 80, "10.0.0.5", 4_000 + flow, flags, 1, 1, 0);
    }

    private void pass(final int ms) {
        for (int i = 0; i < ms; i++) {
            bench.nowNs += Bench.MS;
            while (!wire.isEmpty() && wire.peek().atNs() <= bench.nowNs) {
                wire.remove().arrival().run();
                collect();
            }
            bench.blade.onTimer(bench.nowNs);
            if (bench.nowNs / Bench.MS % PULL_INTERVAL_MS == 0) {
                pull();
            }
            collect();
            checkBounds();
        }
    }

    /// Long enough for flows to end; afterwards a flow may only be opened from inside again.
    private void leap(final int ms) {
        pass(HOLD_LIMIT_MS + 1);
        bench.leap(ms);
        collect();
        for (int flow = 0; flow < FLOWS; flow++) {
            opened[flow] = false;
        }
    }

    private void changeView() {
        ingressCount = random.nextInt(1, 4);
        egressCount = random.nextInt(1, 4);
        sessions.keySet()
                .removeIf(node ->
                        node >= Bench.INGRESS + ingressCount && node < Bench.EGRESS
                                || node >= Bench.EGRESS + egressCount);
        pulling.keySet()
                .removeIf(node -> !nodes(true).contains(node) && !nodes(false).contains(node));
        bench.redirectors(ingressCount, egressCount);
    }

    /// Takes what the blade has sent since the last time.
    private void collect() {
        for (final Bench.Sent message : List.copyOf(bench.sent)) {
            final int node = message.node();
            switch (message.message()) {
                case final SessionAnnouncement announcement -> {
                    checkAnnouncement(node, announcement);
                    transmit(() -> install(node, announcement));
                }
                case final SessionPage page -> transmit(() -> takePage(node, page));
                case OwnersChanged _ -> transmit(() -> startPull(node));
                default -> throw new AssertionError("a blade does not send " + message);
            }
        }
        bench.sent.clear();
        for (final Bench.Emitted frame : List.copyOf(bench.emitted)) {
            checkEmitted(frame);
        }
        bench.emitted.clear();
        for (final Bench.Verdict verdict : bench.verdicts) {
            final Long since = deliveredAtNs.get(verdict.packetNumber());
            assertTrue(
                    since == null || bench.nowNs - since <= (HOLD_LIMIT_MS + 1) * Bench.MS,
                    "held too long");
            verdictsSeen++;
        }
        bench.verdicts.clear();
    }

    /// Redirectors that pull ask until they have what they asked for.
    private void pull() {
        pulling.forEach((node, cursor) -> {
            final SessionPull pull = new SessionPull(1, cursor, 0, members());
            transmit(() -> bench.blade.onMessage(node, pull, bench.nowNs));
        });
    }

    /// A redirector that has left meanwhile does not hear the reminder.
    private void startPull(final int node) {
        if (nodes(node < Bench.EGRESS).contains(node)) {
            pulling.putIfAbsent(node, 0);
        }
    }

    private List<Integer> members() {
        return Stream.of(nodes(true), nodes(false), List.of(Bench.BLADE))
                .flatMap(List::stream)
                .toList();
    }

    private List<Integer> nodes(final boolean ingress) {
        final int first = ingress ? Bench.INGRESS : Bench.EGRESS;
        final int count = ingress ? ingressCount : egressCount;
        return IntStream.range(first, first + count).boxed().toList();
    }

    private void takePage(final int node, final SessionPage page) {
        if (pulling.remove(node, page.cursor())) {
            page.sessions().forEach(session -> take(node, session));
            if (page.next() != SessionPage.END) {
                pulling.put(node, page.next());
            }
        }
    }

    private void transmit(final Runnable arrival) {
        final int copies = calm ? 1 : random.nextInt(10) < 3 ? 0 : random.nextInt(10) < 2 ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            wire.add(
                    new Due(
                            bench.nowNs + random.nextInt(MAX_DELAY_MS) * Bench.MS,
                            order++,
                            arrival));
        }
    }

    private void install(final int node, final SessionAnnouncement announcement) {
        final boolean newer = take(node, announcement);
        final Acknowledgement acknowledgement =
                new Acknowledgement(
                        announcement.flowId(),
                        announcement.incarnation(),
                        announcement.version(),
                        newer ? Outcome.INSTALLED : Outcome.STALE);
        transmit(() -> bench.blade.onMessage(node, acknowledgement, bench.nowNs));
    }

    private boolean take(final int node, final SessionAnnouncement announcement) {
        final Map<FlowKey, Session> table = sessions.computeIfAbsent(node, _ -> new HashMap<>());
        final Session known = table.get(announcement.key());
        final boolean newer =
                known == null
                        || Long.compareUnsigned(announcement.flowId(), known.flowId()) > 0
                        || announcement.flowId() == known.flowId()
                                && (short) (announcement.version() - known.version()) >= 0;
        if (newer) {
            table.put(
                    announcement.key(),
                    new Session(
                            announcement.flowId(),
                            announcement.version(),
                            announcement.kind() == Kind.CLOSE));
        }
        return newer;
    }

    private void checkAnnouncement(final int node, final SessionAnnouncement announcement) {
        assertEquals(Bench.BLADE, announcement.blade());
        assertEquals(Bench.INCARNATION, announcement.incarnation());
        assertEquals(announcement.key(), announcement.original());
        final String record = node + "/" + announcement.flowId();
        final SessionAnnouncement before = lastSent.put(record, announcement);
        if (before != null) {
            assertEquals(before.key(), announcement.key());
            assertTrue(
                    (short) (announcement.version() - before.version()) >= 0,
                    "an older version was sent after a newer one");
            assertFalse(
                    before.version() == announcement.version()
                            && (before.kind() == Kind.CLOSE) != (announcement.kind() == Kind.CLOSE),
                    "one version both opens and closes");
        }
    }

    private void checkEmitted(final Bench.Emitted frame) {
        final Way way = wayOfPacket.get(frame.packetNumber());
        assertNotNull(way);
        final Long before = lastEmitted.put(way, frame.packetNumber());
        assertTrue(before == null || before < frame.packetNumber(), "a frame was overtaken");
        final SessionAnnouncement carried = frame.carried();
        if (carried != null) {
            checkAnnouncement(frame.node(), carried);
            install(frame.node(), carried);
        }
        if (policy != AnnouncePolicy.ASYNC && !viewsChange && frame.arrivalSide() == Side.INGRESS) {
            final Session session =
                    sessions.getOrDefault(frame.node(), Map.of()).get(bench.keyOf(frame.frame()));
            assertNotNull(session, "a packet left before its session was installed");
            assertFalse(session.closed(), "a packet left whose session was closed");
        }
    }

    private void checkBounds() {
        assertTrue(bench.blade.counters().heldNow() <= HOLD_CELLS);
    }

    /// Nothing gets lost any more.
    private void settle() {
        calm = true;
        pass(REMINDER_MS);
        for (int i = 0; i < 200 && !isIdle(); i++) {
            pass(100);
        }
        assertTrue(isIdle(), "idle at last");
        assertEquals(0, bench.blade.counters().announcer().abandoned());
    }

    private boolean isIdle() {
        return bench.blade.isIdle() && wire.isEmpty() && pulling.isEmpty();
    }

    private void checkEveryOwnerKnowsEveryFlow() {
        for (int flow = 0; flow < FLOWS; flow++) {
            final FlowKey key = bench.keyOf(frame(flow, true));
            for (final Side side : Side.values()) {
                final int owner = bench.owner(side, key);
                bench.blade.onMessage(owner, new StateQuery(flow, key), bench.nowNs);
                final SessionAnnouncement answer =
                        ((StateAnswer) bench.sent.removeFirst().message()).session();
                if (answer != null) {
                    checkSession(owner, answer);
                    if (bench.backup(side, key) != 0) {
                        checkSession(bench.backup(side, key), answer);
                    }
                }
            }
        }
    }

    private void checkSession(final int node, final SessionAnnouncement truth) {
        final Session session = sessions.getOrDefault(node, Map.of()).get(truth.key());
        assertNotNull(session, () -> node + " does not know " + truth);
        assertEquals(truth.flowId(), session.flowId());
        assertEquals(truth.version(), session.version());
    }
}
