package io.boomerang.sim.command;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A length of time with its unit: `200us`, `5ms`, `1.5s`.
///
/// @param ns in nanoseconds
record Delay(long ns) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ns|us|ms|s)");
    private static final double NS_PER_S = 1e9;
    private static final double NS_PER_MS = 1e6;
    private static final double NS_PER_US = 1e3;

    /// @throws IllegalArgumentException with a message for users
    static Delay parse(final String text) {
        final Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "expected a time like 200us, 5ms or 1.5s, found '" + text + "'");
        }
        final double unit =
                switch (matcher.group(2)) {
                    case "s" -> NS_PER_S;
                    case "ms" -> NS_PER_MS;
                    case "us" -> NS_PER_US;
                    default -> 1;
                };
        return new Delay(Math.round(Double.parseDouble(matcher.group(1)) * unit));
    }
}
