package io.boomerang.sim.measure;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// What a {@link FetchingClient} is to fetch.
///
/// @param atOnce connections at once, each for one request
/// @param durationMs until when finished connections are followed by others, in milliseconds; 0:
///   they are not
/// @param targets what connections ask for, by turns
public record FetchTask(int atOnce, int durationMs, List<FetchTarget> targets) {
    private static final int NUMBERS = 2;

    public FetchTask {
        targets = List.copyOf(targets);
        if (atOnce < 1 || durationMs < 0 || targets.isEmpty()) {
            throw new IllegalArgumentException("nothing to fetch");
        }
    }

    /// As one line for {@link #parse}.
    String text() {
        return atOnce
                + " "
                + durationMs
                + " "
                + targets.stream().map(FetchTarget::text).collect(Collectors.joining(" "));
    }

    /// Reads what {@link #text} wrote.
    ///
    /// @throws IllegalArgumentException when the line is something else
    public static FetchTask parse(final String line) {
        final String[] words = line.split(" ", -1);
        if (words.length <= NUMBERS) {
            throw new IllegalArgumentException("'" + line + "' is no task");
        }
        return new FetchTask(
                Integer.parseInt(words[0]),
                Integer.parseInt(words[1]),
                Arrays.stream(words).skip(NUMBERS).map(FetchTarget::parse).toList());
    }
}
