package io.boomerang.sim.handoff;

import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.endpoint.TcpEndpoint;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// The client first says how much it wants and how much it will send, in bytes of a {@link
/// Pattern}. How far both have come travels with the connection.
final class PatternConnection extends ServedConnection {
    /// Seed, bytes down, bytes up.
    static final int REQUEST_BYTES = 24;

    private static final int STATE_BYTES = 40;
    private static final int PIECE = 4_096;

    private final byte[] piece = new byte[PIECE];
    private final MemorySegment segment = MemorySegment.ofArray(piece);
    private final ByteBuffer request = ByteBuffer.allocate(REQUEST_BYTES);
    private long seed;
    private long down;
    private long up;
    private long written;
    private long read;
    private boolean closed;
    private String fault = "";

    PatternConnection(final FlowKey key, final TcpEndpoint endpoint) {
        super(key, endpoint);
    }

    /// One that another application has served so far.
    static PatternConnection arrived(
            final FlowKey key, final TcpEndpoint endpoint, final ConnectionState state) {
        final PatternConnection connection = new PatternConnection(key, endpoint);
        connection.isDecided = true;
        if (state.applicationState().length() == STATE_BYTES) {
            final ByteBuffer known = ByteBuffer.wrap(state.applicationState().toArray());
            connection.request.position(REQUEST_BYTES);
            connection.seed = known.getLong();
            connection.down = known.getLong();
            connection.up = known.getLong();
            connection.written = known.getLong();
            connection.read = known.getLong();
        } else {
            connection.request.put(state.alreadyRead().toArray());
            connection.readRequest();
        }
        return connection;
    }

    @Override
    ConnectionState freeze(final long nowNs) {
        final ConnectionState state = endpoint.freeze(nowNs);
        if (!isDecided) {
            return state.with(Octets.of(request.array()), Octets.NONE);
        }
        final ByteBuffer known =
                ByteBuffer.allocate(STATE_BYTES)
                        .putLong(seed)
                        .putLong(down)
                        .putLong(up)
                        .putLong(written)
                        .putLong(read);
        return state.with(Octets.NONE, Octets.of(known.array()));
    }

    @Override
    boolean isAsked() {
        return !request.hasRemaining();
    }

    @Override
    void serve(final long nowNs) {
        if (leaving != null) {
            return;
        }
        if (request.hasRemaining()) {
            final int count = endpoint.read(segment, 0, request.remaining());
            if (count > 0) {
                request.put(piece, 0, count);
                readRequest();
            }
        }
        if (!request.hasRemaining() && isDecided) {
            readAll();
            writeAll();
        }
        endpoint.poll(nowNs);
    }

    private void readRequest() {
        if (!request.hasRemaining()) {
            request.flip();
            seed = request.getLong();
            down = request.getLong();
            up = request.getLong();
        }
    }

    private void readAll() {
        final Pattern upward = SimClient.upward(seed);
        for (int count = endpoint.read(segment, 0, PIECE);
                count > 0;
                count = endpoint.read(segment, 0, PIECE)) {
            if (upward.matching(piece, 0, read, count) < count) {
                fault = "a wrong byte after " + read + " of " + up + " bytes up";
            }
            read += count;
        }
    }

    private void writeAll() {
        final Pattern downward = SimClient.downward(seed);
        while (written < down) {
            final int count = (int) Math.min(PIECE, down - written);
            downward.fill(piece, written, count);
            final int taken = endpoint.write(segment, 0, count);
            written += taken;
            if (taken < count) {
                return;
            }
        }
        if (read >= up && !closed) {
            closed = true;
            endpoint.close();
        }
    }

    /// What was wrong with what came; empty if nothing.
    String fault() {
        return fault;
    }
}
