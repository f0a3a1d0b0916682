package io.boomerang.blade.processor;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/// The addresses of a prefix: `192.0.2.0/24`, `2001:db8::/32`, or one address.
///
/// @param ipv6 the family
/// @param high the upper half of an IPv6 prefix, 0 for IPv4
/// @param low the lower half, or the IPv4 address
/// @param prefixLength in bits
record AddressRange(boolean ipv6, long high, long low, int prefixLength) {
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final long IPV4_MAPPED = 0xFFFF_0000_0000L;

    AddressRange {
        final int most = ipv6 ? IPV6_BITS : IPV4_BITS;
        if (prefixLength < 0 || prefixLength > most) {
            throw new IllegalArgumentException(
                    "a prefix length from 0 to " + most + " expected, not " + prefixLength);
        }
        if ((high & ~highMask(ipv6, prefixLength)) != 0
                || (low & ~lowMask(ipv6, prefixLength)) != 0) {
            throw new IllegalArgumentException("the address has bits set beyond its prefix");
        }
    }

    /// Reads an address with or without a prefix length; an {@link IllegalArgumentException} says
    /// what is wrong.
    static AddressRange parse(final String text) {
        final int slash = text.indexOf('/');
        final String address = slash < 0 ? text : text.substring(0, slash);
        final boolean ipv6 = address.indexOf(':') >= 0;
        final int prefixLength;
        if (slash < 0) {
            prefixLength = ipv6 ? IPV6_BITS : IPV4_BITS;
        } else {
            prefixLength = parsePrefixLength(text.substring(slash + 1));
        }
        if (ipv6) {
            return parseIpv6(address, prefixLength);
        }
        return new AddressRange(false, 0, parseIpv4(address), prefixLength);
    }

    private static int parsePrefixLength(final String text) {
        if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(AddressRange::isDigit)) {
            throw new IllegalArgumentException("a prefix length expected, not '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    private static boolean isDigit(final int c) {
        return c >= '0' && c <= '9';
    }

    private static long parseIpv4(final String text) {
        final String[] parts = text.split("\\.", -1);
        long address = 0;
        boolean valid = parts.length == 4;
        for (int i = 0; valid && i < parts.length; i++) {
            valid =
                    !parts[i].isEmpty()
                            && parts[i].length() <= 3
                            && parts[i].chars().allMatch(AddressRange::isDigit)
                            && Integer.parseInt(parts[i]) <= 0xFF;
            address = valid ? address << 8 | Integer.parseInt(parts[i]) : 0;
        }
        if (!valid) {
            throw new IllegalArgumentException("an address expected, not '" + text + "'");
        }
        return address;
    }

    private static AddressRange parseIpv6(final String text, final int prefixLength) {
        final InetAddress address;
        try {
            if (text.indexOf('%') >= 0) {
                throw new IllegalArgumentException("zones have no meaning here");
            }
            address = InetAddress.ofLiteral(text);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("an address expected, not '" + text + "'", e);
        }
        return switch (address) {
            case final Inet4Address mapped ->
                    new AddressRange(
                            true,
                            0,
                            IPV4_MAPPED
                                    | Integer.toUnsignedLong(
                                            ByteBuffer.wrap(mapped.getAddress()).getInt()),
                            prefixLength);
            case final Inet6Address whole -> {
                final ByteBuffer bytes = ByteBuffer.wrap(whole.getAddress());
                yield new AddressRange(true, bytes.getLong(), bytes.getLong(), prefixLength);
            }
            default ->
                    throw new IllegalArgumentException("an address expected, not '" + text + "'");
        };
    }

    boolean contains(final boolean otherIpv6, final long otherHigh, final long otherLow) {
        return ipv6 == otherIpv6
                && (otherHigh & highMask(ipv6, prefixLength)) == high
                && (otherLow & lowMask(ipv6, prefixLength)) == low;
    }

    private static long highMask(final boolean ipv6, final int prefixLength) {
        return ipv6 ? mask(Math.min(prefixLength, Long.SIZE)) : 0;
    }

    private static long lowMask(final boolean ipv6, final int prefixLength) {
        if (ipv6) {
            return mask(Math.max(0, prefixLength - Long.SIZE));
        }
        return mask(prefixLength + IPV4_BITS) & 0xFFFF_FFFFL;
    }

    /// The upper `bits` bits of a word.
    private static long mask(final int bits) {
        return bits <= 0 ? 0 : -1L << Long.SIZE - bits;
    }
}
