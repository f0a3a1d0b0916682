package io.boomerang.handoff.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCallException;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// What `struct tcp_info` (linux/tcp.h) says of a connection at one moment.
record TcpInfo(
        int state,
        boolean timestamps,
        boolean sack,
        boolean ecn,
        int sendScale,
        int receiveScale,
        int outOfOrderPackets) {
    static final int ESTABLISHED = 1;
    static final int CLOSE_WAIT = 8;

    /// net/tcp_states.h, from 1 on.
    private static final List<String> STATES =
            List.of(
                    "ESTABLISHED",
                    "SYN-SENT",
                    "SYN-RECEIVED",
                    "FIN-WAIT-1",
                    "FIN-WAIT-2",
                    "TIME-WAIT",
                    "CLOSED",
                    "CLOSE-WAIT",
                    "LAST-ACK",
                    "LISTEN",
                    "CLOSING");

    private static final int OPTIONS = 5;
    private static final int SCALES = 6;
    private static final int OUT_OF_ORDER_PACKETS = 224;
    private static final int LENGTH = OUT_OF_ORDER_PACKETS + Integer.BYTES;

    private static final int TIMESTAMPS = 1;
    private static final int SACK = 2;
    private static final int WINDOW_SCALE = 4;
    private static final int ECN = 8;

    /// Reads it from the kernel.
    static TcpInfo of(final SocketCalls calls, final int descriptor) throws SystemCallException {
        final int length =
                calls.option(
                        descriptor,
                        SocketConstants.IPPROTO_TCP,
                        SocketConstants.TCP_INFO,
                        SocketCalls.SCRATCH_BYTES);
        if (length < LENGTH) {
            throw SystemCallException.of("a kernel older than Linux 5.4", Errno.EINVAL);
        }
        return read(calls.scratch());
    }

    private static TcpInfo read(final MemorySegment info) {
        final int options = info.get(JAVA_BYTE, OPTIONS);
        final boolean scaled = (options & WINDOW_SCALE) != 0;
        final int scales = Byte.toUnsignedInt(info.get(JAVA_BYTE, SCALES));
        return new TcpInfo(
                info.get(JAVA_BYTE, 0),
                (options & TIMESTAMPS) != 0,
                (options & SACK) != 0,
                (options & ECN) != 0,
                scaled ? scales & 0xF : 0,
                scaled ? scales >>> 4 : 0,
                info.get(JAVA_INT, OUT_OF_ORDER_PACKETS));
    }

    boolean isMovable() {
        return state == ESTABLISHED || state == CLOSE_WAIT;
    }

    String stateName() {
        return state >= 1 && state <= STATES.size() ? STATES.get(state - 1) : "state " + state;
    }
}
