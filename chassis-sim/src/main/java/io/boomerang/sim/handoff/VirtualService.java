package io.boomerang.sim.handoff;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/// Where clients of a simulated chassis connect to, at an address of each family (RFC 5737, RFC
/// 3849).
///
/// @param port of both
record VirtualService(int port) {
    InetSocketAddress at(final boolean isIpv6) {
        return address(isIpv6 ? "20010db8000000000000000000000001" : "c0000201", port);
    }

    /// Where a client comes from.
    static InetSocketAddress client(final boolean isIpv6, final int port) {
        return address(isIpv6 ? "20010db8000000000000000000000c01" : "0a000001", port);
    }

    private static InetSocketAddress address(final String hex, final int port) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(HexFormat.of().parseHex(hex)), port);
        } catch (final UnknownHostException e) {
            throw new AssertionError("addresses have 4 or 16 bytes", e);
        }
    }
}
