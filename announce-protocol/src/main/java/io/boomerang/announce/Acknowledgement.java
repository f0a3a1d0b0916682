package io.boomerang.announce;

/// A redirector tells the blade what became of an announcement.
///
/// @param flowId the announced flow
/// @param incarnation as announced
/// @param version as announced
/// @param outcome what the redirector did
public record Acknowledgement(long flowId, int incarnation, int version, Outcome outcome)
        implements ControlMessage {

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
