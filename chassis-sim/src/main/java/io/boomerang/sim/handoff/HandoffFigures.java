package io.boomerang.sim.handoff;

import io.boomerang.sim.report.Latency;

/// What hand-offs were measured to take.
public final class HandoffFigures {
    private HandoffFigures() {}

    /// Of connections whose client has just said what it wants, one after the other.
    ///
    /// @param count of connections
    /// @param perSecond with connecting, asking, answering and closing
    /// @param freeze from before the classifier reads the request until the connection stands still
    ///   and its state is known
    /// @param untilLive from the same moment until the connection is live at the host
    /// @param untilPacket from the same moment until the host's server has what the client sent
    ///   meanwhile
    /// @param blobBytes of one connection
    public record AtBeginning(
            int count,
            double perSecond,
            Latency freeze,
            Latency untilLive,
            Latency untilPacket,
            int blobBytes) {}

    /// Of one connection in the middle of a transfer to the client.
    ///
    /// @param moves from blade to blade
    /// @param refusals of moves, which were tried again
    /// @param megabitsPerSecond with all moves
    /// @param silence the longest time for which the client's read got nothing, around each move
    /// @param untilLive from the freeze until the connection is live at the next host
    /// @param mostBlobBytes of the longest blob
    public record InTheMiddle(
            int moves,
            int refusals,
            double megabitsPerSecond,
            Latency silence,
            Latency untilLive,
            int mostBlobBytes) {}
}
