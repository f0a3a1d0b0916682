package io.boomerang.announce;

/// A redirector tells the blade what became of an announcement.
///
/// @param flowId the announced flow
/// @param incarnation as announced
/// @param version as announced
/// @param outcome what the redirector did
/// @param holder with {@link Outcome#STALE} the blade whose newer session stands in the place of
///   the announced one; 0 when that is unknown, as from a node that writes format 1
public record Acknowledgement(
        long flowId, int incarnation, int version, Outcome outcome, int holder)
        implements ControlMessage {

    public Acknowledgement {
        if (holder < 0 || holder > 0xFFFF || holder != 0 && outcome != Outcome.STALE) {
            throw new IllegalArgumentException("holder " + holder + " of outcome " + outcome);
        }
    }

    /// Names no holder.
    public Acknowledgement(
            final long flowId, final int incarnation, final int version, final Outcome outcome) {
        this(flowId, incarnation, version, outcome, 0);
    }

    /// What the redirector did with the announcement.
    public enum Outcome {
        /// The session is as announced.
        INSTALLED,
        /// A newer session stands in its place, and stays.
        STALE,
        /// No place was found; packets of the flow are steered without a session.
        TABLE_FULL
    }
}
