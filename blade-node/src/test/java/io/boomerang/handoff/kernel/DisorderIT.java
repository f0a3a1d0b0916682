package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.handoff.ByteStream;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.linux.SystemCallException;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/// Data that comes out of order: the client skips some bytes, as if a segment had been lost, and
/// brings them later.
class DisorderIT {
    private static final int EINPROGRESS = 115;
    private static final int EARLY = 50;
    private static final int GAP = 1_000;
    private static final int LATE = 100;
    private static final String CERTAIN = "data came out of order and waits for what is missing";
    private static final String PERHAPS =
            "data came out of order before, and perhaps some waits behind what is unread";

    private static Lab lab;

    private final ByteStream sent = new ByteStream(1);
    private final ByteStream taken = new ByteStream(1);
    private KernelTcp clients;
    private TcpSocket client;
    private Server server;

    @BeforeAll
    static void build() {
        final String reason = KernelTcp.unavailable();
        assumeTrue(reason == null, () -> "no hand-off of kernel connections here: " + reason);
        lab = Lab.build();
    }

    @AfterAll
    static void clean() {
        if (lab != null) {
            lab.close();
        }
    }

    /// Some bytes, and others behind a gap; the server has read none.
    @BeforeEach
    void leaveAGap() throws Exception {
        lab.steerTo(0);
        final Server.Listening listening = Server.listen(lab, Lab.virtualAddress(false));
        clients = lab.client().call(KernelTcp::new);
        client = lab.client().call(() -> connect(clients));
        server = listening.accept();
        assertEquals(EARLY, send(EARLY));
        sent.next(GAP);
        final long before = lab.blade(0).counter("TcpExt", "TCPOFOQueue");
        shift(GAP);
        assertEquals(LATE, send(LATE));
        Awaitility.await().until(() -> lab.blade(0).counter("TcpExt", "TCPOFOQueue") > before);
    }

    @AfterEach
    void end() throws Exception {
        server.close();
        lab.client()
                .call(() -> {
                    client.close();
                    clients.close();
                    return true;
                });
        assertEquals(0, lab.resets());
    }

    @Test
    void shouldRefuseAsLongAsDataWaitsForTheGap() {
        assertEquals(PERHAPS, server.tryMove());
        take(EARLY);
        assertEquals(CERTAIN, server.tryMove());

        closeTheGap();

        take(GAP + LATE);
        assertNull(server.tryMove());
        shouldStillTalk();
    }

    /// What is unread goes along.
    @Test
    void shouldMoveWhatIsUnreadIfNobodySentMore() {
        final Witness witness = new Witness();
        assertEquals(PERHAPS, server.tryMove(witness));
        final int inOrder = witness.receiveNext;
        witness.last = inOrder + GAP + LATE;
        assertEquals(PERHAPS, server.tryMove(witness));

        closeTheGap();

        Awaitility.await().until(() -> server.tryMove(witness) == null);
        assertEquals(witness.last, witness.receiveNext);
        take(EARLY + GAP + LATE);
        shouldStillTalk();
    }

    /// As a blade that counts what it hands to its kernel.
    private static final class Witness implements PacketWitness {
        private int receiveNext;
        private int last;

        @Override
        public boolean endsAt(
                final InetSocketAddress local,
                final InetSocketAddress remote,
                final int newReceiveNext) {
            assertEquals(Lab.virtualAddress(false), local);
            receiveNext = newReceiveNext;
            return last == newReceiveNext;
        }
    }

    private void closeTheGap() {
        shift(-GAP - LATE);
        sent.back(GAP + LATE);
        assertEquals(GAP + LATE, send(GAP + LATE));
    }

    private void take(final int count) {
        assertEquals(-1, taken.firstDifference(server.readAll(count), count));
    }

    private void shouldStillTalk() {
        final byte[] bytes = new ByteStream(2).next(GAP);
        server.write(bytes);
        assertArrayEquals(bytes, lab.client().call(() -> Server.readExactly(client, bytes.length)));
    }

    /// Answers how many bytes the client's stack has taken.
    private int send(final int count) {
        final byte[] bytes = sent.next(count);
        final int length = lab.client().call(() -> write(client, bytes));
        sent.back(count - length);
        return length;
    }

    private static int write(final TcpSocket socket, final byte[] bytes)
            throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(bytes.length);
            memory.copyFrom(MemorySegment.ofArray(bytes));
            return socket.write(memory);
        }
    }

    /// From now on the client's next byte has a number that is so much greater.
    private void shift(final int distance) {
        client = lab.client().call(() -> shifted(clients, client, distance));
    }

    private static TcpSocket connect(final KernelTcp stack) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            final SocketCalls calls = new SocketCalls(arena);
            final int descriptor =
                    calls.socket(
                            SocketConstants.AF_INET,
                            SocketConstants.SOCK_STREAM,
                            SocketConstants.IPPROTO_TCP);
            final InetSocketAddress address = Lab.virtualAddress(false);
            final SystemCallException pending =
                    assertThrows(
                            SystemCallException.class, () -> calls.connect(descriptor, address));
            assertEquals(EINPROGRESS, pending.errno());
            final TcpSocket socket = stack.adopt(descriptor);
            socket.awaitWritable(10_000);
            return socket;
        }
    }

    private static TcpSocket shifted(
            final KernelTcp stack, final TcpSocket socket, final int distance)
            throws SystemCallException {
        final FrozenConnection frozen =
                assertInstanceOf(TakeResult.Taken.class, stack.take(socket, PacketWitness.NONE))
                        .connection();
        final ConnectionState state = frozen.state();
        frozen.release();
        return stack.restore(
                        new ConnectionState(
                                state.local(),
                                state.remote(),
                                false,
                                state.sendNext() + distance,
                                state.receiveNext(),
                                state.options(),
                                state.windows(),
                                state.settings(),
                                Octets.NONE,
                                Octets.NONE,
                                state.unread(),
                                state.alreadyRead(),
                                state.applicationState()))
                .goLive();
    }
}
