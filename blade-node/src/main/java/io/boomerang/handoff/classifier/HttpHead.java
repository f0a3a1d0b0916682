package io.boomerang.handoff.classifier;

import io.boomerang.handoff.classifier.Sighting.Http1;
import io.boomerang.handoff.classifier.Sighting.Http2;
import io.boomerang.handoff.classifier.Sighting.Incomplete;
import io.boomerang.handoff.classifier.Sighting.Unknown;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// Reads host and path out of the head of an HTTP/1 request (RFC 9112), and knows the preface of
/// HTTP/2. All of the head is needed, because a second Host field makes the first one worthless.
final class HttpHead {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String END = "\r\n\r\n";
    private static final int LONGEST_METHOD = 24;
    private static final Sighting INCOMPLETE = new Incomplete();

    private HttpHead() {}

    static Sighting look(final ByteBuffer bytes) {
        final String text = StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
        if (text.startsWith(PREFACE)) {
            return new Http2();
        }
        if (PREFACE.startsWith(text)) {
            return INCOMPLETE;
        }
        final int methodEnd = text.indexOf(' ');
        final String method = methodEnd < 0 ? text : text.substring(0, methodEnd);
        if (method.isEmpty()
                || method.length() > LONGEST_METHOD
                || !method.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c == '-')) {
            return new Unknown("neither TLS nor HTTP");
        }
        final int end = text.indexOf(END);
        return end < 0 ? INCOMPLETE : readHead(text.substring(0, end), method);
    }

    private static Sighting readHead(final String head, final String method) {
        final List<String> lines = List.of(head.split("\r\n", -1));
        final List<String> words = List.of(lines.getFirst().split(" ", -1));
        if (words.size() != 3
                || !words.get(2).matches("HTTP/1\\.[0-9]")
                || words.get(1).isEmpty()) {
            return new Unknown("malformed HTTP request line");
        }
        String host = null;
        for (final String line : lines.subList(1, lines.size())) {
            final int colon = line.indexOf(':');
            // A space before the colon, or a folded line, is how requests are smuggled (RFC 9112,
            // 5.1).
            if (colon <= 0 || line.charAt(0) <= ' ' || line.charAt(colon - 1) <= ' ') {
                return new Unknown("malformed HTTP field");
            }
            if (line.substring(0, colon).equalsIgnoreCase("Host")) {
                if (host != null) {
                    return new Unknown("two Host fields");
                }
                host = line.substring(colon + 1).strip();
            }
        }
        return target(method, words.get(1), host == null ? "" : host);
    }

    /// A target with a host of its own overrules the field (RFC 9112, 3.2.2).
    private static Sighting target(final String method, final String target, final String field) {
        final String scheme = "http://";
        if (!target.regionMatches(true, 0, scheme, 0, scheme.length())) {
            return request(method, field, target);
        }
        final String rest = target.substring(scheme.length());
        final int slash = rest.indexOf('/');
        return slash < 0
                ? request(method, rest, "/")
                : request(method, rest.substring(0, slash), rest.substring(slash));
    }

    private static Sighting request(
            final String method, final String authority, final String path) {
        final String host = withoutPort(authority);
        return host.isEmpty() || HostName.isLegal(host)
                ? new Http1(method, host.toLowerCase(Locale.ROOT), path)
                : new Unknown("malformed Host field");
    }

    private static String withoutPort(final String authority) {
        final int colon = authority.lastIndexOf(':');
        final boolean hasPort =
                colon > authority.lastIndexOf(']')
                        && authority
                                .substring(colon + 1)
                                .chars()
                                .allMatch(c -> c >= '0' && c <= '9');
        return hasPort ? authority.substring(0, colon) : authority;
    }
}
