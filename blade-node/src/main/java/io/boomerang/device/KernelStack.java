package io.boomerang.device;

import io.boomerang.blade.processor.DirectReturn;
import io.boomerang.blade.terminal.LocalStack;
import io.boomerang.blade.terminal.Orientation;
import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.front.FrontCounters;
import io.boomerang.handoff.front.FrontDoor;
import io.boomerang.handoff.host.ProgramSocket;
import io.boomerang.handoff.kernel.KernelTcp;
import io.boomerang.handoff.kernel.PacketWitness;
import io.boomerang.handoff.move.Arrivals;
import io.boomerang.handoff.move.Carrier;
import io.boomerang.handoff.move.ConnectionOutlet;
import io.boomerang.handoff.move.Departures;
import io.boomerang.handoff.move.HandedConnection;
import io.boomerang.handoff.move.Onward;
import io.boomerang.handoff.move.RotatingHosts;
import io.boomerang.handoff.move.Traveller;
import io.boomerang.linux.SystemCallException;
import io.boomerang.transfer.TransferId;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.stream.IntStream;

/// The kernel's TCP stack as that of a blade: frames go to it and come from it by an interface,
/// connections by its sockets. A classifier accepts and gives them away; a host has them served by
/// programs, which may give them on to other hosts.
///
/// ```
///   ingress side <-> TerminalBlade <-- interface == pair --> kernel with the virtual addresses
///                                                             |  classifier: FrontDoor
///                                                             |  host: ProgramSocket
/// ```
///
/// Sockets are of the thread's own network namespace. Belongs to the blade's thread.
public final class KernelStack
        implements LocalStack, Carrier<TransferId>, PacketWitness, AutoCloseable {
    /// Connections that stand still at a time, with their tombstones: more than a quick classifier
    /// gives away within 20 ms.
    private static final int MAX_FROZEN = 2 * TransferId.MAX_SPAN;

    private static final int MAX_PREPARED = 4_096;

    /// Connections that wait for a program, or to be given on.
    private static final int MAX_WAITING = 1_024;

    private final KernelInterface device;
    private final VirtualAddresses addresses;
    private final RotatingHosts hosts;
    private final KernelTcp stack;
    private final FreezeObserver observer;
    private final Departures<TransferId> departures;
    private final @Nullable FrontDoor door;
    private final @Nullable ProgramSocket programs;
    private final @Nullable Arrivals<TransferId> arrivals;
    private final @Nullable Onward onward;
    private final @Nullable ReturnPort returnPort;
    private @Nullable TerminalBlade blade;
    private boolean draining;
    private long polledNs;

    /// Who serves connections here, and how answers leave.
    private record Service(
            @Nullable ProgramSocket programs,
            @Nullable ConnectionOutlet outlet,
            @Nullable ReturnPort returnPort,
            FreezeObserver observer) {}

    private KernelStack(
            final HandoffConfig config,
            final boolean accepts,
            final RotatingHosts hosts,
            final KernelTcp stack,
            final KernelInterface device,
            final Service service)
            throws IOException {
        this.hosts = hosts;
        this.stack = stack;
        this.device = device;
        observer = service.observer();
        addresses =
                new VirtualAddresses(
                        config.front().addresses().stream()
                                .map(InetSocketAddress::getAddress)
                                .toList());
        departures = new Departures<>(stack, this, this, MAX_FROZEN);
        programs = service.programs();
        final ConnectionOutlet outlet = service.outlet();
        arrivals = outlet == null ? null : new Arrivals<>(stack, outlet, MAX_PREPARED);
        onward =
                outlet == null
                        ? null
                        : new Onward(departures, hosts, outlet, () -> {}, MAX_WAITING);
        returnPort = service.returnPort();
        door = accepts ? new FrontDoor(stack, config.front(), hosts, departures) : null;
    }

    /// Opens the interface, the virtual addresses and the programs' socket of a blade, for this
    /// thread.
    ///
    /// @param hosts which nodes serve what
    /// @throws IOException when one of them cannot be had, or the kernel does not let connections
    ///   move
    public static KernelStack open(
            final HandoffConfig config, final String bladeName, final RotatingHosts hosts)
            throws IOException {
        final HandoffConfig.Host host = config.hosts().get(bladeName);
        return open(
                config,
                config.accepts(bladeName),
                hosts,
                (stack, mtu) -> {
                    if (host == null) {
                        return new Service(null, null, null, FreezeObserver.NONE);
                    }
                    final String name = host.returnInterface();
                    final ReturnPort returnPort = name == null ? null : new ReturnPort(name, mtu);
                    try {
                        final ProgramSocket programs =
                                new ProgramSocket(stack, host.programs(), MAX_WAITING);
                        return new Service(programs, programs, returnPort, FreezeObserver.NONE);
                    } catch (final IOException e) {
                        if (returnPort != null) {
                            returnPort.close();
                        }
                        throw e;
                    }
                });
    }

    /// The same for a blade that accepts clients, and whose connections a server in this process
    /// serves. Those it gives on by {@link #giveOn}.
    public static KernelStack open(
            final HandoffConfig config,
            final RotatingHosts hosts,
            final ConnectionOutlet server,
            final FreezeObserver observer)
            throws IOException {
        return open(config, true, hosts, (_, _) -> new Service(null, server, null, observer));
    }

    private interface ServiceMaker {
        /// @param mtu of the interface to the kernel, in bytes
        Service make(KernelTcp stack, int mtu) throws IOException;
    }

    private static KernelStack open(
            final HandoffConfig config,
            final boolean accepts,
            final RotatingHosts hosts,
            final ServiceMaker maker)
            throws IOException {
        final String reason = KernelTcp.unavailable();
        if (reason != null) {
            throw new IOException("connections cannot be handed off here: " + reason);
        }
        final KernelInterface device =
                new KernelInterface(config.interfaceName(), config.deviceMac());
        final KernelTcp stack = new KernelTcp();
        try {
            return new KernelStack(
                    config, accepts, hosts, stack, device, maker.make(stack, device.mtu()));
        } catch (final IOException | RuntimeException e) {
            stack.close();
            device.close();
            throw e;
        }
    }

    /// The blade whose stack this is; before anything else.
    public void attach(final TerminalBlade owner) {
        blade = owner;
    }

    private TerminalBlade blade() {
        final TerminalBlade owner = blade;
        if (owner == null) {
            throw new IllegalStateException("the stack has no blade yet");
        }
        return owner;
    }

    /// These other nodes can be given connections.
    public void setHosts(final Set<Integer> living) {
        hosts.setLiving(living);
    }

    // Frames

    @Override
    public boolean serves(final FlowKey key) {
        return addresses.isEndOf(key);
    }

    @Override
    public boolean accepts() {
        return door != null;
    }

    @Override
    public @Nullable DirectReturn directReturn() {
        return returnPort == null ? null : returnPort::transmit;
    }

    @Override
    public void receive(
            final MemorySegment frame, final long offset, final int length, final long nowNs) {
        device.send(frame, offset, length);
    }

    /// Gives the kernel what is queued for it, takes what it sends, and does what sockets and
    /// programs ask for, a bounded amount of it; answers how much that was.
    public int poll(final long nowNs) {
        polledNs = nowNs;
        device.flush();
        int done = device.receive(blade(), nowNs);
        try {
            if (door != null) {
                done += door.poll(nowNs);
            }
            if (programs != null && onward != null) {
                done += programs.poll(onward) + onward.poll(nowNs);
            }
        } catch (final SystemCallException e) {
            throw new UncheckedIOException(e);
        }
        departures.poll(nowNs);
        return done;
    }

    /// Gives the kernel and the clients' side what is queued for them.
    public void flush() {
        device.flush();
        if (returnPort != null) {
            returnPort.flush();
        }
    }

    /// Descriptors that can be read when {@link #poll} has something to do.
    public int[] descriptors() {
        IntStream all = IntStream.of(device.descriptors());
        if (door != null) {
            all = IntStream.concat(all, IntStream.of(door.descriptor()));
        }
        if (programs != null) {
            all = IntStream.concat(all, IntStream.of(programs.descriptor()));
        }
        return all.toArray();
    }

    // Connections that leave

    @Override
    public boolean endsAt(
            final InetSocketAddress local, final InetSocketAddress remote, final int receiveNext) {
        final FlowKey key = new FlowKey();
        final boolean _ = Orientation.writeKey(local, remote, 0, key);
        return blade().endsAt(key, receiveNext);
    }

    /// Gives a connection that is served here to another node's server. Answers why that cannot be:
    /// then it goes on. Null if it has begun: then the traveller hears the rest.
    public @Nullable String giveOn(
            final HandedConnection connection,
            final int node,
            final Traveller traveller,
            final long nowNs) {
        return departures.begin(
                connection.socket(),
                connection.alreadyRead(),
                connection.applicationState(),
                node,
                traveller,
                nowNs);
    }

    @Override
    public boolean isThere() {
        return blade().hasForwarder();
    }

    /// What is queued for the kernel goes there first: a connection that stands still drops what
    /// comes, and its client would have to repeat that.
    @Override
    public boolean makeReady(final int node) {
        device.flush();
        return blade().canGive(node);
    }

    @Override
    public @Nullable TransferId offer(
            final int node, final ConnectionState state, final long nowNs) {
        observer.onFrozen(state, nowNs);
        // What the connection has sent goes first: the blade takes nothing of it afterwards.
        device.drain(blade(), nowNs);
        final FlowKey key = new FlowKey();
        final boolean _ = Orientation.writeKey(state, 0, key);
        return blade().give(key, state, node, nowNs);
    }

    @Override
    public void given(final TransferId transfer) {
        departures.given(transfer, polledNs);
    }

    @Override
    public void kept(final TransferId transfer, final String reason, final long nowNs) {
        departures.kept(transfer, reason);
    }

    @Override
    public void brokenOff(final TransferId transfer, final long nowNs) {
        departures.brokenOff(transfer);
    }

    @Override
    public void lost(final TransferId transfer, final String reason, final long nowNs) {
        departures.lost(transfer, reason);
    }

    // Connections that come

    @Override
    public @Nullable String prepare(
            final TransferId transfer, final ConnectionState state, final long nowNs) {
        if (arrivals == null) {
            return "it is no host";
        }
        if (draining) {
            return "it takes no more connections";
        }
        departures.forget(state);
        return arrivals.prepare(transfer, state);
    }

    @Override
    public void goLive(final TransferId transfer, final long nowNs) {
        if (arrivals != null) {
            arrivals.goLive(transfer);
        }
    }

    @Override
    public void discard(final TransferId transfer) {
        if (arrivals != null) {
            arrivals.discard(transfer);
        }
    }

    /// Whether no further connections are taken from classifiers; those there are go on.
    public void setDraining(final boolean on) {
        draining = on;
    }

    // What others may see

    /// Of a classifier; null on a host.
    public @Nullable FrontCounters front() {
        return door == null ? null : door.counters();
    }

    /// Of a host: connections that programs got, and those they gave on; 0 on a classifier.
    public long servedCount() {
        return programs == null ? 0 : programs.servedCount();
    }

    public long givenOnCount() {
        return programs == null ? 0 : programs.givenOnCount();
    }

    /// Programs that are connected now.
    public int programCount() {
        return programs == null ? 0 : programs.programCount();
    }

    /// Of a host: connections that wait for a program now.
    public int waitingCount() {
        return programs == null ? 0 : programs.waitingCount();
    }

    /// Connections that were this host's and were reset because nobody took them, or the kernel did
    /// not let them go on.
    public long brokenCount() {
        return (programs == null ? 0 : programs.brokenCount())
                + (arrivals == null ? 0 : arrivals.brokenCount());
    }

    /// Frames that the interface to the kernel did not take.
    public long interfaceFullCount() {
        return device.fullCount();
    }

    /// Frames that have left by the host's own port.
    public long directReturnCount() {
        return returnPort == null ? 0 : returnPort.sentCount();
    }

    /// For a log.
    public String summary() {
        final FrontCounters front = front();
        return device.summary()
                + (front == null ? "" : " front: " + front.summary())
                + (programs == null
                        ? ""
                        : " served="
                                + servedCount()
                                + " given_on="
                                + givenOnCount()
                                + " broken="
                                + brokenCount()
                                + " waiting="
                                + waitingCount()
                                + " programs="
                                + programCount()
                                + " direct_returns="
                                + directReturnCount());
    }

    @Override
    public void close() {
        if (door != null) {
            door.close();
        }
        if (onward != null) {
            onward.close();
        }
        if (arrivals != null) {
            arrivals.close();
        }
        if (programs != null) {
            programs.close();
        }
        departures.close();
        stack.close();
        device.close();
        if (returnPort != null) {
            returnPort.close();
        }
    }
}
