package io.boomerang.sim.handoff;

import io.boomerang.blade.terminal.TerminalCounters;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.device.HandoffConfig;
import io.boomerang.handoff.classifier.Classifier;
import io.boomerang.handoff.classifier.ClassifierRule;
import io.boomerang.handoff.front.FrontConfig;
import io.boomerang.handoff.move.HandedConnection;
import io.boomerang.linux.SystemCallException;
import io.boomerang.port.FrameBurst;
import io.boomerang.port.PacketPort;
import io.boomerang.port.PacketPorts;
import io.boomerang.port.PortOptions;
import io.boomerang.redirector.steering.SteeringObserver;
import io.boomerang.sim.lab.LabException;
import io.boomerang.wire.EthernetHeader;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// An ordinary client, a redirector and two blades, whose TCP stacks are those of kernels, each in
/// a network namespace of its own. Each blade accepts clients and gives them to the other one.
/// Redirector and blades run by turns in this thread, and datagrams between them do not leave its
/// memory.
final class KernelChassis implements AutoCloseable {
    static final String CLIENT = "client";

    /// What a connection is asked for: anything.
    static final String SERVICE = "any";

    /// A classifier reads no more.
    static final int FIRST_BYTES = 1 << 12;

    private static final VirtualService VIRTUAL = new VirtualService(80);
    private static final String BLADE = "blade-";
    private static final int FIRST_BLADE = 11;
    private static final int BLADES = 2;
    private static final int ENTRANCE = 1;
    private static final int LIMIT = 4_096;
    private static final int MARKERS = 1 << 14;
    private static final int WIDE_BURST = 64;
    private static final int MOST_FRAME = 1 << 16;
    private static final int PATIENCE_MS = 20_000;
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long BEGINNING_NS = TimeUnit.MILLISECONDS.toNanos(300);

    private final HostNamespace namespaces;
    private final FrameWatch watch;
    private final RealSchedule schedule = new RealSchedule();
    private final HandoffChassis<KernelBlade> chassis;
    private final List<KernelBlade> blades = new ArrayList<>();
    private final PacketPort clientPort;
    private final EthernetHeader ethernet = new EthernetHeader();
    private final MemorySegment frame = MemorySegment.ofArray(new byte[MOST_FRAME]);

    /// One frame of the client at a time, so that its next one comes while the connection moves.
    private final FrameBurst oneFrame = new FrameBurst(1);

    private final FrameBurst wideBurst = new FrameBurst(WIDE_BURST);
    private FrameBurst burst = oneFrame;
    private long packets;
    private long tickedNs;

    /// Sees all frames of the client, and those to it.
    interface FrameWatch {
        FrameWatch NONE = (_, _, _) -> {};

        void onFrame(MemorySegment frame, long offset, int length);
    }

    /// Something that comes about.
    interface Condition {
        boolean holds() throws IOException;
    }

    /// Builds namespaces and chassis.
    ///
    /// @throws LabException when a namespace cannot be built
    KernelChassis(final MoveObserver observer, final FrameWatch watch)
            throws IOException, InterruptedException, LabException {
        this.watch = watch;
        namespaces = new HostNamespace("boomerang-handoff-" + ProcessHandle.current().pid() + "-");
        boolean complete = false;
        try {
            final List<InetSocketAddress> virtual = List.of(VIRTUAL.at(false), VIRTUAL.at(true));
            namespaces.add(
                    CLIENT,
                    List.of(VirtualService.client(false, 0), VirtualService.client(true, 0)),
                    false);
            for (int i = 0; i < BLADES; i++) {
                namespaces.add(BLADE + i, virtual, true);
            }
            for (int i = 0; i < BLADES; i++) {
                final int other = FIRST_BLADE + 1 - i;
                blades.add(
                        new KernelBlade(BLADE + i, other, config(virtual), namespaces, observer));
            }
            namespaces.enter(CLIENT);
            clientPort =
                    PacketPorts.open(
                            HostNamespace.WIRE,
                            PortOptions.DEFAULTS.withDriver(PortOptions.Driver.AF_PACKET));
            final SplittableRandom random = new SplittableRandom(1);
            final MoveNetwork network =
                    new MoveNetwork(schedule, random.split(), 0, 0, this::onDatagram);
            chassis =
                    new HandoffChassis<>(
                            schedule,
                            random,
                            ClusterParameters.DEFAULTS,
                            network::connect,
                            this::leave,
                            SteeringObserver.NONE);
            chassis.start(1, BLADES, MARKERS, node -> blades.get(node - FIRST_BLADE));
            for (int i = 0; i < BLADES; i++) {
                blades.get(i).attach(Objects.requireNonNull(chassis.blade(FIRST_BLADE + i)));
            }
            stepFor(BEGINNING_NS);
            complete = true;
        } finally {
            if (!complete) {
                blades.forEach(KernelBlade::close);
                namespaces.close();
            }
        }
    }

    private static HandoffConfig config(final List<InetSocketAddress> virtual) {
        final Classifier classifier =
                new Classifier(
                        List.of(new ClassifierRule.HttpPath("", "/", SERVICE)),
                        SERVICE,
                        FIRST_BYTES,
                        TimeUnit.SECONDS.toNanos(10));
        return new HandoffConfig(
                HostNamespace.WIRE,
                HostNamespace.MAC,
                new FrontConfig(virtual, classifier, LIMIT, 1),
                Set.of(),
                Map.of(),
                PATIENCE_MS);
    }

    private void onDatagram(
            final int from, final int to, final MemorySegment datagram, final int length) {
        chassis.onDatagram(from, to, datagram, length);
    }

    private boolean leave(final MemorySegment from, final long offset, final int length) {
        MemorySegment.copy(from, offset, frame, 0, length);
        final boolean _ = ethernet.wrap(frame, 0, length);
        ethernet.setDestination(HostNamespace.MAC);
        watch.onFrame(frame, 0, length);
        return clientPort.transmit(frame, 0, length);
    }

    // The cycle

    void step() throws SystemCallException {
        carry();
        serve();
    }

    /// The client's frames go as far as blades have them.
    void carry() throws SystemCallException {
        clientPort.receive(burst);
        for (int i = 0; i < burst.size(); i++) {
            final MemorySegment segment = burst.segment(i);
            watch.onFrame(segment, burst.offset(i), burst.length(i));
            chassis.onFrame(ENTRANCE, segment, burst.offset(i), burst.length(i), ++packets);
        }
        schedule.runDue();
    }

    /// Blades' kernels and sockets have their turn.
    private void serve() {
        for (final KernelBlade blade : blades) {
            blade.poll();
        }
        schedule.runDue();
        clientPort.flush();
        final long nowNs = System.nanoTime();
        if (nowNs - tickedNs >= TICK_NS) {
            tickedNs = nowNs;
            chassis.tick((_, _) -> {});
        }
    }

    void stepFor(final long durationNs) throws SystemCallException {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < durationNs) {
            step();
        }
    }

    void stepUntil(final String what, final Condition condition) throws IOException {
        final long startNs = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - startNs > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS)) {
                throw new IOException("waited in vain: " + what);
            }
            step();
        }
    }

    /// How many frames of the client a turn takes: one, or as many as there are.
    void takeFramesOneByOne(final boolean on) {
        burst = on ? oneFrame : wideBurst;
    }

    // Those who take part

    /// A client that has connected, and the blade that has accepted it; its socket does not block.
    SocketChannel connect(final boolean isIpv6) throws IOException {
        namespaces.enter(CLIENT);
        final SocketChannel channel =
                SocketChannel.open(
                        isIpv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(VIRTUAL.at(isIpv6));
        stepUntil("a connection", channel::finishConnect);
        stepUntil(
                "a blade that accepts it", () -> blades.stream().anyMatch(KernelBlade::isWaiting));
        return channel;
    }

    /// The blade to which the connection goes that waits at the other one.
    KernelBlade nextHost() throws SystemCallException {
        final KernelBlade host = blades.get(blades.getFirst().isWaiting() ? 1 : 0);
        namespaces.enter(host.host());
        return host;
    }

    KernelBlade other(final KernelBlade blade) {
        return blades.get(blade == blades.getFirst() ? 1 : 0);
    }

    /// Gives the connection that the blade serves to the other one. Answers why it cannot now.
    @Nullable String move(final KernelBlade from) {
        return from.giveOn(FIRST_BLADE + blades.indexOf(other(from)));
    }

    static HandedConnection servedBy(final KernelBlade blade) {
        final HandedConnection served = blade.served();
        if (served == null) {
            throw new IllegalStateException("blade " + blade.host() + " serves nothing");
        }
        return served;
    }

    HostNamespace namespaces() {
        return namespaces;
    }

    /// What the blades have done so far.
    List<TerminalCounters> counters() {
        return chassis.blades().stream()
                .map(node -> Objects.requireNonNull(chassis.blade(node)).counters())
                .toList();
    }

    /// Resets that the kernels have sent so far, by namespace.
    Map<String, Long> resets() throws IOException {
        final Map<String, Long> resets = new TreeMap<>();
        resets.put(CLIENT, namespaces.counter(CLIENT, "Tcp", "OutRsts"));
        for (final KernelBlade blade : blades) {
            resets.put(blade.host(), namespaces.counter(blade.host(), "Tcp", "OutRsts"));
        }
        return resets;
    }

    @Override
    public void close() throws IOException {
        chassis.close();
        blades.forEach(KernelBlade::close);
        clientPort.close();
        namespaces.close();
    }
}
