package io.boomerang.device;

import io.boomerang.blade.terminal.LocalStack;
import io.boomerang.blade.terminal.Orientation;
import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.front.FrontCounters;
import io.boomerang.handoff.front.FrontDoor;
import io.boomerang.handoff.host.ProgramSocket;
import io.boomerang.handoff.kernel.KernelTcp;
import io.boomerang.handoff.move.Arrivals;
import io.boomerang.handoff.move.Carrier;
import io.boomerang.handoff.move.Departures;
import io.boomerang.handoff.move.Onward;
import io.boomerang.handoff.move.RotatingHosts;
import io.boomerang.linux.SystemCallException;
import io.boomerang.port.FrameBurst;
import io.boomerang.port.PacketPort;
import io.boomerang.port.PacketPorts;
import io.boomerang.port.PortOptions;
import io.boomerang.port.PortOptions.Driver;
import io.boomerang.transfer.TransferId;
import io.boomerang.wire.EthernetHeader;

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
public final class KernelStack implements LocalStack, Carrier<TransferId>, AutoCloseable {
    /// Frames that are taken from the interface at a time.
    private static final int BURST = 128;

    /// Connections that stand still at a time, with their tombstones: more than a quick classifier
    /// gives away within 20 ms.
    private static final int MAX_FROZEN = 2 * TransferId.MAX_SPAN;

    private static final int MAX_PREPARED = 4_096;

    /// Connections that wait for a program, or to be given on.
    private static final int MAX_WAITING = 1_024;

    /// The kernel's sockets send super-frames, which would be cut before AF_XDP sees them.
    private static final PortOptions PORT = PortOptions.DEFAULTS.withDriver(Driver.AF_PACKET);

    private final PacketPort port;
    private final long deviceMac;
    private final VirtualAddresses addresses;
    private final RotatingHosts hosts;
    private final KernelTcp stack;
    private final Departures<TransferId> departures;
    private final @Nullable FrontDoor door;
    private final @Nullable ProgramSocket programs;
    private final @Nullable Arrivals<TransferId> arrivals;
    private final @Nullable Onward onward;
    private final FrameBurst burst = new FrameBurst(BURST);
    private final EthernetHeader ethernet = new EthernetHeader();
    private @Nullable TerminalBlade blade;
    private boolean draining;
    private long polledNs;
    private long interfaceFull;

    private KernelStack(
            final HandoffConfig config,
            final String bladeName,
            final RotatingHosts hosts,
            final KernelTcp stack,
            final PacketPort port)
            throws IOException {
        this.hosts = hosts;
        this.stack = stack;
        this.port = port;
        deviceMac = config.deviceMac();
        addresses =
                new VirtualAddresses(
                        config.front().addresses().stream()
                                .map(InetSocketAddress::getAddress)
                                .toList());
        departures = new Departures<>(stack, this, MAX_FROZEN);
        final HandoffConfig.Host host = config.hosts().get(bladeName);
        programs = host == null ? null : new ProgramSocket(stack, host.programs(), MAX_WAITING);
        if (programs == null) {
            arrivals = null;
            onward = null;
        } else {
            arrivals = new Arrivals<>(stack, programs, MAX_PREPARED);
            onward = new Onward(departures, hosts, programs, () -> {}, MAX_WAITING);
        }
        door =
                config.accepts(bladeName)
                        ? new FrontDoor(stack, config.front(), hosts, departures)
                        : null;
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
        final String reason = KernelTcp.unavailable();
        if (reason != null) {
            throw new IOException("connections cannot be handed off here: " + reason);
        }
        final PacketPort port = PacketPorts.open(config.interfaceName(), PORT);
        final KernelTcp stack = new KernelTcp();
        try {
            return new KernelStack(config, bladeName, hosts, stack, port);
        } catch (final IOException | RuntimeException e) {
            stack.close();
            port.close();
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
    public void receive(
            final MemorySegment frame, final long offset, final int length, final long nowNs) {
        final boolean _ = ethernet.wrap(frame, offset, offset + length);
        ethernet.setDestination(deviceMac);
        ethernet.setSource(MacAddress.OWN);
        interfaceFull += port.transmit(frame, offset, length) ? 0 : 1;
    }

    /// Takes what the kernel sends, and does what sockets and programs ask for, a bounded amount of
    /// it; answers how much that was.
    public int poll(final long nowNs) {
        polledNs = nowNs;
        port.receive(burst);
        for (int i = 0; i < burst.size(); i++) {
            blade().transmit(burst.segment(i), burst.offset(i), burst.length(i), nowNs);
        }
        int done = burst.size();
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

    /// Gives the kernel what is queued for it.
    public void flush() {
        port.flush();
    }

    /// Descriptors that can be read when {@link #poll} has something to do.
    public int[] descriptors() {
        IntStream all = IntStream.of(port.descriptors());
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
    public boolean isThere() {
        return blade().hasForwarder();
    }

    @Override
    public boolean hasRoom(final int node) {
        return blade().canGive(node);
    }

    @Override
    public @Nullable TransferId offer(
            final int node, final ConnectionState state, final long nowNs) {
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
        return draining ? "it takes no more connections" : arrivals.prepare(transfer, state);
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
        return interfaceFull;
    }

    /// For a log.
    public String summary() {
        final FrontCounters front = front();
        return "to_kernel="
                + port.counters()
                + " interface_full="
                + interfaceFull
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
                                + programCount());
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
        port.close();
    }
}
