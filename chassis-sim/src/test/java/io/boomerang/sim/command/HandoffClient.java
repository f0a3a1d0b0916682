package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.lab.LabPlan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// Unmodified curl on the client of a laboratory with hand-offs. What crosses the client's
/// interface is watched: one handshake for each connection that curl opens, no reset.
final class HandoffClient {
    private static final int BLOCK_BYTES = 1 << 16;
    private static final String PATIENCE_S = "240";

    /// Counts distinct handshakes, and resets of connections that have begun and of which not both
    /// ends have sent a FIN; keeps ports and numbers of these. A later reset harms nobody: what was
    /// overtaken by the last packets, or came twice, finds no socket.
    private static final String WATCH =
            """
            table inet watch {
                set handshakes { typeof tcp sequence; flags dynamic; size 4096; }
                set begun { typeof tcp sport; flags dynamic; size 65535; }
                set ended { typeof tcp sport; flags dynamic; size 65535; }
                set answered { typeof tcp sport; flags dynamic; size 65535; }
                set broken {
                    typeof tcp sport . tcp dport . tcp sequence . tcp ackseq
                    flags dynamic
                    size 4096
                }
                counter resets { }
                chain lost {
                    counter name resets add @broken %1$s
                }
                chain out {
                    type filter hook output priority 0
                    tcp flags & (syn | ack) == syn add @handshakes { tcp sequence } \
                        add @begun { tcp sport } \
                        delete @ended { tcp sport } delete @answered { tcp sport }
                    tcp flags & fin != 0 add @ended { tcp sport }
                    tcp flags & rst == 0 accept
                    tcp sport @ended tcp sport @answered accept
                    tcp sport @begun jump lost
                }
                chain in {
                    type filter hook input priority 0
                    tcp flags & fin != 0 add @answered { tcp dport }
                    tcp flags & rst == 0 accept
                    tcp dport @ended tcp dport @answered accept
                    tcp dport @begun jump lost
                }
            }
            """
                    .formatted("{ tcp sport . tcp dport . tcp sequence . tcp ackseq }");

    /// Asks a host from a port that may just have been used, and waits for the host to end it.
    private static final String FROM_PORT =
            """
            import socket, sys
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.settimeout(%s)
            s.bind(("", int(sys.argv[1])))
            s.connect((sys.argv[2], 80))
            s.sendall(f"GET {sys.argv[3]} HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n".encode())
            sys.stdout.write(s.makefile().read().split("\\n\\n", 1)[1])
            """
                    .formatted(PATIENCE_S);

    private static final Pattern SEQUENCE = Pattern.compile("\\b\\d+\\b(?=\\s*[,}])");
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

    private final LabGuests guests;
    private final Path directory;

    HandoffClient(final LabGuests guests, final Path directory) {
        this.guests = guests;
        this.directory = directory;
    }

    /// Begins to count anew.
    void watch() throws Exception {
        guests.run(LabPlan.CLIENT, "nft", "flush ruleset");
        final Path rules = Files.writeString(directory.resolve("watch.nft"), WATCH);
        guests.run(LabPlan.CLIENT, "nft", "-f", rules.toString());
    }

    /// That there were so many handshakes, and no reset.
    void assertWatched(final int handshakes) throws Exception {
        final String set =
                guests.run(LabPlan.CLIENT, "nft", "list", "set", "inet", "watch", "handshakes");
        final String elements = set.substring(Math.max(0, set.indexOf("elements")));
        assertEquals(handshakes, SEQUENCE.matcher(elements).results().count(), set);
        assertEquals(
                0,
                resets(),
                guests.run(LabPlan.CLIENT, "nft", "list", "set", "inet", "watch", "broken"));
    }

    long resets() throws Exception {
        return packets(
                guests.run(LabPlan.CLIENT, "nft", "list", "counter", "inet", "watch", "resets"));
    }

    /// What all counters in a listing of nft(8) have counted.
    static long packets(final String listing) {
        return PACKETS.matcher(listing).results().mapToLong(m -> Long.parseLong(m.group(1))).sum();
    }

    /// What curl prints; it has to succeed.
    String curl(final String... arguments) throws Exception {
        return guests.run(LabPlan.CLIENT, command(arguments).toArray(String[]::new));
    }

    /// What another client prints; it has to succeed.
    String run(final String... command) throws Exception {
        return guests.run(LabPlan.CLIENT, command);
    }

    /// What a host answers on a connection from this port, which is free again afterwards.
    String ask(final String port, final String address, final String path) throws Exception {
        return guests.run(LabPlan.CLIENT, "python3", "-c", FROM_PORT, port, address, path);
    }

    /// What curl prints, however it ends.
    String tryCurl(final String... arguments) throws Exception {
        return guests.output(LabPlan.CLIENT, command(arguments));
    }

    /// A curl that is under way.
    Process start(final String... arguments) throws IOException {
        return guests.start(LabPlan.CLIENT, command(arguments).toArray(String[]::new));
    }

    /// A download that is under way.
    Process startDownload(final String url, final String rate, final Path to) throws IOException {
        final Process download = start("--limit-rate", rate, "-o", to.toString(), url);
        UpCommandIT.eventually().until(() -> Files.exists(to));
        return download;
    }

    private static List<String> command(final String... arguments) {
        final List<String> command =
                new ArrayList<>(
                        List.of(
                                "curl",
                                "-gsSf",
                                "--max-time",
                                PATIENCE_S,
                                "--keepalive-time",
                                "2"));
        command.addAll(List.of(arguments));
        return command;
    }

    /// That a file is what the hosts send: pieces of 64 KiB of which each begins with its number.
    static void assertWhole(final Path file, final int bytes) throws IOException {
        final byte[] block = new byte[BLOCK_BYTES];
        for (int i = 0; i < block.length; i++) {
            block[i] = (byte) i;
        }
        try (InputStream body = Files.newInputStream(file)) {
            for (long piece = 0; piece < bytes / BLOCK_BYTES; piece++) {
                ByteBuffer.wrap(block).putLong(piece);
                assertTrue(Arrays.equals(block, body.readNBytes(BLOCK_BYTES)), "piece " + piece);
            }
            assertEquals(-1, body.read());
        }
    }
}
