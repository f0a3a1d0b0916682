package io.boomerang.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.flow.FlowKey;
import io.boomerang.linux.NetworkNamespace;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A kernel's connection tracking in a network namespace of the test's own.
class ConntrackSocketIT {
    private static final String NAMESPACE = "ct" + ProcessHandle.current().pid();
    private static final int MANY = 60_000;
    private static final String RULESET =
            """
            table ip t {
                chain c {
                    type filter hook output priority 0
                    ct state new accept
                }
            }
            """;

    private final List<String> heard = new ArrayList<>();
    private final FlowKey key = new FlowKey();
    private final ConntrackListener listener =
            new ConntrackListener() {
                @Override
                public void onConnection(
                        final ConntrackTuple original, final ConntrackTuple reply) {
                    original.writeKey(key);
                    heard.add("connection " + key);
                }

                @Override
                public void onEnd(final ConntrackTuple original) {
                    original.writeKey(key);
                    heard.add("end " + key);
                }

                @Override
                public void onExpectation(
                        final ConntrackTuple master,
                        final ConntrackTuple expected,
                        final int timeoutSeconds) {
                    heard.add("expectation");
                }
            };

    @BeforeEach
    void makeNamespace() throws Exception {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "SKIPPED: only root makes network namespaces");
        assumeTrue(
                status("", "sh", "-c", "command -v ip && command -v nft") == 0,
                "SKIPPED: there is no ip or nft command (Debian packages iproute2, nftables)");
        assertEquals(0, status("", "ip", "netns", "add", NAMESPACE));
        assertEquals(0, status("", "ip", "-n", NAMESPACE, "link", "set", "lo", "up"));
        assertEquals(0, status(RULESET, "ip", "netns", "exec", NAMESPACE, "nft", "-f", "-"));
    }

    @AfterEach
    void removeNamespace() throws Exception {
        assertTrue(status("", "ip", "netns", "delete", NAMESPACE) >= 0);
    }

    private static int status(final String input, final String... command) throws Exception {
        final Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (final IOException _) {
            return process.waitFor(); // it reads nothing
        }
        return process.waitFor();
    }

    /// Datagrams from this port to as many others.
    private static void send(final int from, final int count) throws Exception {
        try (NetworkNamespace _ = NetworkNamespace.enter(NAMESPACE);
                DatagramSocket socket = new DatagramSocket(from)) {
            final byte[] nothing = new byte[1];
            for (int i = 0; i < count; i++) {
                try {
                    socket.send(
                            new DatagramPacket(
                                    nothing, 1, InetAddress.ofLiteral("127.0.0.1"), 2_000 + i));
                } catch (final PortUnreachableException _) {
                    // Nobody listens there: what counts is that the packet was seen.
                }
            }
        }
    }

    private static String connection(final int from, final int to) {
        return "udp 127.0.0.1:" + Math.min(from, to) + " <-> 127.0.0.1:" + Math.max(from, to);
    }

    @Test
    void shouldHearOfConnectionsInItsNamespaceOnly() throws Exception {
        try (ConntrackSocket socket = ConntrackSocket.openIn(NAMESPACE)) {
            send(40_000, 1);
            socket.drain(listener, 100);

            assertEquals("connection " + connection(40_000, 2_000), heard.getFirst());

            heard.clear();
            assertEquals(
                    0,
                    status(
                            "",
                            "ip",
                            "netns",
                            "exec",
                            NAMESPACE,
                            "sh",
                            "-c",
                            "sysctl -qw net.netfilter.nf_conntrack_udp_timeout=0"));
            send(40_001, 1);
            Awaitility.await()
                    .pollInSameThread()
                    .atMost(60, TimeUnit.SECONDS)
                    .until(() -> {
                        socket.drain(listener, 100);
                        return heard.contains("end " + connection(40_001, 2_000));
                    });
        }
    }

    @Test
    void shouldAskForAConnectionByTheTupleOfEitherDirection() throws Exception {
        try (ConntrackSocket socket = ConntrackSocket.openIn(NAMESPACE)) {
            send(40_000, 1);
            final int loopback = 0x7F00_0001;
            final boolean fromB =
                    key.setIpv4(17, FlowKey.KIND_PORTS, loopback, 40_000, loopback, 2_000, 0);
            final FlowKey asked = key.copy();

            assertTrue(socket.ask(asked, fromB, listener));
            assertTrue(socket.ask(asked, !fromB, listener));
            assertEquals("connection " + asked, heard.getLast());
            asked.setIpv4(17, FlowKey.KIND_PORTS, loopback, 40_000, loopback, 1, 0);
            assertFalse(socket.ask(asked, true, listener));
            assertEquals(3, socket.counters().questions());
            assertEquals(1, socket.counters().unknown());
        }
    }

    @Test
    void shouldFindAgainWhatItMissedWhenTheSocketWasFull() throws Exception {
        try (ConntrackSocket socket = ConntrackSocket.openIn(NAMESPACE)) {
            socket.drain(listener, 1);
            send(40_000, MANY);

            Awaitility.await()
                    .pollInSameThread()
                    .atMost(60, TimeUnit.SECONDS)
                    .until(() -> socket.drain(listener, 10_000) == 0);

            assertTrue(socket.counters().overruns() > 0, socket.counters()::toString);
            assertTrue(socket.counters().dumps() > 1, socket.counters()::toString);
            assertEquals(0, socket.counters().malformed());
            final String last = "connection " + connection(40_000, 2_000 + MANY - 1);
            assertTrue(heard.contains(last), socket.counters()::toString);
        }
    }

    @Test
    void shouldNameANamespaceThatIsNotThere() {
        final IOException refusal =
                assertThrows(IOException.class, () -> ConntrackSocket.openIn("no-such-place"));

        assertTrue(
                String.valueOf(refusal.getMessage()).contains("/run/netns/no-such-place"),
                refusal::toString);
    }
}
