package io.boomerang.handoff.move;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.kernel.KernelTcp;
import io.boomerang.handoff.kernel.RestoredConnection;
import io.boomerang.handoff.kernel.TcpSocket;
import io.boomerang.linux.SystemCallException;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/// Puts connections that come from other nodes into the kernel, and gives them to who serves them.
/// Prepared, a connection is complete but silent; live, it is this node's; until then it may still
/// be discarded.
///
/// Belongs to the thread of its {@link KernelTcp}.
///
/// @param <K> how transfers are told apart
public final class Arrivals<K> implements AutoCloseable {
    private final KernelTcp stack;
    private final ConnectionOutlet outlet;
    private final int maxPrepared;
    private final Map<K, Prepared> prepared = new HashMap<>();
    private long liveCount;
    private long discardedCount;
    private long refusedCount;
    private long brokenCount;

    private record Prepared(RestoredConnection connection, ConnectionState state) {}

    /// @param maxPrepared how many connections may wait to go live
    public Arrivals(final KernelTcp stack, final ConnectionOutlet outlet, final int maxPrepared) {
        this.stack = stack;
        this.outlet = outlet;
        this.maxPrepared = maxPrepared;
    }

    /// Builds a connection up, silently. Answers why it cannot; null if it is ready to go live.
    public @Nullable String prepare(final K transfer, final ConnectionState state) {
        final String refusal = tryPrepare(transfer, state);
        if (refusal != null) {
            refusedCount++;
        }
        return refusal;
    }

    private @Nullable String tryPrepare(final K transfer, final ConnectionState state) {
        if (prepared.size() >= maxPrepared) {
            return maxPrepared + " connections wait to go live here already";
        }
        final String refusal = outlet.refusal(state);
        if (refusal != null) {
            return refusal;
        }
        try {
            prepared.put(transfer, new Prepared(stack.restore(state), state));
            return null;
        } catch (final SystemCallException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// The connection is this node's. If it cannot go on, it is reset, and counted.
    public void goLive(final K transfer) {
        final Prepared one = prepared.remove(transfer);
        if (one == null) {
            throw new IllegalStateException("transfer " + transfer + " was not prepared");
        }
        final TcpSocket socket;
        try {
            socket = one.connection().goLive();
        } catch (final SystemCallException _) {
            one.connection().reset();
            brokenCount++;
            return;
        }
        liveCount++;
        final ConnectionState state = one.state();
        if (!outlet.deliver(
                new HandedConnection(socket, state.alreadyRead(), state.applicationState()))) {
            socket.reset();
            brokenCount++;
        }
    }

    /// A connection that was prepared is not this node's after all.
    public void discard(final K transfer) {
        final Prepared one = prepared.remove(transfer);
        if (one != null) {
            one.connection().discard();
            discardedCount++;
        }
    }

    /// Connections that wait to go live.
    public int preparedCount() {
        return prepared.size();
    }

    public long liveCount() {
        return liveCount;
    }

    public long discardedCount() {
        return discardedCount;
    }

    /// Connections that could not be built up, or that nobody here would serve.
    public long refusedCount() {
        return refusedCount;
    }

    /// Connections that had become this node's and were reset: the kernel did not let them go on,
    /// or nobody took them.
    public long brokenCount() {
        return brokenCount;
    }

    /// The process ends: what waits is not this node's.
    @Override
    public void close() {
        prepared.values().forEach(one -> one.connection().discard());
        prepared.clear();
    }
}
