package io.boomerang.blade.announcer;

/// What the announcer has done so far.
///
/// @param opens flows announced for the first time in their life
/// @param putOff those of them that were announced only to who needs them for the first packets
/// @param sent announcements handed to the cluster, repetitions included
/// @param carried packets that an announcement rode on
/// @param repeated announcements sent again for want of an acknowledgement
/// @param abandoned announcements whose tries were used up
/// @param untracked announcements sent once only, because too many were outstanding
/// @param refreshes flows announced again to prolong their lease
/// @param closes flows announced as over
/// @param adoptions flows that took over a later flow id
/// @param acknowledged announcements that were installed
/// @param stale announcements that met a newer session
/// @param refused announcements that found the redirector's table full
/// @param outstandingNow announcements that wait for their acknowledgement
/// @param acknowledgedLate acknowledgements of what no longer waits for one
public record AnnouncerCounters(
        long opens,
        long putOff,
        long sent,
        long carried,
        long repeated,
        long abandoned,
        long untracked,
        long refreshes,
        long closes,
        long adoptions,
        long acknowledged,
        long stale,
        long refused,
        int outstandingNow,
        long acknowledgedLate) {}
