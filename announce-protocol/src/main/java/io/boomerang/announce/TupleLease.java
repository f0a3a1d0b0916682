package io.boomerang.announce;

import io.boomerang.flow.FlowKey;

/// A blade that has a flow under an address and port of another blade asks that one not to give
/// them away. Repeated as long as the flow lives; 0 when it is over.
///
/// Known since format 2; not sent where a member reads older ones only.
///
/// @param key the flow on its far side
/// @param leaseMs for how long, in milliseconds
public record TupleLease(FlowKey key, int leaseMs) implements ControlMessage {
    public TupleLease {
        if (leaseMs < 0) {
            throw new IllegalArgumentException("leaseMs " + leaseMs + " is negative");
        }
    }

    @Override
    public int firstFormat() {
        return FlowOffer.FIRST_FORMAT;
    }
}
