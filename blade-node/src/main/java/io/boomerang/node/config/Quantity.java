package io.boomerang.node.config;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers with units, as people write them: `1500ms`, `2h4m`, `64KiB`.
final class Quantity {
    private static final Pattern DURATION =
            Pattern.compile("(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");
    private static final List<Long> DURATION_MS = List.of(3_600_000L, 60_000L, 1_000L, 1L);
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(|KiB|MiB|GiB)");
    private static final int KIBI_SHIFT = 10;

    private Quantity() {}

    /// In milliseconds; null when the text is no duration.
    static @Nullable Long durationMs(final String text) {
        final Matcher matcher = DURATION.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            return null;
        }
        long sum = 0;
        for (int i = 0; i < DURATION_MS.size(); i++) {
            final String count = matcher.group(i + 1);
            sum += count == null ? 0 : Long.parseLong(count) * DURATION_MS.get(i);
        }
        return sum;
    }

    /// In bytes; null when the text is no size.
    static @Nullable Long bytes(final String text) {
        final Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        final int shift =
                switch (matcher.group(2)) {
                    case "KiB" -> KIBI_SHIFT;
                    case "MiB" -> 2 * KIBI_SHIFT;
                    case "GiB" -> 3 * KIBI_SHIFT;
                    default -> 0;
                };
        return Long.parseLong(matcher.group(1)) << shift;
    }

    /// The longest form of one unit that says the same.
    static String durationText(final long ms) {
        if (ms != 0 && ms % 3_600_000 == 0) {
            return ms / 3_600_000 + "h";
        }
        if (ms != 0 && ms % 60_000 == 0) {
            return ms / 60_000 + "m";
        }
        return ms != 0 && ms % 1_000 == 0 ? ms / 1_000 + "s" : ms + "ms";
    }

    static String sizeText(final long bytes) {
        if (bytes != 0 && bytes % (1 << 2 * KIBI_SHIFT) == 0) {
            return (bytes >> 2 * KIBI_SHIFT) + "MiB";
        }
        return bytes != 0 && bytes % (1 << KIBI_SHIFT) == 0
                ? (bytes >> KIBI_SHIFT) + "KiB"
                : String.valueOf(bytes);
    }
}
