package io.boomerang.node.admin;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.Cidr;
import io.boomerang.flow.FlowKey;

import org.jspecify.annotations.Nullable;

/// Which sessions an operator wants to see.
///
/// @param address of either end; null for any
/// @param blade node id of the blade that has them; 0 for any
/// @param phase of their life; null for any
/// @param live true for those that live, false for those that are over, null for both
public record SessionQuery(
        @Nullable Cidr address, int blade, @Nullable TcpPhase phase, @Nullable Boolean live) {

    /// Whether it asks for this one.
    public boolean accepts(final SessionEntry entry) {
        return (blade == 0 || blade == entry.blade())
                && (phase == null || phase == entry.phase())
                && (live == null || live == entry.live())
                && (hasEnd(entry.key()) || hasEnd(entry.egressKey()));
    }

    private boolean hasEnd(final FlowKey key) {
        return address == null
                || address.contains(key.isIpv6(), key.aHigh(), key.aLow())
                || address.contains(key.isIpv6(), key.bHigh(), key.bLow());
    }
}
