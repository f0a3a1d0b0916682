package io.boomerang.sim.measure;

import io.boomerang.sim.report.LatencyRecorder;
import io.boomerang.sim.report.StallRecorder;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes flows that the kernel tracks, a datagram for each, and watches how many of them another
/// host's conntrackd has been told of. Runs on the host of the flows; the other's socket is a file.
public final class FlowSpawner {
    /// Where flows go.
    static final String NETWORK = "10.200.0.0/16";

    /// Where they come from.
    static final String SOURCE = "10.201.0.1";

    private static final int NETWORK_BITS = 0x0AC8_0000;
    private static final int HOST_BITS = 16;
    private static final int FIRST_PORT = 1_024;

    /// Flows between two looks at what the other host knows.
    private static final int BURST = 64;

    /// Flows on their way while as many as possible are made.
    private static final int WINDOW = 1 << 13;

    private static final long PAUSE_NS = 20_000L;
    private static final long LOST_NS = TimeUnit.SECONDS.toNanos(3);

    /// `STATS_CACHE` in conntrack-tools, include/conntrackd.h.
    private static final int STATS_CACHE = 29;

    private static final int MOST_BYTES = 1 << 16;
    private static final Pattern CREATED =
            Pattern.compile("cache:external.*?creation OK/failed:\\s*(\\d+)\\s*/", Pattern.DOTALL);

    private final UnixDomainSocketAddress control;
    private final ByteBuffer answer = ByteBuffer.allocate(MOST_BYTES);
    private final long[] sentNs;
    private final LatencyRecorder latency = new LatencyRecorder();
    private int sent;
    private int known;
    private long knownNs;

    private FlowSpawner(final Path control, final int flows) {
        this.control = UnixDomainSocketAddress.of(control);
        sentNs = new long[flows];
    }

    /// Makes flows and waits until the other host knows all of them, or hears of no more.
    ///
    /// @param control socket of the other host's conntrackd
    /// @param flows how many
    /// @param perSecond {@link AnnouncingBlade#MOST} for as many as there can be
    public static Figure run(final Path control, final int flows, final long perSecond)
            throws IOException {
        final FlowSpawner spawner = new FlowSpawner(control, flows);
        try (DatagramChannel socket = DatagramChannel.open(StandardProtocolFamily.INET);
                StallRecorder stalls = new StallRecorder()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(SOURCE), FIRST_PORT));
            stalls.start();
            final long startNs = System.nanoTime();
            spawner.spawn(socket, perSecond, startNs);
            return new Figure(
                    (double) spawner.known
                            * TimeUnit.SECONDS.toNanos(1)
                            / Math.max(1, spawner.knownNs - startNs),
                    spawner.latency.sent(),
                    stalls.stalls());
        }
    }

    private void spawn(final DatagramChannel socket, final long perSecond, final long startNs)
            throws IOException {
        final long before = created();
        knownNs = startNs;
        while (known < sentNs.length && System.nanoTime() - knownNs < LOST_NS) {
            final long due =
                    perSecond == AnnouncingBlade.MOST
                            ? known + WINDOW
                            : (long) ((System.nanoTime() - startNs) / 1e9 * perSecond) + 1;
            final int limit = (int) Math.min(Math.min(due, sent + BURST), sentNs.length);
            final boolean idle = sent >= limit;
            while (sent < limit) {
                send(socket, sent);
            }
            look((int) (created() - before));
            if (idle) {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    private void send(final DatagramChannel socket, final int flow) throws IOException {
        final int host = NETWORK_BITS | flow & (1 << HOST_BITS) - 1;
        final byte[] address = {
            (byte) (host >>> 24), (byte) (host >>> 16), (byte) (host >>> 8), (byte) host
        };
        sentNs[sent++] = System.nanoTime();
        socket.send(
                ByteBuffer.allocate(1),
                new InetSocketAddress(
                        InetAddress.getByAddress(address), FIRST_PORT + (flow >>> HOST_BITS)));
    }

    private void look(final int count) {
        final long nowNs = System.nanoTime();
        if (count > known) {
            knownNs = nowNs;
        }
        for (; known < Math.min(count, sent); known++) {
            latency.record(nowNs - sentNs[known], false);
        }
    }

    /// How many flows the other conntrackd has been told of since it started.
    private long created() throws IOException {
        answer.clear();
        try (SocketChannel channel = SocketChannel.open(control)) {
            final ByteBuffer request =
                    ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
            channel.write(request.putInt(0, STATS_CACHE));
            while (answer.hasRemaining() && channel.read(answer) >= 0) {
                // the answer ends with the connection
            }
        }
        final String text =
                new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
        final Matcher matcher = CREATED.matcher(text);
        if (!matcher.find()) {
            throw new IOException("conntrackd answers: " + text);
        }
        return Long.parseLong(matcher.group(1));
    }
}
