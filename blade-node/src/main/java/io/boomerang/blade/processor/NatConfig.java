package io.boomerang.blade.processor;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.nio.ByteBuffer;

/// What a chassis' source translation uses, and which part of the ports is whose. Blades share the
/// addresses and have disjoint port ranges, so that no two of them can give away the same
/// translation.
///
/// @param ipv4 the address that IPv4 flows leave with
/// @param ipv6 the address that IPv6 flows leave with
/// @param firstPort the lowest port (and ICMP identifier) given away
/// @param portsPerBlade how many of them each blade has
/// @param probeLimit how many ports are tried for a flow before it is refused
public record NatConfig(
        Inet4Address ipv4, Inet6Address ipv6, int firstPort, int portsPerBlade, int probeLimit) {
    private static final int MAX_PORT = 0xFFFF;

    public NatConfig {
        if (firstPort < 1 || firstPort > MAX_PORT) {
            throw new IllegalArgumentException("firstPort " + firstPort + " is outside 1..65535");
        }
        if (portsPerBlade < 1 || portsPerBlade > MAX_PORT + 1 - firstPort) {
            throw new IllegalArgumentException(
                    "portsPerBlade "
                            + portsPerBlade
                            + " is outside 1.."
                            + (MAX_PORT + 1 - firstPort));
        }
        if (probeLimit < 1) {
            throw new IllegalArgumentException("probeLimit " + probeLimit + " is less than 1");
        }
    }

    /// How many blades have ports of their own.
    public int bladeLimit() {
        return (MAX_PORT + 1 - firstPort) / portsPerBlade;
    }

    /// The range of the blade of this index, counted from 0.
    public PortRange rangeOf(final int bladeIndex) {
        if (bladeIndex < 0 || bladeIndex >= bladeLimit()) {
            throw new IllegalArgumentException(
                    "blade index "
                            + bladeIndex
                            + " is outside 0.."
                            + (bladeLimit() - 1)
                            + ": "
                            + portsPerBlade
                            + " ports per blade from "
                            + firstPort
                            + " on are enough for "
                            + bladeLimit()
                            + " blades");
        }
        final int first = firstPort + bladeIndex * portsPerBlade;
        return new PortRange(first, first + portsPerBlade - 1);
    }

    long ipv4Low() {
        return Integer.toUnsignedLong(ByteBuffer.wrap(ipv4.getAddress()).getInt());
    }

    long ipv6High() {
        return ByteBuffer.wrap(ipv6.getAddress()).getLong(0);
    }

    long ipv6Low() {
        return ByteBuffer.wrap(ipv6.getAddress()).getLong(Long.BYTES);
    }
}
