package io.boomerang.sim.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Against a server that answers every connection with the same bytes and ends it.
class FetchingClientTest {
    private static final String HEAD =
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServed-By: blade-2\r\n";

    private final ServerSocket server;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    FetchingClientTest() throws IOException {
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private FetchingClient.Result fetch(final String answer, final int atOnce) throws IOException {
        final Thread serving = Thread.ofPlatform().daemon().start(() -> serve(answer));
        final String address = "127.0.0.1:" + server.getLocalPort();
        final FetchTask task =
                new FetchTask(atOnce, 0, List.of(FetchTarget.of(address, "a", 5, "blade-2")));

        final FetchingClient.Result result = new FetchingClient(failures::add).fetch(task);

        assertTrue(serving.isAlive());
        return result;
    }

    private void serve(final String answer) {
        while (true) {
            try (Socket connection = server.accept()) {
                skipRequest(connection.getInputStream());
                connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            } catch (final SocketException _) {
                return;
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Left unread it would be answered by a reset.
    private static void skipRequest(final InputStream request) throws IOException {
        final StringBuilder read = new StringBuilder();
        while (read.indexOf("\r\n\r\n") < 0) {
            read.append((char) request.read());
        }
    }

    @Test
    void shouldCountWholeAnswersAndTheirBytes() throws IOException {
        final FetchingClient.Result result = fetch(HEAD + "\r\nhello", 3);

        assertEquals(3, result.fetched());
        assertEquals(3, result.firstByte().count());
        assertEquals(0, result.failed());
        assertEquals(List.of(), List.copyOf(failures));
        assertEquals(15, result.bytes());
    }

    @Test
    void shouldTakeFieldsInAnyOrderAndCase() throws IOException {
        final String head =
                "HTTP/1.1 200 OK\r\nserved-by: blade-2\r\ncontent-length: 5\r\nx: y\r\n\r\n";

        assertEquals(1, fetch(head + "hello", 1).fetched());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                HEAD + "\r\nhell",
                HEAD + "\r\nhello!",
                HEAD,
                "",
                "HTTP/1.1 503 Busy\r\nContent-Length: 5\r\nServed-By: blade-2\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServed-By: blade-3\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
            })
    void shouldCountWhatIsNotTheAnswerAsFailed(final String answer) throws IOException {
        final FetchingClient.Result result = fetch(answer, 1);

        assertEquals(0, result.fetched());
        assertEquals(1, result.failed());
        assertEquals(0, result.bytes());
        assertEquals(1, failures.size());
    }
}
