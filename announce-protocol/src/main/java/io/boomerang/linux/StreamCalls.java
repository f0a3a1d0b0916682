package io.boomerang.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The system calls of sockets that have connections, beside {@link SystemCalls}. Used as those
/// are: by one thread at a time, as long as the arena lives. Every call answers with a negative
/// {@link Errno} when the kernel refuses.
public final class StreamCalls {
    private static final MethodHandle CONNECT =
            NativeFunction.of("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN =
            NativeFunction.of("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle ACCEPT =
            NativeFunction.of("accept4", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle LOCAL_NAME =
            NativeFunction.of("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle PEER_NAME =
            NativeFunction.of("getpeername", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SHUTDOWN =
            NativeFunction.of("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);

    private final MemorySegment errno;
    private final MemorySegment length;

    public StreamCalls(final Arena arena) {
        errno = arena.allocate(NativeFunction.ERRNO_BYTES, Long.BYTES);
        length = arena.allocate(JAVA_INT);
    }

    /// 0 when the connection is there.
    public int connect(final int socket, final MemorySegment address, final int addressLength) {
        try {
            return answer((int) CONNECT.invokeExact(errno, socket, address, addressLength));
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
    }

    /// 0 when connections come in.
    public int listen(final int socket, final int backlog) {
        try {
            return answer((int) LISTEN.invokeExact(errno, socket, backlog));
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
    }

    /// The next connection's descriptor.
    ///
    /// @param flags SOCK_NONBLOCK, SOCK_CLOEXEC (linux/net.h)
    public int accept(final int socket, final int flags) {
        try {
            return answer(
                    (int)
                            ACCEPT.invokeExact(
                                    errno, socket, MemorySegment.NULL, MemorySegment.NULL, flags));
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
    }

    /// How many bytes of the socket's own address there are; as many as fit are in `address`.
    public int localName(final int socket, final MemorySegment address) {
        return name(LOCAL_NAME, socket, address);
    }

    /// How many bytes of the peer's address there are; as many as fit are in `address`.
    public int peerName(final int socket, final MemorySegment address) {
        return name(PEER_NAME, socket, address);
    }

    private int name(final MethodHandle call, final int socket, final MemorySegment address) {
        length.set(JAVA_INT, 0, (int) address.byteSize());
        try {
            final int result = answer((int) call.invokeExact(errno, socket, address, length));
            return result < 0 ? result : length.get(JAVA_INT, 0);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
    }

    /// 0 when the direction is closed.
    ///
    /// @param how SHUT_RD, SHUT_WR or SHUT_RDWR (sys/socket.h): 0, 1, 2
    public int shutdown(final int socket, final int how) {
        try {
            return answer((int) SHUTDOWN.invokeExact(errno, socket, how));
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
    }

    private int answer(final int result) {
        return result < 0 ? -NativeFunction.errno(errno) : result;
    }
}
