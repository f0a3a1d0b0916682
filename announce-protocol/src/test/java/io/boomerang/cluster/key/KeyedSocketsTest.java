package io.boomerang.cluster.key;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

class KeyedSocketsTest {
    private static final int CONNECT_LIMIT_MS = 10_000;

    private final ChassisKey key = TestKeys.key(0);
    private final ChassisKey other = TestKeys.key(1);
    private final KeyHolder atServer = KeyHolder.of(key);
    private final KeyHolder atClient = KeyHolder.of(key);
    private final KeyedSockets server = new KeyedSockets(atServer, "server");
    private final KeyedSockets client = new KeyedSockets(atClient, "client");
    private final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
    private final ServerSocket listening = listen(server, accepted);

    private static ServerSocket listen(
            final KeyedSockets sockets, final BlockingQueue<Socket> accepted) {
        try {
            final ServerSocket listening = sockets.serverSocket(false);
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            while (true) {
                                accepted.add(listening.accept());
                            }
                        } catch (final IOException _) {
                            // closed at the end of the test
                        }
                    });
            return listening;
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        listening.close();
        server.close();
        client.close();
    }

    @Test
    void shouldShakeHandsWithItselfBeforeItMeetsOthers() throws IOException {
        try (ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1)) {
            new Handshake(key, timer).rehearse();
        }
        client.rehearse();
        assertEquals(0, client.refusedCount());
    }

    @Test
    void shouldConnectThoseWhoHaveTheKey() throws Exception {
        final Socket opened = connect();
        try (Socket taken = take()) {
            assertCarries(opened, taken);
            assertCarries(taken, opened);

            opened.close();

            assertTrue(opened.isClosed());
            assertThrows(IOException.class, () -> readByte(taken));
        }
        assertEquals(0, server.refusedCount() + client.refusedCount());
        assertNull(client.lastRefusedOutgoing());
    }

    @Test
    void shouldRefuseAnotherKeyAtBothEndsWithTheReason() {
        atClient.replace(other);

        final IOException refusal = assertThrows(IOException.class, this::connect);

        final String reason =
                "its key %s is not among those trusted here [%s]"
                        .formatted(key.fingerprint(), other.fingerprint());
        assertEquals(reason, refusal.getMessage());
        assertEquals(new Refusal("127.0.0.1", reason, true), client.lastRefusedOutgoing());
        await().until(() -> server.refusedCount() == 1);
        assertEquals(1, client.refusedCount());
        assertNull(server.lastRefusedOutgoing());
    }

    @Test
    void shouldTellTheEndThatTrustsThatItIsNotTrusted() {
        atClient.replace(other.trusting(key));

        final IOException refusal = assertThrows(IOException.class, this::connect);

        final String told = "trust the key %s of this member".formatted(other.fingerprint());
        assertTrue(String.valueOf(refusal.getMessage()).contains(told), refusal.toString());
        await().until(() -> server.refusedCount() == 1);
        assertTrue(accepted.isEmpty());
    }

    @Test
    void shouldNotTakeTheLateForThoseWhoDoNotTrust() throws IOException {
        try (ServerSocket late = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket opening = client.socket(false)) {
            assertThrows(
                    IOException.class,
                    () -> opening.connect(late.getLocalSocketAddress(), CONNECT_LIMIT_MS));
        }

        assertEquals(
                new Refusal("127.0.0.1", "no handshake within 1500 ms", false),
                client.lastRefusedOutgoing());
    }

    @Test
    void shouldKeepNobodyWaitingForASilentStranger() throws Exception {
        try (Socket stranger = new Socket();
                Socket other = new Socket()) {
            stranger.connect(listening.getLocalSocketAddress());
            other.connect(listening.getLocalSocketAddress());
            other.getOutputStream()
                    .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            try (Socket opened = connect();
                    Socket taken = take()) {
                assertCarries(opened, taken);
            }

            await().until(() -> server.refusedCount() == 2);
            assertTrue(isEnded(stranger));
            assertTrue(isEnded(other));
        }
        assertTrue(accepted.isEmpty());
    }

    private static boolean isEnded(final Socket socket) {
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (final IOException _) {
            return true;
        }
    }

    @Test
    void shouldBoundHandshakes() throws Exception {
        final Socket[] strangers = new Socket[MemberServerSocket.MAX_HANDSHAKES + 3];
        for (int i = 0; i < strangers.length; i++) {
            strangers[i] = new Socket();
            strangers[i].connect(listening.getLocalSocketAddress(), CONNECT_LIMIT_MS);
        }

        await().until(() -> server.refusedCount() == strangers.length);
        try (Socket opened = connect();
                Socket taken = take()) {
            assertCarries(opened, taken);
        }
        for (final Socket stranger : strangers) {
            stranger.close();
        }
    }

    @Test
    void shouldEndConnectionsOfThoseWhomANewKeyDoesNotTrustAndNoOthers() throws Exception {
        atServer.replace(key.trusting(other));
        try (Socket old = connect();
                Socket oldTaken = take()) {
            atClient.replace(other.trusting(key));
            try (Socket young = connect();
                    Socket youngTaken = take()) {
                assertCarries(old, oldTaken);
                assertCarries(young, youngTaken);

                atServer.replace(other.trusting(key));
                assertCarries(old, oldTaken);
                atServer.replace(other);

                assertThrows(IOException.class, () -> assertCarries(old, oldTaken));
                assertCarries(young, youngTaken);
            }
        }
        assertEquals(0, server.refusedCount() + client.refusedCount());
    }

    /// What a member said is repeated, byte for byte, on a new connection.
    @Test
    void shouldNotTakeARecordingForAMember() throws Exception {
        final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        try (ServerSocket relay = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> relay(relay, recorded));
            try (Socket opened = client.socket(false)) {
                opened.connect(relay.getLocalSocketAddress(), CONNECT_LIMIT_MS);
                try (Socket taken = take()) {
                    assertCarries(opened, taken);
                }
            }
        }
        assertTrue(recorded.size() > 500, recorded.size() + " bytes");

        try (Socket replayed = new Socket()) {
            replayed.connect(listening.getLocalSocketAddress());
            replayed.getOutputStream().write(recorded.toByteArray());

            await().until(() -> server.refusedCount() == 1);
        }
        assertTrue(accepted.isEmpty());
    }

    private void relay(final ServerSocket relay, final ByteArrayOutputStream recorded) {
        try (Socket in = relay.accept();
                Socket out = new Socket()) {
            out.connect(listening.getLocalSocketAddress());
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            out.getInputStream().transferTo(in.getOutputStream());
                        } catch (final IOException _) {
                            // ended by either side
                        }
                    });
            final InputStream said = in.getInputStream();
            final byte[] buffer = new byte[4_096];
            for (int length = said.read(buffer); length >= 0; length = said.read(buffer)) {
                recorded.write(buffer, 0, length);
                out.getOutputStream().write(buffer, 0, length);
            }
        } catch (final IOException _) {
            // ended by either side
        }
    }

    private Socket connect() throws IOException {
        final Socket socket = client.socket(false);
        socket.connect(listening.getLocalSocketAddress(), CONNECT_LIMIT_MS);
        return socket;
    }

    private Socket take() throws InterruptedException {
        final Socket socket = accepted.poll(CONNECT_LIMIT_MS, TimeUnit.MILLISECONDS);
        return Objects.requireNonNull(socket, "nothing was accepted");
    }

    private static void assertCarries(final Socket from, final Socket to) throws IOException {
        from.getOutputStream().write(77);
        assertEquals(77, readByte(to));
    }

    private static int readByte(final Socket socket) throws IOException {
        final int read = socket.getInputStream().read();
        if (read < 0) {
            throw new IOException("ended");
        }
        return read;
    }
}
