package io.boomerang.handoff.kernel;

import io.boomerang.linux.SystemCallException;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.Ipv4Header;
import io.boomerang.wire.Ipv6Header;
import io.boomerang.wire.TcpHeader;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Looks at every packet that crosses a namespace: how often a handshake began, and who reset what.
final class Capture implements AutoCloseable {
    // linux/socket.h, linux/if_ether.h: all protocols, in network order; headers of the link taken
    // off.
    private static final int AF_PACKET = 17;
    private static final int SOCK_DGRAM = 2;
    private static final int ALL_PROTOCOLS = 0x0300;
    private static final int BUFFER_BYTES = 1 << 26;
    private static final int LONGEST_PACKET = 1 << 16;
    private static final int POLL_MS = 100;

    private final Arena arena = Arena.ofShared();
    private final SocketCalls calls = new SocketCalls(arena);
    private final MemorySegment packet = arena.allocate(LONGEST_PACKET);
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final TcpHeader tcp = new TcpHeader();

    private final Set<Integer> handshakes = ConcurrentHashMap.newKeySet();
    private final AtomicLong segments = new AtomicLong();
    private final AtomicLong resets = new AtomicLong();
    private final int descriptor;
    private final Thread reader;
    private volatile boolean ended;

    Capture(final Namespace namespace) {
        descriptor =
                namespace.call(() -> {
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
        if ((tcp.flags() & TcpHeader.RST) != 0) {
            resets.incrementAndGet();
        }
        if ((tcp.flags() & (TcpHeader.SYN | TcpHeader.ACK)) == TcpHeader.SYN) {
            handshakes.add(tcp.sequence());
        }
    }

    long segments() {
        return segments.get();
    }

    long resets() {
        return resets.get();
    }

    /// Handshakes that a client began; repetitions count once.
    int handshakes() {
        return handshakes.size();
    }

    @Override
    public void close() {
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
