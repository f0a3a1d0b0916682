package io.boomerang.sim.report;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a replay found, for people ({@link ReportText}) and as JSON ({@link ReportJson}); the JSON
/// has the names of the components here.
///
/// @param captures the files, in the order of the replay
/// @param damage what ended a capture before its end, with its file; empty for whole files
/// @param packets read from the captures
/// @param flows that they belong to
/// @param durationSeconds from the first packet to the last packet's end
/// @param packetsPerSecond over that time
/// @param events what happened to the chassis meanwhile, in order
/// @param blades what each blade carried, in the order in which they joined
/// @param flowImbalance how far the blade with the most flows is above the mean, 0.25 for a quarter
/// @param packetImbalance the same for packets
/// @param verdicts how many packets had which end, by its name: `passed`, `bridged`, or why they
///   were dropped
/// @param firstReturns packets that came back first after a flow's first packet had left
/// @param firstReturnMisses how many of those found no session, although the flow had one
/// @param firstReturnsAfterEnd how many found none because the flow had ended on its blade
/// @param detours packets that their redirector sent to another one of its side, to an owner as a
///   rule, because that one knew more
/// @param detourShare those as a share of all packets
/// @param waitedForAnswer how often a packet waited until the blades had been asked about its flow
/// @param announcements what the blades announced
/// @param machineStalls how long the machine stood still at a random moment of the replay;
///   latencies have it in them. Not measured in stepped time
/// @param flowsKept flows that met one blade only
/// @param flowsBroken flows that met another blade while theirs lived
/// @param flowsMovedByDeath flows whose blade died and that went on on another one
/// @param brokenPromises what must not happen and did, in words; empty when all is well
public record ReplayReport(
        List<String> captures,
        List<String> damage,
        long packets,
        long flows,
        double durationSeconds,
        double packetsPerSecond,
        List<String> events,
        List<BladeShare> blades,
        double flowImbalance,
        double packetImbalance,
        SortedMap<String, Long> verdicts,
        long firstReturns,
        long firstReturnMisses,
        long firstReturnsAfterEnd,
        long detours,
        double detourShare,
        long waitedForAnswer,
        Announcements announcements,
        Latency machineStalls,
        long flowsKept,
        long flowsBroken,
        long flowsMovedByDeath,
        List<String> brokenPromises) {

    private static final double NS_PER_SECOND = 1e9;

    /// What the blades told the redirectors.
    ///
    /// @param sent announcements, repetitions included
    /// @param carried how many of them rode on a packet
    /// @param installed how many made or changed a session
    /// @param bytes of all announcements, on packets and through the cluster
    /// @param bytesPerNewFlow those bytes for each flow
    /// @param controlBytes of all messages through the cluster: announcements, acknowledgements,
    ///   questions and answers, bucket tables
    /// @param carriedLatency from the blade to the installed session, on a packet
    /// @param sentLatency the same through the cluster
    public record Announcements(
            long sent,
            long carried,
            long installed,
            long bytes,
            double bytesPerNewFlow,
            long controlBytes,
            Latency carriedLatency,
            Latency sentLatency) {

        /// Takes the counts and works out the rest.
        public static Announcements of(
                final long sent,
                final long carried,
                final long installed,
                final long bytes,
                final long controlBytes,
                final long newFlows,
                final LatencyRecorder latencies) {
            return new Announcements(
                    sent,
                    carried,
                    installed,
                    bytes,
                    newFlows == 0 ? 0 : (double) bytes / newFlows,
                    controlBytes,
                    latencies.carried(),
                    latencies.sent());
        }
    }

    public ReplayReport {
        captures = List.copyOf(captures);
        damage = List.copyOf(damage);
        events = List.copyOf(events);
        blades = List.copyOf(blades);
        verdicts = new TreeMap<>(verdicts);
        brokenPromises = List.copyOf(brokenPromises);
    }

    /// Takes what was counted and works out shares, imbalance and rate.
    public static ReplayReport of(
            final List<String> captures,
            final List<String> damage,
            final long packets,
            final long flows,
            final long durationNs,
            final List<String> events,
            final List<BladeShare.Load> loads,
            final SortedMap<String, Long> verdicts,
            final long firstReturns,
            final long firstReturnMisses,
            final long firstReturnsAfterEnd,
            final long detours,
            final long waitedForAnswer,
            final Announcements announcements,
            final Latency machineStalls,
            final long flowsBroken,
            final long flowsMovedByDeath,
            final List<String> brokenPromises) {
        final double seconds = durationNs / NS_PER_SECOND;
        return new ReplayReport(
                captures,
                damage,
                packets,
                flows,
                seconds,
                seconds == 0 ? 0 : packets / seconds,
                events,
                BladeShare.of(loads),
                BladeShare.imbalance(loads.stream().mapToDouble(BladeShare.Load::flows).toArray()),
                BladeShare.imbalance(
                        loads.stream().mapToDouble(BladeShare.Load::packets).toArray()),
                verdicts,
                firstReturns,
                firstReturnMisses,
                firstReturnsAfterEnd,
                detours,
                packets == 0 ? 0 : (double) detours / packets,
                waitedForAnswer,
                announcements,
                machineStalls,
                flows - flowsBroken - flowsMovedByDeath,
                flowsBroken,
                flowsMovedByDeath,
                brokenPromises);
    }

    /// Whether the replay may end with exit status 0.
    public boolean isClean() {
        return brokenPromises.isEmpty() && damage.isEmpty();
    }
}
