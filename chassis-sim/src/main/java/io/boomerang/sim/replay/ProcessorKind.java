package io.boomerang.sim.replay;

/// What the blades of a replay do with packets.
public enum ProcessorKind {
    /// Nothing.
    PASS,
    /// They follow connections and drop what does not belong to one.
    FIREWALL,
    /// They translate the source address and port of flows from the ingress side.
    SOURCE_NAT
}
