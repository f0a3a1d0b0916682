package io.boomerang.sim.measure;

import io.boomerang.redirector.steering.SteeringObserver;
import io.boomerang.sim.report.Latency;
import io.boomerang.sim.report.ResidentMemory;
import io.boomerang.sim.report.StallRecorder;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Measures how long a redirector that joins takes to pull the sessions of all connections, and
/// what happens meanwhile to packets that come to it from the first moment: with blades and a
/// redirector of its side in another process, JGroups over TCP and GENEVE over UDP between them.
public final class PullTime {
    private static final long JOIN_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long PULL_LIMIT_NS = TimeUnit.SECONDS.toNanos(120);
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int END_LIMIT_SECONDS = 20;
    private static final String DROPS = "drop-";

    private final List<String> holderCommand;
    private final int connections;
    private final int blades;
    private final int perSecond;
    private final long afterwardsNs;

    /// @param holderCommand starts a process that calls {@link PulledChassis#run}, when the number
    ///   of connections and the ports are added
    /// @param connections of all blades together
    /// @param blades that hold them
    /// @param perSecond packets
    /// @param seconds for which packets go on when all is pulled
    public PullTime(
            final List<String> holderCommand,
            final int connections,
            final int blades,
            final int perSecond,
            final int seconds) {
        this.holderCommand = List.copyOf(holderCommand);
        this.connections = connections;
        this.blades = blades;
        this.perSecond = perSecond;
        afterwardsNs = TimeUnit.SECONDS.toNanos(seconds);
    }

    /// What came out.
    ///
    /// @param joinSeconds until the redirector was a member
    /// @param pullSeconds from then until it had all sessions
    /// @param counters of the redirector by then, by the names of `RedirectorCounters`
    /// @param meanwhile what became of packets until then
    /// @param afterwards what became of packets from then on
    /// @param residentBytes that the process grew by meanwhile
    /// @param stalls of the machine while packets came, which are part of their latency
    public record Result(
            double joinSeconds,
            double pullSeconds,
            Map<String, Long> counters,
            Packets meanwhile,
            Packets afterwards,
            long residentBytes,
            Latency stalls) {
        /// Sessions that it had pulled by then.
        public long sessions() {
            return counters.getOrDefault("sessions-pulled", 0L);
        }

        /// Packets that it had dropped by then, by the reason.
        public Map<String, Long> drops() {
            final Map<String, Long> drops = new TreeMap<>();
            counters.forEach((name, count) -> {
                if (name.startsWith(DROPS) && count > 0) {
                    drops.put(name.substring(DROPS.length()), count);
                }
            });
            return drops;
        }
    }

    /// What became of packets.
    ///
    /// @param sent how many came
    /// @param lost of them
    /// @param latency through the chassis
    /// @param bySession of those whose session was there
    /// @param decided of those for which the redirector chose a blade at once
    /// @param asked of those that waited for what blades say
    /// @param detours of those that went by way of the other redirector
    public record Packets(
            int sent,
            int lost,
            Latency latency,
            Latency bySession,
            Latency decided,
            Latency asked,
            Latency detours) {
        static Packets of(final PullTraffic.Share share) {
            return new Packets(
                    share.packets(),
                    share.lost(),
                    share.latency(),
                    share.of(PullTraffic.Fate.BY_SESSION),
                    share.of(PullTraffic.Fate.DECIDED),
                    share.of(PullTraffic.Fate.ASKED),
                    share.of(PullTraffic.Fate.DETOUR));
        }
    }

    /// Starts the other process, lets a redirector join, and ends everything.
    ///
    /// @throws IOException also when something does not happen in time
    public Result measure() throws IOException {
        final LoopbackChassis chassis = LoopbackChassis.of(blades);
        final Process holder = start(chassis);
        try {
            awaitReady(holder);
            final PullTraffic traffic =
                    new PullTraffic(connections, perSecond, PULL_LIMIT_NS + afterwardsNs);
            final LoopbackRedirector.Progress farProgress = new LoopbackRedirector.Progress();
            final Timing timing;
            try (LoopbackNode far =
                    PulledChassis.redirector(
                            chassis,
                            LoopbackChassis.FAR,
                            connections,
                            traffic.new Leaving(),
                            (_, _) -> Long.MAX_VALUE,
                            farProgress)) {
                far.start();
                require(far.await(farProgress::hasPulled, PULL_LIMIT_NS), "the far redirector");
                timing = join(chassis, traffic);
            }
            return timing.result(traffic);
        } finally {
            end(holder);
        }
    }

    /// When it was, and what was there.
    private record Timing(
            LoopbackRedirector.Progress progress,
            long startNs,
            long untilNs,
            long residentBytes,
            Latency stalls) {
        /// When the threads of both redirectors have ended.
        Result result(final PullTraffic traffic) {
            return new Result(
                    seconds(progress.joinedNs() - startNs),
                    seconds(progress.pulledNs() - progress.joinedNs()),
                    progress.countersThen(),
                    Packets.of(traffic.between(startNs, progress.pulledNs())),
                    Packets.of(traffic.between(progress.pulledNs(), untilNs)),
                    residentBytes,
                    stalls);
        }
    }

    private Timing join(final LoopbackChassis chassis, final PullTraffic traffic)
            throws IOException {
        final LoopbackRedirector.Progress progress = new LoopbackRedirector.Progress();
        final SteeringObserver steering = traffic.new Steering();
        final long residentBefore = ResidentMemory.bytes();
        final long startNs = System.nanoTime();
        try (StallRecorder stalls = new StallRecorder();
                LoopbackNode joining =
                        PulledChassis.redirector(
                                chassis,
                                LoopbackChassis.JOINING,
                                connections,
                                steering,
                                traffic,
                                progress)) {
            stalls.start();
            joining.start();
            require(
                    joining.await(() -> progress.joinedNs() != 0, JOIN_LIMIT_NS),
                    "joining the cluster");
            require(joining.await(progress::hasPulled, PULL_LIMIT_NS), "pulling the sessions");
            final long residentBytes = ResidentMemory.bytes() - residentBefore;
            final boolean _ = joining.await(() -> false, afterwardsNs);
            final Timing timing =
                    new Timing(
                            progress, startNs, System.nanoTime(), residentBytes, stalls.stalls());
            traffic.stop();
            final boolean _ = joining.await(() -> false, SETTLE_NS);
            return timing;
        }
    }

    private static void require(final boolean happened, final String what) throws IOException {
        if (!happened) {
            throw new IOException(what + " took too long");
        }
    }

    private static double seconds(final long ns) {
        return (double) ns / TimeUnit.SECONDS.toNanos(1);
    }

    private Process start(final LoopbackChassis chassis) throws IOException {
        final List<String> command = new ArrayList<>(holderCommand);
        command.add(Integer.toString(connections));
        chassis.ports().forEach(port -> command.add(Integer.toString(port)));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static void awaitReady(final Process holder) throws IOException {
        final BufferedReader reader = holder.inputReader(StandardCharsets.US_ASCII);
        final String line = reader.readLine();
        if (!PulledChassis.READY.equals(line)) {
            throw new IOException("the other process has ended or says: " + line);
        }
    }

    private static void end(final Process holder) throws IOException {
        holder.getOutputStream().close();
        try {
            if (!holder.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                holder.destroyForcibly();
            }
        } catch (final InterruptedException e) {
            holder.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
