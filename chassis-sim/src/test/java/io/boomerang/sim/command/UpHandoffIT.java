package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.boomerang.sim.lab.HandoffHosts;
import io.boomerang.sim.lab.Lab;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.CRC32;

/// Unmodified curl asks one address; the connections go from a classifier, by a redirector, to two
/// blades whose programs never listen. Each of these nodes is a real daemon in a namespace of its
/// own. What crosses the client's interface is watched: one handshake for each connection that curl
/// opens, no reset.
class UpHandoffIT {
    private static final String NAME = "ho" + ProcessHandle.current().pid();
    private static final int BODY_BYTES = 100 << 20;
    private static final int BLOCK_BYTES = 1 << 16;
    private static final String IPV4 = HandoffHosts.ADDRESS;
    private static final String IPV6 = "[" + HandoffHosts.ADDRESS6 + "]";
    private static final String PORT = "41000";

    /// From the classifier to a host, and three times from host to host.
    private static final int TOUR = 4;

    private static final Lab LAB = new Lab(NAME);

    @TempDir private static Path directory;
    private static HandoffClient client;

    @BeforeAll
    static void build() throws Exception {
        LabGuests.require("ip", "ping", "setsid", "sysctl", "python3", "curl", "wget", "nft");
        client = new HandoffClient(new LabGuests(LAB, NAME, directory), directory);
        final CommandRun up =
                CommandRun.of("up", "--name", NAME, "--processor", "handoff", "--blades", "3");
        assertEquals(0, up.status(), up.err());
        assertTrue(up.out().contains("curl http://" + IPV4 + "/a"), up.out());
    }

    @AfterAll
    static void remove() throws Exception {
        if (LabGuests.isRoot()) {
            LAB.remove();
        }
    }

    @BeforeEach
    void watch() throws Exception {
        client.watch();
    }

    @ParameterizedTest
    @ValueSource(strings = {IPV4, IPV6})
    void shouldServePathsOfOneAddressByDifferentBlades(final String address) throws Exception {
        final String url = "http://" + address;

        assertEquals("blade-2 serves /a\n", client.curl(url + "/a"));
        assertEquals("blade-3 serves /b\n", client.curl(url + "/b"));
        client.assertWatched(2);

        final String kept = client.curl(url + "/a", url + "/b/c", url + "/a", url + "/unknown");

        assertEquals(
                """
                blade-2 serves /a
                blade-3 serves /b/c
                blade-2 serves /a
                blade-2 serves /unknown
                """,
                kept);
        client.assertWatched(3);
    }

    /// The host ends each connection, so that the client's port is free at once.
    @Test
    void shouldServeTheNextConnectionFromTheSamePort() throws Exception {
        for (final String path : List.of("a", "a", "b", "a", "b", "b")) {
            final String host = path.equals("a") ? "blade-2" : "blade-3";
            final String answer = client.ask(PORT, IPV4, "/" + path);

            assertEquals(host + " serves /" + path + "\n", answer);
        }
        client.assertWatched(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {IPV4, IPV6})
    void shouldDownloadThroughFourHandOffs(final String address) throws Exception {
        final Path file = directory.resolve("download");
        final long before = moves();

        client.curl("-o", file.toString(), "http://" + address + "/tour/" + BODY_BYTES);

        HandoffClient.assertWhole(file, BODY_BYTES);
        client.assertWatched(1);
        UpCommandIT.eventually().until(() -> moves() == before + TOUR);
    }

    @ParameterizedTest
    @ValueSource(strings = {IPV4, IPV6})
    void shouldUploadThroughFourHandOffs(final String address) throws Exception {
        final Path file = directory.resolve("upload");
        final String checksum = writeBody(file);
        final long before = moves();

        final String answer =
                client.curl(
                        "-H", "Expect:", "-T", file.toString(), "http://" + address + "/tour/up");

        assertEquals(checksum, answer);
        client.assertWatched(1);
        UpCommandIT.eventually().until(() -> moves() == before + TOUR);
    }

    /// Answers the checksum, as the hosts write it.
    private static String writeBody(final Path file) throws IOException {
        final CRC32 checksum = new CRC32();
        final Random random = new Random(7);
        final byte[] block = new byte[BLOCK_BYTES];
        try (OutputStream body = Files.newOutputStream(file)) {
            for (int piece = 0; piece < BODY_BYTES / BLOCK_BYTES; piece++) {
                random.nextBytes(block);
                checksum.update(block);
                body.write(block);
            }
        }
        return String.format(Locale.ROOT, "%08x%n", checksum.getValue());
    }

    /// It keeps its connection, which goes on from host to host.
    @ParameterizedTest
    @ValueSource(strings = {IPV4, IPV6})
    void shouldServeWget(final String address) throws Exception {
        final String url = "http://" + address;
        final Path download = directory.resolve("wget");
        final Path upload = directory.resolve("upload");
        final String checksum = writeBody(upload);

        final String lines =
                client.run("wget", "-q", "-O", "-", url + "/a", url + "/b/c", url + "/a");
        client.run("wget", "-q", "-O", download.toString(), url + "/tour/" + BODY_BYTES);
        final String answer =
                client.run(
                        "wget",
                        "-q",
                        "-O",
                        "-",
                        "--method=PUT",
                        "--body-file=" + upload,
                        url + "/tour/up");

        assertEquals("blade-2 serves /a\nblade-3 serves /b/c\nblade-2 serves /a\n", lines);
        HandoffClient.assertWhole(download, BODY_BYTES);
        assertEquals(checksum, answer);
        client.assertWatched(3);
    }

    /// Connections that blades have taken from others.
    private static long moves() throws Exception {
        final CommandRun status = CommandRun.of("status", "--lab", NAME, "--json");
        assertEquals(0, status.status(), status.err());
        return new ObjectMapper()
                .readTree(status.out()).findValues("boomerang_handoffs_total").stream()
                        .mapToLong(outcomes -> outcomes.path("taken").asLong())
                        .sum();
    }

    /// The daemon only: a host's program goes on, and connects to the next daemon.
    private static void kill(final String blade) {
        final CommandRun kill = CommandRun.of("kill", "--lab", NAME, blade);
        assertEquals(0, kill.status(), kill.err());
    }

    @Test
    void shouldResetWhatAKilledHostHadAndServeTheRest() throws Exception {
        final String url = "http://" + IPV4;
        final Process download =
                client.startDownload(url + "/a/" + BODY_BYTES, "1M", directory.resolve("cut"));

        kill("blade-2");

        assertEquals("blade-3 serves /b\n", client.curl(url + "/b"));
        UpCommandIT.eventually().until(() -> client.tryCurl(url + "/a").contains("reset"));
        assertTrue(download.waitFor() != 0, "a download cannot outlive its blade");
        assertTrue(client.resets() > 0);

        LAB.startDaemon("blade-2", UpCommand.daemon());
        UpCommandIT.eventually()
                .until(() -> client.tryCurl(url + "/a").equals("blade-2 serves /a\n"));
    }

    @Test
    void shouldGoOnAtTheHostWithoutItsClassifier() throws Exception {
        final String url = "http://" + IPV4;
        final Process download =
                client.startDownload(url + "/b/" + BODY_BYTES, "10M", directory.resolve("whole"));

        kill("blade-1");

        assertEquals(0, download.waitFor());
        assertEquals(BODY_BYTES, Files.size(directory.resolve("whole")));
        client.assertWatched(1);
        LAB.startDaemon("blade-1", UpCommand.daemon());
        UpCommandIT.eventually()
                .until(() -> client.tryCurl(url + "/b").equals("blade-3 serves /b\n"));
    }
}
