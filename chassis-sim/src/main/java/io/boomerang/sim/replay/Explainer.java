package io.boomerang.sim.replay;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.backplane.Purpose;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.ParseReason;
import io.boomerang.flow.Side;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.steering.Decision;
import io.boomerang.redirector.steering.DropReason;
import io.boomerang.redirector.steering.Explanation;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.sim.chassis.Chassis;
import io.boomerang.sim.chassis.ChassisObserver;
import io.boomerang.sim.chassis.NodeNames;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Writes down what happens to chosen packets and flows, and what each redirector knows of them in
/// the end. Bounded: after {@value #MOST_LINES} lines it only counts. One thread.
final class Explainer implements ChassisObserver {
    private static final int MOST_LINES = 2_000;
    private static final double NS_PER_S = 1e9;

    private final Set<Long> wantedPackets;
    private final Set<FlowKey> wantedFlows;
    private final Set<Long> followed = new HashSet<>();
    private final Set<FlowKey> shown = new LinkedHashSet<>();
    private final Set<Long> flowIds = new HashSet<>();
    private final List<String> lines = new ArrayList<>();
    private long startNs = Long.MIN_VALUE;
    private long omitted;

    Explainer(final Set<Long> wantedPackets, final Set<FlowKey> wantedFlows) {
        this.wantedPackets = Set.copyOf(wantedPackets);
        this.wantedFlows = Set.copyOf(wantedFlows);
    }

    /// A packet is about to enter; `key` is null when it has no flow.
    void announce(final long packetNumber, final @Nullable FlowKey key) {
        final boolean wanted = wantedPackets.contains(packetNumber);
        if (wanted || key != null && wantedFlows.contains(key)) {
            followed.add(packetNumber);
            if (key != null && !shown.contains(key)) {
                shown.add(key.copy());
            }
        }
    }

    private boolean follows(final long packetNumber) {
        return followed.contains(packetNumber);
    }

    private void add(final long packetNumber, final String line, final long nowNs) {
        if (startNs == Long.MIN_VALUE) {
            startNs = nowNs;
        }
        if (lines.size() == MOST_LINES) {
            omitted++;
            return;
        }
        final String who = packetNumber == 0 ? "announcement" : "packet " + packetNumber;
        lines.add(
                String.format(
                        Locale.ROOT,
                        "%12.6f s  %-14s %s",
                        (nowNs - startNs) / NS_PER_S,
                        who,
                        line));
    }

    /// All that was written down, then every redirector's knowledge of the flows concerned.
    List<String> report(final Chassis chassis) {
        final List<String> report = new ArrayList<>(lines);
        if (omitted > 0) {
            report.add("... and " + omitted + " lines more");
        }
        if (lines.isEmpty()) {
            report.add("no packet matched");
        }
        for (final FlowKey key : shown) {
            report.add("");
            report.add(key + ", at the end:");
            for (final Redirector redirector : chassis.redirectors()) {
                report.add("  " + describe(redirector.explain(key, chassis.nowNs())));
            }
        }
        return report;
    }

    private static String describe(final Explanation known) {
        final StringBuilder line = new StringBuilder(known.redirector()).append(": ");
        final Explanation.KnownSession session = known.session();
        if (session == null) {
            line.append("no session");
        } else {
            line.append(session.live() ? "session on " : "ended session on ")
                    .append(NodeNames.of(session.blade()))
                    .append(", flow ")
                    .append(Long.toHexString(session.flowId()))
                    .append(" version ")
                    .append(session.version())
                    .append(", incarnation ")
                    .append(session.incarnation())
                    .append(", ")
                    .append(EventText.label(session.origin()))
                    .append(", ")
                    .append(EventText.label(session.phase()));
        }
        line.append("; bucket ").append(known.bucket());
        if (known.bucketBlade() != 0) {
            line.append(" of ").append(NodeNames.of(known.bucketBlade()));
        }
        line.append(" in epoch ").append(known.epoch());
        line.append("; owner ").append(NodeNames.of(known.owner()));
        if (known.backup() != 0) {
            line.append(", backup ").append(NodeNames.of(known.backup()));
        }
        return line.toString();
    }

    @Override
    public void onSteered(
            final int redirector,
            final long packetNumber,
            final Decision decision,
            final FlowKey key,
            final long flowId,
            final int blade,
            final long nowNs) {
        if (follows(packetNumber)) {
            flowIds.add(flowId);
            add(packetNumber, EventText.steered(redirector, decision, key, flowId, blade), nowNs);
        }
    }

    @Override
    public void onHeld(
            final int redirector,
            final long packetNumber,
            final Purpose waitingFor,
            final long nowNs) {
        if (follows(packetNumber)) {
            add(packetNumber, EventText.held(redirector, waitingFor), nowNs);
        }
    }

    @Override
    public void onForwarded(
            final int redirector,
            final long packetNumber,
            final Purpose purpose,
            final int toRedirector,
            final long nowNs) {
        if (follows(packetNumber)) {
            add(packetNumber, EventText.forwarded(redirector, purpose, toRedirector), nowNs);
        }
    }

    @Override
    public void onBridged(
            final int redirector,
            final long packetNumber,
            final ParseReason reason,
            final long nowNs) {
        if (follows(packetNumber)) {
            add(packetNumber, EventText.bridged(redirector, reason), nowNs);
        }
    }

    @Override
    public void onDropped(
            final int redirector,
            final long packetNumber,
            final DropReason reason,
            final ParseReason detail,
            final long nowNs) {
        if (follows(packetNumber)) {
            add(packetNumber, EventText.dropped(redirector, reason, detail), nowNs);
        }
    }

    @Override
    public void onEmitted(final int redirector, final long packetNumber, final long nowNs) {
        if (follows(packetNumber)) {
            add(packetNumber, EventText.emitted(redirector), nowNs);
        }
    }

    @Override
    public void onDelivered(
            final int blade,
            final long packetNumber,
            final long flowId,
            final Side arrivalSide,
            final long nowNs) {
        if (follows(packetNumber)) {
            add(packetNumber, EventText.delivered(blade, arrivalSide), nowNs);
        }
    }

    @Override
    public void onParked(final int blade, final long packetNumber, final long nowNs) {
        if (follows(packetNumber)) {
            add(packetNumber, EventText.parked(blade), nowNs);
        }
    }

    @Override
    public void onVerdict(
            final int blade,
            final long packetNumber,
            final ProcessorVerdict verdict,
            final long nowNs) {
        if (follows(packetNumber)) {
            add(packetNumber, EventText.verdict(blade, verdict), nowNs);
        }
    }

    @Override
    public void onAnnounced(
            final int redirector,
            final int from,
            final SessionAnnouncement announcement,
            final Installation installation,
            final boolean carried,
            final long nowNs) {
        if (flowIds.contains(announcement.flowId()) || shown.contains(announcement.original())) {
            // The far side may know the flow by another tuple.
            shown.add(announcement.key());
            add(0, EventText.announced(redirector, announcement, installation, carried), nowNs);
        }
    }
}
