package io.boomerang.sim.measure;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What one connection asks for, over IPv4.
///
/// @param address of the server, in digits
/// @param port of the server
/// @param path of the request
/// @param host that has to serve it, says the answer
record FetchTarget(String address, int port, String path, String host) {
    private static final Pattern TEXT = Pattern.compile("([0-9.]+):(\\d+)(/[^ @]*)@([a-z0-9-]+)");

    /// One of so many bytes.
    ///
    /// @param server address and port, with a colon between
    /// @param service the first part of the path
    static FetchTarget of(
            final String server, final String service, final long bytes, final String host) {
        final int colon = server.indexOf(':');
        return new FetchTarget(
                server.substring(0, colon),
                Integer.parseInt(server.substring(colon + 1)),
                "/" + service + "/" + bytes,
                host);
    }

    InetSocketAddress server() {
        return new InetSocketAddress(address, port);
    }

    /// A word for {@link #parse}.
    String text() {
        return address + ":" + port + path + "@" + host;
    }

    /// @throws IllegalArgumentException when the word is not one of {@link #text}
    static FetchTarget parse(final String word) {
        final Matcher matcher = TEXT.matcher(word);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + word + "' is no target");
        }
        return new FetchTarget(
                matcher.group(1),
                Integer.parseInt(matcher.group(2)),
                matcher.group(3),
                matcher.group(4));
    }
}
