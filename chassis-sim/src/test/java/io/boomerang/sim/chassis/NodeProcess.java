package io.boomerang.sim.chassis;

import static org.awaitility.Awaitility.await;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A {@link NodeMain} in a JVM of its own, and the test's way to talk to it.
final class NodeProcess implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private final String name;
    private final Process process;
    private final Path output;
    private final Writer input;
    private int linesRead;

    /// @param ports first port of the control plane, how many it may use, first one of the
    ///   backplane
    NodeProcess(final String name, final List<Integer> ports, final Path directory)
            throws IOException {
        this.name = name;
        output = Files.createTempFile(directory, name + "-", ".out");
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-ea", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx192m"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(NodeMain.class.getName());
        command.add(name);
        ports.forEach(port -> command.add(port.toString()));
        command.add(directory.resolve("sessions").toString());
        process =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(directory.resolve(name + ".err").toFile())
                        .start();
        input =
                new BufferedWriter(
                        new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    }

    String name() {
        return name;
    }

    void awaitReady() {
        answer();
    }

    /// Says a command and waits for its answer.
    String say(final String command) {
        tell(command);
        return answer();
    }

    /// Says a command and waits for nothing.
    void tell(final String command) {
        try {
            input.write(command + "\n");
            input.flush();
        } catch (final IOException e) {
            throw new UncheckedIOException(name + " does not listen", e);
        }
    }

    String answer() {
        await(name + " answers")
                .atMost(PATIENCE)
                .until(() -> lines().size() > linesRead || !process.isAlive());
        final List<String> lines = lines();
        if (lines.size() <= linesRead) {
            throw new AssertionError(name + " ended with status " + process.exitValue());
        }
        return lines.get(linesRead++);
    }

    private List<String> lines() {
        try {
            final String text = Files.readString(output);
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .filter(line -> line.startsWith(NodeMain.ANSWER))
                    .map(line -> line.substring(NodeMain.ANSWER.length()))
                    .toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A number of the node's state.
    long state(final String word) {
        return Long.parseLong(stateText(word));
    }

    String stateText(final String word) {
        final String state = say("state");
        final Matcher matcher = Pattern.compile("\\b" + word + "=(\\S+)").matcher(state);
        if (!matcher.find()) {
            throw new AssertionError(name + " has no " + word + ": " + state);
        }
        return matcher.group(1);
    }

    void awaitState(final String word, final String value) {
        await(name + " has " + word + "=" + value)
                .atMost(PATIENCE)
                .until(() -> stateText(word), value::equals);
    }

    void kill() {
        process.destroyForcibly();
        await(name + " is gone").atMost(PATIENCE).until(() -> !process.isAlive());
    }

    void stop() {
        signal("STOP");
    }

    void goOn() {
        signal("CONT");
    }

    private void signal(final String signal) {
        try {
            final Process kill =
                    new ProcessBuilder(
                                    "sh",
                                    "-c",
                                    String.format(
                                            Locale.ROOT, "kill -%s %d", signal, process.pid()))
                            .inheritIO()
                            .start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("kill -" + signal + " failed");
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
