package io.boomerang.handoff.move;

import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.kernel.FrozenConnection;
import io.boomerang.handoff.kernel.KernelTcp;
import io.boomerang.handoff.kernel.PacketWitness;
import io.boomerang.handoff.kernel.TakeResult;
import io.boomerang.handoff.kernel.TcpSocket;
import io.boomerang.linux.SystemCallException;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// Takes connections out of the kernel and gives them to a {@link Carrier}. One that was given away
/// stays here as a tombstone for a while: what of it comes late would draw a reset if there were no
/// socket. One that comes back goes on.
///
/// Belongs to the thread of its {@link KernelTcp}.
///
/// @param <K> how connections on their way are told apart
public final class Departures<K> implements AutoCloseable {
    /// Late packets are late by less; and after 200 ms the kernel would begin to repeat.
    private static final long TOMBSTONE_NS = 20_000_000;

    private final KernelTcp stack;
    private final Carrier<K> carrier;
    private final PacketWitness witness;
    private final int maxFrozen;
    private final Map<K, Travelling> travelling = new HashMap<>();

    /// In the order in which they end.
    private final Map<Ends, Tombstone> tombstones = new LinkedHashMap<>();

    private long givenCount;
    private long keptCount;
    private long lostCount;
    private long refusedCount;

    private record Travelling(FrozenConnection connection, Traveller traveller) {}

    private record Tombstone(FrozenConnection connection, long untilNs) {}

    /// What a kernel tells connections apart by.
    private record Ends(InetSocketAddress local, InetSocketAddress remote) {
        static Ends of(final ConnectionState state) {
            return new Ends(state.local(), state.remote());
        }
    }

    /// @param witness who hands packets to the kernel
    /// @param maxFrozen how many connections may stand still at a time, with the tombstones
    public Departures(
            final KernelTcp stack,
            final Carrier<K> carrier,
            final PacketWitness witness,
            final int maxFrozen) {
        this.stack = stack;
        this.carrier = carrier;
        this.witness = witness;
        this.maxFrozen = maxFrozen;
    }

    /// Whether there is a way to other nodes at all.
    public boolean haveWay() {
        return carrier.isThere();
    }

    /// A connection that was accepted by other means, to be given away. For any thread.
    public TcpSocket adopt(final int descriptor) {
        return stack.adopt(descriptor);
    }

    /// Begins to give a connection to another node. Answers why that cannot be: then the connection
    /// goes on and is still the caller's. Null if it has begun: then the traveller hears the rest.
    ///
    /// @param alreadyRead what was read from the connection and its next owner has to see
    /// @param applicationState what the next owner is told besides
    public @Nullable String begin(
            final TcpSocket socket,
            final Octets alreadyRead,
            final Octets applicationState,
            final int node,
            final Traveller traveller,
            final long nowNs) {
        final String refusal =
                tryBegin(socket, alreadyRead, applicationState, node, traveller, nowNs);
        if (refusal != null) {
            refusedCount++;
        }
        return refusal;
    }

    private @Nullable String tryBegin(
            final TcpSocket socket,
            final Octets alreadyRead,
            final Octets applicationState,
            final int node,
            final Traveller traveller,
            final long nowNs) {
        if (travelling.size() + tombstones.size() >= maxFrozen) {
            return maxFrozen + " connections stand still already";
        }
        if (!carrier.makeReady(node)) {
            return "node " + node + " takes no more now";
        }
        try {
            return switch (stack.take(socket, witness)) {
                case TakeResult.Refused(String reason) -> reason;
                case TakeResult.Taken(var frozen) -> {
                    final ConnectionState state =
                            frozen.state().with(alreadyRead, applicationState);
                    if (ConnectionBlob.isTooLong(state)) {
                        socket.attach(frozen.resume());
                        yield "its queues hold more than a blob may";
                    }
                    final K id = carrier.offer(node, state, nowNs);
                    if (id == null) {
                        socket.attach(frozen.resume());
                        yield "nobody brings it to node " + node + " now";
                    }
                    travelling.put(id, new Travelling(frozen, traveller));
                    yield null;
                }
            };
        } catch (final SystemCallException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// The carrier says that the other node has the connection.
    public void given(final K id, final long nowNs) {
        final Travelling one = travelling.remove(id);
        if (one != null) {
            givenCount++;
            final ConnectionState state = one.connection().state();
            forget(state);
            tombstones.put(Ends.of(state), new Tombstone(one.connection(), nowNs + TOMBSTONE_NS));
            one.traveller().given();
        }
    }

    /// The carrier says that the connection is still this node's.
    public void kept(final K id, final String reason) {
        final Travelling one = travelling.remove(id);
        if (one != null) {
            one.traveller().kept(resume(one), reason);
        }
    }

    /// The same, because the carrier has lost its way to the other node, which would take it.
    public void brokenOff(final K id) {
        final Travelling one = travelling.remove(id);
        if (one != null) {
            one.traveller().brokenOff(resume(one));
        }
    }

    private TcpSocket resume(final Travelling one) {
        keptCount++;
        try {
            return one.connection().resume();
        } catch (final SystemCallException e) {
            throw new IllegalStateException("a connection that was frozen cannot go on", e);
        }
    }

    /// The carrier says that nobody knows whose it is: it is reset.
    public void lost(final K id, final String reason) {
        final Travelling one = travelling.remove(id);
        if (one == null) {
            return;
        }
        lostCount++;
        try {
            one.connection().resume().reset();
        } catch (final SystemCallException _) {
            one.connection().release();
        }
        one.traveller().lost(reason);
    }

    /// A connection that was given away comes back: it needs the place of its tombstone.
    public void forget(final ConnectionState state) {
        final Tombstone tombstone = tombstones.remove(Ends.of(state));
        if (tombstone != null) {
            tombstone.connection().release();
        }
    }

    /// Forgets what has come late enough.
    public void poll(final long nowNs) {
        final Iterator<Tombstone> eldest = tombstones.values().iterator();
        while (eldest.hasNext()) {
            final Tombstone next = eldest.next();
            if (nowNs - next.untilNs() < 0) {
                return;
            }
            eldest.remove();
            next.connection().release();
        }
    }

    /// When {@link #poll} has something to do; {@link Long#MAX_VALUE} if never.
    public long nextDueNs() {
        final Iterator<Tombstone> eldest = tombstones.values().iterator();
        return eldest.hasNext() ? eldest.next().untilNs() : Long.MAX_VALUE;
    }

    /// Connections that stand still and belong to nobody else yet.
    public int openCount() {
        return travelling.size();
    }

    public long givenCount() {
        return givenCount;
    }

    /// Connections that came back.
    public long keptCount() {
        return keptCount;
    }

    /// Connections that were reset because nobody knew whose they were.
    public long lostCount() {
        return lostCount;
    }

    /// Connections that could not leave.
    public long refusedCount() {
        return refusedCount;
    }

    /// The process ends: what is on its way is not this node's to reset.
    @Override
    public void close() {
        travelling.values().forEach(one -> one.connection().release());
        tombstones.values().forEach(one -> one.connection().release());
        travelling.clear();
        tombstones.clear();
    }
}
