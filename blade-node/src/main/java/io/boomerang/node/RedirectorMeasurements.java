package io.boomerang.node;

import io.boomerang.node.admin.Measurements;
import io.boomerang.node.admin.Metric;
import io.boomerang.port.PortCounters;
import io.boomerang.redirector.session.SessionTable;
import io.boomerang.redirector.steering.BucketTable;
import io.boomerang.redirector.steering.DropReason;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.redirector.steering.RedirectorCounters;

import java.util.Map;
import java.util.function.IntFunction;

/// What a redirector measures.
final class RedirectorMeasurements {
    private RedirectorMeasurements() {}

    /// @param blades node ids of the processors
    /// @param alone whether no other redirector is on its side
    /// @param name of a node by its id
    static void add(
            final Measurements into,
            final Redirector redirector,
            final int[] blades,
            final boolean alone,
            final IntFunction<String> name) {
        final SessionTable sessions = redirector.sessions();
        for (final int blade : blades) {
            into.add(Metric.SESSIONS, name.apply(blade), sessions.liveSessions(blade));
        }
        final BucketTable table = redirector.bucketTable();
        for (final int blade : blades) {
            into.add(Metric.BUCKETS, name.apply(blade), table.bucketsOf(blade));
        }
        into.add(Metric.BUCKET_EPOCH, table.epoch());
        addTable(into, sessions);
        // Those that a blade has announced it can announce again; with the last redirector of a
        // side nothing comes in or goes out there any more.
        into.add(Metric.AT_RISK, alone ? sessions.live() : 0);
        addCounters(into, redirector.counters());
        HandoffMeasurements.add(into, redirector.handoffCounters());
    }

    private static void addTable(final Measurements into, final SessionTable sessions) {
        final int used = sessions.live() + sessions.lapsed();
        into.add(Metric.SESSIONS_EMBRYONIC, sessions.embryonic())
                .add(Metric.SESSIONS_LAPSED, sessions.lapsed())
                .add(Metric.FILL, (double) used / sessions.capacity())
                .add(Metric.CAPACITY, sessions.capacity())
                .add(Metric.EVICTIONS, "embryonic", sessions.evictedEmbryonic())
                .add(Metric.EVICTIONS, "lapsed", sessions.evictedLapsed())
                .add(Metric.EVICTIONS, "mapped", sessions.evictedMapped())
                .add(Metric.REFUSED_FULL, sessions.refusedFull());
    }

    private static void addCounters(final Measurements into, final RedirectorCounters counters) {
        counters.decisions()
                .forEach((decision, count) ->
                        into.add(Metric.DECISIONS, NodeMeasurements.word(decision), count));
        final Map<String, Long> all = counters.snapshot();
        into.add(Metric.FLOWS_DECIDED, counters.flowsDecided())
                .add(Metric.FLOWS_BROKEN, counters.flowsBroken())
                .add(Metric.RETURN_MISSES, counters.returnMisses())
                .add(Metric.QUESTIONS, "asked", of(all, "queries"))
                .add(Metric.QUESTIONS, "found", of(all, "queries-found"))
                .add(Metric.QUESTIONS, "expired", of(all, "queries-expired"))
                .add(Metric.QUESTIONS, "refused", of(all, "queries-refused"))
                .add(Metric.QUESTIONS, "repeated", of(all, "queries-repeated"))
                .add(Metric.FORWARDED, counters.forwarded())
                .add(Metric.ANNOUNCEMENT_OUTCOMES, "installed", of(all, "announcements-installed"))
                .add(Metric.ANNOUNCEMENT_OUTCOMES, "stale", of(all, "announcements-stale"))
                .add(Metric.ANNOUNCEMENT_OUTCOMES, "refused", of(all, "announcements-refused"))
                .add(Metric.DRIFT, "missing", counters.driftMissing())
                .add(Metric.DRIFT, "left-over", counters.driftLeftOver())
                .add(Metric.DRIFT_REPAIRED, of(all, "drift-repaired"))
                .add(Metric.COMPARISONS, counters.comparisons())
                .add(Metric.PULLED, of(all, "sessions-pulled"));
        for (final DropReason reason : DropReason.values()) {
            into.add(Metric.DROPS, reason.label(), counters.dropped(reason));
        }
    }

    private static long of(final Map<String, Long> counters, final String name) {
        final Long count = counters.get(name);
        if (count == null) {
            throw new IllegalArgumentException("a redirector does not count " + name);
        }
        return count;
    }

    /// What the port lost.
    static void add(final Measurements into, final PortCounters port) {
        into.add(Metric.DROPS, "port-ring-full", port.ringDrops())
                .add(Metric.DROPS, "port-too-long", port.tooLong())
                .add(Metric.DROPS, "port-not-segmented", port.notSegmented())
                .add(Metric.DROPS, "port-not-sent", port.notSent());
    }
}
