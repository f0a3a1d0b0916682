package io.boomerang.blade.processor;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.wire.IpProtocol;

import org.jspecify.annotations.Nullable;

/// One line of a rule file: which flows it is about, and whether they may open.
///
/// @param allow whether a flow that matches may open
/// @param side where the flow's first packet arrives; null for both
/// @param protocol IP protocol, {@link #ANY_PROTOCOL} or {@link #ICMP} for both ICMP and ICMPv6
/// @param from where the first packet comes from; null for anywhere
/// @param to where it goes; null for anywhere
/// @param firstPort least destination port, {@link #ANY_PORT} for any and for flows without ports
/// @param lastPort greatest destination port
record FirewallRule(
        boolean allow,
        @Nullable Side side,
        int protocol,
        @Nullable AddressRange from,
        @Nullable AddressRange to,
        int firstPort,
        int lastPort) {
    static final int ANY_PROTOCOL = -1;
    static final int ICMP = -2;
    static final int ANY_PORT = -1;

    /// Whether a flow that a packet of this direction opens is one of the rule's.
    boolean matches(final Side arrivalSide, final FlowKey key, final boolean sourceIsB) {
        return (side == null || side == arrivalSide)
                && matchesProtocol(key.protocol())
                && matchesPort(key, sourceIsB)
                && isIn(from, key, sourceIsB)
                && isIn(to, key, !sourceIsB);
    }

    private boolean matchesProtocol(final int keyProtocol) {
        return switch (protocol) {
            case ANY_PROTOCOL -> true;
            case ICMP -> keyProtocol == IpProtocol.ICMP || keyProtocol == IpProtocol.ICMPV6;
            default -> keyProtocol == protocol;
        };
    }

    private boolean matchesPort(final FlowKey key, final boolean sourceIsB) {
        if (firstPort == ANY_PORT) {
            return true;
        }
        final int port = sourceIsB ? key.aPort() : key.bPort();
        return key.kind() == FlowKey.KIND_PORTS && port >= firstPort && port <= lastPort;
    }

    private static boolean isIn(
            final @Nullable AddressRange range, final FlowKey key, final boolean endpointB) {
        return range == null
                || (endpointB
                        ? range.contains(key.isIpv6(), key.bHigh(), key.bLow())
                        : range.contains(key.isIpv6(), key.aHigh(), key.aLow()));
    }
}
