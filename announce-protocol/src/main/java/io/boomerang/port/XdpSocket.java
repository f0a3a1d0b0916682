package io.boomerang.port;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.boomerang.linux.Errno;
import io.boomerang.linux.MemoryMap;
import io.boomerang.linux.SystemCallException;
import io.boomerang.linux.SystemCalls;
import io.boomerang.memory.AnonymousMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An AF_XDP socket for one queue of an interface, with its frame memory and its four rings.
final class XdpSocket {
    // sys/socket.h, linux/if_xdp.h.
    private static final int AF_XDP = 44;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int SOL_XDP = 283;
    private static final int XDP_MMAP_OFFSETS = 1;
    private static final int XDP_RX_RING = 2;
    private static final int XDP_TX_RING = 3;
    private static final int XDP_UMEM_REG = 4;
    private static final int XDP_UMEM_FILL_RING = 5;
    private static final int XDP_UMEM_COMPLETION_RING = 6;
    private static final int XDP_STATISTICS = 7;
    private static final int XDP_OPTIONS = 8;
    private static final int XDP_MAX_TX_SKB_BUDGET = 9;
    private static final long XDP_PGOFF_RX_RING = 0;
    private static final long XDP_PGOFF_TX_RING = 0x8000_0000L;
    private static final long XDP_UMEM_PGOFF_FILL_RING = 0x1_0000_0000L;
    private static final long XDP_UMEM_PGOFF_COMPLETION_RING = 0x1_8000_0000L;
    private static final short XDP_USE_NEED_WAKEUP = 1 << 3;
    private static final int XDP_OPTIONS_ZEROCOPY = 1;

    /// `struct xdp_ring_offset`, one for each ring in the order receive, send, fill, completion.
    private static final int OFFSETS_BYTES = 32;

    private static final int OFFSET_OF_ENTRIES = 2;
    private static final int UMEM_BYTES = 32;
    private static final int ADDRESS_BYTES = 16;
    private static final int BIND_ATTEMPTS = 50;
    private static final int BIND_PAUSE_MS = 10;
    private static final int STATISTICS_BYTES = 48;
    private static final int STATISTICS_RING_FULL = 3;

    private final SystemCalls calls;
    private final int descriptor;
    private final MemorySegment frames;
    private final XdpRing received;
    private final XdpRing toSend;
    private final XdpRing toFill;
    private final XdpRing completed;
    private final MemorySegment statistics;

    /// @param frameBytes of each frame's place, 2,048 or 4,096
    XdpSocket(
            final Arena arena,
            final int device,
            final int queue,
            final int frameBytes,
            final PortOptions options)
            throws SystemCallException {
        calls = new SystemCalls(arena);
        statistics = arena.allocate(STATISTICS_BYTES, Long.BYTES);
        final int receive = options.receiveFrames();
        final int transmit = options.transmitFrames();
        frames = AnonymousMemory.allocate(arena, (long) (receive + transmit) * frameBytes);
        descriptor = calls.socket(AF_XDP, SOCK_RAW_CLOEXEC, 0);
        try {
            registerFrames(arena, frameBytes);
            set(XDP_UMEM_FILL_RING, "XDP_UMEM_FILL_RING", receive);
            set(XDP_UMEM_COMPLETION_RING, "XDP_UMEM_COMPLETION_RING", transmit);
            set(XDP_RX_RING, "XDP_RX_RING", receive);
            set(XDP_TX_RING, "XDP_TX_RING", transmit);
            sendManyAtOnce(transmit);
            final MemorySegment offsets = arena.allocate(4L * OFFSETS_BYTES, Long.BYTES);
            calls.getOption(descriptor, SOL_XDP, XDP_MMAP_OFFSETS, "XDP_MMAP_OFFSETS", offsets);
            received =
                    ring(arena, offsets, 0, XDP_PGOFF_RX_RING, receive, XdpRing.DESCRIPTOR_BYTES);
            toSend = ring(arena, offsets, 1, XDP_PGOFF_TX_RING, transmit, XdpRing.DESCRIPTOR_BYTES);
            toFill =
                    ring(
                            arena,
                            offsets,
                            2,
                            XDP_UMEM_PGOFF_FILL_RING,
                            receive,
                            XdpRing.ADDRESS_BYTES);
            completed =
                    ring(
                            arena,
                            offsets,
                            3,
                            XDP_UMEM_PGOFF_COMPLETION_RING,
                            transmit,
                            XdpRing.ADDRESS_BYTES);
            bind(arena, device, queue);
        } catch (final SystemCallException e) {
            calls.close(descriptor);
            throw e;
        }
    }

    /// `struct xdp_umem_reg`: address, length, bytes of a frame's place, and zeros.
    private void registerFrames(final Arena arena, final int frameBytes)
            throws SystemCallException {
        final MemorySegment umem = arena.allocate(UMEM_BYTES, Long.BYTES);
        umem.set(ADDRESS, 0, frames);
        umem.setAtIndex(JAVA_LONG, 1, frames.byteSize());
        umem.setAtIndex(JAVA_INT, 4, frameBytes);
        calls.setOption(descriptor, SOL_XDP, XDP_UMEM_REG, "XDP_UMEM_REG", umem);
    }

    private void set(final int option, final String name, final int value)
            throws SystemCallException {
        calls.setOption(descriptor, SOL_XDP, option, name, value);
    }

    /// Kernels before 6.17 do not know the option and send 32 frames in a call.
    private void sendManyAtOnce(final int frameCount) {
        try {
            set(XDP_MAX_TX_SKB_BUDGET, "XDP_MAX_TX_SKB_BUDGET", frameCount);
        } catch (final SystemCallException _) {
            // More calls then.
        }
    }

    private XdpRing ring(
            final Arena arena,
            final MemorySegment offsets,
            final int index,
            final long place,
            final int size,
            final int entryBytes)
            throws SystemCallException {
        final MemorySegment own = offsets.asSlice((long) index * OFFSETS_BYTES, OFFSETS_BYTES);
        final long bytes = own.getAtIndex(JAVA_LONG, OFFSET_OF_ENTRIES) + (long) size * entryBytes;
        return new XdpRing(
                MemoryMap.shared(arena, descriptor, place, bytes), own, size, entryBytes);
    }

    /// `struct sockaddr_xdp`: family, flags, interface, queue, and a descriptor that is not used.
    ///
    /// The kernel frees the queue of a closed socket some milliseconds later: a process that starts
    /// again finds it busy at first.
    private void bind(final Arena arena, final int device, final int queue)
            throws SystemCallException {
        final MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
        address.setAtIndex(JAVA_SHORT, 0, (short) AF_XDP);
        address.setAtIndex(JAVA_SHORT, 1, XDP_USE_NEED_WAKEUP);
        address.setAtIndex(JAVA_INT, 1, device);
        address.setAtIndex(JAVA_INT, 2, queue);
        for (int attempt = 1; ; attempt++) {
            try {
                calls.bind(descriptor, address);
                return;
            } catch (final SystemCallException e) {
                if (e.errno() != Errno.EBUSY || attempt == BIND_ATTEMPTS) {
                    throw e;
                }
                calls.poll(SystemCalls.pollSet(arena), BIND_PAUSE_MS);
            }
        }
    }

    SystemCalls calls() {
        return calls;
    }

    int descriptor() {
        return descriptor;
    }

    MemorySegment frames() {
        return frames;
    }

    XdpRing received() {
        return received;
    }

    XdpRing toSend() {
        return toSend;
    }

    XdpRing toFill() {
        return toFill;
    }

    XdpRing completed() {
        return completed;
    }

    /// Whether the driver writes frames straight into this process's memory.
    boolean isZeroCopy() {
        try {
            calls.getOption(
                    descriptor, SOL_XDP, XDP_OPTIONS, "XDP_OPTIONS", statistics.asSlice(0, 4));
            return (statistics.get(JAVA_INT, 0) & XDP_OPTIONS_ZEROCOPY) != 0;
        } catch (final SystemCallException e) {
            throw new IllegalStateException("a bound socket has options", e);
        }
    }

    /// Frames that the kernel dropped so far.
    long drops() {
        try {
            calls.getOption(descriptor, SOL_XDP, XDP_STATISTICS, "XDP_STATISTICS", statistics);
            return statistics.getAtIndex(JAVA_LONG, 0)
                    + statistics.getAtIndex(JAVA_LONG, STATISTICS_RING_FULL);
        } catch (final SystemCallException e) {
            throw new IllegalStateException("an AF_XDP socket always has statistics", e);
        }
    }

    void close() {
        calls.close(descriptor);
    }
}
