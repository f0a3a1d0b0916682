package io.boomerang.sim.handoff;

import io.boomerang.handoff.endpoint.AddressPair;
import io.boomerang.handoff.endpoint.EndpointConfig;
import io.boomerang.handoff.endpoint.PacketSink;
import io.boomerang.handoff.endpoint.TcpEndpoint;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// An unsuspecting client: opens a connection, says what it wants, sends and reads until all has
/// come, and looks at every byte.
final class SimClient {
    private static final int PIECE = 4_096;

    private final TcpEndpoint endpoint;
    private final byte[] piece = new byte[PIECE];
    private final MemorySegment segment = MemorySegment.ofArray(piece);
    private final ByteBuffer request = ByteBuffer.allocate(PatternConnection.REQUEST_BYTES);
    private final Pattern upward;
    private final Pattern downward;
    private final long down;
    private final long up;
    private long written;
    private long read;
    private boolean ended;
    private String fault = "";

    SimClient(
            final EndpointConfig config,
            final AddressPair addresses,
            final PacketSink sink,
            final int initialSequence,
            final long seed,
            final long down,
            final long up,
            final long nowNs) {
        endpoint = TcpEndpoint.connect(config, addresses, sink, initialSequence, nowNs);
        this.down = down;
        this.up = up;
        upward = upward(seed);
        downward = downward(seed);
        request.putLong(seed).putLong(down).putLong(up).flip();
    }

    static Pattern upward(final long seed) {
        return new Pattern(seed);
    }

    static Pattern downward(final long seed) {
        return new Pattern(~seed);
    }

    void receive(final MemorySegment ip, final long offset, final long limit, final long nowNs) {
        endpoint.receive(ip, offset, limit, nowNs);
        run(nowNs);
    }

    /// Writes and reads what it can.
    void run(final long nowNs) {
        while (request.hasRemaining()) {
            final int taken =
                    endpoint.write(
                            MemorySegment.ofBuffer(request.duplicate()), 0, request.remaining());
            if (taken == 0) {
                break;
            }
            request.position(request.position() + taken);
        }
        if (!request.hasRemaining()) {
            write();
        }
        read();
        endpoint.poll(nowNs);
    }

    private void write() {
        while (written < up) {
            final int count = (int) Math.min(PIECE, up - written);
            upward.fill(piece, written, count);
            final int taken = endpoint.write(segment, 0, count);
            written += taken;
            if (taken < count) {
                return;
            }
        }
    }

    private void read() {
        int count = endpoint.read(segment, 0, PIECE);
        while (count > 0) {
            if (downward.matching(piece, 0, read, count) < count || read + count > down) {
                fault = "a wrong byte after " + read + " of " + down + " bytes down";
            }
            read += count;
            count = endpoint.read(segment, 0, PIECE);
        }
        if (count < 0 && !ended) {
            ended = true;
            if (!endpoint.isReset() && read < down) {
                fault = "the end after " + read + " of " + down + " bytes down";
            }
            endpoint.close();
        }
    }

    /// Whether everything has come and gone, and the end has come.
    boolean isDone() {
        return ended && read == down && written == up && endpoint.isSent();
    }

    boolean isReset() {
        return endpoint.isReset();
    }

    /// What was wrong with what came; empty if nothing.
    String fault() {
        return fault;
    }

    @Override
    public String toString() {
        return endpoint.state()
                + ", "
                + read
                + " of "
                + down
                + " down, "
                + written
                + " of "
                + up
                + " up";
    }
}
