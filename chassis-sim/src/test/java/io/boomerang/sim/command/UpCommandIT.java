package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Unmodified clients and servers across real daemons, one network namespace for each.
class UpCommandIT {
    private static final String NAME = "it" + ProcessHandle.current().pid();
    private static final int FILE_BYTES = 200_000;
    private static final int CLIENTS = 3;

    private final Lab lab = new Lab(NAME);
    @TempDir private Path directory = Path.of("");
    private String expected = "";

    @AfterEach
    void removeWhatIsLeft() throws Exception {
        if (isRoot()) {
            lab.remove();
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void requireProgram(final String name) {
        assumeTrue(
                Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                        .anyMatch(place -> Files.isExecutable(Path.of(place, name))),
                "no " + name + " on this machine");
    }

    private void startServer() throws Exception {
        final byte[] content = new byte[FILE_BYTES];
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
                        http { access_log off; server { listen %2$s:80; root %1$s; } }
                        """
                                .formatted(directory, LabPlan.SERVER_ADDRESS));
        final Process nginx =
                new ProcessBuilder(
                                lab.inside(
                                        LabPlan.SERVER, List.of("nginx", "-c", config.toString())))
                        .redirectErrorStream(true)
                        .start();
        final String output = text(nginx.getInputStream());
        assertEquals(0, nginx.waitFor(), output);
    }

    private static String text(final InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String digest(final byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /// One download by curl; answers what came, or how curl failed.
    private String download() throws Exception {
        final Process curl =
                new ProcessBuilder(
                                lab.inside(
                                        LabPlan.CLIENT,
                                        List.of(
                                                "curl",
                                                "--silent",
                                                "--show-error",
                                                "--max-time",
                                                "60",
                                                "http://" + LabPlan.SERVER_ADDRESS + "/file")))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        final byte[] content = curl.getInputStream().readAllBytes();
        final int status = curl.waitFor();
        return status == 0 ? digest(content) : "curl ended with " + status;
    }

    /// So many downloads by several clients at once; `done` counts them.
    private List<String> download(final int count, final AtomicInteger done) throws Exception {
        final List<String> results = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            final List<Future<String>> downloads = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                downloads.add(
                        clients.submit(() -> {
                            final String result = download();
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

    private void signal(final String blade, final String signal) throws Exception {
        final Process pids =
                new ProcessBuilder("ip", "netns", "pids", "boomerang-" + NAME + "-" + blade)
                        .start();
        final List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        command.addAll(text(pids.getInputStream()).lines().toList());
        assertEquals(0, new ProcessBuilder(command).start().waitFor());
    }

    private String log(final String blade) throws IOException {
        return Files.readString(lab.logOf(blade));
    }

    private String logs() throws IOException {
        final StringBuilder all = new StringBuilder();
        for (final String blade : List.of("ingress", "egress", "blade-1", "blade-2", "blade-3")) {
            all.append("== ").append(blade).append('\n').append(log(blade));
        }
        return all.toString();
    }

    @Test
    void shouldServeClientsWhileABladeDrainsAndAfterOneWasKilled() throws Exception {
        assumeTrue(isRoot(), "network namespaces need root");
        List.of("ip", "ping", "setsid", "nginx", "curl").forEach(UpCommandIT::requireProgram);
        final CommandRun up =
                CommandRun.of("up", "--name", NAME, "--blades", "3", "--drain-limit", "120");
        assertEquals(0, up.status(), up.err());
        assertTrue(up.out().contains("boomerang down --name " + NAME), up.out());
        startServer();

        final AtomicInteger done = new AtomicInteger();
        final Thread drain =
                Thread.ofPlatform()
                        .start(() -> {
                            Awaitility.await()
                                    .atMost(5, TimeUnit.MINUTES)
                                    .until(() -> done.get() >= 60);
                            try {
                                signal("blade-1", "TERM");
                            } catch (final Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        final List<String> first = download(240, done);
        drain.join();

        assertEquals(List.of(expected), first.stream().distinct().toList(), logs());
        Awaitility.await()
                .atMost(3, TimeUnit.MINUTES)
                .until(() -> log("blade-1").contains("blade=blade-1 stopped, drained=true"));

        signal("blade-2", "KILL");
        final List<String> second = download(60, done);

        assertEquals(List.of(expected), second.stream().distinct().toList(), logs());
        assertTrue(log("blade-3").contains("members=[ingress, egress, blade-3]"), logs());

        final CommandRun down = CommandRun.of("down", "--name", NAME);
        assertEquals(0, down.status(), down.err());
        assertNothingIsLeft();
        assertTrue(CommandRun.of("down", "--name", NAME).out().contains("no laboratory " + NAME));
    }

    @Test
    void shouldLeaveNothingBehindWhenADaemonDoesNotStart() throws Exception {
        assumeTrue(isRoot(), "network namespaces need root");
        requireProgram("ip");
        requireProgram("setsid");
        final LabPlan plan = new LabPlan(NAME, 1, "nothing-of-the-kind", 1);

        final Exception refusal =
                assertThrows(Exception.class, () -> lab.build(plan, UpCommand.daemon()));

        assertTrue(
                refusal.toString().contains("'nothing-of-the-kind' is none of"), refusal::toString);
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() throws Exception {
        final String namespaces =
                text(new ProcessBuilder("ip", "netns", "list").start().getInputStream());
        assertFalse(namespaces.contains(NAME), namespaces);
        assertFalse(Files.exists(lab.directory()));
        final String ours = "boomerang-lab/" + NAME + "/";
        assertTrue(
                ProcessHandle.allProcesses()
                        .flatMap(process -> process.info().arguments().stream())
                        .flatMap(Arrays::stream)
                        .noneMatch(argument -> argument.contains(ours)));
    }

    @Test
    void shouldSayWhatIsWrongWithAnOption() {
        assertEquals(2, CommandRun.of("up", "--blades", "0").status());
        assertEquals(2, CommandRun.of("up", "--name", "Not This").status());
        assertEquals(2, CommandRun.of("up", "--processor", "nat").status());
        assertEquals(2, CommandRun.of("down", "--name", "../etc").status());
    }
}
