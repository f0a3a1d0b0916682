package io.boomerang.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A {@link MemberMain} that runs, and what it has said.
final class MemberProcess implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();

    MemberProcess(final String... arguments) throws IOException {
        final List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-Xmx128m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                MemberMain.class.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            reader.lines().forEach(output::add);
        } catch (final IOException | UncheckedIOException _) {
            // the process is gone
        }
    }

    void command(final String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
    }

    /// Gives a command until the answer to it is this line.
    void awaitAnswer(final String command, final String answer) {
        await(command + " answers " + answer)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    command(command);
                    return output.contains("@ " + answer);
                });
    }

    /// Waits until the last line that starts so is this one.
    void awaitLast(final String start, final String rest) {
        await(start + rest)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertEquals(start + rest, last(start), this::toString));
    }

    /// The last line that starts so, without the mark; empty when there is none.
    String last(final String start) {
        return output.reversed().stream()
                .filter(line -> line.startsWith("@ " + start))
                .map(line -> line.substring(2))
                .findFirst()
                .orElse("");
    }

    /// Lines of the log and of the member's own with this in it.
    List<String> linesWith(final String part) {
        return output.stream().filter(line -> line.contains(part)).toList();
    }

    void awaitLineWith(final String part) {
        await(part).atMost(PATIENCE).until(() -> !linesWith(part).isEmpty());
    }

    /// What it said, for the message of a failing test.
    @Override
    public String toString() {
        return "\n--\n" + String.join("\n", output);
    }

    void awaitEnd() {
        await("end of the process").atMost(PATIENCE).until(() -> !process.isAlive());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
