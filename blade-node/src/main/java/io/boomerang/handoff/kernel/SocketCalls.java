package io.boomerang.handoff.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.boomerang.linux.Errno;
import io.boomerang.linux.StreamCalls;
import io.boomerang.linux.SystemCallException;
import io.boomerang.linux.SystemCalls;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/// What this package asks the kernel, in its own words: addresses as Java has them, options that
/// come and go in {@link #scratch}. One thread at a time.
final class SocketCalls {
    /// More than any struct that goes through here: TCP_INFO has 248 bytes in Linux 6.18.
    static final int SCRATCH_BYTES = 512;

    private final SystemCalls calls;
    private final StreamCalls streams;
    private final MemorySegment scratch;
    private final MemorySegment length;
    private final MemorySegment pollSet;

    SocketCalls(final Arena arena) {
        calls = new SystemCalls(arena);
        streams = new StreamCalls(arena);
        scratch = arena.allocate(SCRATCH_BYTES, Long.BYTES);
        length = arena.allocate(JAVA_INT);
        pollSet = SystemCalls.pollSet(arena, -1);
    }

    private static int require(final int result, final String call) throws SystemCallException {
        if (result < 0) {
            throw SystemCallException.of(call, -result);
        }
        return result;
    }

    /// Close-on-exec and never blocking.
    int socket(final int family, final int type, final int protocol) throws SystemCallException {
        return calls.socket(
                family,
                type | SocketConstants.SOCK_NONBLOCK | SocketConstants.SOCK_CLOEXEC,
                protocol);
    }

    void bind(final int descriptor, final InetSocketAddress address) throws SystemCallException {
        final int bytes = SocketAddresses.write(address, scratch);
        bind(descriptor, scratch.asSlice(0, bytes), address.toString());
    }

    /// An address in the kernel's form; its name is for the message.
    void bind(final int descriptor, final MemorySegment address, final String name)
            throws SystemCallException {
        try {
            calls.bind(descriptor, address);
        } catch (final SystemCallException e) {
            throw SystemCallException.of("bind to " + name, e.errno());
        }
    }

    void connect(final int descriptor, final InetSocketAddress address) throws SystemCallException {
        final int bytes = SocketAddresses.write(address, scratch);
        final int result = streams.connect(descriptor, scratch, bytes);
        if (result < 0) {
            throw SystemCallException.of("connect to " + address, -result);
        }
    }

    /// 0 when somebody listens at the address, of whatever family; else the negative errno.
    int tryConnect(final int descriptor, final MemorySegment address) {
        return streams.connect(descriptor, address, (int) address.byteSize());
    }

    void listen(final int descriptor, final int backlog) throws SystemCallException {
        require(streams.listen(descriptor, backlog), "listen");
    }

    /// The accepted connection, or -1 if there is none.
    int accept(final int descriptor) throws SystemCallException {
        final int result =
                streams.accept(
                        descriptor, SocketConstants.SOCK_NONBLOCK | SocketConstants.SOCK_CLOEXEC);
        return result == -Errno.EAGAIN ? -1 : require(result, "accept");
    }

    InetSocketAddress localName(final int descriptor) throws SystemCallException {
        require(streams.localName(descriptor, scratch), "getsockname");
        return SocketAddresses.read(scratch);
    }

    InetSocketAddress peerName(final int descriptor) throws SystemCallException {
        require(streams.peerName(descriptor, scratch), "getpeername");
        return SocketAddresses.read(scratch);
    }

    /// Reads an option of any length; answers the length, or a negative {@link Errno}.
    int tryOption(final int descriptor, final int level, final int option, final int bytes) {
        return calls.tryGetOption(descriptor, level, option, scratch.asSlice(0, bytes));
    }

    /// Reads an option into {@link #scratch} and answers its length.
    int option(final int descriptor, final int level, final int option, final int bytes)
            throws SystemCallException {
        final int result = tryOption(descriptor, level, option, bytes);
        if (result < 0) {
            throw SystemCallException.of("getsockopt " + level + "/" + option, -result);
        }
        return result;
    }

    int intOption(final int descriptor, final int level, final int option)
            throws SystemCallException {
        option(descriptor, level, option, Integer.BYTES);
        return scratch.get(JAVA_INT, 0);
    }

    /// Sets an option to the first `bytes` of {@link #scratch}; answers 0, or a negative {@link
    /// Errno}.
    int trySetOption(final int descriptor, final int level, final int option, final int bytes) {
        return calls.trySetOption(descriptor, level, option, scratch.asSlice(0, bytes));
    }

    void setOption(final int descriptor, final int level, final int option, final int bytes)
            throws SystemCallException {
        final int result = trySetOption(descriptor, level, option, bytes);
        if (result < 0) {
            throw SystemCallException.of("setsockopt " + level + "/" + option, -result);
        }
    }

    void setIntOption(final int descriptor, final int level, final int option, final int value)
            throws SystemCallException {
        scratch.set(JAVA_INT, 0, value);
        setOption(descriptor, level, option, Integer.BYTES);
    }

    /// Like {@link #setIntOption}; answers 0, or a negative {@link Errno}.
    int trySetIntOption(final int descriptor, final int level, final int option, final int value) {
        scratch.set(JAVA_INT, 0, value);
        return trySetOption(descriptor, level, option, Integer.BYTES);
    }

    /// Where options come and go.
    MemorySegment scratch() {
        return scratch;
    }

    /// A number of bytes that the kernel tells by `ioctl`.
    int queueLength(final int descriptor, final int request) throws SystemCallException {
        calls.ioctl(descriptor, request, "of a queue's length", length);
        return length.get(JAVA_INT, 0);
    }

    /// The number of bytes, 0 at the end of the stream, or a negative {@link Errno}. The memory is
    /// native.
    long receive(
            final int descriptor, final MemorySegment memory, final long bytes, final int flags) {
        return calls.receive(descriptor, memory, bytes, flags);
    }

    /// The number of bytes, or a negative {@link Errno}. The memory is native.
    long send(final int descriptor, final MemorySegment memory, final long bytes) {
        return calls.send(descriptor, memory, bytes, SocketConstants.MSG_NOSIGNAL);
    }

    void sendTo(final int descriptor, final MemorySegment packet, final InetSocketAddress address)
            throws SystemCallException {
        final int bytes = SocketAddresses.write(address, scratch);
        final long result = calls.sendTo(descriptor, packet, packet.byteSize(), 0, scratch, bytes);
        if (result < 0) {
            throw SystemCallException.of("send a packet to " + address, (int) -result);
        }
    }

    /// Waits for an event; answers whether it has come. A signal does not end the wait.
    boolean poll(final int descriptor, final int events, final int timeoutMs)
            throws SystemCallException {
        SystemCalls.pollFor(pollSet, 0, descriptor, events);
        int result = calls.poll(pollSet, timeoutMs);
        while (result == -Errno.EINTR) {
            result = calls.poll(pollSet, timeoutMs);
        }
        return require(result, "poll") > 0;
    }

    void shutdownOutput(final int descriptor) throws SystemCallException {
        require(streams.shutdown(descriptor, SocketConstants.SHUT_WR), "shutdown");
    }

    /// Ends both directions, which wakes those who wait for the connection on other threads.
    static void wakeAndEnd(final int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            new StreamCalls(arena).shutdown(descriptor, SocketConstants.SHUT_RDWR);
        }
    }

    /// Closes a connection with a reset instead of a FIN: `struct linger`, on and 0 seconds.
    void closeWithReset(final int descriptor) {
        scratch.set(JAVA_INT, 0, 1);
        scratch.set(JAVA_INT, Integer.BYTES, 0);
        trySetOption(
                descriptor,
                SocketConstants.SOL_SOCKET,
                SocketConstants.SO_LINGER,
                2 * Integer.BYTES);
        close(descriptor);
    }

    /// A descriptor is gone after this, whatever the kernel says.
    void close(final int descriptor) {
        calls.close(descriptor);
    }
}
