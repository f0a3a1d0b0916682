package io.boomerang.sim.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.boomerang.handoff.kernel.TcpSocket;
import io.boomerang.handoff.move.HandedConnection;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Objects;

/// An ordinary client and the server's end of its connection, on whichever blade that is. Both say
/// what is known from its place, and look at every byte that they hear.
final class MovingConversation implements AutoCloseable {
    private static final int PIECE = 1 << 14;

    private final KernelChassis chassis;
    private final SocketChannel client;
    private final Pattern up = new Pattern(1);
    private final Pattern down = new Pattern(2);
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(PIECE);
    private final ByteBuffer buffer = ByteBuffer.allocate(PIECE);
    private KernelBlade host;
    private long said;
    private long heard;
    private long answered;
    private long read;
    private int moves;

    MovingConversation(final KernelChassis chassis, final boolean isIpv6) throws IOException {
        this.chassis = chassis;
        client = chassis.connect(isIpv6);
        host = chassis.nextHost();
    }

    // The client

    void say(final int count) throws IOException {
        final long end = said + count;
        while (said < end) {
            buffer.clear().limit((int) Math.min(PIECE, end - said));
            up.fill(buffer.array(), said, buffer.limit());
            said += client.write(buffer);
            if (buffer.hasRemaining()) {
                chassis.step();
            }
        }
    }

    void sayNoMore() throws IOException {
        client.shutdownOutput();
    }

    void read(final int count) throws IOException {
        final long end = read + count;
        chassis.stepUntil("bytes for the client", () -> read >= end || !readSome(end));
        assertEquals(end, read, "the stream ends too early");
    }

    /// Answers false after the last byte.
    private boolean readSome(final long end) throws IOException {
        final int count = client.read(buffer.clear().limit((int) Math.min(PIECE, end - read)));
        if (count > 0) {
            assertEquals(count, down.matching(buffer.array(), 0, read, count));
            read += count;
        }
        return count >= 0;
    }

    // The server

    /// The connection comes to its first host, which looks at what the classifier has read.
    void arrive() throws IOException {
        chassis.stepUntil("the hand-off", () -> host.served() != null);
        moves++;
        final byte[] first = served().alreadyRead().toArray();
        assertEquals(first.length, up.matching(first, 0, heard, first.length));
        heard += first.length;
    }

    private HandedConnection served() {
        return Objects.requireNonNull(host.served(), "nothing is served");
    }

    private TcpSocket socket() {
        return served().socket();
    }

    /// The server reads so much; answers false if the stream ends before.
    boolean hear(final long count) throws IOException {
        final long end = heard + count;
        final boolean[] ended = {false};
        chassis.stepUntil(
                "bytes for the server",
                () -> {
                    ended[0] = !hearSome(end);
                    return heard == end || ended[0];
                });
        return !ended[0];
    }

    private boolean hearSome(final long end) throws IOException {
        if (heard == end) {
            return true;
        }
        final int count = socket().read(memory.asSlice(0, Math.min(PIECE, end - heard)));
        if (count > 0) {
            final byte[] bytes = memory.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
            assertEquals(count, up.matching(bytes, 0, heard, count));
            heard += count;
        }
        return count >= 0;
    }

    /// As much as the kernel takes at once; answers how much that was.
    int answerSome(final int most) throws IOException {
        final byte[] bytes = new byte[Math.min(PIECE, most)];
        down.fill(bytes, answered, bytes.length);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        final int count = socket().write(memory.asSlice(0, bytes.length));
        answered += count;
        return count;
    }

    void answer(final int count) throws IOException {
        int left = count;
        while (left > 0) {
            final int taken = answerSome(left);
            left -= taken;
            if (taken == 0) {
                chassis.step();
            }
        }
    }

    void answerNoMore() throws IOException {
        socket().shutdownOutput();
    }

    /// To the other blade, without reading or writing anything more.
    void move() throws IOException {
        assertNull(tryMove());
        host = chassis.other(host);
        chassis.stepUntil("a move", () -> host.served() != null);
        moves++;
    }

    /// Answers why the connection stays where it is; null if it is on its way.
    @Nullable String tryMove() {
        return chassis.move(host);
    }

    /// Both have read all that the other one has said, and the client says no more.
    void settle() throws IOException {
        hear(said - heard);
        client.shutdownOutput();
        assertFalse(hear(1), "more than was said");
        read((int) (answered - read));
    }

    /// Nobody has anything more to say.
    void part() throws IOException {
        socket().close();
        host.forget();
        chassis.stepUntil("the server's end", () -> !readSome(read + 1));
        assertEquals(answered, read);
    }

    // What there is

    int moves() {
        return moves;
    }

    long said() {
        return said;
    }

    long heard() {
        return heard;
    }

    @Override
    public void close() throws IOException {
        final HandedConnection left = host.served();
        if (left != null) {
            left.socket().close();
            host.forget();
        }
        client.close();
        arena.close();
    }
}
