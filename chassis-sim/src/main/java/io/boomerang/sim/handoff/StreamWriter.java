package io.boomerang.sim.handoff;

import io.boomerang.handoff.kernel.TcpSocket;
import io.boomerang.linux.SystemCallException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Writes a stream whose every byte tells its place, to whatever socket it is given.
final class StreamWriter {
    /// A prime number: no power of two is a multiple of it.
    static final int PERIOD = 251;

    private static final int PIECE = 1 << 16;

    private final MemorySegment pattern;
    private long position;

    StreamWriter(final Arena arena) {
        pattern = arena.allocate(PIECE + PERIOD);
        for (long i = 0; i < pattern.byteSize(); i++) {
            pattern.set(ValueLayout.JAVA_BYTE, i, (byte) (i % PERIOD));
        }
    }

    /// Writes what there is room for, a bounded amount of it.
    void write(final TcpSocket socket) throws SystemCallException {
        position += socket.write(pattern.asSlice(position % PERIOD, PIECE));
    }

    /// Bytes that were taken.
    long position() {
        return position;
    }
}
