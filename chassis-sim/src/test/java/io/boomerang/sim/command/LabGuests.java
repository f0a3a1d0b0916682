package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Unmodified clients and servers in a laboratory, and what a test does to its chassis.
final class LabGuests {
    private static final int CLIENTS = 3;
    private static final int PATIENCE_S = 60;
    private static final int FILE_BYTES = 200_000;
    private static final int TRIES = 4;

    /// Why daemons that start all at once on few cores may not find each other.
    private static final String SLOW_MACHINE = "was refused by all that it reached";

    private final Lab lab;
    private final String name;
    private final Path directory;
    private String expected = "";

    /// @param directory where servers keep what they need
    LabGuests(final Lab lab, final String name, final Path directory) {
        this.lab = lab;
        this.name = name;
        this.directory = directory;
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /// Skips the test, and says why, where laboratories cannot be built or a program is missing.
    static void require(final String... programs) {
        assumeTrue(isRoot(), "network namespaces need root");
        for (final String program : programs) {
            assumeTrue(
                    Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                            .anyMatch(place -> Files.isExecutable(Path.of(place, program))),
                    "no " + program + " on this machine");
        }
    }

    static String text(final InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    /// Builds a laboratory with a chassis whose blades have kernels for devices, and starts nginx
    /// on its server.
    ///
    /// @param processor as `boomerang up` takes it
    /// @param directory where servers keep what they need
    static LabGuests withKernels(
            final Lab lab, final Path directory, final String processor, final String... options)
            throws Exception {
        require("ip", "ping", "setsid", "nginx", "curl", "nft", "sysctl");
        final List<String> all = new ArrayList<>(List.of("up", "--name", lab.name()));
        all.addAll(List.of("--processor", processor));
        all.addAll(List.of(options));
        CommandRun up = CommandRun.of(all.toArray(String[]::new));
        for (int tries = 1; tries < TRIES && up.err().contains(SLOW_MACHINE); tries++) {
            up = CommandRun.of(all.toArray(String[]::new));
        }
        assertEquals(0, up.status(), up.err());
        final LabGuests guests = new LabGuests(lab, lab.name(), directory);
        guests.serveFile(FILE_BYTES);
        return guests;
    }

    /// Starts a program on a host; its error output goes with the other.
    Process start(final String host, final String... command) throws IOException {
        return new ProcessBuilder(lab.inside(host, List.of(command)))
                .redirectErrorStream(true)
                .start();
    }

    /// The command that runs a program of the tests.
    static String[] java(final Class<?> main, final String... arguments) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    /// Runs a program on a host, which has to succeed; answers what it prints.
    String run(final String host, final String... command)
            throws IOException, InterruptedException {
        final Process process = start(host, command);
        process.getOutputStream().close();
        final String output = text(process.getInputStream());
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ":\n" + output);
        return output;
    }

    /// What a program on a host prints, however it ends.
    String output(final String host, final List<String> command)
            throws IOException, InterruptedException {
        final Process process = start(host, command.toArray(String[]::new));
        process.getOutputStream().close();
        final String output = text(process.getInputStream());
        process.waitFor();
        return output;
    }

    /// Runs a program on none of the hosts, which has to succeed.
    static void command(final String... command) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = text(process.getInputStream());
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ":\n" + output);
    }

    /// The network namespace of a host.
    String namespace(final String host) {
        return "boomerang-" + name + "-" + host;
    }

    // Downloads

    /// Starts nginx on the server, with a file of so many random bytes.
    void serveFile(final int bytes) throws Exception {
        final byte[] content = new byte[bytes];
        new Random(1).nextBytes(content);
        expected = digest(content);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.write(directory.resolve("file"), content);
        final Path config =
                Files.writeString(
                        directory.resolve("nginx.conf"),
                        """
                        worker_processes 1;
                        user root;
                        pid %1$s/nginx.pid;
                        error_log %1$s/nginx.err;
                        events { worker_connections 256; }
                        http {
                            access_log off;
                            server { listen 80; listen [::]:80; root %1$s; }
                        }
                        """
                                .formatted(directory));
        run(LabPlan.SERVER, "nginx", "-c", config.toString());
    }

    private static String digest(final byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /// One download by curl; answers what came, or how curl failed.
    private String download(final String address, final int patienceS) throws Exception {
        final Process curl =
                new ProcessBuilder(
                                lab.inside(
                                        LabPlan.CLIENT,
                                        List.of(
                                                "curl",
                                                "--silent",
                                                "--show-error",
                                                "--max-time",
                                                String.valueOf(patienceS),
                                                "http://" + address + "/file")))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        final byte[] content = curl.getInputStream().readAllBytes();
        final int status = curl.waitFor();
        return status == 0 ? digest(content) : "curl ended with " + status;
    }

    /// So many downloads by several clients at once, over IPv4 and IPv6 by turns; `done` counts
    /// them. Answers how often each result came about.
    List<String> download(final int count, final AtomicInteger done)
            throws InterruptedException, ExecutionException {
        return download(count, CLIENTS, PATIENCE_S, done);
    }

    /// The same by so many clients, each of which gives a download up after so many seconds.
    List<String> download(
            final int count, final int clientCount, final int patienceS, final AtomicInteger done)
            throws InterruptedException, ExecutionException {
        final List<String> results = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(clientCount)) {
            final List<Future<String>> downloads = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                final String address =
                        i % 2 == 0 ? LabPlan.SERVER_ADDRESS : "[" + LabPlan.SERVER_ADDRESS6 + "]";
                downloads.add(
                        clients.submit(() -> {
                            final String result = download(address, patienceS);
                            done.incrementAndGet();
                            return result;
                        }));
            }
            for (final Future<String> download : downloads) {
                results.add(download.get());
            }
        }
        return results;
    }

    /// Whether a download has brought the whole file.
    boolean isWhole(final String download) {
        return expected.equals(download);
    }

    /// That each of the downloads has brought the whole file.
    void assertWhole(final List<String> downloads) throws IOException {
        final String logs = downloads.stream().allMatch(this::isWhole) ? "" : logs();
        assertEquals(Collections.nCopies(downloads.size(), expected), downloads, logs);
    }

    // The chassis

    /// Sends a signal to the daemon of a blade.
    void signal(final String blade, final String signal) throws IOException, InterruptedException {
        final Process pids = new ProcessBuilder("ip", "netns", "pids", namespace(blade)).start();
        final List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        command.addAll(text(pids.getInputStream()).lines().toList());
        assertEquals(0, new ProcessBuilder(command).start().waitFor());
    }

    /// Starts the daemon of a blade, again if it ends, as a service manager would; returns when it
    /// has joined the chassis.
    void join(final String blade) throws IOException {
        final long starts = lab.startsOf(blade);
        final Process[] daemon = {lab.startDaemon(blade, UpCommand.daemon())};
        UpCommandIT.eventually()
                .until(() -> {
                    if (!daemon[0].isAlive()) {
                        daemon[0] = lab.startDaemon(blade, UpCommand.daemon());
                    }
                    return lab.startsOf(blade) > starts;
                });
    }

    /// What the daemon of a blade has logged.
    String log(final String blade) throws IOException {
        return Files.readString(lab.logOf(blade));
    }

    private String logs() throws IOException {
        final StringBuilder all = new StringBuilder();
        final List<Path> files;
        try (Stream<Path> there = Files.list(lab.directory())) {
            files = there.filter(file -> file.toString().endsWith(".log")).sorted().toList();
        }
        for (final Path file : files) {
            all.append("== ").append(file.getFileName()).append('\n');
            all.append(Files.readString(file));
        }
        return all.toString();
    }
}
