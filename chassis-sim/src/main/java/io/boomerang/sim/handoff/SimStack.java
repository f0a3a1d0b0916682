package io.boomerang.sim.handoff;

import io.boomerang.blade.terminal.LocalStack;
import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.endpoint.EndpointConfig;
import io.boomerang.handoff.endpoint.TcpEndpoint;
import io.boomerang.transfer.TransferId;
import io.boomerang.wire.TcpHeader;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// The TCP stack of a simulated blade: listens at the virtual addresses, answers what it does not
/// know with a reset, and serves what is its own.
final class SimStack implements LocalStack {
    private final int node;
    private final EndpointConfig config;
    private final SplittableRandom random;
    private final MoveWitness witness;
    private final Frames frames = new Frames();
    private final Map<FlowKey, ServedConnection> connections = new LinkedHashMap<>();
    private final Map<TransferId, ServedConnection> prepared = new HashMap<>();
    private final Deque<byte[]> outgoing = new ArrayDeque<>();

    SimStack(
            final int node,
            final EndpointConfig config,
            final SplittableRandom random,
            final MoveWitness witness) {
        this.node = node;
        this.config = config;
        this.random = random;
        this.witness = witness;
    }

    private void emit(final MemorySegment packet, final long offset, final long length) {
        outgoing.add(Frames.of(packet, offset, length));
    }

    @Override
    public void receive(
            final MemorySegment frame, final long offset, final int length, final long nowNs) {
        if (!frames.read(frame, offset, length)) {
            return;
        }
        final FlowKey key = frames.key().copy();
        final int flags = frames.flags();
        ServedConnection connection = connections.get(key);
        if (connection == null && (flags & (TcpHeader.SYN | TcpHeader.ACK)) == TcpHeader.SYN) {
            connection = accept(key);
        }
        if (connection != null) {
            connection.endpoint.receive(
                    frame, offset + Frames.ETHERNET_BYTES, offset + length, nowNs);
            connection.serve(nowNs);
        } else if ((flags & TcpHeader.RST) == 0) {
            witness.onStray(node, key, nowNs);
            outgoing.add(ResetSegment.answering(frame, offset));
        }
    }

    private ServedConnection accept(final FlowKey key) {
        final InetSocketAddress local = key.isIpv6() ? HandoffRun.VIRTUAL_6 : HandoffRun.VIRTUAL_4;
        final ServedConnection connection =
                new ServedConnection(
                        key, TcpEndpoint.listen(config, local, this::emit, random.nextInt()));
        connections.put(key, connection);
        witness.onAccepted(node, key);
        return connection;
    }

    /// Does what is due, and sends what there is to send.
    void run(final TerminalBlade blade, final long nowNs) {
        connections.values().forEach(connection -> connection.serve(nowNs));
        flush(blade, nowNs);
    }

    void flush(final TerminalBlade blade, final long nowNs) {
        for (byte[] frame = outgoing.poll(); frame != null; frame = outgoing.poll()) {
            blade.transmit(MemorySegment.ofArray(frame), 0, frame.length, nowNs);
        }
    }

    /// Connections that could go to another blade now: those that have been asked for something.
    List<ServedConnection> movable() {
        final List<ServedConnection> movable = new ArrayList<>();
        for (final ServedConnection connection : connections.values()) {
            if (connection.leaving == null
                    && connection.isAsked()
                    && connection.endpoint.refusal() == null) {
                movable.add(connection);
            }
        }
        return movable;
    }

    /// Lets a connection stand still and gives it away; false if that cannot be now.
    boolean give(
            final ServedConnection connection,
            final int host,
            final TerminalBlade blade,
            final long nowNs) {
        final ConnectionState state = connection.freeze(nowNs);
        final TransferId transfer = blade.give(connection.key, state, host, nowNs);
        connection.leaving = transfer;
        if (transfer == null) {
            connection.endpoint.resume();
        }
        return transfer != null;
    }

    /// It is served here.
    void keepHere(final ServedConnection connection) {
        connection.isDecided = true;
    }

    @Override
    public @Nullable String prepare(
            final TransferId transfer, final ConnectionState state, final long nowNs) {
        if (random.nextInt(50) == 0) {
            return "the host does not want it";
        }
        final TcpEndpoint endpoint = TcpEndpoint.restore(config, state, this::emit, nowNs);
        prepared.put(
                transfer, ServedConnection.arrived(witness.keyOf(state.remote()), endpoint, state));
        return null;
    }

    @Override
    public void goLive(final TransferId transfer, final long nowNs) {
        final ServedConnection connection = remove(prepared, transfer);
        connections.put(connection.key, connection);
        witness.onLive(node, connection.key, nowNs);
        connection.serve(nowNs);
    }

    @Override
    public void discard(final TransferId transfer) {
        remove(prepared, transfer);
    }

    private static <K> ServedConnection remove(final Map<K, ServedConnection> from, final K which) {
        final ServedConnection connection = from.remove(which);
        if (connection == null) {
            throw new IllegalStateException(which + " is unknown");
        }
        return connection;
    }

    private ServedConnection leaving(final TransferId transfer) {
        for (final ServedConnection connection : connections.values()) {
            if (transfer.equals(connection.leaving)) {
                return connection;
            }
        }
        throw new IllegalStateException(transfer + " is unknown");
    }

    @Override
    public void given(final TransferId transfer) {
        final ServedConnection connection = leaving(transfer);
        connection.endpoint.release();
        connections.remove(connection.key);
    }

    @Override
    public void kept(final TransferId transfer, final String reason, final long nowNs) {
        final ServedConnection connection = leaving(transfer);
        connection.leaving = null;
        connection.isDecided = true;
        connection.endpoint.resume();
        witness.onKept(node, connection.key, nowNs);
        connection.serve(nowNs);
    }

    @Override
    public void lost(final TransferId transfer, final String reason, final long nowNs) {
        final ServedConnection connection = leaving(transfer);
        connection.endpoint.release();
        connections.remove(connection.key);
        witness.onLost(node, connection.key, nowNs);
    }

    Collection<ServedConnection> connections() {
        return connections.values();
    }
}
