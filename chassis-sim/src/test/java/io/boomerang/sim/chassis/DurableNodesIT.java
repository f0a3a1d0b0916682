package io.boomerang.sim.chassis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.store.StoreSnapshot;
import io.boomerang.redirector.store.StoredSession;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Nodes in processes of their own, over the loopback interface, that are killed, restarted and
/// paused.
class DurableNodesIT {
    private static final int FLOWS = 200;
    private static final int PORTS = 8;
    private static final int NODES = 300;
    private static final String INGRESS = "ingress-1";
    private static final String EGRESS = "egress-1";
    private static final List<String> ALL = List.of(INGRESS, EGRESS, "blade-1", "blade-2");

    @TempDir private Path directory;

    private final Map<String, NodeProcess> nodes = new LinkedHashMap<>();
    private List<Integer> ports = List.of();

    @BeforeEach
    void startAll() throws IOException {
        ports = List.of(freePorts(PORTS, false), PORTS, freePorts(NODES, true));
        for (final String name : ALL) {
            start(name);
        }
        awaitAgreement();
    }

    @AfterEach
    void endAll() {
        nodes.values().forEach(NodeProcess::close);
    }

    /// The first of so many ports of the loopback interface that nobody uses.
    private static int freePorts(final int count, final boolean udp) throws IOException {
        for (int first = 21_000; first < 60_000; first += count) {
            if (areFree(first, count, udp)) {
                return first;
            }
        }
        throw new IOException("no " + count + " free ports in a row");
    }

    private static boolean areFree(final int first, final int count, final boolean udp)
            throws IOException {
        for (int port = first; port < first + count; port++) {
            final InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            try {
                if (udp) {
                    new DatagramSocket(address).close();
                } else {
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
                }
            } catch (final SocketException _) {
                return false;
            }
        }
        return true;
    }

    private NodeProcess node(final String name) {
        final NodeProcess node = nodes.get(name);
        if (node == null) {
            throw new AssertionError(name + " is not there");
        }
        return node;
    }

    private void start(final String name) throws IOException {
        final NodeProcess node = new NodeProcess(name, ports, directory);
        nodes.put(name, node);
        node.awaitReady();
    }

    private void awaitAgreement() {
        for (final NodeProcess node : nodes.values()) {
            node.awaitState("members", Integer.toString(nodes.size()));
            node.awaitState("idle", "true");
        }
    }

    /// Opens the flows from the ingress network, and answers them.
    private void openAll() {
        assertEquals("sent", node(INGRESS).say("send 0 " + FLOWS + " up"));
        node(EGRESS).awaitState("emitted", Integer.toString(FLOWS));
        assertEquals("sent", node(EGRESS).say("send 0 " + FLOWS + " down"));
        node(INGRESS).awaitState("emitted", Integer.toString(FLOWS));
    }

    private List<String> blades(final String redirector) {
        return List.of(node(redirector).say("blades 0 " + FLOWS).split(","));
    }

    private void awaitStored() {
        await().atMost(NodeProcess.PATIENCE)
                .until(() ->
                        node(EGRESS).state("written") >= FLOWS
                                && node(INGRESS).state("written") >= FLOWS
                                && node("blade-1").state("written")
                                                + node("blade-2").state("written")
                                        >= FLOWS);
    }

    @Test
    void shouldGiveAKilledRedirectorItsSessionsBack() throws IOException {
        openAll();
        awaitStored();
        final List<String> before = blades(EGRESS);
        assertEquals(FLOWS, seenOnDisk(EGRESS), "seen from this process while its owner runs");
        node(EGRESS).kill();

        start(EGRESS);
        assertEquals(FLOWS, node(EGRESS).state("restored"));
        awaitAgreement();
        assertEquals("sent", node(EGRESS).say("send 0 " + FLOWS + " down"));

        node(INGRESS).awaitState("emitted", Integer.toString(2 * FLOWS));
        assertEquals(before, blades(EGRESS));
        assertEquals("{SESSION=" + FLOWS + "}", node(EGRESS).stateText("decisions"));
        assertEquals(FLOWS, node(EGRESS).state("live"));
    }

    @Test
    void shouldKeepEveryFlowOnItsBladeWhenAllAreRestartedAtOnce() throws IOException {
        openAll();
        awaitStored();
        final List<String> before = blades(EGRESS);
        nodes.values().forEach(NodeProcess::kill);
        nodes.clear();

        for (final String name : ALL) {
            start(name);
        }
        awaitAgreement();
        assertEquals(FLOWS, node("blade-1").state("live") + node("blade-2").state("live"));
        assertEquals("sent", node(EGRESS).say("send 0 " + FLOWS + " down"));
        node(INGRESS).awaitState("emitted", Integer.toString(FLOWS));
        assertEquals("sent", node(INGRESS).say("send 0 " + FLOWS + " up"));
        node(EGRESS).awaitState("emitted", Integer.toString(FLOWS));

        assertEquals(before, blades(EGRESS));
        assertEquals(before, blades(INGRESS));
        assertEquals(0, node(EGRESS).state("broken"));
    }

    @Test
    void shouldHaveWhatWasStoredWhenKilledInTheMiddleOfWriting() throws IOException {
        final int many = 30_000;
        final NodeProcess ingress = node(INGRESS);
        for (int from = 0; from < many; from += 1_000) {
            ingress.tell("send " + from + " " + (from + 1_000) + " up");
        }
        await().atMost(NodeProcess.PATIENCE).until(() -> node(EGRESS).state("written") > 1_000);
        final long written = node(EGRESS).state("written");
        node(EGRESS).kill();

        start(EGRESS);

        final long restored = node(EGRESS).state("restored");
        assertTrue(restored >= written - 1, () -> restored + " restored, " + written + " written");
        assertTrue(node(EGRESS).state("damaged") <= 1);
    }

    @Test
    void shouldNotActOnWhatItBelievedBeforeALongPause() throws IOException {
        openAll();
        final List<String> before = blades(EGRESS);
        assertTrue(before.containsAll(List.of("201", "202")), before::toString);
        final NodeProcess paused = node(EGRESS);
        paused.stop();
        nodes.remove(EGRESS);
        awaitAgreement(); // the others have given it up
        node("blade-2").kill();
        deleteSessionsOf("blade-2");
        start("blade-2");
        awaitAgreement();

        nodes.put(EGRESS, paused);
        paused.goOn();
        assertEquals("sent", paused.say("send 0 " + FLOWS + " down"));
        assertEquals(1, paused.state("pauses"));
        assertMovedOnlyFrom("202", before);
        awaitAgreement();
        final long emitted = node(INGRESS).state("emitted");
        assertEquals("sent", paused.say("send 0 " + FLOWS + " down"));
        node(INGRESS).awaitState("emitted", Long.toString(emitted + FLOWS));

        assertMovedOnlyFrom("202", before);
    }

    /// Flows that the paused redirector has steered since, too.
    private void assertMovedOnlyFrom(final String blade, final List<String> before) {
        final List<String> after = blades(EGRESS);
        for (int flow = 0; flow < FLOWS; flow++) {
            if (!before.get(flow).equals(blade)) {
                assertEquals(before.get(flow), after.get(flow), "flow " + flow);
            }
        }
    }

    private long seenOnDisk(final String name) throws IOException {
        final Path file = directory.resolve("sessions").resolve(name + ".1.sessions");
        final Set<FlowKey> seen = new HashSet<>();
        final long damaged =
                StoreSnapshot.of(file)
                        .read(record -> {
                            final StoredSession session = StoredSession.read(record);
                            return session != null && seen.add(session.key());
                        });
        assertEquals(0, damaged);
        return seen.size();
    }

    private void deleteSessionsOf(final String name) throws IOException {
        try (var files = Files.list(directory.resolve("sessions"))) {
            for (final Path file : files.toList()) {
                final String text = file.getFileName().toString();
                if (text.startsWith(name + ".") && !text.endsWith(".lock")) {
                    Files.delete(file);
                }
            }
        }
    }
}
