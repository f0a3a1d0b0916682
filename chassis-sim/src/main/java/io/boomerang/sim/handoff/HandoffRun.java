package io.boomerang.sim.handoff;

import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowRules;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.endpoint.AddressPair;
import io.boomerang.handoff.endpoint.EndpointConfig;
import io.boomerang.handoff.endpoint.TcpEndpoint;
import io.boomerang.redirector.steering.SteeringObserver;
import io.boomerang.sim.handoff.HandoffPlan.Death;
import io.boomerang.sim.handoff.ServedConnection.Service;
import io.boomerang.transfer.TransferDatagram;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// One plan carried out. Redirectors and blades are those of production, their TCP stacks and the
/// clients' are simulated; time is stepped, the backplane is faulty, nodes die in the middle of
/// transfers. The clients look at every byte, and {@link MoveWitness} at who holds each connection.
/// One thread; equal plans give equal runs.
public final class HandoffRun implements AutoCloseable {
    private static final long MS = 1_000_000L;
    private static final long TIMER_NS = 2 * MS;
    private static final long SETTLE_NS = 100 * MS;
    private static final long BACKPLANE_DELAY_NS = 20_000;
    private static final long OUTSIDE_DELAY_NS = 100_000;
    private static final long MOVING_NS = 3_000 * MS;
    private static final long LIMIT_NS = 180_000 * MS;
    private static final int BUCKETS = 64;
    private static final int MARKERS = 512;
    private static final int MOST_BYTES = 300_000;
    private static final int REFUSED_OF = 50;

    private static final VirtualService SERVICE = new VirtualService(443);

    private static final EndpointConfig SERVER =
            new EndpointConfig(1_400, 1 << 16, 1 << 16, true, true, true, false);

    private final HandoffPlan plan;
    private final SplittableRandom random;
    private final Timeline timeline = new Timeline();
    private final MoveWitness witness = new MoveWitness();
    private final HandoffChassis<SimStack<PatternConnection>> chassis;
    private final Map<FlowKey, SimClient> clients = new LinkedHashMap<>();
    private final Map<FlowKey, Integer> entrances = new LinkedHashMap<>();
    private final Frames frames = new Frames();
    private final SteeringHeader header = new SteeringHeader();
    private final TransferDatagram transfer = new TransferDatagram();
    private final List<Death> deaths;
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
        final MoveNetwork network =
                new MoveNetwork(
                        timeline,
                        random.split(),
                        BACKPLANE_DELAY_NS,
                        plan.faultPercent(),
                        this::onDatagram);
        deaths = new ArrayList<>(plan.deaths());
        movesLeft = plan.moves();
        final ClusterParameters parameters =
                new ClusterParameters(
                        random.nextLong(), random.nextLong(), BUCKETS, FlowRules.DEFAULTS);
        chassis =
                new HandoffChassis<>(
                        timeline,
                        random,
                        parameters,
                        network::connect,
                        this::leave,
                        SteeringObserver.NONE);
    }

    private SimStack<PatternConnection> stack(final int node) {
        final SplittableRandom own = random.split();
        return new SimStack<>(
                node, SERVER, SERVICE, own, witness::keyOf, new Patterns(own), witness);
    }

    /// Carries out a plan.
    public static Outcome of(final HandoffPlan plan) {
        try (HandoffRun run = new HandoffRun(plan)) {
            return run.carryOut();
        }
    }

    // The chassis

    private void onDatagram(
            final int from, final int to, final MemorySegment datagram, final int length) {
        if (header.decode(datagram, 0, length)
                && transfer.wrap(datagram, header.headerLength(), length - header.headerLength())) {
            transferDatagrams++;
            dieIfItIsTime(from, to);
        }
        chassis.onDatagram(from, to, datagram, length);
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
                            case FORWARDER -> chassis.isRedirector(from) ? from : to;
                        });
            }
        }
    }

    private void kill(final int node) {
        if (chassis.kill(node)) {
            witness.onDeath(node);
            timeline.after(HandoffChassis.detectionNs(), () -> enterElsewhere(node));
        }
    }

    private void enterElsewhere(final int redirector) {
        entrances.replaceAll((_, node) -> node == redirector ? anyEntrance() : node);
    }

    private int anyEntrance() {
        final List<Integer> open = chassis.entrances();
        return open.get(random.nextInt(open.size()));
    }

    // Clients

    private void open(final int number) {
        final boolean ipv6 = number % 2 == 1;
        final InetSocketAddress from = VirtualService.client(ipv6, 40_000 + number);
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
                        new AddressPair(from, SERVICE.at(ipv6)),
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
                () -> chassis.onFrame(entrance(key), segment, 0, frame.length, 0));
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
        chassis.start(plan.redirectors(), plan.blades(), MARKERS, this::stack);
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
                && chassis.openTransfers() == 0;
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
        for (final int node : chassis.blades()) {
            for (final PatternConnection connection : chassis.stack(node).connections()) {
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
        final int open = chassis.openTransfers();
        if (open > 0) {
            witness.accuse(nowNs, open + " transfers are still open");
        }
    }

    /// All nodes look at what time has brought, and blades begin to move what they have.
    private void tick() {
        final long nowNs = timeline.nowNs();
        chassis.tick(this::begin);
        clients.values().forEach(client -> client.run(nowNs));
        timeline.after(TIMER_NS, this::tick);
    }

    /// Each new connection is given to where it is to be served, others now and then.
    private void begin(final SimStack<PatternConnection> stack, final TerminalBlade blade) {
        for (final PatternConnection connection : stack.movable()) {
            final boolean wanted = movesLeft > 0 && random.nextInt(40) == 0;
            if (connection.isDecided && !wanted) {
                continue;
            }
            movesLeft -= connection.isDecided ? 1 : 0;
            final int host = anyOther(blade.self().node());
            if (!stack.give(connection, host, blade, timeline.nowNs())) {
                connection.isDecided = true;
            }
        }
    }

    private int anyOther(final int node) {
        final List<Integer> others =
                chassis.blades().stream().filter(other -> other != node).toList();
        return others.get(random.nextInt(others.size()));
    }

    /// What the chaos' blades serve; now and then they refuse a connection.
    private record Patterns(SplittableRandom random) implements Service<PatternConnection> {
        @Override
        public PatternConnection accept(final FlowKey key, final TcpEndpoint endpoint) {
            return new PatternConnection(key, endpoint);
        }

        @Override
        public @Nullable String refusal(final ConnectionState state) {
            return random.nextInt(REFUSED_OF) == 0 ? "the host does not want it" : null;
        }

        @Override
        public PatternConnection arrived(
                final FlowKey key, final TcpEndpoint endpoint, final ConnectionState state) {
            return PatternConnection.arrived(key, endpoint, state);
        }
    }

    @Override
    public void close() {
        chassis.close();
    }
}
