package io.boomerang.sim.flood;

import io.boomerang.blade.BladeCounters;
import io.boomerang.blade.BladeNode;
import io.boomerang.redirector.session.SessionTable;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.sim.chassis.Chassis;
import io.boomerang.sim.report.ResidentMemory;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/// What a chassis holds at a moment.
///
/// @param sessions in the fullest redirector, lapsed ones included
/// @param embryonicSessions in the redirector that has most of them
/// @param markers in the fullest blade, lapsed ones included
/// @param embryonicMarkers in the blade that has most of them
/// @param outstanding announcements without an acknowledgement, on the blade that has most
/// @param deferred control messages that wait behind urgent ones, in all nodes
/// @param heapBytes in use on the Java heap after a collection; of the whole process
/// @param residentBytes of the process; -1 where the system does not tell
public record FloodState(
        int sessions,
        int embryonicSessions,
        int markers,
        int embryonicMarkers,
        int outstanding,
        int deferred,
        long heapBytes,
        long residentBytes) {
    static FloodState of(final Chassis chassis) {
        int sessions = 0;
        int embryonicSessions = 0;
        for (final Redirector redirector : chassis.redirectors()) {
            final SessionTable table = redirector.sessions();
            sessions = Math.max(sessions, table.live() + table.lapsed());
            embryonicSessions = Math.max(embryonicSessions, table.embryonic());
        }
        int markers = 0;
        int embryonicMarkers = 0;
        int outstanding = 0;
        for (final BladeNode blade : chassis.blades()) {
            final BladeCounters counters = blade.counters();
            markers = Math.max(markers, counters.liveFlows() + counters.lapsedFlows());
            embryonicMarkers = Math.max(embryonicMarkers, counters.embryonicFlows());
            outstanding = Math.max(outstanding, counters.announcer().outstandingNow());
        }
        final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return new FloodState(
                sessions,
                embryonicSessions,
                markers,
                embryonicMarkers,
                outstanding,
                (int) chassis.controlTraffic().deferredNow(),
                memory.getHeapMemoryUsage().getUsed(),
                ResidentMemory.bytes());
    }
}
