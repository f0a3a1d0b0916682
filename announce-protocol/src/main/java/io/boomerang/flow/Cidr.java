package io.boomerang.flow;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/// A block of IP addresses. Words as in {@link FlowKey}: an IPv4 address stands in the low 32 bits
/// of the low word.
public record Cidr(boolean isIpv6, long high, long low, int prefixLength) {
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    public Cidr {
        final int bits = isIpv6 ? IPV6_BITS : IPV4_BITS;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException(
                    "prefix length " + prefixLength + " is outside 0.." + bits);
        }
        high &= isIpv6 ? highMask(prefixLength) : 0;
        low &= isIpv6 ? lowMask(prefixLength) : lowMask(prefixLength + IPV6_BITS - IPV4_BITS);
    }

    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or a single address.
    ///
    /// @throws IllegalArgumentException with a message for users
    public static Cidr parse(final String text) {
        final int slash = text.indexOf('/');
        final String address = slash < 0 ? text : text.substring(0, slash);
        final byte[] bytes;
        try {
            bytes = InetAddress.ofLiteral(address).getAddress();
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + address + "' is no IP address", e);
        }
        final boolean isIpv6 = bytes.length == 16;
        final ByteBuffer words = ByteBuffer.wrap(bytes);
        return isIpv6
                ? new Cidr(true, words.getLong(), words.getLong(), prefix(text, slash, IPV6_BITS))
                : new Cidr(
                        false,
                        0,
                        Integer.toUnsignedLong(words.getInt()),
                        prefix(text, slash, IPV4_BITS));
    }

    private static int prefix(final String text, final int slash, final int ofSingle) {
        if (slash < 0) {
            return ofSingle;
        }
        try {
            return Integer.parseInt(text.substring(slash + 1));
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + text.substring(slash + 1) + "' is no prefix length", e);
        }
    }

    private static long highMask(final int length) {
        return length == 0 ? 0 : -1L << Math.max(0, Long.SIZE - length);
    }

    private static long lowMask(final int length) {
        return length <= Long.SIZE ? 0 : -1L << IPV6_BITS - length;
    }

    public boolean contains(
            final boolean addressIsIpv6, final long addressHigh, final long addressLow) {
        if (addressIsIpv6 != isIpv6) {
            return false;
        }
        return isIpv6
                ? (addressHigh & highMask(prefixLength)) == high
                        && (addressLow & lowMask(prefixLength)) == low
                : (addressLow & lowMask(prefixLength + IPV6_BITS - IPV4_BITS)) == low;
    }
}
