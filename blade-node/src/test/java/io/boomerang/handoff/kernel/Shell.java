package io.boomerang.handoff.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/// Commands of the machine, for what a test needs of it.
final class Shell {
    private Shell() {}

    static String run(final String... command) {
        return feed("", command);
    }

    /// The command, to be run in the namespace.
    static String[] in(final Namespace namespace, final String... command) {
        return with(new String[] {"ip", "netns", "exec", namespace.name()}, List.of(command));
    }

    static String[] with(final String[] command, final List<String> more) {
        return Stream.concat(Stream.of(command), more.stream()).toArray(String[]::new);
    }

    /// Runs a command with these lines on its standard input.
    static String feed(final String input, final String... command) {
        try {
            final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.outputWriter(StandardCharsets.UTF_8).append(input).close();
            final String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (final IOException e) {
            throw new IllegalStateException(String.join(" ", command), e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(String.join(" ", command), e);
        }
    }
}
