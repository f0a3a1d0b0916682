package io.boomerang.port;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.bpf.Bpf;
import io.boomerang.linux.SystemCallException;
import io.boomerang.linux.SystemCalls;
import io.boomerang.port.PortOptions.Driver;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Network namespaces and pairs of interfaces that a test makes for itself; all of it ends with the
/// test, and what a killed one left behind ends when the next begins.
final class TestNetwork implements AutoCloseable {
    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final Path INTERFACES = Path.of("/sys/class/net");
    private static final String PREFIX = "bm";
    private static final String SEPARATOR = "-";
    private static final int RADIX = 36;
    private static final int BPF_MAP_TYPE_XSKMAP = 17;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String prefix =
            PREFIX + Long.toString(ProcessHandle.current().pid(), RADIX) + SEPARATOR;
    private final List<String> namespaces = new ArrayList<>();
    private final List<String> interfaces = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    private TestNetwork() {}

    /// Skips the test where it may not make networks.
    static TestNetwork orSkip() {
        assumeTrue(
                Files.isDirectory(INTERFACES),
                "SKIPPED: network namespaces are Linux's, this is another system");
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "SKIPPED: only root makes network namespaces and interfaces");
        assumeTrue(
                exitCode("ip", "netns", "list") == 0,
                "SKIPPED: there is no ip command (Debian package iproute2)");
        removeLeftOvers();
        final TestNetwork network = new TestNetwork();
        final String probe = network.prefix + "probe";
        assumeTrue(
                exitCode("ip", "netns", "add", probe) == 0
                        && exitCode("ip", "netns", "del", probe) == 0,
                "SKIPPED: this root may not make network namespaces (CAP_SYS_ADMIN)");
        return network;
    }

    /// Skips the test where this root may not use AF_XDP.
    static void requireXdp() {
        try (Arena arena = Arena.ofConfined()) {
            final SystemCalls calls = new SystemCalls(arena);
            calls.close(new Bpf(calls).createMap("probe", BPF_MAP_TYPE_XSKMAP, 1));
        } catch (final SystemCallException e) {
            assumeTrue(false, "SKIPPED: this root may not use AF_XDP: " + e.getMessage());
        }
    }

    static void requireDriver(final Driver driver) {
        if (driver == Driver.AF_XDP) {
            requireXdp();
        }
    }

    /// Skips the test where a command is missing.
    static void requireCommand(final String command, final String debianPackage) {
        assumeTrue(
                exitCode("sh", "-c", "command -v " + command) == 0,
                "SKIPPED: there is no "
                        + command
                        + " command (Debian package "
                        + debianPackage
                        + ")");
    }

    /// A new namespace, with its loopback up; answers its full name.
    String namespace(final String name) {
        final String full = prefix + name;
        namespaces.add(full);
        run("ip", "netns", "add", full);
        run("ip", "-n", full, "link", "set", "lo", "up");
        return full;
    }

    /// Two interfaces of this process's namespace that are each other's far end, up and without an
    /// address; answers the full name of the first one.
    String pair(final String name, final String farName, final int mtu) {
        return pair(name, farName, mtu, 1);
    }

    /// The same, with so many queues in each direction.
    String pair(final String name, final String farName, final int mtu, final int queues) {
        final String full = prefix + name;
        final String far = prefix + farName;
        interfaces.add(full);
        final String size = "mtu " + mtu + " numrxqueues " + queues + " numtxqueues " + queues;
        run(
                ("ip link add " + full + " " + size + " type veth peer name " + far + " " + size)
                        .split(" "));
        silence(full);
        silence(far);
        return full;
    }

    /// A bridge without ports; answers its full name.
    String bridge(final String name) {
        final String full = prefix + name;
        interfaces.add(full);
        run("ip", "link", "add", full, "type", "bridge");
        silence(full);
        return full;
    }

    /// The full name of an interface of this process's namespace.
    String device(final String name) {
        return prefix + name;
    }

    /// Moves the far end of a pair into a namespace, as `eth0` with addresses and up.
    void move(final String far, final String namespace, final String... addresses) {
        run("ip", "link", "set", prefix + far, "netns", namespace);
        run("ip", "-n", namespace, "link", "set", prefix + far, "name", "eth0");
        run("ip", "-n", namespace, "link", "set", "eth0", "up");
        for (final String address : addresses) {
            address(namespace, "eth0", address);
        }
    }

    void address(final String namespace, final String device, final String address) {
        final List<String> command =
                new ArrayList<>(List.of("ip", "-n", namespace, "address", "add", address));
        command.addAll(List.of("dev", device));
        if (address.contains(":")) {
            command.add("nodad");
        }
        run(command.toArray(String[]::new));
    }

    /// Up, but not a word from the kernel itself.
    private void silence(final String device) {
        run("ip", "link", "set", device, "addrgenmode", "none");
        run("ip", "link", "set", device, "up");
    }

    /// What a command in a namespace prints; it has to end well.
    String in(final String namespace, final String... command) {
        return run(inNamespace(namespace, command));
    }

    /// Starts a command in a namespace, which ends with the test at the latest.
    Process start(final String namespace, final String... command) {
        try {
            final Process process =
                    new ProcessBuilder(inNamespace(namespace, command))
                            .redirectErrorStream(true)
                            .start();
            processes.add(process);
            return process;
        } catch (final IOException e) {
            throw new AssertionError(String.join(" ", command), e);
        }
    }

    private static String[] inNamespace(final String namespace, final String... command) {
        return Stream.concat(Stream.of("ip", "netns", "exec", namespace), Arrays.stream(command))
                .toArray(String[]::new);
    }

    String run(final String... command) {
        final String what = String.join(" ", command);
        try {
            final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            processes.add(process);
            final String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    || process.exitValue() != 0) {
                throw new AssertionError(what + ": " + output);
            }
            return output;
        } catch (final IOException e) {
            throw new AssertionError(what, e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(what, e);
        } finally {
            processes.removeIf(process -> !process.isAlive());
        }
    }

    @Override
    public void close() {
        for (final Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        interfaces.forEach(name -> exitCode("ip", "link", "del", name));
        namespaces.forEach(name -> exitCode("ip", "netns", "del", name));
    }

    private static void removeLeftOvers() {
        for (final String name : namesIn(NAMESPACES)) {
            exitCode("ip", "netns", "del", name);
        }
        for (final String name : namesIn(INTERFACES)) {
            exitCode("ip", "link", "del", name);
        }
    }

    /// Names that a test gave whose process is no more.
    private static List<String> namesIn(final Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches(PREFIX + "[0-9a-z]+" + SEPARATOR + ".*"))
                    .filter(name -> {
                        final String pid = name.substring(PREFIX.length(), name.indexOf(SEPARATOR));
                        return ProcessHandle.of(Long.parseLong(pid, RADIX)).isEmpty();
                    })
                    .toList();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int exitCode(final String... command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (final IOException _) {
            return -1;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(String.join(" ", command), e);
        }
    }
}
