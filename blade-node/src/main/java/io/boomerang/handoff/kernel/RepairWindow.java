package io.boomerang.handoff.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.boomerang.handoff.Windows;
import io.boomerang.linux.SystemCallException;

import java.lang.foreign.MemorySegment;

/// `struct tcp_repair_window` (linux/tcp.h) of a connection in repair.
final class RepairWindow {
    private static final int LAST_UPDATE = 0;
    private static final int SEND = 4;
    private static final int LARGEST_SEND = 8;
    private static final int RECEIVE = 12;
    private static final int OFFERED_AT = 16;
    private static final int LENGTH = 20;

    private RepairWindow() {}

    static Windows read(final SocketCalls calls, final int descriptor) throws SystemCallException {
        calls.option(
                descriptor, SocketConstants.IPPROTO_TCP, SocketConstants.TCP_REPAIR_WINDOW, LENGTH);
        final MemorySegment window = calls.scratch();
        return new Windows(
                window.get(JAVA_INT, LAST_UPDATE),
                window.get(JAVA_INT, SEND),
                window.get(JAVA_INT, LARGEST_SEND),
                window.get(JAVA_INT, RECEIVE),
                window.get(JAVA_INT, OFFERED_AT));
    }

    static void write(final SocketCalls calls, final int descriptor, final Windows windows)
            throws SystemCallException {
        write(calls, descriptor, windows, windows.send());
    }

    /// Timers of a socket in repair go on sending what the window lets them: past what was read.
    static void writeShut(final SocketCalls calls, final int descriptor, final Windows windows)
            throws SystemCallException {
        write(calls, descriptor, windows, 0);
    }

    private static void write(
            final SocketCalls calls, final int descriptor, final Windows windows, final int send)
            throws SystemCallException {
        final MemorySegment window = calls.scratch();
        window.set(JAVA_INT, LAST_UPDATE, windows.lastUpdate());
        window.set(JAVA_INT, SEND, send);
        window.set(JAVA_INT, LARGEST_SEND, windows.largestSend());
        window.set(JAVA_INT, RECEIVE, windows.receive());
        window.set(JAVA_INT, OFFERED_AT, windows.offeredAt());
        calls.setOption(
                descriptor, SocketConstants.IPPROTO_TCP, SocketConstants.TCP_REPAIR_WINDOW, LENGTH);
    }
}
