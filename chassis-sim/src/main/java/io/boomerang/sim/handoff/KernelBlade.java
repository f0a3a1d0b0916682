package io.boomerang.sim.handoff;

import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.classifier.Classifier;
import io.boomerang.handoff.classifier.ClassifierRule;
import io.boomerang.handoff.front.FrontConfig;
import io.boomerang.handoff.front.FrontDoor;
import io.boomerang.handoff.kernel.KernelTcp;
import io.boomerang.handoff.kernel.TcpSocket;
import io.boomerang.handoff.move.Arrivals;
import io.boomerang.handoff.move.Carrier;
import io.boomerang.handoff.move.ConnectionOutlet;
import io.boomerang.handoff.move.Departures;
import io.boomerang.handoff.move.HandedConnection;
import io.boomerang.handoff.move.HostDirectory;
import io.boomerang.handoff.move.Traveller;
import io.boomerang.linux.SystemCallException;
import io.boomerang.port.FrameBurst;
import io.boomerang.port.PacketPort;
import io.boomerang.port.PacketPorts;
import io.boomerang.port.PortOptions;
import io.boomerang.transfer.TransferId;
import io.boomerang.wire.EthernetHeader;
import io.boomerang.wire.IpProtocol;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The stack of a blade is that of a kernel, in a namespace: accepts clients, classifies them and
/// gives them to the other blade; takes connections from there.
final class KernelBlade
        implements HandoffChassis.Stack, Carrier<TransferId>, ConnectionOutlet, AutoCloseable {
    private static final int BURST = 64;
    private static final int MOST_BURSTS = 64;
    private static final int LIMIT = 4_096;
    private static final int FIRST_BYTES = 1 << 12;
    private static final String SERVICE = "any";
    private static final int MOST_FRAME = 1 << 16;

    private final String host;
    private final HostNamespace namespaces;
    private final HandoffTimes times;
    private final PacketPort port;
    private final KernelTcp stack = new KernelTcp();
    private final Departures<TransferId> departures = new Departures<>(stack, this, LIMIT);
    private final Arrivals<TransferId> arrivals = new Arrivals<>(stack, this, LIMIT);
    private final FrontDoor door;
    private final FrameBurst burst = new FrameBurst(BURST);
    private final EthernetHeader ethernet = new EthernetHeader();
    private final MemorySegment frame = MemorySegment.ofArray(new byte[MOST_FRAME]);
    private @Nullable TerminalBlade blade;
    private @Nullable HandedConnection served;

    /// @param other the node that serves what comes here
    KernelBlade(
            final String host,
            final int other,
            final InetSocketAddress virtual,
            final HostNamespace namespaces,
            final HandoffTimes times)
            throws IOException {
        this.host = host;
        this.namespaces = namespaces;
        this.times = times;
        namespaces.enter(host);
        port =
                PacketPorts.open(
                        HostNamespace.WIRE,
                        PortOptions.DEFAULTS.withDriver(PortOptions.Driver.AF_PACKET));
        final Classifier classifier =
                new Classifier(
                        List.of(new ClassifierRule.HttpPath("", "/", SERVICE)),
                        SERVICE,
                        FIRST_BYTES,
                        TimeUnit.SECONDS.toNanos(10));
        final HostDirectory directory =
                (_, except) -> except.contains(other) ? HostDirectory.NONE : other;
        door =
                new FrontDoor(
                        stack,
                        new FrontConfig(List.of(virtual), classifier, LIMIT, 1),
                        directory,
                        departures);
    }

    String host() {
        return host;
    }

    /// Whether a client's connection was accepted here and is not decided on.
    boolean isWaiting() {
        return !door.isIdle();
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
        port.flush(); // a connection that stands still drops what comes
        final String refusal =
                departures.begin(
                        connection.socket(),
                        Octets.NONE,
                        Octets.NONE,
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
            final MemorySegment from, final long offset, final int length, final long nowNs) {
        MemorySegment.copy(from, offset, frame, 0, length);
        final boolean _ = ethernet.wrap(frame, 0, length);
        ethernet.setDestination(HostNamespace.MAC);
        if (!port.transmit(frame, 0, length)) {
            times.dropped();
        }
    }

    @Override
    public void run(final TerminalBlade owner, final long nowNs) {
        blade = owner;
        departures.poll(nowNs);
    }

    @Override
    public void flush(final TerminalBlade owner, final long nowNs) {
        blade = owner;
    }

    /// What was for the kernel goes there; what it sends, and what its sockets have, is taken.
    void poll() throws SystemCallException {
        port.flush();
        final TerminalBlade owner = blade;
        if (owner == null) {
            return;
        }
        drain(owner);
        door.poll(System.nanoTime());
    }

    private void drain(final TerminalBlade owner) {
        int received = BURST;
        for (int i = 0; i < MOST_BURSTS && received == BURST; i++) {
            received = port.receive(burst);
            for (int k = 0; k < received; k++) {
                owner.transmit(
                        burst.segment(k), burst.offset(k), burst.length(k), System.nanoTime());
            }
        }
    }

    // Connections

    @Override
    public boolean hasRoom(final int node) {
        return true;
    }

    @Override
    public TransferId offer(final int node, final ConnectionState state, final long nowNs) {
        final TerminalBlade owner = blade;
        times.frozen(nowNs, ConnectionBlob.encodedLength(state), state);
        if (owner != null) {
            // What the connection has sent goes first: the chassis takes nothing of it afterwards.
            drain(owner);
        }
        final TransferId transfer =
                owner == null ? null : owner.give(keyOf(state), state, node, System.nanoTime());
        if (transfer == null) {
            throw new IllegalStateException("the chassis does not take the connection");
        }
        return transfer;
    }

    /// Over IPv4, without a VLAN.
    private static FlowKey keyOf(final ConnectionState state) {
        final FlowKey key = new FlowKey();
        final boolean _ =
                key.setIpv4(
                        IpProtocol.TCP,
                        FlowKey.KIND_PORTS,
                        ByteBuffer.wrap(state.remote().getAddress().getAddress()).getInt(),
                        state.remote().getPort(),
                        ByteBuffer.wrap(state.local().getAddress().getAddress()).getInt(),
                        state.local().getPort(),
                        0);
        return key;
    }

    @Override
    public @Nullable String refusal(final ConnectionState state) {
        return null;
    }

    @Override
    public boolean deliver(final HandedConnection connection) {
        served = connection;
        times.live();
        return true;
    }

    @Override
    public @Nullable String prepare(
            final TransferId transfer, final ConnectionState state, final long nowNs) {
        try {
            namespaces.enter(host);
        } catch (final SystemCallException e) {
            throw new UncheckedIOException(e);
        }
        return arrivals.prepare(transfer, state);
    }

    @Override
    public void goLive(final TransferId transfer, final long nowNs) {
        arrivals.goLive(transfer);
    }

    @Override
    public void discard(final TransferId transfer) {
        arrivals.discard(transfer);
    }

    @Override
    public void given(final TransferId transfer) {
        departures.given(transfer, System.nanoTime());
    }

    @Override
    public void kept(final TransferId transfer, final String reason, final long nowNs) {
        departures.kept(transfer, reason);
    }

    @Override
    public void lost(final TransferId transfer, final String reason, final long nowNs) {
        departures.lost(transfer, reason);
    }

    @Override
    public void close() {
        door.close();
        arrivals.close();
        departures.close();
        stack.close();
        port.close();
    }
}
