package io.boomerang.sim.measure;

/// What a {@link CrossingClient} is to measure.
///
/// @param frameBytes 60 to 1,514, without frame check sequence
/// @param window frames on their way at once
/// @param durationMs how long, in milliseconds
public record CrossingTask(int frameBytes, int window, int durationMs) {
    /// As one line for {@link #parse}.
    String text() {
        return frameBytes + " " + window + " " + durationMs;
    }

    /// Reads what {@link #text} wrote.
    ///
    /// @throws IllegalArgumentException when the line is something else
    public static CrossingTask parse(final String line) {
        final String[] words = line.split(" ", -1);
        if (words.length != 3) {
            throw new IllegalArgumentException("'" + line + "' is no task");
        }
        return new CrossingTask(
                Integer.parseInt(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
    }
}
