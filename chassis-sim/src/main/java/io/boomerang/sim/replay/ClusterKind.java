package io.boomerang.sim.replay;

/// How the nodes of a replay talk to each other.
public enum ClusterKind {
    /// Real channels, in the machine's time.
    JGROUPS,
    /// Messages in memory, in a time of their own: the same seed gives the same run.
    MEMORY
}
