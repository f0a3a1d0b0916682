package io.boomerang.node.config;

import io.boomerang.blade.processor.FirewallRules;
import io.boomerang.blade.processor.NatConfig;
import io.boomerang.device.ApplianceConfig;
import io.boomerang.device.HandoffConfig;
import io.boomerang.device.KernelConfig;

/// What the processors of a chassis do with packets.
public sealed interface ServiceConfig {
    /// Nothing.
    record Pass() implements ServiceConfig {}

    /// They follow connections and drop what does not belong to one.
    ///
    /// @param rules which flows may open
    record Firewall(FirewallRules rules) implements ServiceConfig {}

    /// They translate the source of flows from the ingress side.
    ///
    /// @param nat to what
    record SourceNat(NatConfig nat) implements ServiceConfig {}

    /// They give packets to the kernel.
    ///
    /// @param kernel how
    record Kernel(KernelConfig kernel) implements ServiceConfig {}

    /// They give packets to appliances.
    ///
    /// @param appliances where they are
    record Appliance(ApplianceConfig appliances) implements ServiceConfig {}

    /// Connections of clients end on them, and move from those that accept them to those that serve
    /// them.
    ///
    /// @param handoff where, and who does what
    record Handoff(HandoffConfig handoff) implements ServiceConfig {}

    /// Whether new flows may come to the blade; else only those that others give it.
    default boolean opensFlows(final String blade) {
        return !(this instanceof Handoff(var handoff)) || handoff.accepts(blade);
    }
}
