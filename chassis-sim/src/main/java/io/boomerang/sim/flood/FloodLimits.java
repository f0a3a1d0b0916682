package io.boomerang.sim.flood;

import io.boomerang.blade.BladeCounters;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.redirector.steering.DropReason;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.redirector.steering.RedirectorCounters;
import io.boomerang.sim.chassis.Chassis;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// How often each limit of the nodes has been reached, in all nodes together.
final class FloodLimits {
    private FloodLimits() {}

    static SequencedMap<String, Long> of(final Chassis chassis) {
        final SequencedMap<String, Long> limits = new LinkedHashMap<>();
        for (final Redirector redirector : chassis.redirectors()) {
            add(limits, redirector);
        }
        for (final BladeNode blade : chassis.blades()) {
            add(limits, blade.counters());
        }
        limits.put("control: deferrable dropped", chassis.controlTraffic().deferredDropped());
        limits.put("control: batches lost", chassis.controlLost());
        return limits;
    }

    private static void add(final SequencedMap<String, Long> limits, final Redirector redirector) {
        final RedirectorCounters counters = redirector.counters();
        final var table = redirector.sessions();
        add(limits, "session table: embryonic evicted", table.evictedEmbryonic());
        add(limits, "session table: lapsed evicted", table.evictedLapsed());
        add(limits, "session table: evicted, bucket still maps", table.evictedMapped());
        add(limits, "session table: refused", table.refusedFull());
        for (final DropReason reason : DropReason.values()) {
            add(limits, "redirector: dropped, " + reason.label(), counters.dropped(reason));
        }
    }

    private static void add(final SequencedMap<String, Long> limits, final BladeCounters counters) {
        add(limits, "marker table: embryonic evicted", counters.evictedEmbryonic());
        add(limits, "marker table: lapsed evicted", counters.evictedLapsed());
        add(limits, "marker table: refused", counters.refusedFull());
        add(limits, "announcer: sent once only", counters.announcer().untracked());
        add(limits, "announcer: given up", counters.announcer().abandoned());
        for (final ProcessorVerdict verdict : ProcessorVerdict.values()) {
            if (verdict.isDrop()) {
                add(limits, "blade: " + verdict, counters.verdicts().of(verdict));
            }
        }
    }

    private static void add(
            final SequencedMap<String, Long> limits, final String name, final long count) {
        limits.merge(name, count, Long::sum);
    }
}
