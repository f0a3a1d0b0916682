package io.boomerang.port;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.boomerang.linux.Errno;

import java.lang.foreign.MemorySegment;

/// The frames of one AF_XDP socket on their way: whose each frame's place is.
///
/// The first places are for frames to be received: with the kernel in the fill ring, then in the
/// receive ring, then held by the owner of the port until it is back for more. The others are for
/// frames to be sent: free, then in the send ring, then in the completion ring.
final class XdpQueue {
    private static final int MSG_DONTWAIT = 0x40;

    private final XdpSocket socket;
    private final MemorySegment frames;
    private final long placeMask;
    private final long[] held;
    private final long[] free;
    private int heldCount;
    private int freeCount;
    private long received;
    private long queued;

    /// No place was free and flushing freed none: the next {@link #flush} may.
    private boolean isStuck;

    XdpQueue(final XdpSocket socket, final int frameBytes, final PortOptions options) {
        this.socket = socket;
        frames = socket.frames();
        placeMask = -(long) frameBytes;
        held = new long[options.receiveFrames()];
        free = new long[options.transmitFrames()];
        for (int place = 0; place < held.length; place++) {
            socket.toFill().produce((long) place * frameBytes);
        }
        socket.toFill().publishProduced();
        for (int place = 0; place < free.length; place++) {
            free[freeCount++] = (long) (held.length + place) * frameBytes;
        }
    }

    /// Lets the kernel have the places of the frames that were handed out.
    void giveBack() {
        if (heldCount == 0) {
            return;
        }
        final XdpRing toFill = socket.toFill();
        while (heldCount > 0) {
            // There are as many entries in the ring as places, so there is room.
            toFill.produce(held[--heldCount] & placeMask);
        }
        toFill.publishProduced();
        if (toFill.needsWakeup()) {
            socket.calls().receive(socket.descriptor(), MemorySegment.NULL, 0, MSG_DONTWAIT);
        }
    }

    /// Adds frames that have arrived to the burst.
    void receive(final FrameBurst burst) {
        final XdpRing ring = socket.received();
        int count = ring.available();
        if (count == 0) {
            return;
        }
        for (; count > 0 && !burst.isFull(); count--) {
            final long address = ring.address();
            burst.add(frames, address, ring.length());
            held[heldCount++] = address;
            received++;
            ring.advance();
        }
        ring.publishConsumed();
    }

    /// Copies a frame into a free place and queues it; false when there is none, even after a
    /// flush.
    boolean offer(final MemorySegment frame, final long offset, final int length) {
        if (freeCount == 0 && !hasFreed()) {
            return false;
        }
        final long place = free[--freeCount];
        MemorySegment.copy(frame, JAVA_BYTE, offset, frames, JAVA_BYTE, place, length);
        socket.toSend().produce(place, length);
        queued++;
        return true;
    }

    private boolean hasFreed() {
        complete();
        if (freeCount == 0 && !isStuck) {
            flush();
            isStuck = freeCount == 0;
        }
        return freeCount > 0;
    }

    /// Has the kernel send what is queued. What it does not take stays for the next time.
    void flush() {
        isStuck = false;
        final XdpRing ring = socket.toSend();
        int left = ring.outstanding();
        if (left == 0) {
            return;
        }
        ring.publishProduced();
        while (left > 0 && ring.needsWakeup()) {
            final long result =
                    socket.calls().send(socket.descriptor(), MemorySegment.NULL, 0, MSG_DONTWAIT);
            final int before = left;
            left = ring.outstanding();
            if (result != -Errno.EAGAIN || left == before) {
                break;
            }
        }
        complete();
    }

    /// Takes back the places of frames that were sent.
    private void complete() {
        final XdpRing ring = socket.completed();
        final int count = ring.available();
        for (int i = 0; i < count; i++) {
            free[freeCount++] = ring.address();
            ring.advance();
        }
        if (count > 0) {
            ring.publishConsumed();
        }
    }

    long received() {
        return received;
    }

    long sent() {
        return queued - socket.toSend().outstanding();
    }

    XdpSocket socket() {
        return socket;
    }
}
