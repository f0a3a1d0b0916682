package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.linux.SystemCallException;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.TcpHeader;

import org.awaitility.Awaitility;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// Looks at every packet that crosses a lab's router: how often a handshake began, and what was
/// reset. A reset of a connection whose ends have both closed it, and know that of each other, is
/// nobody's loss: on several processors the last packets may overtake an earlier one, whose answer
/// then finds no socket. Such a reset may also be one of a connection before.
final class Capture implements AutoCloseable {
    // linux/socket.h, linux/if_ether.h: all protocols, in network order; headers of the link taken
    // off.
    private static final int AF_PACKET = 17;
    private static final int SOCK_DGRAM = 2;
    private static final int ALL_PROTOCOLS = 0x0300;
    private static final int BUFFER_BYTES = 1 << 26;
    private static final int LONGEST_PACKET = 1 << 16;
    private static final int POLL_MS = 100;
    private static final int SEGMENTS_TOLD = 24;

    private final long startNs = System.nanoTime();
    private final Arena arena = Arena.ofShared();
    private final SocketCalls calls = new SocketCalls(arena);
    private final MemorySegment packet = arena.allocate(LONGEST_PACKET);
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final TcpHeader tcp = new TcpHeader();

    private final Set<Integer> handshakes = ConcurrentHashMap.newKeySet();
    private final AtomicLong segments = new AtomicLong();
    private final Deque<String> latest = new ArrayDeque<>();
    private final List<String> resets = new CopyOnWriteArrayList<>();
    private final Map<Integer, Ending> endings = new HashMap<>();
    private final Lab lab;
    private final long resetsBefore;
    private volatile boolean hasLateReset;
    private final int descriptor;
    private final Thread reader;
    private volatile boolean ended;

    /// How far the ends of a connection have closed it, by the lower port and by the higher one.
    private static final class Ending {
        private final boolean[] hasFin = new boolean[2];
        private final boolean[] isAcknowledged = new boolean[2];
        private final int[] ends = new int[2];

        void onSegment(final TcpHeader segment, final int payload) {
            final int from = segment.sourcePort() < segment.destinationPort() ? 0 : 1;
            if ((segment.flags() & TcpHeader.FIN) != 0) {
                hasFin[from] = true;
                ends[from] = segment.sequence() + payload + 1;
            }
            final int to = 1 - from;
            isAcknowledged[to] |= hasFin[to] && segment.acknowledgment() == ends[to];
        }

        boolean isOver() {
            return isAcknowledged[0] && isAcknowledged[1];
        }
    }

    Capture(final Lab lab) {
        this.lab = lab;
        resetsBefore = lab.resets();
        descriptor =
                lab.router()
                        .call(() -> {
                            final int opened = calls.socket(AF_PACKET, SOCK_DGRAM, ALL_PROTOCOLS);
                            calls.setIntOption(
                                    opened,
                                    SocketConstants.SOL_SOCKET,
                                    SocketConstants.SO_RCVBUFFORCE,
                                    BUFFER_BYTES);
                            return opened;
                        });
        reader = Thread.ofPlatform().name("capture").daemon().start(this::read);
    }

    private void read() {
        try {
            while (!ended) {
                if (calls.poll(descriptor, SocketConstants.POLLIN, POLL_MS)) {
                    final long length = calls.receive(descriptor, packet, LONGEST_PACKET, 0);
                    if (length > 0) {
                        look(length);
                    }
                }
            }
        } catch (final SystemCallException e) {
            throw new IllegalStateException(e);
        }
    }

    private void look(final long length) {
        final int at;
        if (ipv4.wrap(packet, 0, length) && ipv4.version() == Ipv4Header.VERSION) {
            at = ipv4.protocol() == IpProtocol.TCP ? ipv4.headerLength() : -1;
        } else {
            final boolean segment =
                    ipv6.wrap(packet, 0, length) && ipv6.nextHeader() == IpProtocol.TCP;
            at = segment ? Ipv6Header.LENGTH : -1;
        }
        if (at < 0 || !tcp.wrap(packet, at, length)) {
            return;
        }
        segments.incrementAndGet();
        latest.add(describe(length));
        if (latest.size() > SEGMENTS_TOLD) {
            latest.remove();
        }
        final int connection = tcp.sourcePort() ^ tcp.destinationPort();
        if ((tcp.flags() & TcpHeader.RST) == 0) {
            endings.computeIfAbsent(connection, _ -> new Ending())
                    .onSegment(tcp, (int) (length - tcp.payloadOffset()));
        } else if (!endings.containsKey(connection) || endings.get(connection).isOver()) {
            hasLateReset = true;
        } else {
            resets.add(String.join("; ", latest));
        }
        if ((tcp.flags() & (TcpHeader.SYN | TcpHeader.ACK)) == TcpHeader.SYN) {
            handshakes.add(tcp.sequence());
        }
    }

    private String describe(final long length) {
        return "%d us: %d to %d, flags %x, %x + %d, acknowledges %x, window %d"
                .formatted(
                        (System.nanoTime() - startNs) / 1_000,
                        tcp.sourcePort(),
                        tcp.destinationPort(),
                        tcp.flags(),
                        tcp.sequence(),
                        length - tcp.payloadOffset(),
                        tcp.acknowledgment(),
                        tcp.window());
    }

    long segments() {
        return segments.get();
    }

    /// Ends it when it has seen what the kernels have reset.
    void requireNoReset() {
        if (lab.resets() != resetsBefore) {
            Awaitility.await("the reset that a kernel has counted")
                    .until(() -> hasLateReset || !resets.isEmpty());
        }
        close();
        assertEquals(List.of(), resets);
    }

    /// Handshakes that a client began; repetitions count once.
    int handshakes() {
        return handshakes.size();
    }

    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        try {
            reader.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        calls.close(descriptor);
        arena.close();
    }
}
