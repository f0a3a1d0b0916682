package io.boomerang.sim.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Network namespaces of one prefix, made and asked by ip(8). Stateless: what there is, the kernel
/// knows.
public final class Namespaces {
    private static final long PATIENCE_S = 30;

    private final String prefix;

    /// @param prefix all namespaces whose names begin so are ours
    public Namespaces(final String prefix) {
        this.prefix = prefix;
    }

    public String name(final String host) {
        return prefix + host;
    }

    /// The names of those there are, with the prefix.
    public List<String> list() throws IOException, InterruptedException, LabException {
        return ip("netns", "list")
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .filter(name -> name.startsWith(prefix))
                .toList();
    }

    public void add(final String host) throws IOException, InterruptedException, LabException {
        ip("netns", "add", name(host));
        ip("-n", name(host), "link", "set", "lo", "up");
    }

    /// A cable between two hosts; the ends are up.
    public void connect(
            final String host, final String end, final String other, final String otherEnd)
            throws IOException, InterruptedException, LabException {
        ip(
                "link",
                "add",
                end,
                "netns",
                name(host),
                "type",
                "veth",
                "peer",
                "name",
                otherEnd,
                "netns",
                name(other));
        within(host, "link", "set", end, "up");
        within(other, "link", "set", otherEnd, "up");
    }

    /// Runs ip(8) in the namespace of a host.
    public void within(final String host, final String... arguments)
            throws IOException, InterruptedException, LabException {
        final List<String> all = new ArrayList<>(List.of("-n", name(host)));
        all.addAll(Arrays.asList(arguments));
        ip(all.toArray(String[]::new));
    }

    /// The command that runs another one in the namespace of a host.
    List<String> inside(final String host, final List<String> command) {
        final List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name(host)));
        all.addAll(command);
        return all;
    }

    /// The processes that run in a namespace.
    List<ProcessHandle> processes(final String namespace)
            throws IOException, InterruptedException, LabException {
        return ip("netns", "pids", namespace)
                .lines()
                .map(Long::parseLong)
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .toList();
    }

    public void remove(final String namespace)
            throws IOException, InterruptedException, LabException {
        ip("netns", "delete", namespace);
    }

    /// Runs a command in the namespace of a host.
    public void run(final String host, final String... command)
            throws IOException, InterruptedException, LabException {
        feed(host, "", command);
    }

    /// The same with something to read.
    void feed(final String host, final String input, final String... command)
            throws IOException, InterruptedException, LabException {
        run(inside(host, Arrays.asList(command)), input);
    }

    private static String ip(final String... arguments)
            throws IOException, InterruptedException, LabException {
        final List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(arguments));
        return run(command, "");
    }

    private static String run(final List<String> command, final String input)
            throws IOException, InterruptedException, LabException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new LabException(String.join(" ", command) + ": " + output.strip());
        }
        return output;
    }
}
