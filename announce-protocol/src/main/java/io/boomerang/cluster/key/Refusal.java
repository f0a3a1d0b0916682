package io.boomerang.cluster.key;

/// A connection that a member opened and that ended before it began.
///
/// @param host of the other end
/// @param isDecided whether it came out that one end does not trust the other: trying again is of
///   no use then. Else the other end was late or its word was lost, as happens on busy machines.
public record Refusal(String host, String reason, boolean isDecided) {
    /// For people.
    public String text() {
        return host + ": " + reason;
    }
}
