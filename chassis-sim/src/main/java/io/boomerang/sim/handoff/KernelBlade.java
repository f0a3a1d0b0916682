package io.boomerang.sim.handoff;

import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.device.HandoffConfig;
import io.boomerang.device.KernelStack;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.front.FrontCounters;
import io.boomerang.handoff.kernel.TcpSocket;
import io.boomerang.handoff.move.ConnectionOutlet;
import io.boomerang.handoff.move.HandedConnection;
import io.boomerang.handoff.move.RotatingHosts;
import io.boomerang.handoff.move.Traveller;
import io.boomerang.linux.SystemCallException;
import io.boomerang.transfer.TransferId;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A blade whose stack is that of a kernel, in a namespace: accepts clients and gives them to the
/// other blade; serves one connection of its at a time.
final class KernelBlade implements HandoffChassis.Stack, ConnectionOutlet, AutoCloseable {
    private final String host;
    private final HostNamespace namespaces;
    private final MoveObserver observer;
    private final KernelStack stack;
    private @Nullable HandedConnection served;

    /// @param other the node that serves what comes here
    KernelBlade(
            final String host,
            final int other,
            final HandoffConfig config,
            final HostNamespace namespaces,
            final MoveObserver observer)
            throws IOException {
        this.host = host;
        this.namespaces = namespaces;
        this.observer = observer;
        namespaces.enter(host);
        final RotatingHosts hosts =
                new RotatingHosts(Map.of(KernelChassis.SERVICE, List.of(other)));
        hosts.setLiving(Set.of(other));
        stack = KernelStack.open(config, hosts, this, observer);
    }

    /// The blade whose stack this is; before anything else.
    void attach(final TerminalBlade owner) {
        stack.attach(owner);
    }

    String host() {
        return host;
    }

    /// Whether a client's connection was accepted here and is not decided on.
    boolean isWaiting() {
        return front().waiting() > 0;
    }

    FrontCounters front() {
        final FrontCounters counters = stack.front();
        if (counters == null) {
            throw new IllegalStateException("blade " + host + " accepts nobody");
        }
        return counters;
    }

    /// The connection that is served here.
    @Nullable HandedConnection served() {
        return served;
    }

    void forget() {
        served = null;
    }

    /// Gives the connection that is served here to the other blade. Answers why it cannot now.
    @Nullable String giveOn(final int other) {
        final HandedConnection connection = served;
        if (connection == null) {
            return "nothing is served here";
        }
        final String refusal =
                stack.giveOn(
                        new HandedConnection(connection.socket(), Octets.NONE, Octets.NONE),
                        other,
                        new GivenOn(),
                        System.nanoTime());
        if (refusal == null) {
            served = null;
        }
        return refusal;
    }

    private static final class GivenOn implements Traveller {
        @Override
        public void given() {
            // The other blade has said so.
        }

        @Override
        public void lost(final String reason) {
            throw new IllegalStateException(reason);
        }

        @Override
        public void kept(final TcpSocket socket, final String reason) {
            throw new IllegalStateException(reason);
        }

        @Override
        public void brokenOff(final TcpSocket socket) {
            throw new IllegalStateException("a redirector has died");
        }
    }

    // Frames

    @Override
    public void receive(
            final MemorySegment frame, final long offset, final int length, final long nowNs) {
        stack.receive(frame, offset, length, nowNs);
    }

    @Override
    public void run(final TerminalBlade owner, final long nowNs) {
        // The stack has its turn in poll.
    }

    @Override
    public void flush(final TerminalBlade owner, final long nowNs) {
        // As above.
    }

    /// What was for the kernel goes there; what it sends, and what its sockets have, is taken.
    void poll() {
        stack.poll(System.nanoTime());
    }

    // Connections

    @Override
    public @Nullable String refusal(final ConnectionState state) {
        return null;
    }

    @Override
    public boolean deliver(final HandedConnection connection) {
        served = connection;
        observer.onLive();
        return true;
    }

    @Override
    public @Nullable String prepare(
            final TransferId transfer, final ConnectionState state, final long nowNs) {
        enter();
        return stack.prepare(transfer, state, nowNs);
    }

    /// The thread makes its sockets in the namespace of this blade from now on.
    private void enter() {
        try {
            namespaces.enter(host);
        } catch (final SystemCallException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void goLive(final TransferId transfer, final long nowNs) {
        enter();
        stack.goLive(transfer, nowNs);
    }

    @Override
    public void discard(final TransferId transfer) {
        stack.discard(transfer);
    }

    @Override
    public void given(final TransferId transfer) {
        stack.given(transfer);
    }

    @Override
    public void kept(final TransferId transfer, final String reason, final long nowNs) {
        stack.kept(transfer, reason, nowNs);
    }

    @Override
    public void lost(final TransferId transfer, final String reason, final long nowNs) {
        stack.lost(transfer, reason, nowNs);
    }

    @Override
    public void close() {
        stack.close();
    }
}
