package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.handoff.ByteStream;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.endpoint.EndpointConfig;
import io.boomerang.handoff.endpoint.TcpEndpoint;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The simulated stack talks to a kernel's client, and each stack goes on with what the other left.
class StacksIT {
    private static final String ALL = "io.boomerang.handoff.kernel.Wire#all";
    private static final int CLIENT_TIMEOUT_MS = 20_000;
    private static final int BULK = 2 << 20;
    private static final int QUEUED = 40_000;
    private static final EndpointConfig ETHERNET_IPV6 =
            new EndpointConfig(1_440, 1 << 18, 1 << 18, true, true, true, false);

    private static Lab lab;

    private Capture capture;

    @BeforeAll
    static void build() {
        final String reason = KernelTcp.unavailable();
        assumeTrue(reason == null, () -> "no hand-off of kernel connections here: " + reason);
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "no TUN devices here (module tun)");
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
        capture = new Capture(lab);
    }

    @AfterEach
    void shouldHaveSeenNoReset() {
        capture.requireNoReset();
        assertEquals(1, capture.handshakes());
    }

    private static TunServer listen(final Wire wire) {
        final InetSocketAddress address = Lab.virtualAddress(wire.ipv6());
        final TunServer server =
                new TunServer(
                        lab.router(),
                        sink -> TcpEndpoint.listen(ETHERNET_IPV6, address, sink, 0x7FFF_F000));
        lab.steerToDevice(TunServer.DEVICE);
        return server;
    }

    private static Socket connect(final Wire wire) throws IOException {
        wire.apply(lab.client());
        final InetSocketAddress address = Lab.virtualAddress(wire.ipv6());
        final Socket socket =
                lab.client().call(() -> new Socket(address.getAddress(), address.getPort()));
        socket.setSoTimeout(CLIENT_TIMEOUT_MS);
        return socket;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL)
    void shouldServeAKernelsClient(final Wire wire) throws Exception {
        try (TunServer server = listen(wire);
                Socket client = connect(wire);
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            final byte[] up = new ByteStream(1).next(BULK);
            final byte[] down = new ByteStream(2).next(BULK);
            final Future<?> upload =
                    thread.submit(() -> {
                        client.getOutputStream().write(up);
                        client.shutdownOutput();
                        return true;
                    });

            assertArrayEquals(up, server.readAll(BULK));
            upload.get();
            final Future<byte[]> download =
                    thread.submit(() -> client.getInputStream().readAllBytes());
            server.writeAll(down);
            awaitState(server, TcpEndpoint.State.CLOSE_WAIT);
            server.call(() -> {
                server.endpoint().close();
                return true;
            });

            assertArrayEquals(down, download.get());
            awaitState(server, TcpEndpoint.State.CLOSED);
        }
    }

    /// The classifier's fastest way: the endpoint reads the request, a kernel answers it.
    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL)
    void shouldGoOnInAKernelAndComeBack(final Wire wire) throws IOException {
        try (TunServer server = listen(wire);
                Socket client = connect(wire)) {
            final ByteStream up = new ByteStream(3);
            final ByteStream down = new ByteStream(4);
            client.getOutputStream().write(up.next(QUEUED));
            server.readAll(10);
            server.writeAll(down.next(10));
            Awaitility.await().until(() -> server.call(() -> server.endpoint().refusal() == null));

            final ConnectionState first = server.call(() -> freeze(server));
            final KernelTcp stack = lab.blade(0).call(KernelTcp::new);
            lab.steerNowhere();
            final RestoredConnection restored = lab.blade(0).call(() -> stack.restore(first));
            lab.steerTo(0);
            final TcpSocket socket = lab.blade(0).call(restored::goLive);

            final byte[] rest = lab.blade(0).call(() -> Server.readExactly(socket, QUEUED - 10));
            up.back(QUEUED - 10);
            assertEquals(-1, up.firstDifference(rest, rest.length));
            lab.blade(0).call(() -> Server.writeExactly(socket, down.next(QUEUED)));
            down.back(QUEUED + 10);
            final byte[] answer = client.getInputStream().readNBytes(QUEUED + 10);
            assertEquals(-1, down.firstDifference(answer, QUEUED + 10));
            client.getOutputStream().write(up.next(QUEUED));

            final FrozenConnection frozen =
                    assertInstanceOf(
                                    TakeResult.Taken.class,
                                    lab.blade(0).call(() -> stack.take(socket, PacketWitness.NONE)))
                            .connection();
            server.replace(sink ->
                    TcpEndpoint.restore(ETHERNET_IPV6, frozen.state(), sink, System.nanoTime()));
            lab.steerToDevice(TunServer.DEVICE);

            final byte[] second = server.readAll(QUEUED);
            up.back(QUEUED);
            assertEquals(-1, up.firstDifference(second, QUEUED));
            server.writeAll(down.next(QUEUED));
            down.back(QUEUED);
            final byte[] last = client.getInputStream().readNBytes(QUEUED);
            assertEquals(-1, down.firstDifference(last, QUEUED));
            // not sooner: what was on its way to the blade would meet no socket there
            lab.blade(0)
                    .call(() -> {
                        frozen.release();
                        stack.close();
                        return true;
                    });
            client.shutdownOutput();
            awaitState(server, TcpEndpoint.State.CLOSE_WAIT); // else both close, and one waits
            server.call(() -> {
                server.endpoint().close();
                return true;
            });
            assertEquals(-1, client.getInputStream().read());
            // else the client's last word may come when there is no device any more
            awaitState(server, TcpEndpoint.State.CLOSED);
        }
    }

    private static void awaitState(final TunServer server, final TcpEndpoint.State state) {
        Awaitility.await().until(() -> server.call(() -> server.endpoint().state()) == state);
    }

    private static ConnectionState freeze(final TunServer server) {
        final ConnectionState state = server.endpoint().freeze(System.nanoTime());
        server.endpoint().release();
        return state;
    }
}
