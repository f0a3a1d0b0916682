package io.boomerang.flow;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Reads flows as {@link FlowKey#toString} writes them, and as users may type them: `tcp
/// 10.0.0.1:80 <-> 10.0.0.2:4711`, `udp [2001:db8::1]:53 [2001:db8::2]:999`, `icmp id 7 10.0.0.1
/// 10.0.0.2`, `ip/47 10.0.0.1 10.0.0.2`. Commas and arrows count as spaces, and the order of the
/// endpoints does not matter.
public final class FlowText {
    private static final String EXPECTED =
            "expected a flow like 'tcp 10.0.0.1:80 10.0.0.2:4711', 'icmp id 7 10.0.0.1 10.0.0.2' or"
                    + " 'ip/47 10.0.0.1 10.0.0.2'";
    private static final int MAX_PORT = 0xFFFF;
    private static final int MAX_PROTOCOL = 0xFF;

    private FlowText() {}

    private record Endpoint(InetAddress address, int port) {
        boolean isIpv4() {
            return address instanceof Inet4Address;
        }

        long high() {
            return isIpv4() ? 0 : ByteBuffer.wrap(address.getAddress()).getLong(0);
        }

        long low() {
            final ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
            return isIpv4() ? Integer.toUnsignedLong(bytes.getInt(0)) : bytes.getLong(8);
        }
    }

    /// Reads one flow.
    ///
    /// @throws IllegalArgumentException with a message for users
    public static FlowKey parse(final String text) {
        final List<String> words = words(text);
        if (words.isEmpty()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        final String name = words.getFirst();
        final int protocol = protocol(name);
        final boolean isQuery = words.size() == 5 && words.get(1).equals("id");
        if (!isQuery && words.size() != 3) {
            throw new IllegalArgumentException("'" + text + "' is no flow; " + EXPECTED);
        }
        final int kind = kind(name, isQuery);
        final int identifier = isQuery ? number(words.get(2), MAX_PORT, "identifier") : 0;
        final boolean hasPorts = kind == FlowKey.KIND_PORTS;
        final Endpoint one = endpoint(words.get(words.size() - 2), hasPorts, identifier);
        final Endpoint other = endpoint(words.getLast(), hasPorts, identifier);
        if (one.isIpv4() != other.isIpv4()) {
            throw new IllegalArgumentException("'" + text + "' mixes an IPv4 and an IPv6 address");
        }
        return key(protocol, kind, one, other);
    }

    private static List<String> words(final String text) {
        final List<String> words = new ArrayList<>();
        for (final String word :
                text.replace("<->", " ")
                        .replace("->", " ")
                        .replace(",", " ")
                        .toLowerCase(Locale.ROOT)
                        .split("\\s+", -1)) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    private static int protocol(final String name) {
        return switch (name) {
            case "icmp" -> 1;
            case "tcp" -> 6;
            case "udp" -> 17;
            case "dccp" -> 33;
            case "icmp6" -> 58;
            case "sctp" -> 132;
            case "udplite" -> 136;
            default -> {
                if (!name.startsWith("ip/")) {
                    throw new IllegalArgumentException(
                            "'" + name + "' is no protocol; " + EXPECTED);
                }
                yield number(name.substring(3), MAX_PROTOCOL, "protocol");
            }
        };
    }

    private static int kind(final String name, final boolean isQuery) {
        if (isQuery) {
            return FlowKey.KIND_IDENTIFIER;
        }
        return switch (name) {
            case "tcp", "udp", "dccp", "sctp", "udplite" -> FlowKey.KIND_PORTS;
            default -> FlowKey.KIND_ADDRESSES;
        };
    }

    private static int number(final String text, final int most, final String what) {
        try {
            final int number = Integer.parseInt(text);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (final NumberFormatException _) {
            // Said below, together with numbers out of range.
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no " + what + ", which is a number from 0 to " + most);
    }

    private static Endpoint endpoint(
            final String text, final boolean hasPort, final int identifier) {
        if (!hasPort) {
            return new Endpoint(address(text), identifier);
        }
        final int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("a port is missing in '" + text + "'");
        }
        return new Endpoint(
                address(text.substring(0, colon)),
                number(text.substring(colon + 1), MAX_PORT, "port"));
    }

    private static InetAddress address(final String text) {
        final boolean bracketed = text.startsWith("[") && text.endsWith("]");
        try {
            return InetAddress.ofLiteral(bracketed ? text.substring(1, text.length() - 1) : text);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is no IP address", e);
        }
    }

    private static FlowKey key(
            final int protocol, final int kind, final Endpoint one, final Endpoint other) {
        final FlowKey key = new FlowKey();
        if (one.isIpv4()) {
            key.setIpv4(
                    protocol, kind, (int) one.low(), one.port, (int) other.low(), other.port, 0);
        } else {
            key.setIpv6(
                    protocol,
                    kind,
                    one.high(),
                    one.low(),
                    one.port,
                    other.high(),
                    other.low(),
                    other.port,
                    0);
        }
        return key;
    }
}
