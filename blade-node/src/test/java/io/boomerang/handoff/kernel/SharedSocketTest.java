package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

@EnabledOnOs(value = OS.LINUX, disabledReason = "these are Linux's system calls")
class SharedSocketTest {
    private static final int PATIENCE_MS = 20_000;
    private static final int BULK = 4 << 20;

    private final KernelTcp stack = new KernelTcp();
    private Socket client;
    private SharedSocket socket;

    @BeforeEach
    void connect() throws IOException {
        final InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        try (TcpListener listener = stack.listen(any, 1)) {
            client = new Socket(listener.local().getAddress(), listener.local().getPort());
            socket =
                    new SharedSocket(
                            Objects.requireNonNull(listener.accept(PATIENCE_MS), "nobody came"));
        }
        client.setSoTimeout(PATIENCE_MS);
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        client.close();
        stack.close();
    }

    @Test
    void shouldKnowBothEnds() {
        assertEquals(client.getLocalSocketAddress(), socket.remote());
        assertEquals(client.getRemoteSocketAddress(), socket.local());
    }

    @Test
    void shouldReadIntoEveryKindOfBuffer() throws IOException {
        for (final ByteBuffer buffer :
                new ByteBuffer[] {ByteBuffer.allocate(4), ByteBuffer.allocateDirect(4)}) {
            buffer.position(1);
            client.getOutputStream().write(new byte[] {7, 8});

            assertEquals(2, socket.read(buffer, true));

            assertEquals(3, buffer.position());
            assertEquals(7, buffer.get(1));
            assertEquals(8, buffer.get(2));
        }
    }

    @Test
    void shouldWriteFromEveryKindOfBuffer() throws IOException {
        final ByteBuffer direct = ByteBuffer.allocateDirect(2).put(new byte[] {1, 2}).flip();
        for (final ByteBuffer buffer :
                new ByteBuffer[] {
                    ByteBuffer.wrap(new byte[] {1, 2}),
                    direct,
                    direct.asReadOnlyBuffer(),
                    ByteBuffer.wrap(new byte[] {0, 1, 2}, 1, 2)
                }) {
            buffer.mark();

            assertEquals(2, socket.write(buffer, true));

            assertFalse(buffer.hasRemaining());
            assertEquals(1, client.getInputStream().read());
            assertEquals(2, client.getInputStream().read());
        }
    }

    @Test
    void shouldNotWaitUnlessAsked() throws IOException {
        assertEquals(0, socket.read(ByteBuffer.allocate(1), false));

        final ByteBuffer bulk = ByteBuffer.allocate(BULK);
        int written = 0;
        int last = 1;
        while (last > 0) {
            last = socket.write(bulk.clear(), false);
            written += last;
        }

        assertEquals(written, client.getInputStream().readNBytes(written).length);
    }

    @Test
    void shouldTellTheEnd() throws IOException {
        client.shutdownOutput();
        assertEquals(-1, socket.read(ByteBuffer.allocate(1), true));

        socket.shutdownOutput();

        assertEquals(-1, client.getInputStream().read());
    }

    @Test
    void shouldEndAReadersWaitWhenItIsClosed() {
        final Thread[] reader = new Thread[1];
        final CompletableFuture<Integer> read = new CompletableFuture<>();
        reader[0] =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                read.complete(socket.read(ByteBuffer.allocate(1), true));
                            } catch (final IOException e) {
                                read.completeExceptionally(e);
                            }
                        });
        Awaitility.await().until(() -> isInTheKernel(reader[0]));

        socket.close();

        final ExecutionException ended = assertThrows(ExecutionException.class, read::get);
        assertInstanceOf(ClosedChannelException.class, ended.getCause());
        assertThrows(
                ClosedChannelException.class, () -> socket.read(ByteBuffer.allocate(1), false));
    }

    private static boolean isInTheKernel(final Thread thread) {
        for (final StackTraceElement call : thread.getStackTrace()) {
            if (call.getMethodName().equals("poll")) {
                return true;
            }
        }
        return false;
    }

    @Test
    void shouldGiveItsConnectionAway() throws IOException {
        final int descriptor = socket.detach();

        assertThrows(ClosedChannelException.class, socket::detach);
        socket.close();
        try (TcpSocket again = stack.adopt(descriptor)) {
            assertEquals(client.getLocalSocketAddress(), again.remote());
        }
    }
}
