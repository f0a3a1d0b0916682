package io.boomerang.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Messages of UNIX sockets that carry a descriptor (unix(7), SCM_RIGHTS). The receiving process
/// gets a descriptor of its own for the same open file. Used by one thread at a time.
public final class DescriptorMessages {
    // linux/socket.h, asm-generic/socket.h
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CLOSE_ON_EXEC = 0x4000_0000;
    private static final int MSG_CUT = 0x8 | 0x20;

    /// `struct msghdr`: name, its length, vector, its length, control, its length, flags.
    private static final int VECTOR = 16;

    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int HEADER_BYTES = 56;

    /// `struct cmsghdr`: length, level, type; then the descriptor, and padding.
    private static final int LEVEL = 8;

    private static final int TYPE = 12;
    private static final int DESCRIPTOR = 16;
    private static final int CONTROL_CONTENT = DESCRIPTOR + Integer.BYTES;
    private static final int CONTROL_BYTES = 24;

    private static final MethodHandle SEND =
            NativeFunction.of("sendmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RECEIVE =
            NativeFunction.of("recvmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);

    private final MemorySegment errno;
    private final MemorySegment header;
    private final MemorySegment vector;
    private final MemorySegment control;
    private int received = -1;

    public DescriptorMessages(final Arena arena) {
        errno = arena.allocate(NativeFunction.ERRNO_BYTES, Long.BYTES);
        header = arena.allocate(HEADER_BYTES, Long.BYTES);
        vector = arena.allocate(2L * Long.BYTES, Long.BYTES);
        control = arena.allocate(CONTROL_BYTES, Long.BYTES);
    }

    /// Sends bytes and a descriptor, which stays open here. The number of bytes, or a negative
    /// {@link Errno}; never waits.
    ///
    /// @param bytes native memory, not empty
    public long send(final int socket, final MemorySegment bytes, final int descriptor) {
        prepare(bytes);
        control.set(JAVA_LONG, 0, CONTROL_CONTENT);
        control.set(JAVA_INT, LEVEL, SOL_SOCKET);
        control.set(JAVA_INT, TYPE, SCM_RIGHTS);
        control.set(JAVA_INT, DESCRIPTOR, descriptor);
        try {
            return answer(
                    (long) SEND.invokeExact(errno, socket, header, MSG_DONTWAIT | MSG_NOSIGNAL));
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
    }

    /// Receives bytes, and with them perhaps a {@link #descriptor}. The number of bytes, 0 when the
    /// sender is gone, or a negative {@link Errno}, also for what did not fit; never waits.
    ///
    /// @param into native memory
    public long receive(final int socket, final MemorySegment into) {
        prepare(into);
        received = -1;
        final long result;
        try {
            result =
                    answer(
                            (long)
                                    RECEIVE.invokeExact(
                                            errno,
                                            socket,
                                            header,
                                            MSG_DONTWAIT | MSG_CLOSE_ON_EXEC));
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        if (result >= 0
                && header.get(JAVA_LONG, CONTROL_LENGTH) >= CONTROL_CONTENT
                && control.get(JAVA_INT, LEVEL) == SOL_SOCKET
                && control.get(JAVA_INT, TYPE) == SCM_RIGHTS) {
            received = control.get(JAVA_INT, DESCRIPTOR);
        }
        return result >= 0 && (header.get(JAVA_INT, FLAGS) & MSG_CUT) != 0 ? -Errno.ERANGE : result;
    }

    /// What came with the last message, the caller's to close; -1 if nothing did.
    public int descriptor() {
        return received;
    }

    private void prepare(final MemorySegment bytes) {
        vector.set(ADDRESS, 0, bytes);
        vector.set(JAVA_LONG, Long.BYTES, bytes.byteSize());
        header.fill((byte) 0);
        header.set(ADDRESS, VECTOR, vector);
        header.set(JAVA_LONG, VECTOR_COUNT, 1);
        header.set(ADDRESS, CONTROL, control);
        header.set(JAVA_LONG, CONTROL_LENGTH, CONTROL_BYTES);
        control.fill((byte) 0);
    }

    private long answer(final long result) {
        return result < 0 ? -NativeFunction.errno(errno) : result;
    }
}
