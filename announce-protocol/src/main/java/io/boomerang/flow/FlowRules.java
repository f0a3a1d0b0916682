package io.boomerang.flow;

/// What belongs to a flow's identity, where networks differ. Equal on all nodes of a chassis.
///
/// @param innerOfTunnels tunnelled packets are told apart by the headers inside the tunnel; where
///   those cannot be read, and otherwise, by the tunnel's own
/// @param vlanInKey packets of different VLAN tags are of different flows
public record FlowRules(boolean innerOfTunnels, boolean vlanInKey) {
    public static final FlowRules DEFAULTS = new FlowRules(false, false);
}
