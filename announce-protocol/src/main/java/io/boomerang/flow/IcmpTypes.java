package io.boomerang.flow;

import io.boomerang.wire.IcmpHeader;
import io.boomerang.wire.Ipv4Header;

/// Which ICMP messages are queries with an identifier, errors with a quote, or of the link only
/// (IANA "ICMP Parameters" and "ICMPv6 Parameters").
final class IcmpTypes {
    private IcmpTypes() {}

    /// Echo, timestamp, information and address mask, and their answers.
    static boolean isQuery(final int version, final int type) {
        if (version == Ipv4Header.VERSION) {
            return type == IcmpHeader.ECHO_REPLY
                    || type == IcmpHeader.ECHO_REQUEST
                    || type >= IcmpHeader.TIMESTAMP && type <= IcmpHeader.ADDRESS_MASK_REPLY;
        }
        return type == IcmpHeader.V6_ECHO_REQUEST || type == IcmpHeader.V6_ECHO_REPLY;
    }

    static boolean isError(final int version, final int type) {
        if (version == Ipv4Header.VERSION) {
            return switch (type) {
                case IcmpHeader.DESTINATION_UNREACHABLE,
                        IcmpHeader.SOURCE_QUENCH,
                        IcmpHeader.REDIRECT,
                        IcmpHeader.TIME_EXCEEDED,
                        IcmpHeader.PARAMETER_PROBLEM ->
                        true;
                default -> false;
            };
        }
        return type >= IcmpHeader.V6_DESTINATION_UNREACHABLE
                && type <= IcmpHeader.V6_PARAMETER_PROBLEM;
    }

    /// Multicast listeners (130-132, 143, 151-153), neighbours (133-137, 148, 149).
    static boolean isLocalV6(final int type) {
        return type >= 130 && type <= 137
                || type == 143
                || type == 148
                || type == 149
                || type >= 151 && type <= 153;
    }
}
