package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The commands that operate a chassis, against real daemons. What truly happened is told by the
/// kernel's counters of each blade's interface, which the daemons have no part in.
class OperateIT {
    private static final String NAME = "op" + ProcessHandle.current().pid();
    private static final String INGRESS = "ingress-1";
    private static final String EGRESS = "egress-1";
    private static final List<String> BLADES = List.of("blade-1", "blade-2", "blade-3");
    private static final int FILE_BYTES = 3_000_000;

    private final Lab lab = new Lab(NAME);
    @TempDir private Path directory = Path.of("");

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @AfterEach
    void removeWhatIsLeft() throws Exception {
        if (isRoot()) {
            lab.remove();
        }
    }

    private String inside(final String host, final String... command) throws Exception {
        final Process process =
                new ProcessBuilder(lab.inside(host, List.of(command)))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), String.join(" ", command) + ": " + output);
        return output.strip();
    }

    private void startServer() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.write(directory.resolve("large"), new byte[FILE_BYTES]);
        Files.write(directory.resolve("small"), new byte[1_000]);
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
        inside(LabPlan.SERVER, "nginx", "-c", config.toString());
    }

    private void download(final String file, final int localPort) throws Exception {
        inside(
                LabPlan.CLIENT,
                "curl",
                "--silent",
                "--fail",
                "--max-time",
                "60",
                "--output",
                "/dev/null",
                "--local-port",
                String.valueOf(localPort),
                "http://" + LabPlan.SERVER_ADDRESS + "/" + file);
    }

    private Map<String, Long> receivedByBlade() throws Exception {
        final Map<String, Long> received = new LinkedHashMap<>();
        for (final String blade : BLADES) {
            received.put(
                    blade,
                    Long.parseLong(
                            inside(blade, "cat", "/sys/class/net/backplane/statistics/rx_bytes")));
        }
        return received;
    }

    private static long grown(
            final Map<String, Long> before, final Map<String, Long> after, final String blade) {
        return after.getOrDefault(blade, 0L) - before.getOrDefault(blade, 0L);
    }

    /// The blade through which a download goes.
    private String bladeOf(final int localPort) throws Exception {
        final Map<String, Long> before = receivedByBlade();
        download("large", localPort);
        final Map<String, Long> after = receivedByBlade();
        final String busiest =
                BLADES.stream()
                        .max(Comparator.comparingLong(blade -> grown(before, after, blade)))
                        .orElseThrow();
        assertTrue(grown(before, after, busiest) > FILE_BYTES, before + " and then " + after);
        return busiest;
    }

    private static CommandRun run(final int status, final String... arguments) {
        final List<String> all = new ArrayList<>(List.of(arguments));
        all.add(1, "--lab");
        all.add(2, NAME);
        final CommandRun run = CommandRun.of(all.toArray(String[]::new));
        assertEquals(status, run.status(), all + "\n" + run.out() + run.err());
        return run;
    }

    private static String line(final CommandRun run, final String node) {
        return run.out()
                .lines()
                .filter(line -> line.strip().startsWith(node + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + node + " in\n" + run.out()));
    }

    @Test
    void shouldTellAndChangeWhatHappens() throws Exception {
        assumeTrue(isRoot(), "network namespaces need root");
        assumeTrue(
                Files.isExecutable(Path.of("/usr/sbin/nginx"))
                        && Files.isExecutable(Path.of("/usr/bin/curl")),
                "no nginx or curl on this machine");
        final CommandRun up = CommandRun.of("up", "--name", NAME, "--blades", "3");
        assertEquals(0, up.status(), up.err());
        startServer();

        assertTrue(
                run(0, "status")
                        .out()
                        .contains("same members: ingress-1, egress-1, blade-1, blade-2"));
        final String blade = bladeOf(40_001);
        explainsTheTruth(blade);
        listsTheSession(blade);
        captures();
        showsRates();
        drains(blade);
        changesTheRule();
        exposesMetrics();
        kills("blade-3");
    }

    private static void explainsTheTruth(final String blade) {
        final CommandRun run =
                run(0, "explain", "tcp", "10.1.0.2:40001", LabPlan.SERVER_ADDRESS + ":80");

        for (final String redirector : List.of(INGRESS, EGRESS)) {
            final String line = line(run, redirector);
            assertTrue(
                    line.contains("announced by " + blade + " (")
                            || line.contains("session with " + blade),
                    line);
            assertTrue(line.contains("owner " + redirector), line);
        }
        for (final String other : BLADES) {
            final String line = line(run, other);
            assertEquals(other.equals(blade), line.contains("flow "), line);
            assertEquals(!other.equals(blade), line.contains("does not know it"), line);
        }
        run(1, "explain", "tcp 10.1.0.2:1 10.1.0.1:2");
    }

    private static void listsTheSession(final String blade) {
        final String flow = LabPlan.SERVER_ADDRESS + ":80 <-> 10.1.0.2:40001";
        for (final String other : BLADES) {
            final String out =
                    run(0, "sessions", "--running", "--blade", other, "--address", "10.1.0.0/24")
                            .out();
            assertEquals(other.equals(blade), out.contains(flow), out);
        }
        assertFalse(
                run(0, "sessions", "--running", "--address", "10.7.0.0/16").out().contains(flow));
        assertTrue(
                run(0, "sessions", "--running", "--node", INGRESS, "--json")
                        .out()
                        .contains("\"flow\" : \"tcp " + flow + "\""));
    }

    private void captures() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/tshark")), "no tshark on this machine");
        final Path file = directory.resolve("flow.pcapng");
        final Thread client =
                Thread.ofPlatform()
                        .start(() -> {
                            Awaitility.await().atMost(3, TimeUnit.MINUTES).until(this::isCapturing);
                            try {
                                download("small", 40_002);
                            } catch (final Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        final CommandRun run =
                run(
                        0,
                        "capture",
                        "tcp 10.1.0.2:40002 10.1.0.1:80",
                        "--seconds",
                        "15",
                        "--out",
                        file.toString());
        client.join();

        final String steps = tshark(file, "http.request.method == GET");
        final List<String> way =
                steps.lines()
                        .dropWhile(line -> !line.equals("ingress-1 in from outside"))
                        .limit(6)
                        .sorted()
                        .toList();
        assertTrue(
                way.containsAll(
                        List.of(
                                "egress-1 in from backplane",
                                "egress-1 out to outside",
                                "ingress-1 in from outside",
                                "ingress-1 out to backplane")),
                run.out() + steps);
        assertTrue(
                BLADES.stream()
                        .anyMatch(name ->
                                way.contains(name + " in from backplane")
                                        && way.contains(name + " out to backplane")),
                run.out() + steps);
        assertTrue(
                tshark(file, "http.response.code == 200").contains("ingress-1 out to outside"),
                steps);
    }

    private boolean isCapturing() throws IOException {
        final List<String> hosts = new ArrayList<>(BLADES);
        hosts.addAll(List.of(INGRESS, EGRESS));
        for (final String host : hosts) {
            if (!Files.readString(lab.logOf(host)).contains("/capture/begin")) {
                return false;
            }
        }
        return true;
    }

    /// At which points the packets were taken that the filter lets pass. What is taken at the
    /// second point and later looks like a repetition, into which tshark does not look unless it is
    /// told to forget what it has seen.
    private static String tshark(final Path file, final String filter) throws Exception {
        final Process process =
                new ProcessBuilder(
                                "tshark",
                                "-r",
                                file.toString(),
                                "-o",
                                "tcp.analyze_sequence_numbers:FALSE",
                                "-o",
                                "tcp.desegment_tcp_streams:FALSE",
                                "-Y",
                                filter,
                                "-T",
                                "fields",
                                "-e",
                                "frame.interface_name")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    private static void showsRates() {
        final CommandRun run = run(0, "top", "--batch", "--count", "1", "--interval", "1");

        assertTrue(line(run, EGRESS).contains("running"), run.out());
    }

    private void drains(final String blade) throws Exception {
        assertTrue(run(0, "drain", blade, "--wait", "300").out().contains(blade + " is drained."));
        assertTrue(line(run(0, "status"), blade).contains("drained"));
        assertTrue(line(run(0, "buckets"), blade).contains(" 0.0 %"));

        final Map<String, Long> before = receivedByBlade();
        for (int i = 0; i < 20; i++) {
            download("large", 41_000 + i);
        }
        final Map<String, Long> after = receivedByBlade();

        assertTrue(
                grown(before, after, blade) < FILE_BYTES,
                blade + ": " + before + " and then " + after);

        run(0, "weight", blade, "300");
        assertTrue(line(run(0, "buckets"), blade).contains(" 60.0 %"));
        assertTrue(line(run(0, "status"), blade).contains("running"));
        run(2, "drain", INGRESS);
        run(2, "weight", "blade-9", "1");
    }

    private static void changesTheRule() {
        final String before = "by buckets, with the configured hash key.";
        assertTrue(run(0, "status").out().contains(before));
        assertTrue(line(run(0, "rule"), EGRESS).contains("buckets"));

        final CommandRun run = run(0, "rule", "--policy", "least-loaded", "--hash-key", "random");

        final String after = "New flows get their blades by least-loaded, with a changed hash key.";
        assertEquals(after, run.out().strip());
        assertTrue(run(0, "status").out().contains(after));
        final CommandRun rules = run(0, "rule");
        final String epoch = line(rules, INGRESS).replaceAll(".* ", "");
        assertTrue(Long.parseLong(epoch) > 0, rules.out());
        for (final String node : List.of(EGRESS, "blade-1", "blade-2", "blade-3")) {
            assertTrue(line(rules, node).endsWith(" " + epoch), rules.out());
        }
        run(2, "rule", "--policy", "worst");
        run(2, "rule", "--hash-key", "12");
    }

    private void exposesMetrics() throws Exception {
        final String token = Files.readString(lab.directory().resolve("admin.token"));
        final String text =
                inside(
                        INGRESS,
                        "curl",
                        "--silent",
                        "--fail",
                        "--header",
                        "Authorization: Bearer " + token,
                        "http://10.99.0.1:7880/metrics");

        assertTrue(
                text.lines()
                        .anyMatch(line ->
                                line.startsWith("boomerang_frames_total{node=\"ingress-1\"")
                                        && Double.parseDouble(
                                                        line.substring(line.indexOf("} ") + 2))
                                                > 20),
                text);
    }

    private void kills(final String blade) throws IOException {
        run(0, "kill", blade);

        Awaitility.await()
                .atMost(2, TimeUnit.MINUTES)
                .pollInterval(1, TimeUnit.SECONDS)
                .untilAsserted(() -> {
                    final CommandRun run = run(1, "status");
                    assertTrue(run.out().contains(blade + ": nothing listens there"), run.out());
                    assertTrue(
                            run.out()
                                    .contains(
                                            "same members: ingress-1, egress-1, blade-1,"
                                                    + " blade-2\n"),
                            run.out());
                });
        assertTrue(Files.readString(lab.logOf(blade)).contains("is killed by an operator"));
    }
}
