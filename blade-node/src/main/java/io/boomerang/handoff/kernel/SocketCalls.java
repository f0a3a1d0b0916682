package io.boomerang.handoff.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetSocketAddress;

/// The socket calls of the C library. One thread at a time: arguments and `errno` lie in memory of
/// the instance. A call that a signal interrupted is made again.
@SuppressWarnings("restricted") // the arguments are those of the kernel's own headers
final class SocketCalls {
    /// More than any struct that goes through here: TCP_INFO has 248 bytes in Linux 6.18.
    static final int SCRATCH_BYTES = 512;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final ValueLayout.OfInt ERRNO = JAVA_INT;
    private static final int POLL_EVENTS = 4;
    private static final int POLL_ENTRY_LENGTH = 8;
    private static final int LONGEST_REASON = 256;

    private static final MethodHandle SOCKET =
            call("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = call("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT =
            call("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = call("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle ACCEPT =
            call("accept4", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle GET_OPTION =
            call("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SET_OPTION =
            call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LOCAL_NAME =
            call("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle PEER_NAME =
            call("getpeername", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle RECEIVE =
            call("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SEND =
            call("send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SEND_TO =
            call("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CONTROL =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("ioctl"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                    Linker.Option.firstVariadicArg(2),
                    Linker.Option.captureCallState("errno"));
    private static final MethodHandle POLL = call("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SHUTDOWN = call("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = call("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle REASON =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("strerror"),
                    FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private final MemorySegment errno;
    private final MemorySegment scratch;
    private final MemorySegment length;

    SocketCalls(final Arena arena) {
        errno = arena.allocate(Linker.Option.captureStateLayout());
        scratch = arena.allocate(SCRATCH_BYTES, Long.BYTES);
        length = arena.allocate(JAVA_INT);
    }

    private static MethodHandle call(
            final String name, final MemoryLayout result, final MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    /// A native call, as a value: handles throw what the compiler cannot know.
    private interface Call {
        long invoke() throws Throwable;
    }

    /// The result, or the negated errno.
    private long attempt(final Call call) {
        try {
            long result = call.invoke();
            while (result < 0 && errno.get(ERRNO, 0) == SocketConstants.EINTR) {
                result = call.invoke();
            }
            return result < 0 ? -errno.get(ERRNO, 0) : result;
        } catch (final RuntimeException | Error e) {
            throw e;
        } catch (final Throwable e) {
            throw new IllegalStateException("the C library cannot be called", e);
        }
    }

    private int require(final long result, final String call) throws KernelException {
        if (result < 0) {
            throw new KernelException(call, (int) -result, reasonOf((int) -result));
        }
        return (int) result;
    }

    private String reasonOf(final int error) {
        try {
            final MemorySegment text = (MemorySegment) REASON.invokeExact(error);
            return text.reinterpret(LONGEST_REASON).getString(0);
        } catch (final RuntimeException | Error e) {
            throw e;
        } catch (final Throwable e) {
            throw new IllegalStateException("strerror cannot be called", e);
        }
    }

    /// Close-on-exec and never blocking.
    int socket(final int family, final int type, final int protocol) throws KernelException {
        final int flags = type | SocketConstants.SOCK_NONBLOCK | SocketConstants.SOCK_CLOEXEC;
        return require(
                attempt(() -> (int) SOCKET.invokeExact(errno, family, flags, protocol)), "socket");
    }

    void bind(final int descriptor, final InetSocketAddress address) throws KernelException {
        final int bytes = SocketAddresses.write(address, scratch);
        require(
                attempt(() -> (int) BIND.invokeExact(errno, descriptor, scratch, bytes)),
                "bind to " + address);
    }

    void connect(final int descriptor, final InetSocketAddress address) throws KernelException {
        final int bytes = SocketAddresses.write(address, scratch);
        require(
                attempt(() -> (int) CONNECT.invokeExact(errno, descriptor, scratch, bytes)),
                "connect to " + address);
    }

    void listen(final int descriptor, final int backlog) throws KernelException {
        require(attempt(() -> (int) LISTEN.invokeExact(errno, descriptor, backlog)), "listen");
    }

    /// The accepted connection, or -1 if there is none.
    int accept(final int descriptor) throws KernelException {
        final int flags = SocketConstants.SOCK_NONBLOCK | SocketConstants.SOCK_CLOEXEC;
        final long result =
                attempt(() ->
                        (int)
                                ACCEPT.invokeExact(
                                        errno,
                                        descriptor,
                                        MemorySegment.NULL,
                                        MemorySegment.NULL,
                                        flags));
        return result == -SocketConstants.EAGAIN ? -1 : require(result, "accept");
    }

    InetSocketAddress localName(final int descriptor) throws KernelException {
        return name(LOCAL_NAME, descriptor, "getsockname");
    }

    InetSocketAddress peerName(final int descriptor) throws KernelException {
        return name(PEER_NAME, descriptor, "getpeername");
    }

    private InetSocketAddress name(final MethodHandle call, final int descriptor, final String what)
            throws KernelException {
        length.set(JAVA_INT, 0, SCRATCH_BYTES);
        require(attempt(() -> (int) call.invokeExact(errno, descriptor, scratch, length)), what);
        return SocketAddresses.read(scratch);
    }

    /// Reads an option of any length; answers the length, or the negated errno.
    int tryOption(final int descriptor, final int level, final int option, final int bytes) {
        length.set(JAVA_INT, 0, bytes);
        final long result =
                attempt(() ->
                        (int)
                                GET_OPTION.invokeExact(
                                        errno, descriptor, level, option, scratch, length));
        return result < 0 ? (int) result : length.get(JAVA_INT, 0);
    }

    /// Reads an option into {@link #scratch} and answers its length.
    int option(final int descriptor, final int level, final int option, final int bytes)
            throws KernelException {
        return require(
                tryOption(descriptor, level, option, bytes), "getsockopt " + level + "/" + option);
    }

    int intOption(final int descriptor, final int level, final int option) throws KernelException {
        option(descriptor, level, option, Integer.BYTES);
        return scratch.get(JAVA_INT, 0);
    }

    /// Sets an option to the first `bytes` of {@link #scratch}; answers 0, or the negated errno.
    int trySetOption(final int descriptor, final int level, final int option, final int bytes) {
        return (int)
                attempt(() ->
                        (int)
                                SET_OPTION.invokeExact(
                                        errno, descriptor, level, option, scratch, bytes));
    }

    void setOption(final int descriptor, final int level, final int option, final int bytes)
            throws KernelException {
        require(
                trySetOption(descriptor, level, option, bytes),
                "setsockopt " + level + "/" + option);
    }

    void setIntOption(final int descriptor, final int level, final int option, final int value)
            throws KernelException {
        scratch.set(JAVA_INT, 0, value);
        setOption(descriptor, level, option, Integer.BYTES);
    }

    /// Where options come and go.
    MemorySegment scratch() {
        return scratch;
    }

    /// A number of bytes that the kernel tells by `ioctl`.
    int queueLength(final int descriptor, final int request) throws KernelException {
        require(
                attempt(() -> (int) CONTROL.invokeExact(errno, descriptor, (long) request, length)),
                "ioctl " + Integer.toHexString(request));
        return length.get(JAVA_INT, 0);
    }

    /// The number of bytes, 0 at the end of the stream, or the negated errno. The memory is native.
    long receive(
            final int descriptor, final MemorySegment memory, final long bytes, final int flags) {
        return attempt(() -> (long) RECEIVE.invokeExact(errno, descriptor, memory, bytes, flags));
    }

    /// The number of bytes, or the negated errno. The memory is native.
    long send(final int descriptor, final MemorySegment memory, final long bytes) {
        return attempt(() ->
                (long)
                        SEND.invokeExact(
                                errno, descriptor, memory, bytes, SocketConstants.MSG_NOSIGNAL));
    }

    void sendTo(final int descriptor, final MemorySegment packet, final InetSocketAddress address)
            throws KernelException {
        final int bytes = SocketAddresses.write(address, scratch);
        require(
                attempt(() ->
                        (long)
                                SEND_TO.invokeExact(
                                        errno,
                                        descriptor,
                                        packet,
                                        packet.byteSize(),
                                        0,
                                        scratch,
                                        bytes)),
                "send a packet to " + address);
    }

    /// Waits for an event; answers whether it has come.
    boolean poll(final int descriptor, final int events, final int timeoutMs)
            throws KernelException {
        scratch.set(JAVA_INT, 0, descriptor);
        scratch.set(JAVA_INT, POLL_EVENTS, 0);
        scratch.set(JAVA_SHORT, POLL_EVENTS, (short) events);
        assert scratch.byteSize() >= POLL_ENTRY_LENGTH;
        return require(attempt(() -> (int) POLL.invokeExact(errno, scratch, 1L, timeoutMs)), "poll")
                > 0;
    }

    void shutdownOutput(final int descriptor) throws KernelException {
        require(
                attempt(() ->
                        (int) SHUTDOWN.invokeExact(errno, descriptor, SocketConstants.SHUT_WR)),
                "shutdown");
    }

    /// A descriptor is gone after this, whatever the kernel says.
    void close(final int descriptor) {
        attempt(() -> (int) CLOSE.invokeExact(errno, descriptor));
    }

    KernelException failure(final String call, final long negatedErrno) {
        return new KernelException(call, (int) -negatedErrno, reasonOf((int) -negatedErrno));
    }
}
