package io.boomerang.sim.flood;

import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.announcer.AnnounceLimits;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.Side;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.sim.chassis.Chassis;
import io.boomerang.sim.chassis.ChassisObserver;
import io.boomerang.sim.chassis.ChassisOptions;
import io.boomerang.sim.chassis.ControlTraffic;
import io.boomerang.sim.chassis.MemoryBackplane;
import io.boomerang.sim.chassis.MemoryCluster;
import io.boomerang.sim.chassis.SteppedClock;
import io.boomerang.sim.flood.FloodReport.PhaseFigures;
import io.boomerang.sim.traffic.TupleFrames;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/// One plan carried out: the nodes are those of production, time is stepped. One thread; equal
/// plans give equal runs but for the memory of the process.
public final class FloodRun implements AutoCloseable {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long START_NS = SECOND_NS;

    /// The longest stretch of time in which nodes do nothing.
    private static final long STEP_NS = 200_000;

    /// The same while no packet comes.
    private static final long REST_STEP_NS = 5_000_000;

    /// How long packets may still be under way when a phase ends.
    private static final int MARGIN_SECONDS = 2;

    /// Members have not changed for so long that blades put flows off.
    private static final int CALM_SECONDS = 16;

    /// Leases of embryonic flows, the memory of them, and a round of each sweep.
    private static final int REST_SECONDS = 390;

    /// Numbers of packets that are not the clients'.
    private static final long FLOOD = 1L << 62;

    private static final long FLOOD_ANSWER = 1L << 61;
    private static final int BUCKETS = 4_096;

    private final FloodPlan plan;
    private final LongConsumer progress;
    private final SteppedClock clock = new SteppedClock(START_NS);
    private final Chassis chassis;
    private final Clients clients;
    private final TupleFrames frames = new TupleFrames();
    private final SplittableRandom random;
    private final ArrayDeque<Long> unanswered = new ArrayDeque<>();
    private final List<PhaseFigures> figures = new ArrayList<>();

    private long floodNumber;
    private long floodEntered;
    private long floodCrossed;

    private FloodRun(final FloodPlan plan, final LongConsumer progress) {
        this.plan = plan;
        this.progress = progress;
        random = new SplittableRandom(plan.seed());
        chassis =
                new Chassis(
                        options(random),
                        new MemoryCluster(random.nextLong(), START_NS),
                        new MemoryBackplane(),
                        clock,
                        new Watch());
        clients = new Clients(new Entries(), plan.announce() != AnnouncePolicy.ASYNC);
    }

    /// Carries out a plan.
    ///
    /// @param progress hears how many packets the attackers have sent
    public static FloodReport of(final FloodPlan plan, final LongConsumer progress) {
        try (FloodRun run = new FloodRun(plan, progress)) {
            return run.carryOut();
        }
    }

    /// How many packets the attackers send.
    public static long floodPackets(final FloodPlan plan) {
        return (long) plan.packetsPerSecond() * plan.factor() * plan.seconds();
    }

    private ChassisOptions options(final SplittableRandom keys) {
        return new ChassisOptions(
                plan.redirectors(),
                plan.blades(),
                new ClusterParameters(
                        keys.nextLong(), keys.nextLong(), BUCKETS, FlowRules.DEFAULTS),
                RedirectorConfig.DEFAULTS.withSessionCapacity(plan.sessions()),
                BladeConfig.DEFAULTS
                        .withAnnounce(plan.announce())
                        .withMarkerCapacity(plan.markers())
                        .withLimits(
                                AnnounceLimits.DEFAULTS.withEmbryonicPackets(
                                        plan.embryonicPackets())),
                _ -> new PassThrough(),
                0,
                ChassisOptions.USUAL_TIMER_NS);
    }

    @Override
    public void close() {
        chassis.close();
    }

    private FloodReport carryOut() {
        chassis.start();
        advance(clock.nowNs() + CALM_SECONDS * SECOND_NS, REST_STEP_NS);
        for (int i = 0; i < plan.connections(); i++) {
            clients.openLasting();
            advance(clock.nowNs() + STEP_NS, STEP_NS);
        }
        run(Phase.BEFORE, false);
        final SequencedMap<String, Long> earlier = FloodLimits.of(chassis);
        run(Phase.FLOOD, true);
        final SequencedMap<String, Long> reached = FloodLimits.of(chassis);
        reached.replaceAll((name, count) -> count - earlier.getOrDefault(name, 0L));
        run(Phase.AFTER, false);
        rest();
        return new FloodReport(List.copyOf(figures), reached, judge());
    }

    private void run(final Phase phase, final boolean flooded) {
        clients.enter(phase);
        final Meter meter = new Meter();
        final long startNs = clock.nowNs();
        final long endNs = startNs + plan.seconds() * SECOND_NS;
        final long attackRate = flooded ? (long) plan.packetsPerSecond() * plan.factor() : 0;
        final Pace requests = new Pace(startNs, plan.packetsPerSecond());
        final Pace openings = new Pace(startNs, plan.openingsPerSecond());
        final Pace attacks = new Pace(startNs, attackRate);
        while (clock.nowNs() < endNs) {
            final long nowNs = clock.nowNs();
            if (requests.isDue(nowNs)) {
                clients.request();
                chassis.step();
            }
            if (openings.isDue(nowNs)) {
                clients.open();
                chassis.step();
            }
            if (attacks.isDue(nowNs)) {
                attack();
                chassis.step();
            }
            answer(nowNs);
            advance(Math.min(Math.min(requests.dueNs, attacks.dueNs), endNs), STEP_NS);
        }
        settle();
        figures.add(meter.read(phase, plan.seconds()));
    }

    /// Everybody falls silent until all that the flood left is over.
    private void rest() {
        clients.enter(Phase.REST);
        final Meter meter = new Meter();
        advance(clock.nowNs() + REST_SECONDS * SECOND_NS, REST_STEP_NS);
        for (int i = 0; i < plan.connections(); i++) {
            clients.request();
            advance(clock.nowNs() + STEP_NS, STEP_NS);
        }
        settle();
        figures.add(meter.read(Phase.REST, REST_SECONDS));
    }

    /// Lets packets and messages come to an end.
    private void settle() {
        advance(clock.nowNs() + MARGIN_SECONDS * SECOND_NS, STEP_NS);
    }

    /// Moves time on; hosts answer meanwhile.
    ///
    /// @param mostNs in one step
    private void advance(final long toNs, final long mostNs) {
        while (clock.nowNs() < toNs) {
            clock.moveTo(Math.min(toNs, clock.nowNs() + mostNs));
            chassis.step();
            answer(clock.nowNs());
        }
    }

    /// Hosts answer what has reached them.
    private void answer(final long nowNs) {
        while (clients.nextDueNs() <= nowNs) {
            clients.answer();
            chassis.step();
        }
        for (Long number = unanswered.poll(); number != null; number = unanswered.poll()) {
            enterFlood(number, true);
            chassis.step();
        }
    }

    private void attack() {
        enterFlood(floodNumber++, false);
        progress.accept(floodNumber);
    }

    private void enterFlood(final long number, final boolean answer) {
        floodEntered++;
        plan.attack().write(frames, plan.seed(), number, answer);
        chassis.inject(
                answer ? Side.EGRESS : Side.INGRESS,
                random.nextInt(1 << 16),
                frames.frame(),
                0,
                frames.length(),
                number | (answer ? FLOOD_ANSWER : FLOOD));
    }

    private List<String> judge() {
        final List<String> violations = new ArrayList<>(clients.violations());
        for (final PhaseFigures phase : figures) {
            if (phase.lost() > 0) {
                violations.add(
                        phase.lost()
                                + " packets of established connections were lost, phase "
                                + phase.phase().label());
            }
            requireAtMost(plan.sessions(), phase.state().sessions(), "sessions", violations);
            requireAtMost(plan.markers(), phase.state().markers(), "marker sessions", violations);
        }
        return violations;
    }

    private static void requireAtMost(
            final int most, final int found, final String what, final List<String> violations) {
        if (found > most) {
            violations.add(found + " " + what + " on one node, " + most + " are allowed");
        }
    }

    /// Events at a rate.
    private static final class Pace {
        private final long startNs;
        private final long perSecond;
        private long count;
        long dueNs;

        Pace(final long startNs, final long perSecond) {
            this.startNs = startNs;
            this.perSecond = perSecond;
            dueNs = perSecond == 0 ? Long.MAX_VALUE : startNs;
        }

        boolean isDue(final long nowNs) {
            if (nowNs < dueNs) {
                return false;
            }
            dueNs = startNs + ++count * SECOND_NS / perSecond;
            return true;
        }
    }

    /// What is counted from the beginning of a phase on.
    private final class Meter {
        private final ControlTraffic traffic = chassis.controlTraffic();
        private final long entered = floodEntered;
        private final long crossed = floodCrossed;

        PhaseFigures read(final Phase phase, final int seconds) {
            final ControlTraffic now = chassis.controlTraffic();
            final Clients.Tally tally = clients.tally(phase);
            return new PhaseFigures(
                    phase,
                    seconds,
                    tally.sent,
                    tally.sent - tally.crossed,
                    tally.opened,
                    tally.completed,
                    floodEntered - entered,
                    floodCrossed - crossed,
                    now.urgent() - traffic.urgent(),
                    now.deferrable() - traffic.deferrable(),
                    FloodState.of(chassis));
        }
    }

    /// Where clients and servers send.
    private final class Entries implements Clients.Chassis {
        @Override
        public void enter(
                final Side side,
                final long entry,
                final TupleFrames frame,
                final long packetNumber) {
            chassis.inject(side, entry, frame.frame(), 0, frame.length(), packetNumber);
        }

        @Override
        public boolean holdsSession(final int redirector, final FlowKey key) {
            for (final Redirector each : chassis.redirectors()) {
                if (each.self().node() == redirector) {
                    final var session = each.explain(key, clock.nowNs()).session();
                    return session != null && session.live();
                }
            }
            return false;
        }
    }

    /// Sees where packets go.
    private final class Watch implements ChassisObserver {
        @Override
        public void onDelivered(
                final int blade,
                final long packetNumber,
                final long flowId,
                final Side arrivalSide,
                final long nowNs) {
            clients.onDelivered(blade, packetNumber);
        }

        @Override
        public void onEmitted(final int redirector, final long packetNumber, final long nowNs) {
            if ((packetNumber & (FLOOD | FLOOD_ANSWER)) == 0) {
                clients.onCrossed(redirector, packetNumber, nowNs);
                return;
            }
            floodCrossed++;
            if (plan.answered() && (packetNumber & FLOOD) != 0) {
                unanswered.add(packetNumber & ~FLOOD);
            }
        }
    }
}
