package io.boomerang.sim.chaos;

import io.boomerang.announce.DesiredRule;
import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.BladeCounters;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.announcer.AnnounceLimits;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.mover.MoveCounters;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.session.Lifetimes;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.FlowRules;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.sim.chassis.Chassis;
import io.boomerang.sim.chassis.ChassisOptions;
import io.boomerang.sim.chassis.NodeNames;
import io.boomerang.sim.chassis.Remains;
import io.boomerang.sim.chassis.SteppedClock;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// One plan carried out: the nodes are those of production, time is stepped, the networks are
/// faulty. After the last event all faults end, the chassis must come to rest and agree, and then
/// it is probed. One thread; equal plans give equal runs.
public final class ChaosRun implements AutoCloseable {
    private static final long MS = 1_000_000L;
    private static final long START_NS = 1_000 * MS;
    private static final long TIMER_NS = 5 * MS;
    private static final long REST_NS = 4_000 * MS;
    private static final long SETTLE_LIMIT_NS = 10_000 * MS;

    /// How long after the end of a division or a pause somebody may still act on an old view.
    private static final long AFTERMATH_NS = FaultyCluster.MERGE_NS + 1_000 * MS;

    /// How long nodes may take to know who is there and which links work.
    private static final long REROUTED_NS = FaultyCluster.MERGE_NS + 600 * MS;

    /// Longer than blades wait for it.
    private static final long CALM_NS = 16_000 * MS;

    private static final int CLOSED_MS = 100;

    /// Of the disks, during the faults.
    private static final int COPIES = 6;

    private static final long COPY_INTERVAL_NS = 2_000 * MS;

    private static final int BUCKETS = 256;
    private static final int SESSIONS = 1_024;
    private static final int MARKERS = 512;
    private static final int HELD_CELLS = 128;
    private static final int OUTSTANDING = 1_024;

    private final ChaosPlan plan;
    private final SteppedClock clock = new SteppedClock(START_NS);
    private final Links links = new Links();
    private final Weather weather;
    private final FaultyCluster cluster;
    private final FaultyBackplane backplane;
    private final Witness witness;
    private final Chassis chassis;
    private final Set<String> paused = new TreeSet<>();
    private final Agenda agenda = new Agenda(clock::nowNs);
    private final Hosts hosts;
    private final @Nullable Disks disks;
    private long lastFaultNs;

    /// Until then somebody may act on the view of a part of the chassis.
    private long dividedUntilNs;

    /// What came of a plan.
    ///
    /// @param violations which promise was broken, when and how; empty when none was
    /// @param packets that went in
    /// @param deliveries to blades
    /// @param moved how often a flow was seen on another blade because its own moves its flows
    public record Outcome(List<String> violations, long packets, long deliveries, long moved) {
        public Outcome {
            violations = List.copyOf(violations);
        }

        public boolean isClean() {
            return violations.isEmpty();
        }
    }

    private ChaosRun(final ChaosPlan plan, final boolean durable) {
        this.plan = plan;
        weather = new Weather(plan.seed() ^ 0x5DEECE66DL);
        cluster = new FaultyCluster(links, weather, START_NS);
        witness = new Witness(plan.announce() != AnnouncePolicy.ASYNC);
        backplane = new FaultyBackplane(links, weather, clock::nowNs, new Losses());
        chassis = new Chassis(options(), cluster, backplane, clock, witness);
        hosts = new Hosts(chassis, witness, agenda, plan.seed());
        disks = durable ? new Disks(chassis, plan.seed()) : null;
        witness.watch(hosts, this::mustReach, this::isCalm);
    }

    /// Carries out a plan.
    public static Outcome of(final ChaosPlan plan) {
        return of(plan, false);
    }

    /// Carries out a plan.
    ///
    /// @param durable whether nodes that start again have what was on their disks
    public static Outcome of(final ChaosPlan plan, final boolean durable) {
        try (ChaosRun run = new ChaosRun(plan, durable)) {
            return run.carryOut();
        }
    }

    @Override
    public void close() {
        chassis.close();
    }

    private ChassisOptions options() {
        final SplittableRandom keys = new SplittableRandom(plan.seed());
        return new ChassisOptions(
                plan.redirectors(),
                plan.blades(),
                new ClusterParameters(
                        keys.nextLong(), keys.nextLong(), BUCKETS, FlowRules.DEFAULTS),
                redirector(),
                blade(),
                _ -> new PassThrough(),
                0,
                TIMER_NS);
    }

    /// The usual times, and room for what a plan brings: a run is over in less time than a large
    /// table takes to be made.
    private RedirectorConfig redirector() {
        final RedirectorConfig usual = RedirectorConfig.DEFAULTS;
        return new RedirectorConfig(
                SESSIONS,
                plan.policy(),
                usual.embryonicLeaseMs(),
                usual.cacheLeaseMs(),
                usual.queryLimitMs(),
                usual.queriesPerSecond(),
                HELD_CELLS,
                usual.fragmentLimitMs(),
                HELD_CELLS,
                HELD_CELLS,
                plan.comparisonMs());
    }

    private BladeConfig blade() {
        final AnnounceLimits usual = AnnounceLimits.DEFAULTS;
        return new BladeConfig(
                plan.announce(),
                lifetimes(),
                MARKERS,
                new AnnounceLimits(
                        OUTSTANDING,
                        usual.firstRetryMs(),
                        usual.lastRetryMs(),
                        usual.tryLimit(),
                        HELD_CELLS,
                        usual.holdLimitMs(),
                        plan.embryonicPackets()));
    }

    /// A connection that was reset ends soon, so that its end meets the next one's beginning.
    private static Lifetimes lifetimes() {
        final Lifetimes usual = Lifetimes.DEFAULTS;
        return new Lifetimes(
                usual.tcpEmbryonicMs(),
                usual.tcpEstablishedMs(),
                usual.tcpClosingMs(),
                CLOSED_MS,
                usual.udpEmbryonicMs(),
                usual.udpEstablishedMs(),
                usual.icmpMs(),
                usual.otherEmbryonicMs(),
                usual.otherEstablishedMs(),
                usual.lapsedMs());
    }

    private Outcome carryOut() {
        chassis.start();
        if (plan.embryonicPackets() > 1) {
            calm();
        }
        for (final ChaosEvent event : plan.events()) {
            agenda.after(event.atMs() * MS, () -> happen(event));
        }
        if (disks != null) {
            for (int i = 1; i <= COPIES; i++) {
                agenda.after(i * COPY_INTERVAL_NS, disks::copyAll);
            }
        }
        runAgenda();
        endFaults();
        if (!chassis.await(chassis::isSettled, SETTLE_LIMIT_NS)) {
            witness.accuse(
                    "convergence",
                    "10 s after the last fault the nodes do not agree on members, buckets and the"
                            + " rule",
                    clock.nowNs());
        }
        rest();
        witness.onRest(clock.nowNs());
        checkMoves();
        new Probes(chassis, hosts, witness, clock, REST_NS).run();
        witness.onRest(clock.nowNs());
        return new Outcome(
                witness.violations(), hosts.packets(), witness.delivered(), witness.moved());
    }

    /// Flows are put off only where members have not changed for a while.
    private void calm() {
        final long untilNs = clock.nowNs() + CALM_NS;
        chassis.await(() -> clock.nowNs() >= untilNs, Long.MAX_VALUE);
    }

    private void runAgenda() {
        for (Agenda.Due next = agenda.poll(); next != null; next = agenda.poll()) {
            final long dueNs = next.dueNs();
            chassis.await(() -> clock.nowNs() >= dueNs, Long.MAX_VALUE);
            next.action().run();
            checkBounds();
        }
    }

    private void checkBounds() {
        for (final Redirector redirector : chassis.redirectors()) {
            requireAtMost(
                    SESSIONS,
                    redirector.sessions().live() + redirector.sessions().lapsed(),
                    redirector.self(),
                    "sessions");
        }
        for (final BladeNode blade : chassis.blades()) {
            final BladeCounters counters = blade.counters();
            requireAtMost(
                    MARKERS,
                    counters.liveFlows() + counters.lapsedFlows(),
                    blade.self(),
                    "marker sessions");
            requireAtMost(HELD_CELLS, counters.heldNow(), blade.self(), "held frames");
        }
    }

    /// A blade may offer a flow again and again to one that refuses it, but each offer has an end.
    private void checkMoves() {
        chassis.await(this::isNoFlowOnTheMove, REST_NS);
        for (final BladeNode blade : chassis.blades()) {
            final MoveCounters moves = blade.counters().moves();
            requireAtMost(0, moves.leavingNow(), blade.self(), "flows that do not get away");
            requireAtMost(0, moves.arrivingNow(), blade.self(), "flows that do not arrive");
        }
    }

    private boolean isNoFlowOnTheMove() {
        return chassis.blades().stream()
                .map(blade -> blade.counters().moves())
                .allMatch(moves -> moves.leavingNow() == 0 && moves.arrivingNow() == 0);
    }

    private void requireAtMost(
            final int most, final long found, final Member member, final String what) {
        if (found > most) {
            witness.accuse(
                    "P4 bounded",
                    member.name() + " has " + found + " " + what + ", " + most + " are allowed",
                    clock.nowNs());
        }
    }

    private void rest() {
        final long untilNs = clock.nowNs() + REST_NS;
        chassis.await(() -> clock.nowNs() >= untilNs, Long.MAX_VALUE);
    }

    // Faults

    /// A fault ends, or a node comes back.
    private void change(final long delayNs, final Runnable change) {
        agenda.after(
                delayNs,
                () -> {
                    lastFaultNs = clock.nowNs();
                    change.run();
                });
    }

    private void happen(final ChaosEvent event) {
        if (!(event instanceof ChaosEvent.Flow || event instanceof ChaosEvent.Move)) {
            lastFaultNs = clock.nowNs();
        }
        switch (event) {
            case final ChaosEvent.Flow flow -> hosts.begin(flow);
            case ChaosEvent.Join(_, Role role) ->
                    witness.onOutOfSight(NodeNames.node(chassis.join(role)), dividedUntilNs);
            case ChaosEvent.Crash(_, String node, int downMs) -> crash(node, downMs);
            case ChaosEvent.Pause(_, String node, int forMs) -> pause(node, forMs);
            case ChaosEvent.Weight(_, String blade, int weight) -> {
                if (isThere(blade)) {
                    chassis.weigh(blade, weight);
                }
            }
            case ChaosEvent.Move(_, String blade) -> {
                if (isThere(blade)) {
                    witness.onMoveOrdered(NodeNames.node(blade));
                    chassis.moveAway(blade);
                }
            }
            case ChaosEvent.Rule(_, String redirector, DesiredRule desired) -> {
                if (isThere(redirector) && !paused.contains(redirector)) {
                    chassis.askForRule(redirector, desired);
                }
            }
            case ChaosEvent.Divide(_, List<String> nodes, int forMs) -> divide(nodes, forMs);
            case ChaosEvent.BreakLink(_, String from, String to, int forMs) -> {
                links.breakLink(NodeNames.node(from), NodeNames.node(to));
                change(forMs * MS, () -> links.mendLink(NodeNames.node(from), NodeNames.node(to)));
            }
            case ChaosEvent.Storm(_, int loss, int doubling, int slowestUs, int forMs) -> {
                weather.worsen(loss, doubling, slowestUs * 1_000L);
                change(forMs * MS, weather::clear);
            }
        }
    }

    private boolean isThere(final String node) {
        return chassis.nodeNames().contains(node);
    }

    /// The last one of a kind stays: without it there is nothing to judge.
    private boolean isLast(final String node) {
        final Role role = NodeNames.role(NodeNames.node(node));
        return chassis.nodeNames().stream()
                        .filter(other -> NodeNames.role(NodeNames.node(other)) == role)
                        .count()
                == 1;
    }

    private void crash(final String node, final int downMs) {
        if (!isThere(node) || isLast(node) || paused.contains(node)) {
            return;
        }
        final @Nullable Remains remains = disks == null ? null : disks.of(node);
        witness.onDied(chassis.crash(node));
        if (downMs > 0) {
            change(
                    FaultyCluster.DETECTION_NS * 2 + downMs * MS,
                    () -> {
                        witness.onStarted(NodeNames.node(node));
                        witness.onOutOfSight(NodeNames.node(node), dividedUntilNs);
                        if (remains == null) {
                            chassis.restart(node);
                        } else {
                            chassis.restart(node, remains);
                        }
                    });
        }
    }

    private void pause(final String name, final int forMs) {
        if (!isThere(name) || !paused.add(name)) {
            return;
        }
        final int node = NodeNames.node(name);
        chassis.pause(name);
        cluster.pause(node);
        backplane.pause(node);
        // it wakes with the next step only, which may be later than the detector
        if (forMs * MS + TIMER_NS >= FaultyCluster.DETECTION_NS) {
            witness.onOutOfSight(node, clock.nowNs() + forMs * MS + AFTERMATH_NS);
        }
        change(forMs * MS, () -> resume(name));
    }

    private void resume(final String name) {
        if (paused.remove(name)) {
            chassis.resume(name);
            cluster.resume(NodeNames.node(name));
            backplane.resume(NodeNames.node(name));
        }
    }

    private void divide(final List<String> nodes, final int forMs) {
        final Set<Integer> apart =
                nodes.stream()
                        .filter(this::isThere)
                        .map(NodeNames::node)
                        .collect(Collectors.toSet());
        links.divide(apart);
        cluster.detect();
        final long untilNs = clock.nowNs() + forMs * MS + AFTERMATH_NS;
        dividedUntilNs = Math.max(dividedUntilNs, untilNs);
        for (final String name : chassis.nodeNames()) {
            witness.onOutOfSight(NodeNames.node(name), untilNs);
        }
        change(
                forMs * MS,
                () -> {
                    links.unite();
                    cluster.merge();
                });
    }

    private void endFaults() {
        lastFaultNs = clock.nowNs();
        links.mendAll();
        weather.clear();
        List.copyOf(paused).forEach(this::resume);
        cluster.merge();
    }

    private boolean isCalm(final long nowNs) {
        return nowNs - lastFaultNs >= REROUTED_NS && weather.isCalm();
    }

    /// A way back must be there, too: without it nobody can know that the way there works.
    private boolean mustReach(final int from, final int to, final long nowNs) {
        if (!isCalm(nowNs)) {
            return false;
        }
        final Set<Integer> running =
                chassis.nodeNames().stream()
                        .filter(name -> !paused.contains(name))
                        .map(NodeNames::node)
                        .collect(Collectors.toSet());
        return running.contains(from)
                && running.contains(to)
                && links.lead(from, to, running)
                && links.lead(to, from, running);
    }

    private final class Losses implements FaultyBackplane.Losses {
        @Override
        public void onLost(final byte[] datagram) {
            witness.onLost(datagram);
        }

        @Override
        public void onBroken(final int from, final int to, final byte[] datagram) {
            witness.onBroken(from, to, datagram, clock.nowNs());
        }
    }
}
