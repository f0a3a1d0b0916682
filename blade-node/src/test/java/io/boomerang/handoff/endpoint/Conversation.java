package io.boomerang.handoff.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.handoff.BlobResult;
import io.boomerang.handoff.ByteStream;
import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/// Two endpoints, an application at each, and a link that loses, repeats, reorders and changes
/// packets. Everything from one seed, on a clock that jumps to what is due next.
final class Conversation {
    private static final long DELAY_NS = 5_000_000;
    private static final int MAX_STEPS = 400_000;

    private final RandomGenerator random;
    private final Faults faults;
    private final PriorityQueue<Packet> link =
            new PriorityQueue<>(
                    Comparator.comparingLong(Packet::atNs).thenComparingLong(Packet::number));
    private final Party client;
    private final Party server;
    private long nowNs = 1_000_000_000L;
    private long packetCount;
    private int moveCount;

    /// In percent.
    record Faults(int loss, int duplication, int reordering, int corruption) {
        static final Faults NONE = new Faults(0, 0, 0, 0);
    }

    private record Packet(long atNs, long number, Party to, MemorySegment bytes) {}

    Conversation(
            final RandomGenerator random,
            final Faults faults,
            final boolean ipv6,
            final EndpointConfig clientConfig,
            final EndpointConfig serverConfig,
            final int upBytes,
            final int downBytes) {
        this.random = random;
        this.faults = faults;
        final InetSocketAddress clientAddress =
                new InetSocketAddress(ipv6 ? "2001:db8::2" : "192.0.2.2", 40_000);
        final InetSocketAddress serverAddress =
                new InetSocketAddress(ipv6 ? "2001:db8::1" : "192.0.2.1", 80);
        client = new Party(clientConfig, new ByteStream(1), new ByteStream(2), upBytes);
        server = new Party(serverConfig, new ByteStream(2), new ByteStream(1), downBytes);
        client.peer = server;
        server.peer = client;
        server.endpoint =
                TcpEndpoint.listen(serverConfig, serverAddress, server::emit, random.nextInt());
        client.endpoint =
                TcpEndpoint.connect(
                        clientConfig,
                        new AddressPair(clientAddress, serverAddress),
                        client::emit,
                        random.nextInt(),
                        nowNs);
    }

    /// Until both have sent, read and closed everything. Moves either end from time to time, if
    /// asked.
    void run(final int movesPerThousandSteps) {
        int steps = 0;
        while (!(client.isDone() && server.isDone())) {
            assertTrue(++steps < MAX_STEPS, () -> "it does not end: " + client + ", " + server);
            step();
            if (random.nextInt(1_000) < movesPerThousandSteps) {
                move(random.nextBoolean() ? client : server);
            }
        }
        assertEquals(client.peer.sent, client.received.position());
        assertEquals(server.peer.sent, server.received.position());
    }

    private void step() {
        client.work();
        server.work();
        final long dueNs = Math.min(client.nextDueNs(), server.nextDueNs());
        final Packet packet = link.peek();
        if (packet != null && packet.atNs - nowNs <= dueNs - nowNs) {
            link.poll();
            nowNs = Math.max(nowNs, packet.atNs);
            packet.to.endpoint.receive(packet.bytes, 0, packet.bytes.byteSize(), nowNs);
        } else if (dueNs != TcpEndpoint.NEVER) {
            nowNs = Math.max(nowNs, dueNs);
        } else {
            nowNs += DELAY_NS;
        }
    }

    /// To a new endpoint by its bytes; or not, after a change of mind.
    private void move(final Party party) {
        if (party.endpoint.refusal() != null) {
            return;
        }
        final ConnectionState state = throughItsBytes(party.endpoint.freeze(nowNs));
        if (random.nextInt(4) == 0) {
            party.endpoint.resume();
            return;
        }
        party.endpoint.release();
        party.endpoint = TcpEndpoint.restore(party.config, state, party::emit, nowNs);
        moveCount++;
    }

    private static ConnectionState throughItsBytes(final ConnectionState state) {
        final int length = ConnectionBlob.encodedLength(state);
        final MemorySegment blob = MemorySegment.ofArray(new byte[length]);
        ConnectionBlob.encode(state, blob, 0);
        final ConnectionState read =
                assertInstanceOf(BlobResult.Decoded.class, ConnectionBlob.decode(blob, 0, length))
                        .state();
        assertEquals(state, read);
        return read;
    }

    Party client() {
        return client;
    }

    Party server() {
        return server;
    }

    int moveCount() {
        return moveCount;
    }

    private boolean chance(final int percent) {
        return random.nextInt(100) < percent;
    }

    /// One end with its application: writes its stream in pieces, reads the other's, closes.
    final class Party {
        private static final int LONGEST_PIECE = 8_000;

        private final EndpointConfig config;
        private final ByteStream stream;
        private final ByteStream received;
        private final int sent;
        private final byte[] piece = new byte[LONGEST_PIECE];
        private Party peer = this;
        private TcpEndpoint endpoint;
        private boolean closed;
        private boolean ended;

        Party(
                final EndpointConfig config,
                final ByteStream stream,
                final ByteStream received,
                final int sent) {
            this.config = config;
            this.stream = stream;
            this.received = received;
            this.sent = sent;
            endpoint = TcpEndpoint.listen(config, new InetSocketAddress(1), (_, _, _) -> {}, 0);
        }

        private void emit(final MemorySegment packet, final long offset, final long length) {
            if (chance(faults.loss)) {
                return;
            }
            for (int copies = chance(faults.duplication) ? 2 : 1; copies > 0; copies--) {
                final byte[] bytes = packet.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
                if (chance(faults.corruption)) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                final long delayNs =
                        DELAY_NS * (chance(faults.reordering) ? 1 + random.nextInt(4) : 1);
                link.add(
                        new Packet(
                                nowNs + delayNs,
                                packetCount++,
                                peer,
                                MemorySegment.ofArray(bytes)));
            }
        }

        private void work() {
            write();
            read();
            if (!closed && stream.position() == sent) {
                closed = endpoint.state() != TcpEndpoint.State.LISTEN;
                if (closed) {
                    endpoint.close();
                }
            }
            endpoint.poll(nowNs);
        }

        private void write() {
            final int wanted =
                    Math.min(1 + random.nextInt(LONGEST_PIECE), sent - (int) stream.position());
            if (wanted > 0 && random.nextInt(3) > 0) {
                final byte[] bytes = stream.next(wanted);
                final int taken = endpoint.write(MemorySegment.ofArray(bytes), 0, wanted);
                stream.back(wanted - taken);
            }
        }

        /// Sometimes it has other things to do, until the window is shut.
        private void read() {
            if (random.nextInt(8) > 0) {
                return;
            }
            final int count =
                    endpoint.read(
                            MemorySegment.ofArray(piece), 0, 1 + random.nextInt(LONGEST_PIECE));
            if (count > 0) {
                assertEquals(-1, received.firstDifference(piece, count));
            }
            ended |= count < 0;
        }

        private long nextDueNs() {
            return endpoint.nextDueNs();
        }

        private boolean isDone() {
            assertTrue(!endpoint.isReset(), () -> "reset: " + this);
            return ended && closed && endpoint.isSent();
        }

        TcpEndpoint endpoint() {
            return endpoint;
        }

        @Override
        public String toString() {
            return endpoint.state()
                    + " sent "
                    + stream.position()
                    + " of "
                    + sent
                    + ", read "
                    + received.position();
        }
    }
}
