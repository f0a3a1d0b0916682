package io.boomerang.blade.mover;

/// What a blade has moved so far, and what is on the move now.
///
/// @param offered flows offered to other blades
/// @param given flows given to other blades
/// @param settled those of them that every redirector knows on their new blade
/// @param kept offers that were refused or not answered, so that the flow stayed
/// @param cameBack flows that were given away and came back, because their new blade died or had no
///   place for them any more
/// @param arrived flows that came from other blades
/// @param refused offers of other blades for which there was no place
/// @param leavingNow flows on their way to other blades
/// @param arrivingNow flows that are expected, or have come and are not known everywhere
/// @param passedOn packets sent on to the blade that has their flow
/// @param parked packets that have waited because of a move
/// @param parkedNow packets that wait now
/// @param outOfOrder packets that had to go before earlier ones, because there was no room to wait
///   or the earlier ones did not come in time
/// @param lentNow translated addresses and ports of this blade that flows on other blades have
public record MoveCounters(
        long offered,
        long given,
        long settled,
        long kept,
        long cameBack,
        long arrived,
        long refused,
        int leavingNow,
        int arrivingNow,
        long passedOn,
        long parked,
        int parkedNow,
        long outOfOrder,
        int lentNow) {}
