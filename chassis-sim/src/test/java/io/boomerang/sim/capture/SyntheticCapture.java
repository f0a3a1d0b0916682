package io.boomerang.sim.capture;

import io.boomerang.wire.InternetChecksum;
import io.boomerang.wire.LinkType;
import io.boomerang.wire.NetworkOrder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.SplittableRandom;

/// Makes captures of any size: TCP connections with handshake, data, acknowledgements and close,
/// and UDP questions with answers, many at a time and interleaved; checksums are right. The same
/// seed makes the same file.
///
/// @param flows how many in all
/// @param packetsPerFlow in both directions together, at least 2; connections have at least 7
/// @param udpPercent of the flows
/// @param payloadBytes of a packet with data
/// @param seed of everything random
public record SyntheticCapture(
        int flows, int packetsPerFlow, int udpPercent, int payloadBytes, long seed) {
    private static final int CONCURRENT_FLOWS = 1_024;
    private static final long PACKET_INTERVAL_NS = 1_000;
    private static final long START_NS = 1_700_000_000_000_000_000L;

    private static final int IPV4 = 14;
    private static final int TRANSPORT = IPV4 + 20;
    private static final int TCP_BYTES = 20;
    private static final int UDP_BYTES = 8;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int PUSH = 8;
    private static final int ACK = 16;
    private static final int CLIENTS = 10 << 24;
    private static final int SERVERS = 192 << 24 | 168 << 16;

    /// Writes the file; answers how many packets it has.
    public long writeTo(final Path file) throws IOException {
        try (Arena arena = Arena.ofConfined();
                PcapWriter writer = new PcapWriter(file, LinkType.ETHERNET)) {
            return new Run(arena.allocate(TRANSPORT + TCP_BYTES + payloadBytes), writer).all();
        }
    }

    /// One flow and how far it is.
    private static final class Flow {
        private boolean isUdp;
        private int client;
        private int server;
        private int clientPort;
        private int serverPort;
        private int clientSequence;
        private int serverSequence;
        private int step;
        private int steps;
    }

    private final class Run {
        private final SplittableRandom random = new SplittableRandom(seed);
        private final MemorySegment frame;
        private final PcapWriter writer;
        private final Flow[] live = new Flow[Math.min(CONCURRENT_FLOWS, flows)];
        private int started;
        private long packets;

        Run(final MemorySegment frame, final PcapWriter writer) {
            this.frame = frame;
            this.writer = writer;
        }

        long all() throws IOException {
            int alive = live.length;
            for (int i = 0; i < alive; i++) {
                live[i] = new Flow();
                start(live[i]);
            }
            while (alive > 0) {
                final int chosen = random.nextInt(alive);
                final Flow flow = live[chosen];
                emit(flow);
                if (++flow.step == flow.steps) {
                    if (started < flows) {
                        start(flow);
                    } else {
                        live[chosen] = live[--alive];
                    }
                }
            }
            return packets;
        }

        private void start(final Flow flow) {
            final int ordinal = started++;
            flow.isUdp = random.nextInt(100) < udpPercent;
            flow.client = CLIENTS + 1 + (ordinal & 0xFFFF);
            flow.clientPort = 1_024 + (ordinal >>> 16) % 64_000;
            flow.server = SERVERS + 1 + random.nextInt(250);
            flow.serverPort = flow.isUdp ? 53 : 443;
            flow.clientSequence = random.nextInt();
            flow.serverSequence = random.nextInt();
            flow.step = 0;
            flow.steps = flow.isUdp ? packetsPerFlow : Math.max(7, packetsPerFlow);
        }

        private void emit(final Flow flow) throws IOException {
            if (flow.isUdp) {
                emitUdp(flow, flow.step % 2 == 0);
            } else {
                emitTcp(flow);
            }
            packets++;
        }

        private void emitUdp(final Flow flow, final boolean fromClient) throws IOException {
            final int length = UDP_BYTES + payloadBytes;
            network(flow, fromClient, UDP, length);
            ports(flow, fromClient);
            put16(TRANSPORT + 4, length);
            put16(TRANSPORT + 6, 0);
            put16(TRANSPORT + 6, transportChecksum(UDP, length));
            write(length);
        }

        private void emitTcp(final Flow flow) throws IOException {
            final int left = flow.steps - flow.step;
            switch (flow.step) {
                case 0 -> segment(flow, true, SYN, 0);
                case 1 -> segment(flow, false, SYN | ACK, 0);
                case 2 -> segment(flow, true, ACK, 0);
                case 3 -> segment(flow, true, PUSH | ACK, payloadBytes);
                default -> {
                    if (left == 3) {
                        segment(flow, true, FIN | ACK, 0);
                    } else if (left == 2) {
                        segment(flow, false, FIN | ACK, 0);
                    } else if (left == 1) {
                        segment(flow, true, ACK, 0);
                    } else if (flow.step % 3 == 0) {
                        segment(flow, true, ACK, 0);
                    } else {
                        segment(flow, false, ACK, payloadBytes);
                    }
                }
            }
        }

        private void segment(
                final Flow flow, final boolean fromClient, final int flags, final int payload)
                throws IOException {
            final int length = TCP_BYTES + payload;
            network(flow, fromClient, TCP, length);
            ports(flow, fromClient);
            frame.set(
                    NetworkOrder.INT,
                    TRANSPORT + 4,
                    fromClient ? flow.clientSequence : flow.serverSequence);
            frame.set(
                    NetworkOrder.INT,
                    TRANSPORT + 8,
                    (flags & ACK) == 0
                            ? 0
                            : fromClient ? flow.serverSequence : flow.clientSequence);
            put16(TRANSPORT + 12, 5 << 12 | flags);
            put16(TRANSPORT + 14, 0xFFFF);
            frame.set(NetworkOrder.INT, TRANSPORT + 16, 0);
            put16(TRANSPORT + 16, transportChecksum(TCP, length));
            final int advance = payload + ((flags & (SYN | FIN)) != 0 ? 1 : 0);
            if (fromClient) {
                flow.clientSequence += advance;
            } else {
                flow.serverSequence += advance;
            }
            write(length);
        }

        private void network(
                final Flow flow, final boolean fromClient, final int protocol, final int length) {
            frame.set(NetworkOrder.LONG, 0, 0x0200_0000_0002_0200L);
            frame.set(NetworkOrder.INT, 8, 1);
            put16(12, 0x0800);
            put16(IPV4, 0x4500);
            put16(IPV4 + 2, 20 + length);
            put16(IPV4 + 4, (int) packets);
            put16(IPV4 + 6, 0x4000);
            put16(IPV4 + 8, 64 << 8 | protocol);
            put16(IPV4 + 10, 0);
            frame.set(NetworkOrder.INT, IPV4 + 12, fromClient ? flow.client : flow.server);
            frame.set(NetworkOrder.INT, IPV4 + 16, fromClient ? flow.server : flow.client);
            put16(IPV4 + 10, InternetChecksum.finish(InternetChecksum.add(0, frame, IPV4, 20)));
        }

        private void ports(final Flow flow, final boolean fromClient) {
            put16(TRANSPORT, fromClient ? flow.clientPort : flow.serverPort);
            put16(TRANSPORT + 2, fromClient ? flow.serverPort : flow.clientPort);
        }

        private int transportChecksum(final int protocol, final int length) {
            return InternetChecksum.finish(
                    InternetChecksum.add((long) protocol + length, frame, IPV4 + 12, 8L + length));
        }

        private void put16(final int at, final int value) {
            frame.set(NetworkOrder.SHORT, at, (short) value);
        }

        private void write(final int transportLength) throws IOException {
            writer.write(
                    START_NS + packets * PACKET_INTERVAL_NS, frame, TRANSPORT + transportLength);
        }
    }
}
