package io.boomerang.sim.handoff;

import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowRules;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.classifier.Classifier;
import io.boomerang.handoff.classifier.ClassifierRule;
import io.boomerang.handoff.endpoint.AddressPair;
import io.boomerang.handoff.endpoint.EndpointConfig;
import io.boomerang.handoff.endpoint.TcpEndpoint;
import io.boomerang.handoff.move.HostDirectory;
import io.boomerang.handoff.move.RotatingHosts;
import io.boomerang.sim.handoff.ServedConnection.Service;
import io.boomerang.transfer.TransferDatagram;
import io.boomerang.wire.TcpHeader;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/// `boomerang demo handoff`: an HTTP client sends a long body to a path and gets it back at the
/// same time, while its connection moves from the classifier to a host and from host to host. The
/// nodes are those of production, the TCP stacks {@link TcpEndpoint}; time is stepped. One thread.
public final class HandoffDemo implements AutoCloseable {
    /// Hosts of the mirror and of everything else; the classifier is the blade that the client's
    /// SYN comes to.
    private static final String MIRROR = "mirror";

    private static final String PAGES = "pages";
    private static final int BLADES = 4;
    private static final List<Integer> MIRRORS = List.of(12, 13);
    private static final List<Integer> PAGERS = List.of(14);

    private static final long SEED = 3;
    private static final int BUCKETS = 64;
    private static final int MARKERS = 512;
    private static final int ENTRANCE = 1;
    private static final int MOST_HEAD_BYTES = 1 << 13;
    private static final int FIRST_PORT = 40_000;
    private static final long MS = 1_000_000L;
    private static final long TIMER_NS = 2 * MS;
    private static final long SETTLE_NS = 100 * MS;
    private static final long LIMIT_NS = 600_000 * MS;

    /// From the client to its redirector, and what a gigabit takes for a byte, with preamble, frame
    /// check sequence and gap.
    private static final long OUTSIDE_DELAY_NS = 100_000;

    private static final long BACKPLANE_DELAY_NS = 20_000;
    private static final long BYTE_NS = 8;
    private static final int WIRE_BYTES = 24;

    private static final VirtualService HTTP = new VirtualService(80);

    private static final EndpointConfig SERVER =
            new EndpointConfig(1_400, 1 << 17, 1 << 17, true, true, true, false);

    private final Options options;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Timeline timeline = new Timeline();
    private final HandoffChassis<SimStack<HttpConnection>> chassis;
    private final RotatingHosts hosts = new RotatingHosts(Map.of(MIRROR, MIRRORS, PAGES, PAGERS));
    private final Classifier classifier =
            new Classifier(
                    List.of(new ClassifierRule.HttpPath("", "/mirror/", MIRROR)),
                    PAGES,
                    MOST_HEAD_BYTES,
                    SETTLE_NS);
    private final HandoffStory story;
    private final Frames frames = new Frames();
    private final SteeringHeader header = new SteeringHeader();
    private final TransferDatagram transfer = new TransferDatagram();
    private final @Nullable ClientTrace trace;
    private @Nullable HttpClient client;
    private FlowKey key = new FlowKey();
    private long inboundFreeNs;
    private long outboundFreeNs;
    private long packets;
    private int resets;
    private int movesBegun;

    /// What is to be shown.
    ///
    /// @param bytes of the body, each way
    /// @param moves in the middle of the transfer, after the one at its beginning
    /// @param isIpv6 the client's address family
    /// @param faultPercent of the datagrams of transfers that are lost, repeated, late or changed
    /// @param trace where the client's packets are written (pcapng); null if nowhere
    public record Options(
            long bytes, int moves, boolean isIpv6, int faultPercent, @Nullable Path trace) {}

    /// What came of it.
    ///
    /// @param isWhole every byte came back, the connection had one handshake and no reset, and
    ///   moved as often as it was to
    /// @param moves from blade to blade
    public record Result(boolean isWhole, int moves) {}

    private HandoffDemo(final Options options, final PrintWriter out) throws IOException {
        this.options = options;
        story = new HandoffStory(out, timeline);
        trace = options.trace() == null ? null : new ClientTrace(options.trace());
        hosts.setLiving(Set.of(11, 12, 13, 14));
        final MoveNetwork network =
                new MoveNetwork(
                        timeline,
                        random.split(),
                        BACKPLANE_DELAY_NS,
                        options.faultPercent(),
                        this::onDatagram);
        chassis =
                new HandoffChassis<>(
                        timeline,
                        random,
                        new ClusterParameters(
                                random.nextLong(), random.nextLong(), BUCKETS, FlowRules.DEFAULTS),
                        network::connect,
                        this::leave,
                        story);
    }

    /// Shows it, in words.
    public static Result show(final Options options, final PrintWriter out) throws IOException {
        try (HandoffDemo demo = new HandoffDemo(options, out)) {
            return demo.show();
        }
    }

    private Result show() throws IOException {
        chassis.start(1, BLADES, MARKERS, this::stack);
        tick();
        runUntil(timeline.nowNs() + SETTLE_NS);
        ask("GET / HTTP/1.1", 0);
        final HttpClient mirrored = ask("POST /mirror/film HTTP/1.1", options.bytes());
        final String sent = mirrored.sentChecksum();
        final String received = mirrored.receivedChecksum();
        story.verify(mirrored, sent, received, resets);
        final boolean isWhole =
                mirrored.received() == options.bytes()
                        && sent.equals(received)
                        && story.handshakes() == 2
                        && resets == 0
                        && story.moves() == options.moves() + 2
                        && chassis.openTransfers() == 0;
        return new Result(isWhole, story.moves());
    }

    private SimStack<HttpConnection> stack(final int node) {
        return new SimStack<>(
                node, SERVER, HTTP, random.split(), _ -> key, new Answers(node), story);
    }

    /// The service of a blade.
    private final class Answers implements Service<HttpConnection> {
        private final int node;

        Answers(final int node) {
            this.node = node;
        }

        @Override
        public HttpConnection accept(final FlowKey flow, final TcpEndpoint endpoint) {
            return new HttpConnection(flow, endpoint, classifier, HandoffStory.name(node));
        }

        @Override
        public @Nullable String refusal(final ConnectionState state) {
            return null;
        }

        @Override
        public HttpConnection arrived(
                final FlowKey flow, final TcpEndpoint endpoint, final ConnectionState state) {
            return accept(flow, endpoint).after(state);
        }
    }

    // One request after the other

    private HttpClient ask(final String requestLine, final long bodyBytes) throws IOException {
        final int port = FIRST_PORT + story.handshakes();
        final InetSocketAddress from = VirtualService.client(options.isIpv6(), port);
        final InetSocketAddress to = HTTP.at(options.isIpv6());
        key = new FlowKey();
        final FlowKey own = key;
        story.begin(from, to, requestLine, bodyBytes);
        movesBegun = bodyBytes == 0 ? options.moves() : 0;
        final HttpClient asking =
                new HttpClient(
                        EndpointConfig.DEFAULTS,
                        new AddressPair(from, to),
                        (packet, offset, length) -> enter(own, Frames.of(packet, offset, length)),
                        random.nextInt(),
                        requestLine,
                        bodyBytes,
                        timeline.nowNs());
        client = asking;
        final long limitNs = timeline.nowNs() + LIMIT_NS;
        while (!(asking.hasEnded() && chassis.openTransfers() == 0)
                && !asking.isReset()
                && timeline.nowNs() < limitNs) {
            runUntil(timeline.nowNs() + TIMER_NS);
        }
        if (trace != null) {
            trace.throwFailure();
        }
        return asking;
    }

    private void runUntil(final long untilNs) {
        while (timeline.step(untilNs)) {}
    }

    private void tick() {
        final long nowNs = timeline.nowNs();
        chassis.tick(this::begin);
        if (client != null) {
            client.run(nowNs);
        }
        timeline.after(TIMER_NS, this::tick);
    }

    private void onDatagram(
            final int from, final int to, final MemorySegment datagram, final int length) {
        if (header.decode(datagram, 0, length)
                && transfer.wrap(datagram, header.headerLength(), length - header.headerLength())) {
            story.onTransfer(to, transfer);
        }
        chassis.onDatagram(from, to, datagram, length);
        final TerminalBlade blade = chassis.blade(to);
        if (blade != null) {
            begin(chassis.stack(to), blade);
        }
    }

    /// Gives a connection away when its request has come, and again in the middle.
    private void begin(final SimStack<HttpConnection> stack, final TerminalBlade blade) {
        for (final HttpConnection connection : stack.movable()) {
            if (!connection.isDecided) {
                story.classified(blade.self().node(), connection);
                give(stack, blade, connection, connection.service());
            } else if (connection.key.equals(key) && isTimeToMove()) {
                movesBegun++;
                give(stack, blade, connection, MIRROR);
            }
        }
    }

    private boolean isTimeToMove() {
        final HttpClient asking = client;
        return asking != null
                && movesBegun < options.moves()
                && asking.received() >= (movesBegun + 1) * options.bytes() / (options.moves() + 1);
    }

    private void give(
            final SimStack<HttpConnection> stack,
            final TerminalBlade blade,
            final HttpConnection connection,
            final String service) {
        final int host = hosts.choose(service, Set.of(blade.self().node()));
        if (host == HostDirectory.NONE || !stack.give(connection, host, blade, timeline.nowNs())) {
            connection.isDecided = true;
        }
    }

    // The client's link

    private void enter(final FlowKey flow, final byte[] frame) {
        final MemorySegment segment = MemorySegment.ofArray(frame);
        if (!frames.read(segment, 0, frame.length)) {
            throw new IllegalStateException("the client has sent what is no segment");
        }
        if (flow.meta() == 0) {
            flow.copyFrom(frames.key()); // the first frame tells
        }
        note(segment, frame.length);
        inboundFreeNs = atEndOfLink(inboundFreeNs, frame.length);
        timeline.after(
                inboundFreeNs - timeline.nowNs() + OUTSIDE_DELAY_NS,
                () -> {
                    story.onClientFrame(frame.length);
                    chassis.onFrame(ENTRANCE, segment, 0, frame.length, ++packets);
                });
    }

    private long atEndOfLink(final long freeNs, final int length) {
        return Math.max(freeNs, timeline.nowNs()) + (length + WIRE_BYTES) * BYTE_NS;
    }

    /// A frame goes to the client.
    private boolean leave(final MemorySegment frame, final long offset, final int length) {
        if (!frames.read(frame, offset, length) || !frames.key().equals(key)) {
            return true;
        }
        final MemorySegment copy = MemorySegment.ofArray(new byte[length]);
        MemorySegment.copy(frame, offset, copy, 0, length);
        final int flags = frames.flags();
        outboundFreeNs = atEndOfLink(outboundFreeNs, length);
        timeline.after(
                outboundFreeNs - timeline.nowNs() + OUTSIDE_DELAY_NS,
                () -> {
                    resets += (flags & TcpHeader.RST) != 0 ? 1 : 0;
                    note(copy, length);
                    story.onHeard();
                    if (client != null) {
                        hear(client, copy, length);
                    }
                });
        return true;
    }

    private void hear(final HttpClient asking, final MemorySegment frame, final int length) {
        final boolean hadEnded = asking.hasEnded();
        asking.receive(frame, Frames.ETHERNET_BYTES, length, timeline.nowNs());
        if (asking.hasEnded() && !hadEnded) {
            final String text = asking.sent() == 0 ? " \"" + asking.text().strip() + "\"" : "";
            story.answered(asking.statusLine() + text);
        }
    }

    private void note(final MemorySegment frame, final int length) {
        if (trace != null) {
            trace.write(frame, length, timeline.nowNs());
        }
    }

    @Override
    public void close() throws IOException {
        chassis.close();
        if (trace != null) {
            trace.close();
        }
    }
}
