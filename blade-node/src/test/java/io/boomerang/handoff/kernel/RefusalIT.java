package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
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

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// What cannot be moved says why, and goes on where it is.
class RefusalIT {
    private static final Wire WIRE = Wire.families().getFirst();
    private static final int EINPROGRESS = 115;
    private static final int GAP = 1_000;

    private static Lab lab;

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

    @BeforeEach
    void steer() {
        lab.steerTo(0);
        lab.client().set("ipv4/tcp_ecn", 2);
    }

    @AfterEach
    void shouldHaveSeenNoReset() {
        assertEquals(0, lab.resets());
    }

    @Test
    void shouldRefuseAConnectionThatThisEndHasClosed() throws IOException {
        try (Pair pair = Pair.connect(lab, WIRE)) {
            pair.server()
                    .onBlade(socket -> {
                        socket.shutdownOutput();
                        return true;
                    });

            Awaitility.await()
                    .until(() -> refusal(pair.server()).contains("is in FIN-WAIT-2, not EST"));
            shouldStillTake(pair);
        }
    }

    @Test
    void shouldRefuseAListener() throws IOException {
        final String refusal =
                lab.blade(0)
                        .call(() -> {
                            try (KernelTcp stack = new KernelTcp();
                                    TcpSocket socket = listening(stack)) {
                                return reasonOf(stack.take(socket));
                            }
                        });

        assertEquals("connection is in LISTEN, not ESTABLISHED or CLOSE-WAIT", refusal);
    }

    private static TcpSocket listening(final KernelTcp stack) throws SystemCallException {
        return stack.adopt(stack.listen(Lab.virtualAddress(false), 1).descriptor());
    }

    @Test
    void shouldRefuseKernelTls() throws IOException {
        try (Pair pair = Pair.connect(lab, WIRE)) {
            final boolean available = pair.server().onBlade(RefusalIT::attachTls);
            assumeTrue(available, "this kernel has no TLS (CONFIG_TLS, module tls)");

            assertEquals("the kernel runs \"tls\" on the connection", refusal(pair.server()));
            shouldStillTalk(pair);
        }
    }

    private static boolean attachTls(final TcpSocket socket) {
        try (Arena arena = Arena.ofConfined()) {
            final SocketCalls calls = new SocketCalls(arena);
            calls.scratch().setString(0, "tls", StandardCharsets.US_ASCII);
            return calls.trySetOption(
                            socket.descriptor(),
                            SocketConstants.IPPROTO_TCP,
                            SocketConstants.TCP_ULP,
                            4)
                    == 0;
        }
    }

    @Test
    void shouldRefuseExplicitCongestionNotification() throws IOException {
        lab.client().set("ipv4/tcp_ecn", 1);
        try (Pair pair = Pair.connect(lab, WIRE)) {
            assertEquals(
                    "congestion notification (ECN) was agreed on and cannot be put back",
                    refusal(pair.server()));
            shouldStillTalk(pair);
        }
    }

    @Test
    void shouldRefuseUrgentDataUntilItIsRead() throws IOException {
        try (Pair pair = Pair.connect(lab, WIRE)) {
            pair.client().sendUrgentData('!');

            Awaitility.await()
                    .until(() ->
                            pair.server().take() instanceof TakeResult.Refused(var reason)
                                    && reason.equals("urgent data waits"));
            shouldStillTalk(pair);
        }
    }

    @Test
    void shouldRefuseAFilterOfTheApplication() throws IOException {
        try (Pair pair = Pair.connect(lab, WIRE)) {
            final FrozenConnection frozen =
                    assertInstanceOf(TakeResult.Taken.class, pair.server().take()).connection();
            final int descriptor = frozen.descriptor();

            final String refusal =
                    lab.blade(0)
                            .call(() -> {
                                try (KernelTcp stack = new KernelTcp()) {
                                    return reasonOf(stack.take(stack.adopt(descriptor)));
                                }
                            });

            assertEquals("the application has attached a packet filter", refusal);
            pair.server().resume(frozen);
            shouldStillTalk(pair);
        }
    }

    /// The client skips some bytes, as if a segment had been lost, and brings them later.
    @Test
    void shouldRefuseDataOutOfOrderUntilTheGapIsClosed() throws IOException {
        final Server.Listening listening = Server.listen(lab, Lab.virtualAddress(false));
        final KernelTcp clients = lab.client().call(KernelTcp::new);
        final TcpSocket client = lab.client().call(() -> connect(clients));
        final byte[] bytes = new ByteStream(1).next(GAP + 100);
        try (Server server = listening.accept()) {
            final TcpSocket ahead = lab.client().call(() -> shifted(clients, client, GAP));
            lab.client().call(() -> write(ahead, bytes, GAP));
            Awaitility.await().until(() -> lab.blade(0).counter("TcpExt", "TCPOFOQueue") > 0);

            assertEquals("data came out of order and waits for what is missing", refusal(server));

            final TcpSocket behind =
                    lab.client().call(() -> shifted(clients, ahead, -bytes.length));
            lab.client().call(() -> write(behind, bytes, 0));
            assertArrayEquals(bytes, server.readAll(bytes.length));
            server.move();
            server.write(bytes);
            lab.client()
                    .call(() -> {
                        assertArrayEquals(bytes, Server.readExactly(behind, bytes.length));
                        behind.close();
                        clients.close();
                        return true;
                    });
        }
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

    /// The same connection, but its next byte has another number.
    private static TcpSocket shifted(
            final KernelTcp stack, final TcpSocket socket, final int distance)
            throws SystemCallException {
        final FrozenConnection frozen =
                assertInstanceOf(TakeResult.Taken.class, stack.take(socket)).connection();
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

    private static int write(final TcpSocket socket, final byte[] bytes, final int from)
            throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(bytes.length - from);
            memory.copyFrom(MemorySegment.ofArray(bytes).asSlice(from));
            return socket.write(memory);
        }
    }

    private static String refusal(final Server server) {
        return reasonOf(server.take());
    }

    private static String reasonOf(final TakeResult result) {
        return assertInstanceOf(TakeResult.Refused.class, result).reason();
    }

    private static void shouldStillTalk(final Pair pair) throws IOException {
        shouldStillTake(pair);
        pair.server().write(new byte[] {4, 5});
        assertArrayEquals(new byte[] {4, 5}, pair.read(2));
    }

    private static void shouldStillTake(final Pair pair) throws IOException {
        pair.write((byte) 1, (byte) 2, (byte) 3);
        assertArrayEquals(new byte[] {1, 2, 3}, pair.server().readAll(3));
    }
}
