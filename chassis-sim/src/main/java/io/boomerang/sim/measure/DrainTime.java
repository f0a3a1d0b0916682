package io.boomerang.sim.measure;

import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.mover.MoveCounters;
import io.boomerang.blade.processor.FirewallRules;
import io.boomerang.blade.processor.StatefulFirewall;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.Side;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.sim.chassis.Chassis;
import io.boomerang.sim.chassis.ChassisClock;
import io.boomerang.sim.chassis.ChassisObserver;
import io.boomerang.sim.chassis.ChassisOptions;
import io.boomerang.sim.chassis.ClusterSource;
import io.boomerang.sim.chassis.JGroupsCluster;
import io.boomerang.sim.chassis.MemoryBackplane;
import io.boomerang.sim.report.Latency;
import io.boomerang.sim.report.LatencyRecorder;
import io.boomerang.sim.traffic.TupleFrames;

import java.util.function.BooleanSupplier;

/// Measures how long a blade takes to give all its connections to others, while packets of these
/// connections pass: firewalls in one process, with JGroups between them. One thread.
public final class DrainTime {
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;
    private static final int PAYLOAD = 16;
    private static final int WINDOW = 0xFFFF;
    private static final int CLIENT = 0x0A00_0001;
    private static final int SERVER = 0xC633_6401;
    private static final int CLIENT_PORT = 40_000;
    private static final int SERVER_PORT = 443;
    private static final int INITIAL = 1_000;
    private static final long MS = 1_000_000L;
    private static final long TIMER_NS = MS;
    private static final long BEFORE_NS = 3_000 * MS;
    private static final long LIMIT_NS = 120_000 * MS;
    private static final int MOST_LATE = 1_000;
    private static final int MOST_PACKETS = 1 << 22;

    private final int flows;
    private final int blades;
    private final int redirectors;
    private final long gapNs;
    private final TupleFrames frames = new TupleFrames();
    private final Ends ends;
    private final int[] sent;
    private long packets;
    private long nextNs;

    /// @param flows on the blade that drains
    /// @param blades in all
    /// @param redirectors on each side
    /// @param packetsPerSecond of all flows together
    public DrainTime(
            final int flows, final int blades, final int redirectors, final int packetsPerSecond) {
        this.flows = flows;
        this.blades = blades;
        this.redirectors = redirectors;
        gapNs = 1_000 * MS / packetsPerSecond;
        sent = new int[flows];
        ends = new Ends(flows);
    }

    /// What came out.
    ///
    /// @param seconds from the order until every redirector knew each flow on its new blade
    /// @param moves what the blade counted
    /// @param packets that were sent meanwhile
    /// @param lost packets that did not leave the chassis, before, meanwhile or after
    /// @param overtaken packets that left behind a later one of their flow
    /// @param before latency of packets through the chassis before the order
    /// @param meanwhile the same until the end of the drain
    public record Result(
            double seconds,
            MoveCounters moves,
            long packets,
            long lost,
            long overtaken,
            Latency before,
            Latency meanwhile) {}

    /// When packets left the chassis. Numbers count from 1; the flow is told by the number.
    private static final class Ends implements ChassisObserver {
        private final long[] sentNs = new long[MOST_PACKETS];
        private final int[] flowOf = new int[MOST_PACKETS];
        private final long[] newest;
        private LatencyRecorder recorder = new LatencyRecorder();
        private long left;
        private long overtaken;

        Ends(final int flows) {
            newest = new long[flows];
        }

        @Override
        public void onEmitted(final int redirector, final long packetNumber, final long nowNs) {
            left++;
            final int flow = flowOf[(int) packetNumber];
            if (packetNumber < newest[flow]) {
                overtaken++;
            }
            newest[flow] = Math.max(newest[flow], packetNumber);
            recorder.record(nowNs - sentNs[(int) packetNumber], false);
        }
    }

    /// Fills a blade, lets others join, and drains it.
    public Result measure() {
        try (ClusterSource cluster = new JGroupsCluster(null)) {
            final ChassisClock clock = cluster.clock(System.nanoTime());
            try (Chassis chassis =
                    new Chassis(options(), cluster, new MemoryBackplane(), clock, ends)) {
                chassis.start();
                connectAll(chassis);
                for (int i = 1; i < blades; i++) {
                    chassis.add(Role.BLADE);
                }
                return drain(chassis, clock);
            }
        }
    }

    private ChassisOptions options() {
        return new ChassisOptions(
                redirectors,
                1,
                ClusterParameters.DEFAULTS,
                RedirectorConfig.DEFAULTS,
                BladeConfig.DEFAULTS,
                _ -> new StatefulFirewall(FirewallRules.DEFAULTS),
                0,
                TIMER_NS);
    }

    private void connectAll(final Chassis chassis) {
        for (int flow = 0; flow < flows; flow++) {
            final int opened = INITIAL + PAYLOAD + 1;
            write(flow, true, SYN, INITIAL, 0);
            send(chassis, Side.INGRESS, flow, 0);
            require(chassis, "a SYN did not get through", this::hasAllLeft);
            write(flow, false, SYN | ACK, INITIAL, opened);
            send(chassis, Side.EGRESS, flow, 0);
            require(chassis, "the answer to a SYN did not get through", this::hasAllLeft);
            sent[flow] = opened;
            forth(chassis, flow, 0);
        }
        require(chassis, "its flows were not announced", chassis::isQuiet);
    }

    private void write(
            final int flow,
            final boolean forward,
            final int flags,
            final int sequence,
            final int acknowledgment) {
        final int client = CLIENT + flow;
        frames.writeTcp(
                forward ? client : SERVER,
                forward ? CLIENT_PORT : SERVER_PORT,
                forward ? SERVER : client,
                forward ? SERVER_PORT : CLIENT_PORT,
                flags,
                sequence,
                acknowledgment,
                WINDOW);
    }

    /// The next segment of the client.
    private void forth(final Chassis chassis, final int flow, final long nowNs) {
        write(flow, true, ACK, sent[flow], INITIAL + PAYLOAD + 1);
        send(chassis, Side.INGRESS, flow, nowNs);
        sent[flow] += PAYLOAD;
    }

    private void send(final Chassis chassis, final Side side, final int flow, final long nowNs) {
        final int number = (int) ++packets;
        ends.sentNs[number] = nowNs;
        ends.flowOf[number] = flow;
        chassis.inject(side, flow, frames.frame(), 0, frames.length(), number);
        chassis.step();
    }

    private Result drain(final Chassis chassis, final ChassisClock clock) {
        final BladeNode blade = chassis.blades().getFirst();
        final long beforeUntilNs = clock.nowNs() + BEFORE_NS;
        ends.recorder = new LatencyRecorder();
        nextNs = clock.nowNs();
        passUntil(chassis, clock, () -> clock.nowNs() >= beforeUntilNs);
        final Latency before = ends.recorder.sent();
        ends.recorder = new LatencyRecorder();
        final long packetsBefore = packets;
        final long startNs = clock.nowNs();
        chassis.moveAway(blade.self().name());
        passUntil(chassis, clock, () -> hasDrained(blade));
        final long endNs = clock.nowNs();
        final Latency meanwhile = ends.recorder.sent();
        final long packetsMeanwhile = packets - packetsBefore;
        chassis.await(this::hasAllLeft, LIMIT_NS / 10);
        return new Result(
                (double) (endNs - startNs) / (1_000 * MS),
                blade.counters().moves(),
                packetsMeanwhile,
                packets - ends.left,
                ends.overtaken,
                before,
                meanwhile);
    }

    private boolean hasAllLeft() {
        return ends.left == packets;
    }

    private boolean hasDrained(final BladeNode blade) {
        final MoveCounters moves = blade.counters().moves();
        return moves.settled() == flows && moves.leavingNow() == 0;
    }

    /// Lets packets of all flows pass by turns, at the given rate.
    private void passUntil(
            final Chassis chassis, final ChassisClock clock, final BooleanSupplier condition) {
        final long limitNs = clock.nowNs() + LIMIT_NS;
        while (!condition.getAsBoolean()) {
            final long nowNs = clock.nowNs();
            if (nowNs >= limitNs || packets + 1 >= MOST_PACKETS) {
                throw new IllegalStateException(
                        "the blade had not drained after " + LIMIT_NS / (1_000 * MS) + " s");
            }
            if (nowNs >= nextNs) {
                nextNs = Math.max(nextNs + gapNs, nowNs - MOST_LATE * gapNs);
                forth(chassis, (int) (packets % flows), nowNs);
            } else if (chassis.step() == 0) {
                clock.idle(nextNs);
            }
        }
    }

    private static void require(
            final Chassis chassis, final String otherwise, final BooleanSupplier condition) {
        if (!chassis.await(condition, LIMIT_NS)) {
            throw new IllegalStateException(otherwise);
        }
    }
}
