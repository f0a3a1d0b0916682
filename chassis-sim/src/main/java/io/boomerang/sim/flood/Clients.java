package io.boomerang.sim.flood;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.sim.chassis.NodeNames;
import io.boomerang.sim.traffic.TupleFrames;
import io.boomerang.wire.TcpHeader;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Those who use the chassis and those who serve them: connections that go on for the whole run,
/// and others that are opened, used and reset. Knows of each packet what became of it.
final class Clients {
    private static final int CLIENT = 0x0A01_0000;
    private static final int SERVER = 0x0A02_0001;
    private static final int CLIENT_PORT = 40_000;
    private static final int SERVER_PORT = 443;

    private static final int MOST_VIOLATIONS = 10;

    /// How long a host takes to answer.
    private static final long ANSWER_NS = 200_000;

    /// Where packets enter the chassis, and what it knows.
    interface Chassis {
        void enter(Side side, long entry, TupleFrames frames, long packetNumber);

        boolean holdsSession(int redirector, FlowKey key);
    }

    /// A connection of a client.
    private static final class Connection {
        final int number;
        final boolean lasting;
        boolean crossed;
        int home;

        Connection(final int number, final boolean lasting) {
            this.number = number;
            this.lasting = lasting;
        }
    }

    /// What is sent next on a connection, once this has crossed the chassis.
    private enum Step {
        SYN(TcpHeader.SYN, true),
        SYN_ACK(TcpHeader.SYN | TcpHeader.ACK, false),
        HANDSHAKE_ACK(TcpHeader.ACK, true),
        RESPONSE(TcpHeader.ACK, false),
        RESET(TcpHeader.RST, true),
        REQUEST(TcpHeader.ACK, true),
        ANSWER(TcpHeader.ACK, false);

        final int flags;
        final boolean forward;

        Step(final int flags, final boolean forward) {
            this.flags = flags;
            this.forward = forward;
        }
    }

    private record Packet(Connection connection, Step step, Phase phase) {}

    private record Due(long dueNs, Connection connection, Step step) {}

    private final Chassis chassis;
    private final boolean synchronous;
    private final TupleFrames frames = new TupleFrames();
    private final List<Connection> lasting = new ArrayList<>();
    private final Map<Long, Packet> underWay = new HashMap<>();
    private final ArrayDeque<Due> due = new ArrayDeque<>();
    private final Map<Phase, Tally> tallies = new EnumMap<>(Phase.class);
    private final List<String> violations = new ArrayList<>();
    private Phase phase = Phase.BEFORE;
    private int connections;
    private int next;
    private long packets;

    /// What came of one phase.
    static final class Tally {
        long sent;
        long crossed;
        long opened;
        long completed;
    }

    /// @param synchronous whether no packet may leave before the far side knows its flow
    Clients(final Chassis chassis, final boolean synchronous) {
        this.chassis = chassis;
        this.synchronous = synchronous;
        for (final Phase each : Phase.values()) {
            tallies.put(each, new Tally());
        }
    }

    void enter(final Phase newPhase) {
        phase = newPhase;
    }

    Tally tally(final Phase of) {
        final Tally tally = tallies.get(of);
        if (tally == null) {
            throw new IllegalStateException("no tally of " + of);
        }
        return tally;
    }

    /// The first ten connections that were not treated as promised.
    List<String> violations() {
        return violations;
    }

    /// Opens a connection that lasts.
    void openLasting() {
        final Connection connection = new Connection(connections++, true);
        lasting.add(connection);
        send(connection, Step.SYN);
    }

    /// Opens a connection that is used once.
    void open() {
        tally(phase).opened++;
        send(new Connection(connections++, false), Step.SYN);
    }

    /// A client sends on the next of the lasting connections.
    void request() {
        send(lasting.get(next), Step.REQUEST);
        next = (next + 1) % lasting.size();
    }

    /// When a host answers next; `Long.MAX_VALUE` for never.
    long nextDueNs() {
        final Due first = due.peek();
        return first == null ? Long.MAX_VALUE : first.dueNs;
    }

    void answer() {
        final Due first = due.remove();
        send(first.connection, first.step);
    }

    private void send(final Connection connection, final Step step) {
        final int client = CLIENT + connection.number;
        final int port = CLIENT_PORT + connection.number % 20_000;
        if (step.forward) {
            frames.writeTcp(client, port, SERVER, SERVER_PORT, step.flags);
        } else {
            frames.writeTcp(SERVER, SERVER_PORT, client, port, step.flags);
        }
        final long number = ++packets;
        underWay.put(number, new Packet(connection, step, phase));
        if (step == Step.REQUEST || step == Step.ANSWER) {
            tally(phase).sent++;
        }
        chassis.enter(step.forward ? Side.INGRESS : Side.EGRESS, connection.number, frames, number);
    }

    /// A packet has reached a blade.
    void onDelivered(final int blade, final long packetNumber) {
        final Packet packet = underWay.get(packetNumber);
        if (packet == null) {
            return;
        }
        final Connection connection = packet.connection;
        if (connection.home != 0 && connection.home != blade) {
            accuse(
                    connection,
                    "moved from " + NodeNames.of(connection.home) + " to " + NodeNames.of(blade));
        }
        connection.home = blade;
    }

    /// A packet has left the chassis.
    void onCrossed(final int redirector, final long packetNumber, final long nowNs) {
        final Packet packet = underWay.remove(packetNumber);
        if (packet == null) {
            return;
        }
        final Connection connection = packet.connection;
        if (!connection.crossed) {
            connection.crossed = true;
            if (synchronous && !chassis.holdsSession(redirector, keyOf(connection))) {
                accuse(connection, "left by " + NodeNames.of(redirector) + " without a session");
            }
        }
        switch (packet.step) {
            case SYN -> schedule(connection, Step.SYN_ACK, nowNs);
            case SYN_ACK -> schedule(connection, Step.HANDSHAKE_ACK, nowNs);
            case HANDSHAKE_ACK -> schedule(connection, Step.RESPONSE, nowNs);
            case RESPONSE -> {
                if (!connection.lasting) {
                    tally(packet.phase).completed++;
                    schedule(connection, Step.RESET, nowNs);
                }
            }
            case RESET -> {}
            case REQUEST -> {
                tally(packet.phase).crossed++;
                schedule(connection, Step.ANSWER, nowNs);
            }
            case ANSWER -> tally(packet.phase).crossed++;
        }
    }

    private FlowKey keyOf(final Connection connection) {
        frames.writeTcp(
                CLIENT + connection.number,
                CLIENT_PORT + connection.number % 20_000,
                SERVER,
                SERVER_PORT,
                TcpHeader.ACK);
        return frames.key();
    }

    private void schedule(final Connection connection, final Step step, final long nowNs) {
        due.add(new Due(nowNs + ANSWER_NS, connection, step));
    }

    private void accuse(final Connection connection, final String what) {
        if (violations.size() == MOST_VIOLATIONS) {
            return;
        }
        violations.add(
                "connection "
                        + connection.number
                        + (connection.lasting ? ", established before the flood, " : " ")
                        + what);
    }
}
