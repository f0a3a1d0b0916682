package io.boomerang.device;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;

/// Addresses of UDP sockets as the kernel has them (`struct sockaddr_in`, `sockaddr_in6`,
/// netinet/in.h): family, port, then the address, which IPv6 has behind four bytes of flow label.
final class DatagramSocketAddress {
    static final short AF_INET = 2;
    static final short AF_INET6 = 10;
    private static final int IPV4_BYTES = 16;
    private static final int IPV6_BYTES = 28;
    private static final int PORT = 2;
    private static final int IPV4_ADDRESS = 4;
    private static final int IPV6_ADDRESS = 8;

    private DatagramSocketAddress() {}

    static short familyOf(final InetAddress address) {
        return address instanceof Inet6Address ? AF_INET6 : AF_INET;
    }

    static MemorySegment allocate(final Arena arena, final InetAddress address, final int port) {
        final boolean ipv6 = address instanceof Inet6Address;
        final MemorySegment bytes = arena.allocate(ipv6 ? IPV6_BYTES : IPV4_BYTES, Integer.BYTES);
        bytes.set(JAVA_SHORT, 0, familyOf(address));
        bytes.set(NetworkOrder.SHORT, PORT, (short) port);
        final byte[] octets = address.getAddress();
        MemorySegment.copy(
                octets,
                0,
                bytes,
                NetworkOrder.BYTE,
                ipv6 ? IPV6_ADDRESS : IPV4_ADDRESS,
                octets.length);
        return bytes;
    }

    /// Whether both are of one host, whatever their ports are.
    static boolean isSameHost(final MemorySegment one, final MemorySegment other) {
        final short family = one.get(JAVA_SHORT, 0);
        if (family != other.get(JAVA_SHORT, 0)) {
            return false;
        }
        final long start = family == AF_INET6 ? IPV6_ADDRESS : IPV4_ADDRESS;
        final long end = start + (family == AF_INET6 ? 2 * Long.BYTES : Integer.BYTES);
        return MemorySegment.mismatch(one, start, end, other, start, end) < 0;
    }
}
