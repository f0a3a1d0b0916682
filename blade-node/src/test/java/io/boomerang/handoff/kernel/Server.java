package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.handoff.BlobResult;
import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.linux.SystemCallException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/// The server's end of one connection, on whichever blade it is.
final class Server implements AutoCloseable {
    private static final int PATIENCE_MS = 20_000;
    private static final int LONGEST_PIECE = 1 << 16;

    private final Lab lab;
    private final KernelTcp[] stacks = new KernelTcp[2];
    private final MemorySegment memory = Arena.ofAuto().allocate(LONGEST_PIECE);

    private int blade;
    private TcpSocket socket;

    private Server(final Lab lab, final TcpListener listener, final KernelTcp first) {
        this.lab = lab;
        stacks[0] = first;
        stacks[1] = lab.blade(1).call(KernelTcp::new);
        socket =
                lab.blade(0)
                        .call(() -> {
                            try (listener) {
                                return Objects.requireNonNull(
                                        listener.accept(PATIENCE_MS), "nobody came");
                            }
                        });
    }

    /// Listens on blade 0; the connection is accepted when the client has connected.
    static Listening listen(final Lab lab, final InetSocketAddress address) {
        return lab.blade(0)
                .call(() -> {
                    final KernelTcp stack = new KernelTcp();
                    return new Listening(lab, stack, stack.listen(address, 8));
                });
    }

    record Listening(Lab lab, KernelTcp stack, TcpListener listener) {
        Server accept() {
            return new Server(lab, listener, stack);
        }
    }

    TakeResult take() {
        return take(PacketWitness.NONE);
    }

    private TakeResult take(final PacketWitness witness) {
        return lab.blade(blade).call(() -> stacks[blade].take(socket, witness));
    }

    void resume(final FrozenConnection frozen) {
        socket = lab.blade(blade).call(frozen::resume);
    }

    /// To the other blade, by its bytes. Answers what moved.
    ConnectionState move() {
        return switch (take()) {
            case TakeResult.Taken(var frozen) -> moveOn(frozen);
            case TakeResult.Refused(var reason) -> throw new AssertionError(reason);
        };
    }

    /// Moves unless that is refused; answers why, or null.
    @Nullable String tryMove() {
        return tryMove(PacketWitness.NONE);
    }

    @Nullable String tryMove(final PacketWitness witness) {
        return switch (take(witness)) {
            case TakeResult.Taken(var frozen) -> {
                moveOn(frozen);
                yield null;
            }
            case TakeResult.Refused(var reason) -> reason;
        };
    }

    private ConnectionState moveOn(final FrozenConnection frozen) {
        final ConnectionState state = throughItsBytes(frozen.state());
        lab.steerNowhere();
        final int next = 1 - blade;
        final RestoredConnection restored = lab.blade(next).call(() -> stacks[next].restore(state));
        lab.steerTo(next);
        socket = lab.blade(next).call(restored::goLive);
        lab.blade(blade)
                .call(() -> {
                    frozen.release();
                    return true;
                });
        blade = next;
        return state;
    }

    private static ConnectionState throughItsBytes(final ConnectionState state) {
        final int length = ConnectionBlob.encodedLength(state);
        final MemorySegment blob = MemorySegment.ofArray(new byte[length]);
        ConnectionBlob.encode(state, blob, 0);
        return assertInstanceOf(BlobResult.Decoded.class, ConnectionBlob.decode(blob, 0, length))
                .state();
    }

    /// What there is within the limit; waits for the first byte. Empty at the end of the stream.
    byte[] read(final int limit) {
        return lab.blade(blade)
                .call(() -> {
                    assertTrue(socket.awaitReadable(PATIENCE_MS), "nothing comes");
                    final int length =
                            socket.read(memory.asSlice(0, Math.min(limit, LONGEST_PIECE)));
                    return length <= 0
                            ? new byte[0]
                            : memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
                });
    }

    /// Everything until these characters have come, and what came with them.
    static byte[] readUntil(final TcpSocket socket, final String end) throws SystemCallException {
        final StringBuilder text = new StringBuilder();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(LONGEST_PIECE);
            while (text.indexOf(end) < 0) {
                assertTrue(socket.awaitReadable(PATIENCE_MS), "nothing comes");
                final int length = socket.read(memory);
                assertTrue(length > 0, "the stream ends");
                text.append(
                        new String(
                                memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE),
                                StandardCharsets.ISO_8859_1));
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] readExactly(final TcpSocket socket, final int count) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(count);
            int length = 0;
            while (length < count) {
                assertTrue(socket.awaitReadable(PATIENCE_MS), "nothing comes");
                final int piece = socket.read(memory.asSlice(length));
                assertTrue(piece > 0, "the stream ends");
                length += piece;
            }
            return memory.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    static boolean writeExactly(final TcpSocket socket, final byte[] bytes)
            throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(bytes.length);
            memory.copyFrom(MemorySegment.ofArray(bytes));
            int written = 0;
            while (written < bytes.length) {
                assertTrue(socket.awaitWritable(PATIENCE_MS), "nobody takes it");
                written += socket.write(memory.asSlice(written));
            }
            return true;
        }
    }

    byte[] readAll(final int count) {
        final byte[] bytes = new byte[count];
        int length = 0;
        while (length < count) {
            final byte[] piece = read(count - length);
            assertTrue(piece.length > 0, "the stream ends after " + length + " of " + count);
            System.arraycopy(piece, 0, bytes, length, piece.length);
            length += piece.length;
        }
        return bytes;
    }

    void write(final byte[] bytes) {
        int written = 0;
        while (written < bytes.length) {
            written += writeSome(Arrays.copyOfRange(bytes, written, bytes.length), PATIENCE_MS);
        }
    }

    /// Waits for room, but no longer than this; answers how many bytes there was room for.
    int writeSome(final byte[] bytes, final int timeoutMs) {
        return lab.blade(blade)
                .call(() -> {
                    if (!socket.awaitWritable(timeoutMs)) {
                        return 0;
                    }
                    final int length = Math.min(bytes.length, LONGEST_PIECE);
                    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, length);
                    return socket.write(memory.asSlice(0, length));
                });
    }

    <T> T onBlade(final Task<T> task) {
        return lab.blade(blade).call(() -> task.run(socket));
    }

    interface Task<T> {
        T run(TcpSocket socket) throws SystemCallException;
    }

    @Override
    public void close() {
        lab.blade(blade)
                .call(() -> {
                    socket.close();
                    return true;
                });
        for (int i = 0; i < stacks.length; i++) {
            final KernelTcp stack = stacks[i];
            lab.blade(i)
                    .call(() -> {
                        stack.close();
                        return true;
                    });
        }
    }
}
