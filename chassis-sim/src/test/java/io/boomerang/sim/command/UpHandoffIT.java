package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.lab.HandoffHosts;
import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabPlan;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
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

    /// Counts distinct handshakes and all resets.
    private static final String WATCH =
            """
            table inet watch {
                set handshakes { typeof tcp sequence; flags dynamic; size 4096; }
                counter resets { }
                chain out {
                    type filter hook output priority 0
                    tcp flags & (syn | ack) == syn add @handshakes { tcp sequence }
                    tcp flags & rst != 0 counter name resets
                }
                chain in {
                    type filter hook input priority 0
                    tcp flags & rst != 0 counter name resets
                }
            }
            """;

    private static final Pattern SEQUENCE = Pattern.compile("\\b\\d+\\b(?=\\s*[,}])");
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

    private static final Lab LAB = new Lab(NAME);

    @TempDir private static Path directory;
    private static LabGuests guests;

    @BeforeAll
    static void build() throws Exception {
        LabGuests.require("ip", "ping", "setsid", "sysctl", "python3", "curl", "nft");
        guests = new LabGuests(LAB, NAME, directory);
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
        guests.run(LabPlan.CLIENT, "nft", "flush ruleset");
        final Path rules = Files.writeString(directory.resolve("watch.nft"), WATCH);
        guests.run(LabPlan.CLIENT, "nft", "-f", rules.toString());
    }

    private static void assertWatched(final int handshakes) throws Exception {
        final String set =
                guests.run(LabPlan.CLIENT, "nft", "list", "set", "inet", "watch", "handshakes");
        final String elements = set.substring(Math.max(0, set.indexOf("elements")));
        assertEquals(handshakes, SEQUENCE.matcher(elements).results().count(), set);
        assertEquals(0, resets());
    }

    private static long resets() throws Exception {
        final String counter =
                guests.run(LabPlan.CLIENT, "nft", "list", "counter", "inet", "watch", "resets");
        return PACKETS.matcher(counter).results().mapToLong(m -> Long.parseLong(m.group(1))).sum();
    }

    private static String curl(final String... arguments) throws Exception {
        final String[] all = new String[arguments.length + 5];
        final String[] begin = {"curl", "-gsS", "--fail", "--max-time", "240"};
        System.arraycopy(begin, 0, all, 0, begin.length);
        System.arraycopy(arguments, 0, all, begin.length, arguments.length);
        return guests.run(LabPlan.CLIENT, all);
    }

    @ParameterizedTest
    @ValueSource(strings = {IPV4, IPV6})
    void shouldServePathsOfOneAddressByDifferentBlades(final String address) throws Exception {
        final String url = "http://" + address;

        assertEquals("blade-2 serves /a\n", curl(url + "/a"));
        assertEquals("blade-3 serves /b\n", curl(url + "/b"));
        assertWatched(2);

        final String kept = curl(url + "/a", url + "/b/c", url + "/a", url + "/unknown");

        assertEquals(
                """
                blade-2 serves /a
                blade-3 serves /b/c
                blade-2 serves /a
                blade-2 serves /unknown
                """,
                kept);
        assertWatched(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {IPV4, IPV6})
    void shouldDownloadThroughFourHandOffs(final String address) throws Exception {
        final Path file = directory.resolve("download");

        curl("-o", file.toString(), "http://" + address + "/tour/" + BODY_BYTES);

        final byte[] block = new byte[BLOCK_BYTES];
        for (int i = 0; i < block.length; i++) {
            block[i] = (byte) i;
        }
        try (InputStream body = Files.newInputStream(file)) {
            for (long piece = 0; piece < BODY_BYTES / BLOCK_BYTES; piece++) {
                ByteBuffer.wrap(block).putLong(piece);
                assertTrue(Arrays.equals(block, body.readNBytes(BLOCK_BYTES)), "piece " + piece);
            }
            assertEquals(-1, body.read());
        }
        assertWatched(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {IPV4, IPV6})
    void shouldUpload(final String address) throws Exception {
        final Path file = directory.resolve("upload");
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

        final String answer =
                curl("-H", "Expect:", "-T", file.toString(), "http://" + address + "/b/upload");

        assertEquals(String.format(Locale.ROOT, "%08x%n", checksum.getValue()), answer);
        assertWatched(1);
    }

    /// A download that is under way.
    private Process startDownload(final String url, final String rate, final Path to)
            throws Exception {
        final Process download =
                guests.start(
                        LabPlan.CLIENT,
                        "curl",
                        "-gsS",
                        "--max-time",
                        "240",
                        "--limit-rate",
                        rate,
                        "-o",
                        to.toString(),
                        url);
        UpCommandIT.eventually().until(() -> Files.exists(to));
        return download;
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
                startDownload(url + "/a/" + BODY_BYTES, "1M", directory.resolve("cut"));

        kill("blade-2");

        assertEquals("blade-3 serves /b\n", curl(url + "/b"));
        UpCommandIT.eventually()
                .until(() ->
                        guests.output(LabPlan.CLIENT, List.of("curl", "-gsS", url + "/a"))
                                .contains("reset"));
        assertTrue(download.waitFor() != 0, "a download cannot outlive its blade");
        assertTrue(resets() > 0);

        LAB.startDaemon("blade-2", UpCommand.daemon());
        UpCommandIT.eventually()
                .until(() ->
                        guests.output(LabPlan.CLIENT, List.of("curl", "-gsS", url + "/a"))
                                .equals("blade-2 serves /a\n"));
    }

    @Test
    void shouldGoOnAtTheHostWithoutItsClassifier() throws Exception {
        final String url = "http://" + IPV4;
        final Process download =
                startDownload(url + "/b/" + BODY_BYTES, "10M", directory.resolve("whole"));

        kill("blade-1");

        assertEquals(0, download.waitFor());
        assertEquals(BODY_BYTES, Files.size(directory.resolve("whole")));
        assertWatched(1);
        LAB.startDaemon("blade-1", UpCommand.daemon());
        UpCommandIT.eventually()
                .until(() ->
                        guests.output(LabPlan.CLIENT, List.of("curl", "-gsS", url + "/b"))
                                .equals("blade-3 serves /b\n"));
    }
}
