package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.move.Carrier;
import io.boomerang.handoff.move.ConnectionOutlet;
import io.boomerang.handoff.move.Departures;
import io.boomerang.handoff.move.HandedConnection;
import io.boomerang.handoff.move.Onward;
import io.boomerang.handoff.move.RotatingHosts;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// A host that gives a connection on, on the loopback; the other hosts only say whether they take
/// it.
class OnwardIT implements Carrier<Integer>, ConnectionOutlet {
    private static final int PATIENCE_MS = 20_000;
    private static final int CAPACITY = 2;
    private static final Octets READ = Octets.of((byte) 1, (byte) 2);
    private static final Octets STATE = Octets.of((byte) 3);

    private final List<Integer> nodes = new ArrayList<>();
    private final List<ConnectionState> offered = new ArrayList<>();
    private final List<HandedConnection> home = new ArrayList<>();
    private final RotatingHosts hosts = new RotatingHosts(Map.of("files", List.of(1, 2)));
    private final KernelTcp stack = new KernelTcp();
    private final Departures<Integer> departures =
            new Departures<>(stack, this, PacketWitness.NONE, 16);
    private final Onward onward = new Onward(departures, hosts, this, () -> {}, CAPACITY);
    private @Nullable Socket client;

    @BeforeEach
    void begin() throws IOException {
        final String reason = KernelTcp.unavailable();
        assumeTrue(reason == null, () -> "no hand-off of kernel connections here: " + reason);
        hosts.setLiving(Set.of(1, 2));
        final InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        try (TcpListener listener = stack.listen(any, 1)) {
            client = new Socket(listener.local().getAddress(), listener.local().getPort());
            final TcpSocket accepted =
                    Objects.requireNonNull(listener.accept(PATIENCE_MS), "nobody came");
            assertTrue(onward.reserve());
            onward.give(accepted.detach(), READ, STATE, "files");
        }
    }

    @AfterEach
    void end() throws IOException {
        home.forEach(connection -> connection.socket().close());
        onward.close();
        departures.close();
        stack.close();
        if (client != null) {
            client.close();
        }
    }

    @Override
    public boolean makeReady(final int node) {
        return true;
    }

    @Override
    public Integer offer(final int node, final ConnectionState state, final long nowNs) {
        nodes.add(node);
        offered.add(state);
        return offered.size() - 1;
    }

    @Override
    public @Nullable String refusal(final ConnectionState state) {
        return null;
    }

    @Override
    public boolean deliver(final HandedConnection connection) {
        return home.add(connection);
    }

    @Test
    void shouldGiveItWithWhatWasReadAndTheState() {
        assertEquals(1, onward.poll(0));

        assertEquals(READ, offered.getFirst().alreadyRead());
        assertEquals(STATE, offered.getFirst().applicationState());
        departures.given(0, 0);
        assertEquals(0, onward.poll(0));
        assertEquals(List.of(), home);
    }

    @Test
    void shouldAskEachHostAndThenGoOnHere() throws IOException {
        onward.poll(0);
        departures.kept(0, "no room");
        onward.poll(0);
        departures.kept(1, "no room");
        onward.poll(0);

        assertEquals(List.of(1, 2), nodes);
        assertEquals(1, onward.returnedCount());
        final HandedConnection back = home.getFirst();
        assertEquals(READ, back.alreadyRead());
        assertEquals(STATE, back.applicationState());
        Objects.requireNonNull(client).getOutputStream().write(7);
        assertEquals(7, Server.readExactly(back.socket(), 1)[0]);
    }

    @Test
    void shouldTryAgainWhenTheWayToAHostBroke() {
        hosts.setLiving(Set.of(1));
        onward.poll(0);

        departures.brokenOff(0);
        onward.poll(0);

        assertEquals(List.of(1, 1), nodes);
        assertEquals(STATE, offered.getLast().applicationState());
        assertEquals(List.of(), home);
    }

    @Test
    void shouldGoOnHereWhenNobodyElseServesIt() {
        hosts.setLiving(Set.of());

        onward.poll(0);

        assertEquals(List.of(), nodes);
        assertEquals(1, home.size());
    }

    @Test
    void shouldBoundHowManyWait() {
        assertTrue(onward.reserve());
        assertFalse(onward.reserve());

        onward.poll(0);

        assertTrue(onward.reserve());
        assertFalse(onward.reserve());
        departures.kept(0, "no room");
        hosts.setLiving(Set.of());
        onward.poll(0);
        assertFalse(onward.reserve());
    }
}
