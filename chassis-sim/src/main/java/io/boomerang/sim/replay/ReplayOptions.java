package io.boomerang.sim.replay;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.FirewallRules;
import io.boomerang.cluster.key.KeyHolder;
import io.boomerang.flow.FlowRules;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;

/// What a user wants replayed, how, and what to see of it.
///
/// @param files captures, replayed one after the other through one chassis
/// @param blades processing blades at the start
/// @param redirectors redirectors on each side
/// @param processor what the blades do
/// @param rules of the firewall
/// @param policy how a blade is chosen for a new flow
/// @param announce when a packet may leave that opens a flow on the far side
/// @param announceDelayNs how late every announcement reaches its redirector, in nanoseconds
/// @param cluster how the nodes talk to each other
/// @param key of the nodes that talk by JGroups; null for none
/// @param seed of everything that is chosen at random
/// @param speed how fast packets follow each other
/// @param sideRule from which side a packet comes
/// @param flowRules what makes a flow
/// @param fixChecksums whether wrong checksums are corrected before packets enter
/// @param sessions how many sessions a redirector holds
/// @param steeringLog where the steering log goes
/// @param trace where the trace goes
/// @param report where the report goes as JSON
/// @param explain what to explain at the end
/// @param events what happens to the chassis, in any order
/// @param sessionsDirectory where the nodes keep their sessions from run to run
/// @param progress whether progress is shown also when nobody seems to watch
public record ReplayOptions(
        List<Path> files,
        int blades,
        int redirectors,
        ProcessorKind processor,
        FirewallRules rules,
        SelectionPolicy policy,
        AnnouncePolicy announce,
        long announceDelayNs,
        ClusterKind cluster,
        @Nullable KeyHolder key,
        long seed,
        ReplaySpeed speed,
        SideRule sideRule,
        FlowRules flowRules,
        boolean fixChecksums,
        int sessions,
        @Nullable Path steeringLog,
        @Nullable Path trace,
        @Nullable Path report,
        List<ExplainTarget> explain,
        List<ScheduledEvent> events,
        @Nullable Path sessionsDirectory,
        boolean progress) {
    public ReplayOptions {
        files = List.copyOf(files);
        explain = List.copyOf(explain);
        events = List.copyOf(events);
    }
}
