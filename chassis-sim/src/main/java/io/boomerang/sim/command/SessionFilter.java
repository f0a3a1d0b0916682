package io.boomerang.sim.command;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.Cidr;
import io.boomerang.flow.FlowKey;

import org.jspecify.annotations.Nullable;

/// Which sessions a user wants to see.
///
/// @param blade node id of the blade that holds them; 0 for any
/// @param address of either end of the flow; null for any
/// @param state of the session; null for any
record SessionFilter(int blade, @Nullable Cidr address, @Nullable SessionState state) {
    boolean accepts(
            final int bladeOfSession,
            final FlowKey key,
            final FlowKey otherKey,
            final TcpPhase phase,
            final boolean live) {
        return (blade == 0 || blade == bladeOfSession)
                && (hasEnd(key) || hasEnd(otherKey))
                && (state == null || state.accepts(phase, live));
    }

    private boolean hasEnd(final FlowKey key) {
        return address == null
                || address.contains(key.isIpv6(), key.aHigh(), key.aLow())
                || address.contains(key.isIpv6(), key.bHigh(), key.bLow());
    }
}
