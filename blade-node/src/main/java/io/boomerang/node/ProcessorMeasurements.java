package io.boomerang.node;

import io.boomerang.blade.BladeCounters;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.announcer.AnnouncerCounters;
import io.boomerang.node.admin.Measurements;
import io.boomerang.node.admin.Metric;

/// What a processor measures.
final class ProcessorMeasurements {
    private static final double NS_PER_SECOND = 1e9;

    private ProcessorMeasurements() {}

    static void add(
            final Measurements into, final BladeNode blade, final int weight, final long nowNs) {
        final BladeCounters counters = blade.counters();
        final int used = counters.liveFlows() + counters.lapsedFlows();
        into.add(Metric.FLOWS, "live", counters.liveFlows())
                .add(Metric.FLOWS, "embryonic", counters.embryonicFlows())
                .add(Metric.FLOWS, "lapsed", counters.lapsedFlows())
                .add(Metric.FILL, (double) used / blade.capacity())
                .add(Metric.CAPACITY, blade.capacity())
                .add(Metric.EVICTIONS, "embryonic", counters.evictedEmbryonic())
                .add(Metric.EVICTIONS, "lapsed", counters.evictedLapsed())
                .add(Metric.REFUSED_FULL, counters.refusedFull())
                .add(Metric.AT_RISK, counters.liveFlows())
                .add(Metric.HELD, counters.heldNow())
                .add(Metric.WEIGHT, weight)
                .add(Metric.DRAINING, weight == 0 ? 1 : 0);
        add(into, counters.announcer());
        into.add(Metric.SYNC_LAG, blade.announcementLagNs(nowNs) / NS_PER_SECOND);
        into.add(Metric.DROPS, "malformed", counters.malformedDatagrams());
        counters.verdicts()
                .byVerdict()
                .forEach((verdict, count) -> {
                    if (verdict.isDrop()) {
                        into.add(
                                Metric.DROPS,
                                NodeMeasurements.word(verdict).substring("drop-".length()),
                                count);
                    }
                });
    }

    private static void add(final Measurements into, final AnnouncerCounters announcer) {
        into.add(Metric.ANNOUNCED, "open", announcer.opens())
                .add(Metric.ANNOUNCED, "refresh", announcer.refreshes())
                .add(Metric.ANNOUNCED, "close", announcer.closes())
                .add(Metric.ANNOUNCED, "adoption", announcer.adoptions())
                .add(Metric.ANNOUNCEMENTS_SENT, "cluster", announcer.sent())
                .add(Metric.ANNOUNCEMENTS_SENT, "carried", announcer.carried())
                .add(Metric.ANNOUNCEMENTS_SENT, "repeated", announcer.repeated())
                .add(Metric.ANNOUNCEMENT_OUTCOMES, "installed", announcer.acknowledged())
                .add(Metric.ANNOUNCEMENT_OUTCOMES, "stale", announcer.stale())
                .add(Metric.ANNOUNCEMENT_OUTCOMES, "refused", announcer.refused())
                .add(Metric.ANNOUNCEMENT_OUTCOMES, "abandoned", announcer.abandoned())
                .add(Metric.OUTSTANDING, announcer.outstandingNow());
    }
}
