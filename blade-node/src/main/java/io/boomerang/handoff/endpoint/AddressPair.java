package io.boomerang.handoff.endpoint;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// Both addresses of a connection as packets have them. IPv4 addresses are the low four bytes.
public record AddressPair(InetSocketAddress local, InetSocketAddress remote) {
    boolean isIpv6() {
        return local.getAddress().getAddress().length == 16;
    }

    static long high(final InetSocketAddress address) {
        final byte[] bytes = address.getAddress().getAddress();
        return bytes.length == 4 ? 0 : ByteBuffer.wrap(bytes).getLong();
    }

    static long low(final InetSocketAddress address) {
        final byte[] bytes = address.getAddress().getAddress();
        return bytes.length == 4
                ? Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt())
                : ByteBuffer.wrap(bytes).getLong(Long.BYTES);
    }

    static InetSocketAddress address(
            final boolean ipv6, final long high, final long low, final int port) {
        final byte[] bytes =
                ipv6
                        ? ByteBuffer.allocate(16).putLong(high).putLong(low).array()
                        : ByteBuffer.allocate(4).putInt((int) low).array();
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (final UnknownHostException e) {
            throw new AssertionError("addresses have 4 or 16 bytes", e);
        }
    }
}
