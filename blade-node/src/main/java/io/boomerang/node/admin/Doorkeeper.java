package io.boomerang.node.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// Decides who may ask. With a token, whoever shows it. Without one, whoever can reach the loopback
/// address, but no web page of elsewhere: a browser on this machine can reach it, too, and says in
/// `Origin` and `Host` (RFC 6454, RFC 9110) on whose behalf it asks.
final class Doorkeeper {
    private static final String SCHEME = "Bearer ";

    private final byte[] token;

    /// @param token empty for none
    Doorkeeper(final String token) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    /// @param wantsToken whether what is asked for is not for everybody
    /// @throws RefusedException when this request is not to be answered
    void admit(final HttpExchange exchange, final boolean wantsToken) throws RefusedException {
        final Headers headers = exchange.getRequestHeaders();
        final String host = headers.getFirst("Host");
        final String origin = headers.getFirst("Origin");
        if (origin != null && !origin.equals("http://" + host)) {
            throw new RefusedException(
                    RefusedException.FORBIDDEN, "pages of " + origin + " may not ask here");
        }
        if (token.length == 0) {
            if (host != null && !isLiteral(host)) {
                throw new RefusedException(
                        RefusedException.FORBIDDEN,
                        "without a token only requests to an IP address or to localhost are"
                                + " answered, not to "
                                + host);
            }
        } else if (wantsToken && !hasToken(headers.getFirst("Authorization"))) {
            throw new RefusedException(
                    RefusedException.UNAUTHORIZED,
                    "the token is missing or wrong; send it as 'Authorization: Bearer TOKEN'");
        }
    }

    private boolean hasToken(final @Nullable String authorization) {
        return authorization != null
                && authorization.startsWith(SCHEME)
                && MessageDigest.isEqual(
                        token,
                        authorization
                                .substring(SCHEME.length())
                                .strip()
                                .getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isLiteral(final String host) {
        final int colon = host.lastIndexOf(':');
        final boolean hasPort = colon > host.lastIndexOf(']');
        final String name = hasPort ? host.substring(0, colon) : host;
        if (name.equals("localhost")) {
            return true;
        }
        try {
            final InetAddress _ = InetAddress.ofLiteral(name);
            return true;
        } catch (final IllegalArgumentException _) {
            return false;
        }
    }
}
