package io.boomerang.sim.command;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;

import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/// A download through a firewall, whose daemons are killed and started again while it goes on.
class DurableDaemonsIT {
    private static final String NAME = "keep" + ProcessHandle.current().pid();
    private static final List<String> ALL = List.of("ingress-1", "egress-1", "blade-1", "blade-2");
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int FILE_BYTES = 100_000_000;
    private static final int BYTES_PER_SECOND = 8_000_000;

    private final Lab lab = new Lab(NAME);
    @TempDir private Path directory = Path.of("");

    @BeforeEach
    void build() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        for (final String program : List.of("ip", "ping", "setsid", "nginx", "curl")) {
            assumeTrue(
                    Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                            .anyMatch(place -> Files.isExecutable(Path.of(place, program))),
                    "no " + program + " on this machine");
        }
        final CommandRun up = CommandRun.of("up", "--name", NAME, "--blades", "2");
        assertEquals(0, up.status(), up.err());
    }

    @AfterEach
    void takeDown() throws Exception {
        if ("root".equals(System.getProperty("user.name"))) {
            lab.remove();
        }
    }

    @Test
    void shouldGoOnWithTheirFlowsWhenDaemonsAreKilledAndStartedAgain() throws Exception {
        startServer();
        final Path download = directory.resolve("download");
        final Process curl = startDownload(download);
        awaitMore(download, 0);
        signal(curl, "STOP");
        awaitSeenOnDisk();

        kill("egress-1");
        start("egress-1");
        final long before = Files.size(download);
        signal(curl, "CONT");
        awaitMore(download, before);
        signal(curl, "STOP");

        for (final String blade : ALL) {
            kill(blade);
        }
        assertTrue(Files.size(download) < FILE_BYTES, "it has to need them still");
        for (final String blade : ALL) {
            start(blade);
        }

        signal(curl, "CONT");

        assertEquals(0, curl.waitFor(), this::logs);
        assertEquals(-1, Files.mismatch(directory.resolve("file"), download));
        assertTrue(restored("ingress-1") > 0, this::logs);
        assertTrue(restored("blade-1") + restored("blade-2") > 0, this::logs);
    }

    private void startServer() throws Exception {
        final byte[] content = new byte[FILE_BYTES];
        new Random(1).nextBytes(content);
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
                        http { access_log off; send_timeout 300s; server { listen %2$s:80; root %1$s; } }
                        """
                                .formatted(directory, LabPlan.SERVER_ADDRESS));
        run(lab.inside(LabPlan.SERVER, List.of("nginx", "-c", config.toString())));
    }

    private static String run(final List<String> command) throws Exception {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    private Process startDownload(final Path to) throws IOException {
        return new ProcessBuilder(
                        lab.inside(
                                LabPlan.CLIENT,
                                List.of(
                                        "curl",
                                        "--silent",
                                        "--limit-rate",
                                        Integer.toString(BYTES_PER_SECOND),
                                        "--output",
                                        to.toString(),
                                        "http://" + LabPlan.SERVER_ADDRESS + "/file")))
                .inheritIO()
                .start();
    }

    /// Halts the client, so that it does not end too early, or lets it go on.
    private static void signal(final Process process, final String signal) throws Exception {
        run(List.of("kill", "-" + signal, Long.toString(process.pid())));
    }

    private static void awaitMore(final Path download, final long than) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Files.exists(download) && Files.size(download) > than);
    }

    /// Its owner has the file open meanwhile.
    private void awaitSeenOnDisk() {
        final String config = lab.directory().resolve("chassis.yaml").toString();
        await("the flow stands on the disk of redirectors and its blade")
                .atMost(PATIENCE)
                .until(() -> {
                    final String out =
                            CommandRun.of(
                                            "sessions",
                                            "--config",
                                            config,
                                            "--address",
                                            LabPlan.SERVER_ADDRESS)
                                    .out();
                    return out.lines()
                                    .filter(line -> line.contains(" established "))
                                    .filter(line -> line.contains(" blade-"))
                                    .count()
                            == 3;
                });
    }

    private void kill(final String blade) throws Exception {
        final List<String> command = new ArrayList<>(List.of("kill", "-KILL"));
        final List<String> processes =
                run(List.of("ip", "netns", "pids", "boomerang-" + NAME + "-" + blade))
                        .lines()
                        .toList();
        command.addAll(processes);
        run(command);
        await().atMost(PATIENCE)
                .until(() ->
                        processes.stream()
                                .noneMatch(process ->
                                        Files.exists(Path.of("/proc", process, "cmdline"))));
    }

    /// As a service manager does.
    private void start(final String blade) throws Exception {
        final long before = starts(blade);
        final Process[] daemon = {lab.startDaemon(blade, UpCommand.daemon())};
        try {
            await(blade + " starts")
                    .atMost(PATIENCE)
                    .until(() -> {
                        if (!daemon[0].isAlive()) {
                            assertTrue(Set.of(3, 4).contains(daemon[0].exitValue()));
                            daemon[0] = lab.startDaemon(blade, UpCommand.daemon());
                        }
                        return starts(blade) > before;
                    });
        } catch (final ConditionTimeoutException e) {
            throw new AssertionError(logs(), e);
        }
    }

    private long starts(final String blade) throws IOException {
        return log(blade)
                .lines()
                .filter(line -> line.contains("blade=" + blade + " nodes="))
                .count();
    }

    private long restored(final String blade) throws IOException {
        return log(blade)
                .lines()
                .filter(line -> line.contains(" restored="))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".* restored=(\\d+) .*", "$1")))
                .sum();
    }

    private String log(final String blade) throws IOException {
        return Files.readString(lab.logOf(blade));
    }

    private String logs() {
        final StringBuilder all = new StringBuilder();
        for (final String blade : ALL) {
            try {
                all.append("== ").append(blade).append('\n').append(log(blade));
            } catch (final IOException e) {
                all.append(e);
            }
        }
        return all.toString();
    }
}
