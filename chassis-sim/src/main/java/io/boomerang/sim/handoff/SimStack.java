package io.boomerang.sim.handoff;

import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.endpoint.EndpointConfig;
import io.boomerang.handoff.endpoint.TcpEndpoint;
import io.boomerang.sim.handoff.ServedConnection.Service;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/// The TCP stack of a simulated blade: listens at the virtual addresses, answers what it does not
/// know with a reset, and lets a service have what is its own.
///
/// @param <C> the connections of its service
final class SimStack<C extends ServedConnection> implements HandoffChassis.Stack {
    private final int node;
    private final EndpointConfig config;
    private final VirtualService virtual;
    private final SplittableRandom random;
    private final Function<InetSocketAddress, FlowKey> keys;
    private final Service<C> service;
    private final StackObserver observer;
    private final Frames frames = new Frames();
    private final Map<FlowKey, C> connections = new LinkedHashMap<>();
    private final Map<TransferId, C> prepared = new HashMap<>();

    /// Went live, and nothing has come since.
    private final Set<FlowKey> silent = new HashSet<>();

    private final Deque<byte[]> outgoing = new ArrayDeque<>();

    /// @param random for what others shall not guess
    /// @param keys the flows of clients
    SimStack(
            final int node,
            final EndpointConfig config,
            final VirtualService virtual,
            final SplittableRandom random,
            final Function<InetSocketAddress, FlowKey> keys,
            final Service<C> service,
            final StackObserver observer) {
        this.node = node;
        this.config = config;
        this.virtual = virtual;
        this.random = random;
        this.keys = keys;
        this.service = service;
        this.observer = observer;
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
        C connection = connections.get(key);
        if (connection == null && (flags & (TcpHeader.SYN | TcpHeader.ACK)) == TcpHeader.SYN) {
            connection = accept(key);
        }
        if (connection != null) {
            connection.endpoint.receive(
                    frame, offset + Frames.ETHERNET_BYTES, offset + length, nowNs);
            if (silent.remove(key)) {
                observer.onFirstSegment(node, key, nowNs);
            }
            connection.serve(nowNs);
        } else if ((flags & TcpHeader.RST) == 0) {
            observer.onStray(node, key, nowNs);
            outgoing.add(ResetSegment.answering(frame, offset));
        }
    }

    private C accept(final FlowKey key) {
        final C connection =
                service.accept(
                        key,
                        TcpEndpoint.listen(
                                config, virtual.at(key.isIpv6()), this::emit, random.nextInt()));
        connections.put(key, connection);
        observer.onAccepted(node, key);
        return connection;
    }

    @Override
    public void run(final TerminalBlade blade, final long nowNs) {
        connections.values().forEach(connection -> connection.serve(nowNs));
        flush(blade, nowNs);
    }

    @Override
    public void flush(final TerminalBlade blade, final long nowNs) {
        for (byte[] frame = outgoing.poll(); frame != null; frame = outgoing.poll()) {
            blade.transmit(MemorySegment.ofArray(frame), 0, frame.length, nowNs);
        }
    }

    /// Connections that could go to another blade now: those that have been asked for something.
    List<C> movable() {
        final List<C> movable = new ArrayList<>();
        for (final C connection : connections.values()) {
            if (connection.leaving == null
                    && connection.isAsked()
                    && connection.endpoint.refusal() == null) {
                movable.add(connection);
            }
        }
        return movable;
    }

    /// Lets a connection stand still and gives it away; false if that cannot be now.
    boolean give(final C connection, final int host, final TerminalBlade blade, final long nowNs) {
        final ConnectionState state = connection.freeze(nowNs);
        final TransferId transfer = blade.give(connection.key, state, host, nowNs);
        connection.leaving = transfer;
        if (transfer == null) {
            connection.endpoint.resume();
        } else {
            observer.onFrozen(node, connection.key, state, host, nowNs);
        }
        return transfer != null;
    }

    @Override
    public @Nullable String prepare(
            final TransferId transfer, final ConnectionState state, final long nowNs) {
        final String refusal = service.refusal(state);
        if (refusal == null) {
            final TcpEndpoint endpoint = TcpEndpoint.restore(config, state, this::emit, nowNs);
            final C connection = service.arrived(keys.apply(state.remote()), endpoint, state);
            prepared.put(transfer, connection);
            observer.onPrepared(node, connection.key, nowNs);
        }
        return refusal;
    }

    @Override
    public void goLive(final TransferId transfer, final long nowNs) {
        final C connection = remove(transfer);
        connections.put(connection.key, connection);
        silent.add(connection.key);
        observer.onLive(node, connection.key, nowNs);
        connection.serve(nowNs);
    }

    @Override
    public void discard(final TransferId transfer) {
        remove(transfer);
    }

    private C remove(final TransferId transfer) {
        final C connection = prepared.remove(transfer);
        if (connection == null) {
            throw new IllegalStateException(transfer + " is unknown");
        }
        return connection;
    }

    private C leaving(final TransferId transfer) {
        for (final C connection : connections.values()) {
            if (transfer.equals(connection.leaving)) {
                return connection;
            }
        }
        throw new IllegalStateException(transfer + " is unknown");
    }

    @Override
    public void given(final TransferId transfer) {
        final C connection = leaving(transfer);
        connection.endpoint.release();
        connections.remove(connection.key);
        silent.remove(connection.key);
        observer.onGiven(node, connection.key);
    }

    @Override
    public void kept(final TransferId transfer, final String reason, final long nowNs) {
        final C connection = leaving(transfer);
        connection.leaving = null;
        connection.isDecided = true;
        connection.endpoint.resume();
        observer.onKept(node, connection.key, nowNs);
        connection.serve(nowNs);
    }

    @Override
    public void lost(final TransferId transfer, final String reason, final long nowNs) {
        final C connection = leaving(transfer);
        connection.endpoint.release();
        connections.remove(connection.key);
        observer.onLost(node, connection.key, nowNs);
    }

    Collection<C> connections() {
        return connections.values();
    }
}
