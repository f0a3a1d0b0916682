package io.boomerang.sim.handoff;

import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.BladeObserver;
import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowRules;
import io.boomerang.handoff.endpoint.AddressPair;
import io.boomerang.handoff.endpoint.EndpointConfig;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.redirector.steering.SteeringObserver;
import io.boomerang.sim.handoff.HandoffPlan.Death;
import io.boomerang.transfer.TransferDatagram;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// One plan carried out. Redirectors and blades are those of production, their TCP stacks and the
/// clients' are simulated; time is stepped, the backplane is faulty, nodes die in the middle of
/// transfers. The clients look at every byte, and {@link MoveWitness} at who holds each connection.
/// One thread; equal plans give equal runs.
public final class HandoffRun implements AutoCloseable {
    static final InetSocketAddress VIRTUAL_4 = address("c0000201", 443);
    static final InetSocketAddress VIRTUAL_6 = address("20010db8000000000000000000000001", 443);

    private static final long MS = 1_000_000L;
    private static final long TIMER_NS = 2 * MS;
    private static final long SETTLE_NS = 100 * MS;
    private static final long OUTSIDE_DELAY_NS = 100_000;
    private static final long CONTROL_DELAY_NS = 200_000;
    private static final long DETECTION_NS = 250 * MS;
    private static final long PATIENCE_NS = 1_000 * MS;
    private static final long MOVING_NS = 3_000 * MS;
    private static final long LIMIT_NS = 180_000 * MS;
    private static final int BUCKETS = 64;
    private static final int SESSIONS = 1_024;
    private static final int CELLS = 128;
    private static final int MARKERS = 512;
    private static final int MOST_BYTES = 300_000;
    private static final int FIRST_BLADE = 11;
    private static final int EGRESS = 10;

    private static final EndpointConfig SERVER =
            new EndpointConfig(1_400, 1 << 16, 1 << 16, true, true, true, false);

    private final HandoffPlan plan;
    private final SplittableRandom random;
    private final Timeline timeline = new Timeline();
    private final MoveWitness witness = new MoveWitness();
    private final MoveNetwork network;
    private final Map<Integer, Redirector> redirectors = new TreeMap<>();
    private final Map<Integer, TerminalBlade> blades = new TreeMap<>();
    private final Map<Integer, SimStack> stacks = new TreeMap<>();
    private final List<Member> members = new ArrayList<>();
    private final Map<FlowKey, SimClient> clients = new LinkedHashMap<>();
    private final Map<FlowKey, Integer> entrances = new LinkedHashMap<>();
    private final Frames frames = new Frames();
    private final SteeringHeader header = new SteeringHeader();
    private final TransferDatagram transfer = new TransferDatagram();
    private final Map<Integer, Long> shown = new TreeMap<>();
    private final List<Death> deaths;
    private long viewId = 1;
    private int transferDatagrams;
    private int movesLeft;

    /// What came of a plan.
    ///
    /// @param violations what was broken, when and how; empty when nothing was
    /// @param moves connections that went live on another blade
    /// @param kept attempts after which they went on where they were
    /// @param lost connections of which nobody knew any more whether they were whole
    /// @param reset connections that their clients saw reset, because the blade that had them died
    /// @param datagrams of transfers that arrived
    public record Outcome(
            List<String> violations, long moves, long kept, long lost, long reset, long datagrams) {
        public Outcome {
            violations = List.copyOf(violations);
        }

        public boolean isClean() {
            return violations.isEmpty();
        }
    }

    private HandoffRun(final HandoffPlan plan) {
        this.plan = plan;
        random = new SplittableRandom(plan.seed() ^ 0x6D6F7665L);
        network = new MoveNetwork(timeline, random.split(), plan.faultPercent(), this::onDatagram);
        deaths = new ArrayList<>(plan.deaths());
        movesLeft = plan.moves();
        final ClusterParameters parameters =
                new ClusterParameters(
                        random.nextLong(), random.nextLong(), BUCKETS, FlowRules.DEFAULTS);
        for (int node = 1; node <= plan.redirectors(); node++) {
            addRedirector(parameters, node, Role.INGRESS_REDIRECTOR);
        }
        addRedirector(parameters, EGRESS, Role.EGRESS_REDIRECTOR);
        for (int i = 0; i < plan.blades(); i++) {
            addBlade(parameters, FIRST_BLADE + i);
        }
    }

    private static InetSocketAddress address(final String hex, final int port) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(HexFormat.of().parseHex(hex)), port);
        } catch (final UnknownHostException e) {
            throw new AssertionError("addresses have 4 or 16 bytes", e);
        }
    }

    /// Carries out a plan.
    public static Outcome of(final HandoffPlan plan) {
        try (HandoffRun run = new HandoffRun(plan)) {
            return run.carryOut();
        }
    }

    // The chassis

    private void addRedirector(
            final ClusterParameters parameters, final int node, final Role role) {
        final Member member = new Member(node, "redirector-" + node, role, 1, 0);
        members.add(member);
        redirectors.put(
                node,
                new Redirector(
                        configOfRedirector(),
                        parameters,
                        member,
                        network.connect(node),
                        new Control(node),
                        this::leave,
                        SteeringObserver.NONE));
    }

    private static RedirectorConfig configOfRedirector() {
        final RedirectorConfig usual = RedirectorConfig.DEFAULTS;
        return new RedirectorConfig(
                SESSIONS,
                SelectionPolicy.BUCKETS,
                usual.embryonicLeaseMs(),
                usual.cacheLeaseMs(),
                usual.queryLimitMs(),
                usual.queriesPerSecond(),
                CELLS,
                usual.fragmentLimitMs(),
                CELLS,
                CELLS,
                0);
    }

    private void addBlade(final ClusterParameters parameters, final int node) {
        final Member member = new Member(node, "blade-" + node, Role.BLADE, 1, 0);
        members.add(member);
        final SimStack stack = new SimStack(node, SERVER, random.split(), witness);
        stacks.put(node, stack);
        blades.put(
                node,
                new TerminalBlade(
                        BladeConfig.DEFAULTS.withMarkerCapacity(MARKERS),
                        parameters,
                        member,
                        stack,
                        PATIENCE_NS,
                        network.connect(node),
                        new Control(node),
                        BladeObserver.NONE));
    }

    private final class Control implements ControlSender {
        private final int from;

        Control(final int from) {
            this.from = from;
        }

        @Override
        public void send(final int node, final ControlMessage message) {
            timeline.after(CONTROL_DELAY_NS, () -> onMessage(from, node, message));
        }

        @Override
        public void broadcast(final ControlMessage message) {
            for (final Member member : members) {
                if (member.node() != from) {
                    send(member.node(), message);
                }
            }
        }
    }

    private void onMessage(final int from, final int to, final ControlMessage message) {
        final long nowNs = timeline.nowNs();
        final Redirector redirector = redirectors.get(to);
        final TerminalBlade blade = blades.get(to);
        if (redirector != null) {
            redirector.onMessage(from, message, nowNs);
        } else if (blade != null) {
            blade.onMessage(from, message, nowNs);
        }
    }

    private void onDatagram(
            final int from, final int to, final MemorySegment datagram, final int length) {
        if (header.decode(datagram, 0, length)
                && transfer.wrap(datagram, header.headerLength(), length - header.headerLength())) {
            transferDatagrams++;
            dieIfItIsTime(from, to);
        }
        final long nowNs = timeline.nowNs();
        final Redirector redirector = redirectors.get(to);
        final TerminalBlade blade = blades.get(to);
        if (redirector != null) {
            redirector.onDatagram(from, datagram, 0, length, nowNs);
        } else if (blade != null) {
            blade.onDatagram(from, datagram, 0, length, nowNs);
            stack(to).flush(blade, nowNs);
        }
    }

    private SimStack stack(final int node) {
        final SimStack stack = stacks.get(node);
        if (stack == null) {
            throw new IllegalStateException("node " + node + " is no blade");
        }
        return stack;
    }

    // Deaths

    private void dieIfItIsTime(final int from, final int to) {
        for (final Death death : List.copyOf(deaths)) {
            if (death.datagram() <= transferDatagrams) {
                deaths.remove(death);
                kill(
                        switch (death.role()) {
                            case CLASSIFIER -> transfer.classifier();
                            case HOST -> transfer.host();
                            case FORWARDER -> redirectors.containsKey(from) ? from : to;
                        });
            }
        }
    }

    /// One blade and one redirector of each side have to live.
    private void kill(final int node) {
        final boolean isBlade = blades.containsKey(node);
        final boolean isLast = isBlade ? blades.size() <= 2 : redirectors.size() <= 2;
        if (isLast || !isBlade && !redirectors.containsKey(node)) {
            return;
        }
        if (isBlade) {
            remove(blades, node).close();
        } else {
            remove(redirectors, node).close();
        }
        members.removeIf(member -> member.node() == node);
        witness.onDeath(node);
        final ClusterView view = new ClusterView(++viewId, members);
        for (final Member member : view.members()) {
            timeline.after(
                    DETECTION_NS + random.nextLong(50 * MS), () -> show(member.node(), view));
        }
        timeline.after(DETECTION_NS, () -> enterElsewhere(node));
    }

    private static <T> T remove(final Map<Integer, T> from, final int node) {
        final T removed = from.remove(node);
        if (removed == null) {
            throw new IllegalStateException("node " + node + " does not live");
        }
        return removed;
    }

    private void show(final int node, final ClusterView view) {
        if (shown.merge(node, view.id(), Math::max) > view.id()) {
            return; // overtaken
        }
        final Redirector redirector = redirectors.get(node);
        final TerminalBlade blade = blades.get(node);
        if (redirector != null) {
            redirector.onView(view, timeline.nowNs());
        } else if (blade != null) {
            blade.onView(view, timeline.nowNs());
            stack(node).flush(blade, timeline.nowNs());
        }
    }

    private void enterElsewhere(final int redirector) {
        entrances.replaceAll((_, node) -> node == redirector ? anyEntrance() : node);
    }

    private int anyEntrance() {
        final List<Integer> open =
                redirectors.keySet().stream().filter(node -> node < EGRESS).toList();
        return open.get(random.nextInt(open.size()));
    }

    // Clients

    private void open(final int number) {
        final boolean ipv6 = number % 2 == 1;
        final InetSocketAddress from =
                ipv6
                        ? address("20010db8000000000000000000000c01", 40_000 + number)
                        : address("0a000001", 40_000 + number);
        final EndpointConfig config =
                new EndpointConfig(
                        1_400,
                        1 << 14 + random.nextInt(4),
                        1 << 14 + random.nextInt(4),
                        random.nextBoolean(),
                        random.nextBoolean(),
                        random.nextBoolean(),
                        random.nextBoolean());
        final FlowKey key = new FlowKey();
        final SimClient client =
                new SimClient(
                        config,
                        new AddressPair(from, ipv6 ? VIRTUAL_6 : VIRTUAL_4),
                        (packet, offset, length) -> enter(key, Frames.of(packet, offset, length)),
                        random.nextInt(),
                        random.nextLong(),
                        random.nextInt(MOST_BYTES),
                        random.nextInt(MOST_BYTES),
                        timeline.nowNs());
        clients.put(key, client);
        witness.watch(from, key);
    }

    /// A client's frame comes to its redirector.
    private void enter(final FlowKey key, final byte[] frame) {
        final MemorySegment segment = MemorySegment.ofArray(frame);
        if (key.meta() == 0 && frames.read(segment, 0, frame.length)) {
            key.copyFrom(frames.key()); // the first frame tells
            entrances.put(key, anyEntrance());
        }
        timeline.after(
                OUTSIDE_DELAY_NS,
                () -> {
                    final Redirector redirector = redirectors.get(entrance(key));
                    if (redirector != null) {
                        redirector.onFrame(segment, 0, frame.length, 0, timeline.nowNs());
                    }
                });
    }

    private int entrance(final FlowKey key) {
        final Integer node = entrances.get(key);
        return node == null ? 0 : node;
    }

    /// A frame goes to its client.
    private boolean leave(final MemorySegment frame, final long offset, final int length) {
        if (!frames.read(frame, offset, length)) {
            return true;
        }
        final SimClient client = clients.get(frames.key());
        final MemorySegment copy = MemorySegment.ofArray(new byte[length]);
        MemorySegment.copy(frame, offset, copy, 0, length);
        if (client != null) {
            timeline.after(
                    OUTSIDE_DELAY_NS,
                    () -> client.receive(copy, Frames.ETHERNET_BYTES, length, timeline.nowNs()));
        }
        return true;
    }

    // The run

    private Outcome carryOut() {
        final ClusterView first = new ClusterView(viewId, members);
        members.forEach(member -> show(member.node(), first));
        tick();
        runUntil(timeline.nowNs() + SETTLE_NS);
        for (int i = 0; i < plan.connections(); i++) {
            final int number = i;
            timeline.after(random.nextLong(50 * MS), () -> open(number));
        }
        runUntil(timeline.nowNs() + MOVING_NS);
        movesLeft = 0;
        final long limitNs = timeline.nowNs() + LIMIT_NS;
        while (!isOver() && timeline.nowNs() < limitNs) {
            runUntil(timeline.nowNs() + 100 * MS);
        }
        clients.forEach(this::judge);
        final long reset = clients.values().stream().filter(SimClient::isReset).count();
        return new Outcome(
                witness.violations(),
                witness.moves(),
                witness.kept(),
                witness.lost(),
                reset,
                transferDatagrams);
    }

    private void runUntil(final long untilNs) {
        while (timeline.step(untilNs)) {}
    }

    private boolean isOver() {
        return clients.entrySet().stream()
                        .allMatch(entry ->
                                entry.getValue().isDone()
                                        || entry.getValue().isReset()
                                        || witness.isExcused(entry.getKey()))
                && blades.values().stream().allMatch(blade -> blade.openTransfers() == 0);
    }

    private void judge(final FlowKey key, final SimClient client) {
        final long nowNs = timeline.nowNs();
        if (!client.fault().isEmpty()) {
            witness.accuse(nowNs, key + ": " + client.fault());
        }
        if (!witness.isExcused(key) && client.isReset()) {
            witness.accuse(nowNs, key + " was reset, and nobody counted it");
        } else if (!witness.isExcused(key) && !client.isDone()) {
            witness.accuse(nowNs, key + " does not end: " + client);
        }
        int here = 0;
        for (final int node : blades.keySet()) {
            for (final ServedConnection connection : stack(node).connections()) {
                if (connection.key.equals(key)) {
                    here += connection.isOver() ? 0 : 1;
                    if (!connection.fault().isEmpty()) {
                        witness.accuse(nowNs, key + ": " + connection.fault());
                    }
                }
            }
        }
        if (here > 1) {
            witness.accuse(nowNs, key + " is on " + here + " blades");
        }
        final int open = blades.values().stream().mapToInt(TerminalBlade::openTransfers).sum();
        if (open > 0) {
            witness.accuse(nowNs, open + " transfers are still open");
        }
    }

    /// All nodes look at what time has brought, and blades begin to move what they have.
    private void tick() {
        final long nowNs = timeline.nowNs();
        redirectors.values().forEach(redirector -> redirector.onTimer(nowNs));
        for (final Map.Entry<Integer, TerminalBlade> entry : blades.entrySet()) {
            final SimStack stack = stack(entry.getKey());
            final TerminalBlade blade = entry.getValue();
            blade.onTimer(nowNs);
            begin(stack, blade, nowNs);
            stack.run(blade, nowNs);
        }
        clients.values().forEach(client -> client.run(nowNs));
        timeline.after(TIMER_NS, this::tick);
    }

    /// Each new connection is given to where it is to be served, others now and then.
    private void begin(final SimStack stack, final TerminalBlade blade, final long nowNs) {
        for (final ServedConnection connection : stack.movable()) {
            final boolean wanted = movesLeft > 0 && random.nextInt(40) == 0;
            if (connection.isDecided && !wanted) {
                continue;
            }
            movesLeft -= connection.isDecided ? 1 : 0;
            final int host = anyOther(blade.self().node());
            if (!stack.give(connection, host, blade, nowNs)) {
                stack.keepHere(connection);
            }
        }
    }

    private int anyOther(final int node) {
        final List<Integer> others =
                blades.keySet().stream().filter(other -> other != node).toList();
        return others.get(random.nextInt(others.size()));
    }

    @Override
    public void close() {
        redirectors.values().forEach(Redirector::close);
        blades.values().forEach(TerminalBlade::close);
    }
}
