package io.boomerang.handoff.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// `struct sockaddr_in` and `struct sockaddr_in6` (linux/in.h, linux/in6.h). The family is in the
/// machine's order, everything else in the network's.
final class SocketAddresses {
    private static final int FAMILY = 0;
    private static final int PORT = 2;
    private static final int IPV4_HOST = 4;
    private static final int IPV4_BYTES = 16;
    private static final int IPV6_HOST = 8;
    private static final int IPV6_BYTES = 28;

    private SocketAddresses() {}

    static int familyOf(final InetSocketAddress address) {
        return address.getAddress().getAddress().length == Integer.BYTES
                ? SocketConstants.AF_INET
                : SocketConstants.AF_INET6;
    }

    /// Writes the address and answers the length of the struct.
    static int write(final InetSocketAddress address, final MemorySegment target) {
        final int family = familyOf(address);
        final boolean ipv4 = family == SocketConstants.AF_INET;
        final byte[] host = address.getAddress().getAddress();
        final int bytes = ipv4 ? IPV4_BYTES : IPV6_BYTES;
        target.asSlice(0, bytes).fill((byte) 0);
        target.set(JAVA_SHORT, FAMILY, (short) family);
        target.set(NetworkOrder.SHORT, PORT, (short) address.getPort());
        MemorySegment.copy(host, 0, target, JAVA_BYTE, ipv4 ? IPV4_HOST : IPV6_HOST, host.length);
        return bytes;
    }

    /// An IPv4 peer of an IPv6 socket is an IPv4 peer.
    static InetSocketAddress read(final MemorySegment source) {
        final boolean ipv4 = source.get(JAVA_SHORT, FAMILY) == SocketConstants.AF_INET;
        final byte[] host = new byte[ipv4 ? 4 : 16];
        MemorySegment.copy(source, JAVA_BYTE, ipv4 ? IPV4_HOST : IPV6_HOST, host, 0, host.length);
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(host),
                    Short.toUnsignedInt(source.get(NetworkOrder.SHORT, PORT)));
        } catch (final UnknownHostException e) {
            throw new AssertionError("addresses have 4 or 16 bytes", e);
        }
    }
}
