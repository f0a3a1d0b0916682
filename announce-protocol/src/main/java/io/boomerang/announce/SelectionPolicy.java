package io.boomerang.announce;

/// How the blade of a new flow is chosen. A flow that exists stays where it is, whatever the
/// policy.
public enum SelectionPolicy {
    /// By the hash's bucket: every redirector gives the same answer, without any state.
    BUCKETS,
    /// The less loaded of two blades that the hash picks.
    POWER_OF_TWO,
    /// The least loaded of all.
    LEAST_LOADED
}
