package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.classifier.Classifier;
import io.boomerang.handoff.classifier.ClassifierRule;
import io.boomerang.handoff.front.FrontConfig;
import io.boomerang.handoff.front.FrontCounters;
import io.boomerang.handoff.front.FrontDoor;
import io.boomerang.handoff.move.Carrier;
import io.boomerang.handoff.move.Departures;
import io.boomerang.handoff.move.RotatingHosts;
import io.boomerang.linux.SystemCallException;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Clients of all kinds on the loopback, and hosts that only say whether they take a connection.
class FrontDoorIT implements Carrier<Integer> {
    private static final int MAX_BYTES = 1_000;
    private static final int MAX_CONNECTIONS = 4;
    private static final long MAX_AGE_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int PATIENCE_MS = 20_000;
    private static final byte[] REQUEST =
            "GET /pictures/1 HTTP/1.1\r\nHost: example.org\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private final List<ConnectionState> offered = new ArrayList<>();
    private final List<Integer> nodes = new ArrayList<>();
    private final RotatingHosts hosts =
            new RotatingHosts(Map.of("pictures", List.of(1, 2), "rest", List.of(3)));
    private KernelTcp stack;
    private Departures<Integer> departures;
    private FrontDoor door;
    private boolean hasWay = true;
    private long nowNs;

    @BeforeEach
    void open() throws IOException {
        final String reason = KernelTcp.unavailable();
        assumeTrue(reason == null, () -> "no hand-off of kernel connections here: " + reason);
        stack = new KernelTcp();
        departures = new Departures<>(stack, this, PacketWitness.NONE, 16);
        hosts.setLiving(Set.of(1, 2, 3));
        door =
                new FrontDoor(
                        stack,
                        new FrontConfig(
                                List.of(
                                        new InetSocketAddress(
                                                InetAddress.ofLiteral("127.0.0.1"), 0)),
                                new Classifier(
                                        List.of(
                                                new ClassifierRule.HttpPath(
                                                        "", "/pictures/", "pictures")),
                                        "rest",
                                        MAX_BYTES,
                                        MAX_AGE_NS),
                                MAX_CONNECTIONS,
                                2),
                        hosts,
                        departures);
    }

    @AfterEach
    void close() {
        if (stack != null) {
            door.close();
            departures.close();
            stack.close();
        }
    }

    @Override
    public boolean isThere() {
        return hasWay;
    }

    @Override
    public boolean makeReady(final int node) {
        return hasWay;
    }

    @Override
    public Integer offer(final int node, final ConnectionState state, final long timeNs) {
        nodes.add(node);
        offered.add(state);
        return offered.size() - 1;
    }

    private Socket connect() throws IOException {
        final InetSocketAddress address = door.addresses().getFirst();
        final Socket client = new Socket(address.getAddress(), address.getPort());
        client.setSoTimeout(PATIENCE_MS);
        return client;
    }

    private interface Condition {
        boolean holds(FrontCounters counters);
    }

    private void pollUntil(final Condition condition) {
        Awaitility.await()
                .pollInterval(1, TimeUnit.MILLISECONDS)
                .pollInSameThread()
                .until(() -> {
                    door.poll(nowNs);
                    return condition.holds(door.counters());
                });
    }

    private void awaitOffers(final int count) {
        pollUntil(_ -> offered.size() == count);
    }

    @Test
    void shouldGiveWhatWasReadToAHostOfTheService() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(REQUEST);

            awaitOffers(1);

            assertEquals(Octets.of(REQUEST), offered.getFirst().alreadyRead());
            assertEquals(0, offered.getFirst().unread().length());
            assertEquals(List.of(1), nodes);
            departures.given(0, nowNs);
            assertEquals(1, door.counters().given());
            assertEquals(0, door.counters().buffered());
            assertEquals(0, door.counters().waiting());
        }
    }

    @Test
    void shouldReadByteByByteAndTakeHostsByTurns() throws IOException {
        for (int i = 1; i <= 3; i++) {
            try (Socket client = connect()) {
                client.setTcpNoDelay(true);
                for (final byte one : REQUEST) {
                    client.getOutputStream().write(one);
                    door.poll(nowNs);
                }
                awaitOffers(i);
                assertArrayEquals(REQUEST, offered.getLast().alreadyRead().toArray());
            }
        }
        assertEquals(List.of(1, 2, 1), nodes);
    }

    @Test
    void shouldDecideByDefaultWhenTheTimeIsOver() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(REQUEST, 0, 5);
            pollUntil(counters -> counters.buffered() > 0);
            assertEquals(nowNs + MAX_AGE_NS, door.nextDueNs());

            nowNs += MAX_AGE_NS;
            awaitOffers(1);

            assertEquals(List.of(3), nodes);
            assertEquals(5, offered.getFirst().alreadyRead().length());
            assertEquals(1, door.counters().decidedLate());
        }
    }

    @Test
    void shouldDecideByDefaultWhenTheClientSaysTooMuch() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write("GET /".getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().write(new byte[2 * MAX_BYTES]);

            awaitOffers(1);

            assertTrue(offered.getFirst().alreadyRead().length() <= MAX_BYTES);
            assertTrue(door.counters().buffered() <= MAX_BYTES);
        }
    }

    @Test
    void shouldDecideOnTheOldestWhenThereAreTooMany() throws IOException {
        final List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_CONNECTIONS; i++) {
                clients.add(connect());
                clients.getLast().getOutputStream().write('G' + (i == 0 ? 0 : 1));
                final int count = i + 1;
                pollUntil(counters -> counters.accepted() == count);
            }
            clients.add(connect());

            awaitOffers(1);

            assertEquals(1, door.counters().decidedEarly());
            assertEquals(clients.getFirst().getLocalPort(), offered.getFirst().remote().getPort());
            assertEquals(MAX_CONNECTIONS, door.counters().waiting());
        } finally {
            for (final Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void shouldAskAnotherHostAndResetWhenNobodyTakesIt() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(REQUEST);
            awaitOffers(1);

            departures.kept(0, "no memory");
            assertEquals(List.of(1, 2), nodes);
            departures.kept(1, "no memory");

            assertThrows(SocketException.class, () -> client.getInputStream().read());
            assertEquals(1, door.counters().resetRefused());
            assertEquals(0, door.counters().buffered());
        }
    }

    @Test
    void shouldTryTheSameHostAgainWhenTheWayToItBroke() throws IOException {
        hosts.setLiving(Set.of(1));
        try (Socket client = connect()) {
            client.getOutputStream().write(REQUEST);
            awaitOffers(1);
            hasWay = false;
            departures.brokenOff(0);
            nowNs += TimeUnit.SECONDS.toNanos(29);
            door.poll(nowNs);
            assertEquals(1, door.counters().waiting());

            hasWay = true;
            awaitOffers(2);

            assertEquals(List.of(1, 1), nodes);
            assertEquals(Octets.of(REQUEST), offered.getLast().alreadyRead());
        }
    }

    @Test
    void shouldResetWhatFindsNoWayForTooLong() throws IOException {
        hasWay = false;
        try (Socket client = connect()) {
            client.getOutputStream().write(REQUEST);
            pollUntil(counters -> counters.retried() == 1);

            nowNs += TimeUnit.SECONDS.toNanos(31);
            door.poll(nowNs);

            assertThrows(SocketException.class, () -> client.getInputStream().read());
            assertEquals(1, door.counters().resetUnmovable());
            assertEquals(0, door.counters().buffered());
        }
    }

    @Test
    void shouldResetWhatNobodyServes() throws IOException {
        hosts.setLiving(Set.of());
        try (Socket client = connect()) {
            client.getOutputStream().write(REQUEST);

            pollUntil(counters -> counters.resetUnserved() == 1);

            assertThrows(SocketException.class, () -> client.getInputStream().read());
        }
    }

    @Test
    void shouldResetWhatNobodyKnowsTheOwnerOf() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(REQUEST);
            awaitOffers(1);

            departures.lost(0, "the host is gone");

            assertThrows(SocketException.class, () -> client.getInputStream().read());
            assertEquals(1, door.counters().resetLost());
        }
    }

    @Test
    void shouldForgetWhoGoesWithoutAWord() throws IOException {
        connect().close();

        pollUntil(counters -> counters.closed() == 1);

        assertEquals(0, door.counters().waiting());
        assertEquals(List.of(), nodes);
    }

    @Test
    void shouldServeWhoEndsItsSide() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(REQUEST);
            client.shutdownOutput();

            awaitOffers(1);

            assertArrayEquals(REQUEST, offered.getFirst().alreadyRead().toArray());
        }
    }

    @Test
    void shouldNameTheAddressThatItCannotListenAt() {
        final InetSocketAddress elsewhere =
                new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 80);

        final SystemCallException refused =
                assertThrows(SystemCallException.class, () -> stack.listen(elsewhere, 1));

        assertTrue(refused.toString().contains("192.0.2.7"), refused::toString);
    }
}
