package io.boomerang.node.admin;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowText;

import org.jspecify.annotations.Nullable;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The query of a request, each name once. Answers in what it is to be read as, or says what is
/// wrong with it.
final class Parameters {
    private final Map<String, String> values = new LinkedHashMap<>();

    /// @param rawQuery as it stands in the URI, or null
    /// @param known names that the request may use
    Parameters(final @Nullable String rawQuery, final Set<String> known) throws RefusedException {
        if (rawQuery == null || rawQuery.isEmpty()) {
            return;
        }
        for (final String part : rawQuery.split("&", -1)) {
            final int equals = part.indexOf('=');
            final String name = decode(equals < 0 ? part : part.substring(0, equals));
            if (!known.contains(name)) {
                throw bad("no parameter is called '" + name + "'" + among(known));
            }
            final String value = equals < 0 ? "" : decode(part.substring(equals + 1));
            if (values.putIfAbsent(name, value) != null) {
                throw bad(name + " stands there twice");
            }
        }
    }

    private static String among(final Set<String> known) {
        return known.isEmpty()
                ? "; there are none"
                : "; there are " + String.join(", ", known.stream().sorted().toList());
    }

    /// The escapes are well-formed, or there would be no URI.
    private static String decode(final String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    static RefusedException bad(final String message) {
        return new RefusedException(RefusedException.BAD_REQUEST, message);
    }

    @Nullable String text(final String name) {
        return values.get(name);
    }

    String required(final String name) throws RefusedException {
        final String value = values.get(name);
        if (value == null || value.isBlank()) {
            throw bad(name + " is missing");
        }
        return value;
    }

    int number(final String name, final int otherwise, final int least, final int most)
            throws RefusedException {
        final String text = values.get(name);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("\\d{1,9}")
                || Integer.parseInt(text) < least
                || Integer.parseInt(text) > most) {
            throw bad(name + " '" + text + "' is no number of " + least + " to " + most);
        }
        return Integer.parseInt(text);
    }

    FlowKey flow(final String name) throws RefusedException {
        try {
            return FlowText.parse(required(name));
        } catch (final IllegalArgumentException e) {
            throw bad(name + ": " + e.getMessage());
        }
    }
}
