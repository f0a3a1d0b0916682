package io.boomerang.blade;

import io.boomerang.blade.announcer.AnnouncerCounters;
import io.boomerang.blade.mover.MoveCounters;

/// What a blade has done so far, and what it holds now.
///
/// @param delivered frames that reached the blade
/// @param malformedDatagrams backplane datagrams without a legal header, or not meant for a blade
/// @param unexpectedMessages control messages that are none of a blade's business
/// @param stateless packets judged without a marker because the table was full
/// @param held frames that waited for the far side's owner
/// @param heldNow frames that do so now
/// @param releasedUnconfirmed flows let go although the far side's owner holds a newer session or
///   none
/// @param givenUp flows forgotten because another blade has them under a later flow id
/// @param liveFlows flows held now
/// @param embryonicFlows flows held now whose handshake is not complete, or that were answered once
///   at most
/// @param lapsedFlows flows that are over and still remembered
/// @param evictedEmbryonic embryonic flows that gave their place to a new one
/// @param evictedLapsed flows that were over and gave their place to a new one
/// @param refusedFull new flows for which there was no place
/// @param verdicts frames by verdict
/// @param moves flows that went to other blades and came from them
/// @param announcer what was announced
public record BladeCounters(
        long delivered,
        long malformedDatagrams,
        long unexpectedMessages,
        long stateless,
        long held,
        int heldNow,
        long releasedUnconfirmed,
        long givenUp,
        int liveFlows,
        int embryonicFlows,
        int lapsedFlows,
        long evictedEmbryonic,
        long evictedLapsed,
        long refusedFull,
        VerdictCounts verdicts,
        MoveCounters moves,
        AnnouncerCounters announcer) {}
