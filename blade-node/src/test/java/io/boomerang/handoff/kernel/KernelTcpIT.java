package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.handoff.ByteStream;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.linux.SystemCallException;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Connections of an ordinary client move between the kernels of two blades.
class KernelTcpIT {
    private static final String ALL = "io.boomerang.handoff.kernel.Wire#all";
    private static final String FAMILIES = "io.boomerang.handoff.kernel.Wire#families";
    private static final int PIECE = 1 << 16;
    private static final int QUEUED = 50_000;
    private static final int QUIET_MS = 300;
    private static final int BULK = 20 << 20;

    private static Lab lab;

    private Capture capture;

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
    void watch() {
        lab.steerTo(0);
        capture = new Capture(lab);
    }

    @AfterEach
    void shouldHaveSeenNoReset() {
        capture.requireNoReset();
        assertEquals(1, capture.handshakes());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL)
    void shouldMoveAnIdleConnectionThereAndBack(final Wire wire) throws IOException {
        try (Pair pair = Pair.connect(lab, wire)) {
            pair.write(bytes("hello"));
            assertArrayEquals(bytes("hello"), pair.server().readAll(5));
            pair.server().write(bytes("welcome"));
            assertArrayEquals(bytes("welcome"), pair.read(7));

            final ConnectionState state = pair.server().move();

            assertEquals(wire.timestamps(), state.options().timestamps() != null);
            assertEquals(wire.sack(), state.options().sackPermitted());
            assertEquals(wire.scaling(), state.options().sendScale() > 0);
            assertEquals(wire.ipv6() ? 1_440 : 1_460, state.options().mss());
            pair.write(bytes("still there?"));
            assertArrayEquals(bytes("still there?"), pair.server().readAll(12));
            pair.server().write(bytes("yes"));
            assertArrayEquals(bytes("yes"), pair.read(3));
            final ConnectionState second = pair.server().move();
            assertEquals(state.options().sendScale(), second.options().sendScale());
            assertEquals(state.options().receiveScale(), second.options().receiveScale());
            assertEquals(state.options().mss(), second.options().mss());
            assertEquals(state.options().sackPermitted(), second.options().sackPermitted());
            assertEquals(state.settings(), second.settings());
            final int grown = second.windows().receive() - state.windows().receive();
            assertTrue(grown <= state.options().mss(), "the window has grown by " + grown);
            pair.write(bytes("and now?"));
            assertArrayEquals(bytes("and now?"), pair.server().readAll(8));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL)
    void shouldMoveFullQueuesBehindAZeroWindow(final Wire wire) throws IOException {
        try (Pair pair = Pair.connect(lab, wire)) {
            final ByteStream down = new ByteStream(1);
            for (int written = 1; written > 0; ) {
                written = pair.server().writeSome(down.next(PIECE), QUIET_MS);
                down.back(PIECE - written);
            }
            final byte[] up = new ByteStream(2).next(QUEUED);
            pair.write(up);
            await(pair, socket -> unread(socket) == QUEUED);

            final ConnectionState first = pair.server().move();
            final ConnectionState second = pair.server().move();

            final int window = first.windows().send() - first.unacknowledged().length();
            assertTrue(window < first.options().mss(), "window is " + window);
            assertNotEquals(0, first.unsent().length());
            assertArrayEquals(up, first.unread().toArray());
            assertArrayEquals(up, second.unread().toArray());
            assertEquals(first.sendUnacknowledged(), second.sendUnacknowledged());
            assertArrayEquals(up, pair.server().readAll(QUEUED));
            final int count = (int) down.position();
            assertArrayEquals(new ByteStream(1).next(count), pair.read(count));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL)
    void shouldMoveAHalfClosedConnection(final Wire wire) throws IOException {
        try (Pair pair = Pair.connect(lab, wire)) {
            final byte[] request = new ByteStream(3).next(QUEUED);
            pair.write(request);
            pair.client().shutdownOutput();
            await(pair, socket -> state(socket) == TcpInfo.CLOSE_WAIT);
            assertArrayEquals(Arrays.copyOf(request, 10), pair.server().readAll(10));

            assertTrue(pair.server().move().peerClosed());
            assertTrue(pair.server().move().peerClosed());

            assertArrayEquals(
                    Arrays.copyOfRange(request, 10, QUEUED), pair.server().readAll(QUEUED - 10));
            assertEquals(0, pair.server().read(1).length);
            pair.server().write(new ByteStream(4).next(QUEUED));
            pair.server().onBlade(this::close);
            assertArrayEquals(new ByteStream(4).next(QUEUED), pair.read(QUEUED));
            assertEquals(-1, pair.client().getInputStream().read());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(FAMILIES)
    void shouldMoveBetweenAnyTwoBytes(final Wire wire) throws IOException {
        try (Pair pair = Pair.connect(lab, wire)) {
            pair.client().setTcpNoDelay(true);
            for (int i = 0; i < 20; i++) {
                pair.write((byte) i);
                pair.server().move();
                assertArrayEquals(new byte[] {(byte) i}, pair.server().readAll(1));
                pair.server().write(new byte[] {(byte) ~i});
                pair.server().move();
                assertArrayEquals(new byte[] {(byte) ~i}, pair.read(1));
            }
        }
    }

    /// At each fifth of the way. Packets that get lost while the router knows of neither blade let
    /// later ones come out of order; from then on a move is refused while anything is unread,
    /// because the kernel does not tell what waits behind it. The client then pauses until what it
    /// has sent is read.
    @ParameterizedTest(name = "{0}")
    @MethodSource(FAMILIES)
    void shouldMoveInTheMiddleOfTransfersBothWays(final Wire wire) throws Exception {
        final Gate gate = new Gate();
        try (Pair pair = Pair.connect(lab, wire);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            final Future<?> upload =
                    threads.submit(() -> {
                        final ByteStream stream = new ByteStream(5);
                        while (stream.position() < BULK) {
                            gate.pass();
                            pair.write(stream.next(PIECE));
                        }
                        return true;
                    });
            final Future<?> download =
                    threads.submit(() -> {
                        final ByteStream stream = new ByteStream(6);
                        while (stream.position() < BULK) {
                            final byte[] piece = pair.read(PIECE);
                            assertEquals(PIECE, piece.length);
                            assertEquals(-1, stream.firstDifference(piece, PIECE));
                        }
                        return true;
                    });

            final int moves = serve(pair.server(), gate);

            upload.get();
            download.get();
            assertEquals(4, moves);
        }
    }

    /// Sends and takes a stream, and moves at each fifth of the way. Answers how often it moved.
    private static int serve(final Server server, final Gate gate) {
        final ByteStream up = new ByteStream(5);
        final ByteStream down = new ByteStream(6);
        int moves = 0;
        while (up.position() < BULK || down.position() < BULK) {
            if (down.position() < BULK) {
                final byte[] piece = down.next((int) Math.min(PIECE, BULK - down.position()));
                down.back(piece.length - server.writeSome(piece, 0));
            }
            takeSome(server, up);
            if (up.position() + down.position() > 2L * BULK * (moves + 1) / 5) {
                move(server, up, gate);
                moves++;
            }
        }
        return moves;
    }

    private static void takeSome(final Server server, final ByteStream up) {
        if (up.position() < BULK && server.onBlade(socket -> socket.awaitReadable(1))) {
            final byte[] piece = server.read(PIECE);
            assertEquals(-1, up.firstDifference(piece, piece.length));
        }
    }

    private static void move(final Server server, final ByteStream up, final Gate gate) {
        final long limitNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        for (String refusal = server.tryMove(); refusal != null; refusal = server.tryMove()) {
            assertTrue(refusal.startsWith("data came out of order"), refusal);
            assertTrue(System.nanoTime() < limitNs, refusal);
            gate.close();
            takeSome(server, up);
        }
        gate.open();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(FAMILIES)
    void shouldGoOnWhereItWasAfterAChangeOfMind(final Wire wire) throws IOException {
        try (Pair pair = Pair.connect(lab, wire)) {
            final ByteStream up = new ByteStream(7);
            final ByteStream down = new ByteStream(8);
            for (int i = 0; i < 10; i++) {
                pair.server().write(down.next(1_000));
                final FrozenConnection frozen =
                        assertInstanceOf(TakeResult.Taken.class, pair.server().take()).connection();
                pair.write(up.next(1_000));

                pair.server().resume(frozen);

                final byte[] taken = pair.server().readAll(1_000);
                up.back(1_000);
                assertEquals(-1, up.firstDifference(taken, 1_000));
                pair.server().write(down.next(1_000));
            }
            assertArrayEquals(new ByteStream(8).next(20_000), pair.read(20_000));
        }
    }

    private static void await(final Pair pair, final Server.Task<Boolean> condition) {
        Awaitility.await().until(() -> pair.server().onBlade(condition));
    }

    private static int state(final TcpSocket socket) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            return TcpInfo.of(new SocketCalls(arena), socket.descriptor()).state();
        }
    }

    private static int unread(final TcpSocket socket) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            return new SocketCalls(arena).queueLength(socket.descriptor(), SocketConstants.SIOCINQ);
        }
    }

    private boolean close(final TcpSocket socket) {
        socket.close();
        return true;
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
