package io.boomerang.sim.handoff;

import io.boomerang.cluster.ClusterParameters;
import io.boomerang.handoff.kernel.TcpSocket;
import io.boomerang.handoff.move.HandedConnection;
import io.boomerang.linux.SystemCallException;
import io.boomerang.port.FrameBurst;
import io.boomerang.port.PacketPort;
import io.boomerang.port.PacketPorts;
import io.boomerang.port.PortOptions;
import io.boomerang.redirector.steering.SteeringObserver;
import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.report.LatencyRecorder;
import io.boomerang.wire.EthernetHeader;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Measures hand-offs of kernels' TCP connections: an ordinary client, a redirector and two blades,
/// each with a network namespace of its own. Classifier, forwarder and host run by turns in this
/// thread, and datagrams between them do not leave its memory: what is measured is the work, not
/// the network and not the waking up of threads.
public final class KernelHandoffs implements AutoCloseable {
    private static final String CLIENT = "client";
    private static final String CLIENT_ADDRESS = "10.0.0.1";
    private static final VirtualService VIRTUAL = new VirtualService(80);
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: films.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MORE = "more of the client".getBytes(StandardCharsets.US_ASCII);
    private static final int FIRST_BLADE = 11;
    private static final int ENTRANCE = 1;
    private static final int MARKERS = 1 << 14;
    private static final int WIDE_BURST = 64;
    private static final int MOST_FRAME = 1 << 16;
    private static final int MOST_READ = 1 << 16;
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);

    /// A kernel answers one probe in 500 ms (tcp_invalid_ratelimit), and a blade that begins to
    /// serve a connection needs the answer when an acknowledgement got lost.
    private static final long BETWEEN_MOVES_NS = TimeUnit.MILLISECONDS.toNanos(550);

    private static final long AFTERMATH_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final HostNamespace namespaces;
    private final RealSchedule schedule = new RealSchedule();
    private final HandoffTimes times = new HandoffTimes();
    private final HandoffChassis<KernelBlade> chassis;
    private final List<KernelBlade> blades = new ArrayList<>();
    private final PacketPort clientPort;
    private final EthernetHeader ethernet = new EthernetHeader();
    private final MemorySegment frame = MemorySegment.ofArray(new byte[MOST_FRAME]);
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(MOST_READ);

    /// One frame of the client at a time, so that its next one comes while the connection moves.
    private final FrameBurst oneFrame = new FrameBurst(1);

    private final FrameBurst wideBurst = new FrameBurst(WIDE_BURST);
    private FrameBurst burst = oneFrame;
    private long packets;
    private long tickedNs;

    /// Builds namespaces and chassis.
    ///
    /// @throws LabException when a namespace cannot be built
    public KernelHandoffs() throws IOException, InterruptedException, LabException {
        namespaces = new HostNamespace("boomerang-handoff-" + ProcessHandle.current().pid() + "-");
        boolean complete = false;
        try {
            final InetSocketAddress virtual = VIRTUAL.at(false);
            namespaces.add(CLIENT, CLIENT_ADDRESS, false);
            for (int i = 0; i < 2; i++) {
                namespaces.add("blade-" + (i + 1), virtual.getAddress().getHostAddress(), true);
            }
            for (int i = 0; i < 2; i++) {
                blades.add(
                        new KernelBlade(
                                "blade-" + (i + 1),
                                FIRST_BLADE + 1 - i,
                                virtual,
                                namespaces,
                                times));
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
            chassis.start(1, 2, MARKERS, node -> blades.get(node - FIRST_BLADE));
            stepFor(TimeUnit.MILLISECONDS.toNanos(300));
            complete = true;
        } finally {
            if (!complete) {
                blades.forEach(KernelBlade::close);
                namespaces.close();
            }
        }
    }

    private void onDatagram(
            final int from, final int to, final MemorySegment datagram, final int length) {
        chassis.onDatagram(from, to, datagram, length);
    }

    private boolean leave(final MemorySegment from, final long offset, final int length) {
        MemorySegment.copy(from, offset, frame, 0, length);
        final boolean _ = ethernet.wrap(frame, 0, length);
        ethernet.setDestination(HostNamespace.MAC);
        return clientPort.transmit(frame, 0, length);
    }

    // The cycle

    private void step() throws SystemCallException {
        clientPort.receive(burst);
        for (int i = 0; i < burst.size(); i++) {
            final MemorySegment segment = burst.segment(i);
            chassis.onFrame(ENTRANCE, segment, burst.offset(i), burst.length(i), ++packets);
        }
        schedule.runDue();
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

    private void stepFor(final long durationNs) throws SystemCallException {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < durationNs) {
            step();
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private void stepUntil(final String what, final Condition condition) throws IOException {
        final long startNs = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - startNs > PATIENCE_NS) {
                throw new IOException("waited in vain: " + what);
            }
            step();
        }
    }

    // Connections

    /// A client connects, asks, and says more while its connection is handed over. Answers the
    /// blade that serves it.
    private KernelBlade handOff(final SocketChannel channel) throws IOException {
        burst = oneFrame;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(VIRTUAL.at(false));
        stepUntil("a connection", channel::finishConnect);
        stepUntil(
                "a blade that accepts it", () -> blades.stream().anyMatch(KernelBlade::isWaiting));
        final KernelBlade host = blades.get(blades.getFirst().isWaiting() ? 1 : 0);
        namespaces.enter(host.host());
        channel.write(ByteBuffer.wrap(REQUEST));
        channel.write(ByteBuffer.wrap(MORE));
        stepUntil("the hand-off", () -> host.served() != null);
        return host;
    }

    /// Reads what the client said last, unless the classifier has read it.
    private void hear(final KernelBlade host) throws IOException {
        final HandedConnection served = servedBy(host);
        if (served.alreadyRead().length() == REQUEST.length) {
            stepUntil("what the client says", () -> served.socket().read(memory) > 0);
            times.heard();
        }
    }

    private static HandedConnection servedBy(final KernelBlade blade) {
        final HandedConnection served = blade.served();
        if (served == null) {
            throw new IllegalStateException("blade " + blade.host() + " serves nothing");
        }
        return served;
    }

    private SocketChannel open() throws IOException {
        namespaces.enter(CLIENT);
        return SocketChannel.open(StandardProtocolFamily.INET);
    }

    /// Hands off connections, one after the other.
    ///
    /// @param count of connections
    public HandoffFigures.AtBeginning oneByOne(final int count) throws IOException {
        times.forget();
        final long startNs = System.nanoTime();
        for (int i = 0; i < count; i++) {
            try (SocketChannel channel = open()) {
                final KernelBlade host = handOff(channel);
                hear(host);
                final TcpSocket socket = servedBy(host).socket();
                if (socket.write(memory.asSlice(0, MORE.length)) != MORE.length) {
                    throw new IOException("the answer was not taken");
                }
                final ByteBuffer answer = ByteBuffer.allocate(MORE.length);
                stepUntil("the answer", () -> channel.read(answer) != 0);
                channel.shutdownOutput();
                stepUntil("the client's end", () -> socket.read(memory) < 0);
                socket.close();
                host.forget();
                stepUntil("the server's end", () -> channel.read(answer.clear()) < 0);
            }
        }
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        return new HandoffFigures.AtBeginning(
                count,
                count / seconds,
                times.freeze(),
                times.untilLive(),
                times.untilPacket(),
                times.blobBytes());
    }

    /// Sends a client a stream, and moves it from blade to blade meanwhile.
    ///
    /// @param moves how often
    public HandoffFigures.InTheMiddle inTheMiddle(final int moves) throws IOException {
        times.forget();
        final LatencyRecorder silences = new LatencyRecorder();
        try (SocketChannel channel = open()) {
            KernelBlade host = handOff(channel);
            hear(host);
            times.forget();
            channel.configureBlocking(true);
            burst = wideBurst;
            final StreamReader reader = new StreamReader(channel);
            final Thread reading = Thread.ofPlatform().daemon().start(reader);
            final StreamWriter writer = new StreamWriter(arena);
            final long startNs = System.nanoTime();
            int refusals = 0;
            for (int i = 0; i < moves; i++) {
                stream(writer, host, BETWEEN_MOVES_NS);
                reader.forgetSilence();
                final KernelBlade next = blades.get(host == blades.getFirst() ? 1 : 0);
                final int node = FIRST_BLADE + blades.indexOf(next);
                while (host.giveOn(node) != null) {
                    refusals++;
                    stream(writer, host, TICK_NS);
                }
                stepUntil("a move", () -> next.served() != null);
                host = next;
                stream(writer, host, AFTERMATH_NS);
                silences.record(reader.silenceNs(), false);
            }
            final double seconds = (System.nanoTime() - startNs) / 1e9;
            stepUntil("the rest of the stream", () -> reader.bytes() == writer.position());
            servedBy(host).socket().close();
            host.forget();
            stepUntil("the end of the stream", () -> !reading.isAlive());
            reader.require(writer.position());
            return new HandoffFigures.InTheMiddle(
                    moves,
                    refusals,
                    reader.bytes() * Byte.SIZE / seconds / 1e6,
                    silences.sent(),
                    times.untilLive(),
                    times.mostBlobBytes());
        }
    }

    private void stream(final StreamWriter writer, final KernelBlade host, final long durationNs)
            throws IOException {
        final TcpSocket socket = servedBy(host).socket();
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < durationNs) {
            writer.write(socket);
            step();
        }
    }

    @Override
    public void close() throws IOException {
        chassis.close();
        blades.forEach(KernelBlade::close);
        clientPort.close();
        arena.close();
        namespaces.close();
    }
}
