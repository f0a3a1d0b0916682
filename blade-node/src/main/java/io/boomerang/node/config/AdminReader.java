package io.boomerang.node.config;

import org.jspecify.annotations.Nullable;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads where operators reach the daemons. What others than this machine can reach asks for a
/// token.
final class AdminReader {
    private static final int USUAL_PORT = 7_880;
    private static final int MAX_PORT = 0xFFFF;

    /// Where a daemon listens when its blade has no address of its own for that.
    private enum Place {
        LOOPBACK,
        BACKPLANE,
        NONE
    }

    private AdminReader() {}

    /// @param own addresses that blades have for operators, by the blade's name
    /// @param token null when there is none, or it could not be read
    static AdminConfig read(
            final Section section,
            final @Nullable SecretFile token,
            final List<NodeConfig> nodes,
            final Map<String, InetAddress> own) {
        final Place place = section.choice("address", Place.LOOPBACK);
        final int port = section.number("port", USUAL_PORT, 1, MAX_PORT);
        final Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
        for (final NodeConfig node : nodes) {
            final InetAddress address =
                    own.containsKey(node.blade())
                            ? own.get(node.blade())
                            : usual(place, node.backplane().getAddress());
            if (address != null) {
                addresses.put(node.blade(), new InetSocketAddress(address, port));
            }
        }
        if (token == null && !section.has("token-file")) {
            requireLoopback(section, addresses);
        }
        section.end();
        return new AdminConfig(addresses, token == null ? "" : token.hexDigits());
    }

    private static @Nullable InetAddress usual(final Place place, final InetAddress backplane) {
        return switch (place) {
            case LOOPBACK ->
                    InetAddress.ofLiteral(backplane instanceof Inet6Address ? "::1" : "127.0.0.1");
            case BACKPLANE -> backplane;
            case NONE -> null;
        };
    }

    private static void requireLoopback(
            final Section section, final Map<String, InetSocketAddress> addresses) {
        for (final Map.Entry<String, InetSocketAddress> entry : addresses.entrySet()) {
            final InetAddress address = entry.getValue().getAddress();
            if (!address.isLoopbackAddress()) {
                section.complain(
                        "token-file",
                        "is missing, and others can reach "
                                + entry.getKey()
                                + " at "
                                + address.getHostAddress());
                return;
            }
        }
    }
}
