package io.boomerang.sim.handoff;

import io.boomerang.handoff.kernel.TcpSocket;
import io.boomerang.handoff.move.HandedConnection;
import io.boomerang.sim.handoff.KernelChassis.FrameWatch;
import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.report.LatencyRecorder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// Measures hand-offs of kernels' TCP connections in a {@link KernelChassis}: what is measured is
/// the work, not the network and not the waking up of threads.
public final class KernelHandoffs implements AutoCloseable {
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: films.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MORE = "more of the client".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_READ = 1 << 16;

    /// A kernel answers one probe in 500 ms (tcp_invalid_ratelimit), and a blade that begins to
    /// serve a connection needs the answer when an acknowledgement got lost.
    private static final long BETWEEN_MOVES_NS = TimeUnit.MILLISECONDS.toNanos(550);

    private static final long AFTERMATH_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final HandoffTimes times = new HandoffTimes();
    private final KernelChassis chassis;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(MOST_READ);

    /// Builds namespaces and chassis.
    ///
    /// @throws LabException when a namespace cannot be built
    public KernelHandoffs() throws IOException, InterruptedException, LabException {
        chassis = new KernelChassis(times, FrameWatch.NONE);
    }

    /// A client asks, and says more while its connection is handed over. Answers the blade that
    /// serves it.
    private KernelBlade handOff(final SocketChannel channel) throws IOException {
        final KernelBlade host = chassis.nextHost();
        channel.write(ByteBuffer.wrap(REQUEST));
        channel.write(ByteBuffer.wrap(MORE));
        chassis.stepUntil("the hand-off", () -> host.served() != null);
        return host;
    }

    /// Reads what the client said last, unless the classifier has read it.
    private void hear(final KernelBlade host) throws IOException {
        final HandedConnection served = KernelChassis.servedBy(host);
        if (served.alreadyRead().length() == REQUEST.length) {
            chassis.stepUntil("what the client says", () -> served.socket().read(memory) > 0);
            times.heard();
        }
    }

    /// Hands off connections, one after the other.
    ///
    /// @param count of connections
    public HandoffFigures.AtBeginning oneByOne(final int count) throws IOException {
        times.forget();
        chassis.takeFramesOneByOne(true);
        final long startNs = System.nanoTime();
        for (int i = 0; i < count; i++) {
            try (SocketChannel channel = chassis.connect(false)) {
                final KernelBlade host = handOff(channel);
                hear(host);
                final TcpSocket socket = KernelChassis.servedBy(host).socket();
                if (socket.write(memory.asSlice(0, MORE.length)) != MORE.length) {
                    throw new IOException("the answer was not taken");
                }
                final ByteBuffer answer = ByteBuffer.allocate(MORE.length);
                chassis.stepUntil("the answer", () -> channel.read(answer) != 0);
                channel.shutdownOutput();
                chassis.stepUntil("the client's end", () -> socket.read(memory) < 0);
                socket.close();
                host.forget();
                chassis.stepUntil("the server's end", () -> channel.read(answer.clear()) < 0);
            }
        }
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        return new HandoffFigures.AtBeginning(
                count,
                count / seconds,
                times.freeze(),
                times.untilLive(),
                times.untilPacket(),
                times.blobBytes());
    }

    /// Sends a client a stream, and moves it from blade to blade meanwhile.
    ///
    /// @param moves how often
    public HandoffFigures.InTheMiddle inTheMiddle(final int moves) throws IOException {
        times.forget();
        final LatencyRecorder silences = new LatencyRecorder();
        chassis.takeFramesOneByOne(true);
        try (SocketChannel channel = chassis.connect(false)) {
            KernelBlade host = handOff(channel);
            hear(host);
            times.forget();
            channel.configureBlocking(true);
            chassis.takeFramesOneByOne(false);
            final StreamReader reader = new StreamReader(channel);
            final Thread reading = Thread.ofPlatform().daemon().start(reader);
            final StreamWriter writer = new StreamWriter(arena);
            final long startNs = System.nanoTime();
            int refusals = 0;
            for (int i = 0; i < moves; i++) {
                stream(writer, host, BETWEEN_MOVES_NS);
                reader.forgetSilence();
                final KernelBlade next = chassis.other(host);
                while (chassis.move(host) != null) {
                    refusals++;
                    stream(writer, host, RETRY_NS);
                }
                chassis.stepUntil("a move", () -> next.served() != null);
                host = next;
                stream(writer, host, AFTERMATH_NS);
                silences.record(reader.silenceNs(), false);
            }
            final double seconds = (System.nanoTime() - startNs) / 1e9;
            chassis.stepUntil("the rest of the stream", () -> reader.bytes() == writer.position());
            KernelChassis.servedBy(host).socket().close();
            host.forget();
            chassis.stepUntil("the end of the stream", () -> !reading.isAlive());
            reader.require(writer.position());
            return new HandoffFigures.InTheMiddle(
                    moves,
                    refusals,
                    reader.bytes() * Byte.SIZE / seconds / 1e6,
                    silences.sent(),
                    times.untilLive(),
                    times.mostBlobBytes());
        }
    }

    private void stream(final StreamWriter writer, final KernelBlade host, final long durationNs)
            throws IOException {
        final TcpSocket socket = KernelChassis.servedBy(host).socket();
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < durationNs) {
            writer.write(socket);
            chassis.step();
        }
    }

    @Override
    public void close() throws IOException {
        chassis.close();
        arena.close();
    }
}
