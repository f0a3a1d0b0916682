package io.boomerang.sim.measure;

import io.boomerang.backplane.Purpose;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.steering.Decision;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.redirector.steering.SteeringObserver;
import io.boomerang.sim.report.Latency;
import io.boomerang.sim.report.LatencyRecorder;

import org.jspecify.annotations.Nullable;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Packets that come to a redirector at a steady rate, of connections at random, and what becomes
/// of each: how it was steered, and when it left the chassis by another redirector. A packet that
/// comes late, because the redirector's thread had no turn, has waited since it was due.
///
/// Times are written by the threads of the two redirectors, to places of their own, and read when
/// both have ended.
final class PullTraffic implements LoopbackRedirector.Inflow {
    private static final int MOST_AT_ONCE = 256;
    private static final int NEW_ONE_IN = 20;
    private static final long SEED = 1;
    private static final Latency NOTHING = new LatencyRecorder().sent();

    private final int connections;
    private final long gapNs;
    private final PulledFlows flows = new PulledFlows();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final long[] dueNs;
    private final long[] leftNs;
    private final @Nullable Fate[] fate;
    private volatile int sent;
    private volatile boolean stopped;
    private long beganNs;

    /// What happened to a packet first.
    enum Fate {
        /// Its session was there.
        BY_SESSION,
        /// The redirector chose a blade.
        DECIDED,
        /// It waited until blades had said whether they hold its flow.
        ASKED,
        /// It went by way of the other redirector.
        DETOUR
    }

    /// Some of the packets.
    ///
    /// @param packets how many
    /// @param lost never left the chassis
    /// @param latency of the others, through the chassis
    /// @param byFate the same of those that shared a fate, where any did; lost ones not counted
    record Share(int packets, int lost, Latency latency, Map<Fate, Latency> byFate) {
        Latency of(final Fate what) {
            return byFate.getOrDefault(what, NOTHING);
        }
    }

    /// @param connections that the blades hold
    /// @param perSecond packets
    /// @param limitNs how long they may come
    PullTraffic(final int connections, final int perSecond, final long limitNs) {
        this.connections = connections;
        gapNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
        final int most = Math.toIntExact(limitNs / gapNs) + 1;
        dueNs = new long[most];
        leftNs = new long[most];
        fate = new Fate[most];
    }

    @Override
    public long deliver(final Redirector to, final long nowNs) {
        if (beganNs == 0) {
            beganNs = nowNs;
        }
        int next = sent;
        final int end = Math.min(dueNs.length, next + MOST_AT_ONCE);
        while (!stopped && next < end && dueOf(next) - nowNs <= 0) {
            dueNs[next] = dueOf(next);
            if (random.nextInt(NEW_ONE_IN) == 0) {
                flows.writeNew(next);
            } else {
                flows.writeOld(random.nextInt(connections));
            }
            sent = next + 1;
            to.onFrame(flows.frame().frame(), 0, flows.frame().length(), next + 1L, nowNs);
            next++;
        }
        return stopped || next == dueNs.length ? Long.MAX_VALUE : dueOf(next) - nowNs;
    }

    private long dueOf(final int packet) {
        return beganNs + packet * gapNs;
    }

    /// No more packets come. Any thread.
    void stop() {
        stopped = true;
    }

    /// Packets so far. Any thread.
    int sent() {
        return sent;
    }

    private void mark(final long packetNumber, final Fate what) {
        final int packet = (int) packetNumber - 1;
        if (packet >= 0 && fate[packet] == null) {
            fate[packet] = what;
        }
    }

    /// Hears what the redirector does with the packets.
    final class Steering implements SteeringObserver {
        @Override
        public void onSteered(
                final int redirector,
                final long packetNumber,
                final Decision decision,
                final FlowKey key,
                final long flowId,
                final int blade,
                final long nowNs) {
            mark(packetNumber, decision == Decision.SESSION ? Fate.BY_SESSION : Fate.DECIDED);
        }

        @Override
        public void onHeld(
                final int redirector,
                final long packetNumber,
                final Purpose waitingFor,
                final long nowNs) {
            mark(packetNumber, Fate.ASKED);
        }

        @Override
        public void onForwarded(
                final int redirector,
                final long packetNumber,
                final Purpose purpose,
                final int toRedirector,
                final long nowNs) {
            mark(packetNumber, Fate.DETOUR);
        }
    }

    /// Hears when they leave.
    final class Leaving implements SteeringObserver {
        @Override
        public void onEmitted(final int redirector, final long packetNumber, final long nowNs) {
            if (packetNumber > 0) {
                leftNs[(int) packetNumber - 1] = System.nanoTime();
            }
        }
    }

    /// What became of the packets that were due from one moment until another. When the threads
    /// have ended.
    Share between(final long fromNs, final long untilNs) {
        final LatencyRecorder all = new LatencyRecorder();
        final Map<Fate, LatencyRecorder> byFate = new EnumMap<>(Fate.class);
        int packets = 0;
        int lost = 0;
        for (int i = 0; i < sent; i++) {
            if (dueNs[i] - fromNs < 0 || dueNs[i] - untilNs >= 0) {
                continue;
            }
            packets++;
            final Fate what = fate[i];
            if (what == null || leftNs[i] == 0) {
                lost++;
                continue;
            }
            all.record(leftNs[i] - dueNs[i], false);
            byFate.computeIfAbsent(what, _ -> new LatencyRecorder())
                    .record(leftNs[i] - dueNs[i], false);
        }
        final Map<Fate, Latency> latencies = new EnumMap<>(Fate.class);
        byFate.forEach((what, recorder) -> latencies.put(what, recorder.sent()));
        return new Share(packets, lost, all.sent(), latencies);
    }
}
