package io.boomerang.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The system calls of sockets and of BPF. Each instance has memory of its own for `errno`, so each
/// is used by one thread at a time, and lives as long as its arena.
///
/// Calls that set something up throw a {@link SystemCallException}. Those of the packet path,
/// {@link #send}, {@link #receive} and {@link #poll}, and those that try, answer with a negative
/// {@link Errno} instead, as the kernel itself does, and allocate nothing.
public final class SystemCalls {
    private static final MethodHandle SOCKET =
            NativeFunction.of("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND =
            NativeFunction.of("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SET_OPTION =
            NativeFunction.of(
                    "setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GET_OPTION =
            NativeFunction.of(
                    "getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SEND_TO =
            NativeFunction.of(
                    "sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RECEIVE_FROM =
            NativeFunction.of(
                    "recvfrom",
                    JAVA_LONG,
                    JAVA_INT,
                    ADDRESS,
                    JAVA_LONG,
                    JAVA_INT,
                    ADDRESS,
                    ADDRESS);
    private static final MethodHandle RECEIVE =
            NativeFunction.of("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle POLL =
            NativeFunction.of("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle CLOSE = NativeFunction.of("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle OPEN =
            NativeFunction.variadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SET_NAMESPACE =
            NativeFunction.of("setns", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle INTERFACE_INDEX =
            NativeFunction.of("if_nametoindex", JAVA_INT, ADDRESS);
    private static final MethodHandle IOCTL =
            NativeFunction.variadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle SYSTEM_CALL =
            NativeFunction.variadic(
                    "syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG);

    /// `__NR_bpf`, for which the C library has no function (asm/unistd_64.h, asm-generic/unistd.h).
    private static final long NUMBER_OF_BPF =
            System.getProperty("os.arch").equals("aarch64") ? 280 : 321;

    /// poll.h's `struct pollfd`: descriptor, events asked for, events that came.
    private static final int POLL_EVENTS = 4;

    private static final int POLL_ENTRY_BYTES = 8;
    private static final int POLL_RESULTS = 6;
    private static final short POLLIN = 0x1;
    private static final short POLLERR = 0x8;

    /// asm-generic/fcntl.h: `O_RDONLY | O_CLOEXEC`, the same on x86-64 and AArch64.
    private static final int READ_ONLY = 0x80000;

    /// linux/sched.h.
    private static final int CLONE_NEWNET = 0x4000_0000;

    /// asm-generic/socket.h: reading it also clears it.
    private static final int SOL_SOCKET = 1;

    private static final int SO_ERROR = 4;

    private final MemorySegment errno;
    private final MemorySegment option;
    private final MemorySegment optionLength;

    public SystemCalls(final Arena arena) {
        errno = arena.allocate(NativeFunction.ERRNO_BYTES, Long.BYTES);
        option = arena.allocate(JAVA_INT);
        optionLength = arena.allocate(JAVA_INT);
    }

    /// Opens a socket, which {@link #close} ends.
    public int socket(final int family, final int type, final int protocol)
            throws SystemCallException {
        final int result;
        try {
            result = (int) SOCKET.invokeExact(errno, family, type, protocol);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        return check(result, "socket");
    }

    public void bind(final int socket, final MemorySegment address) throws SystemCallException {
        final int result;
        try {
            result = (int) BIND.invokeExact(errno, socket, address, (int) address.byteSize());
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        check(result, "bind");
    }

    /// Sets an option of a socket; its name is for the message of the exception.
    public void setOption(
            final int socket,
            final int level,
            final int number,
            final String name,
            final MemorySegment value)
            throws SystemCallException {
        check(trySetOption(socket, level, number, value), "setsockopt " + name);
    }

    /// Like {@link #setOption} for an option that may be refused: 0, or a negative {@link Errno}.
    public int trySetOption(
            final int socket, final int level, final int number, final MemorySegment value) {
        final int result;
        try {
            result =
                    (int)
                            SET_OPTION.invokeExact(
                                    errno, socket, level, number, value, (int) value.byteSize());
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        return result < 0 ? -NativeFunction.errno(errno) : result;
    }

    public void setOption(
            final int socket, final int level, final int number, final String name, final int value)
            throws SystemCallException {
        option.set(JAVA_INT, 0, value);
        setOption(socket, level, number, name, option);
    }

    /// Reads an option of a socket into `value`; answers how many bytes of it the kernel knows.
    public int getOption(
            final int socket,
            final int level,
            final int number,
            final String name,
            final MemorySegment value)
            throws SystemCallException {
        return check(tryGetOption(socket, level, number, value), "getsockopt " + name);
    }

    /// Like {@link #getOption} for an option that is perhaps not there: its length, or a negative
    /// {@link Errno}.
    public int tryGetOption(
            final int socket, final int level, final int number, final MemorySegment value) {
        optionLength.set(JAVA_INT, 0, (int) value.byteSize());
        final int result;
        try {
            result =
                    (int) GET_OPTION.invokeExact(errno, socket, level, number, value, optionLength);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        return result < 0 ? -NativeFunction.errno(errno) : optionLength.get(JAVA_INT, 0);
    }

    /// A request to the driver of the device behind a descriptor; its name is for the message.
    public void ioctl(
            final int descriptor,
            final long request,
            final String name,
            final MemorySegment argument)
            throws SystemCallException {
        final int result;
        try {
            result = (int) IOCTL.invokeExact(errno, descriptor, request, argument);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        check(result, "ioctl " + name);
    }

    /// The number of a network interface in this thread's network namespace.
    public int interfaceIndex(final String name) throws SystemCallException {
        final int result;
        try (Arena arena = Arena.ofConfined()) {
            result = (int) INTERFACE_INDEX.invokeExact(errno, arena.allocateFrom(name));
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        return check(result == 0 ? -1 : result, "if_nametoindex " + name);
    }

    /// Opens a file to be read, which {@link #close} ends.
    int open(final String path) throws SystemCallException {
        final int result;
        try (Arena arena = Arena.ofConfined()) {
            result = (int) OPEN.invokeExact(errno, arena.allocateFrom(path), READ_ONLY);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        return check(result, "open " + path);
    }

    /// From now on this thread, and no other one, is in the network namespace of the descriptor.
    void setNetworkNamespace(final int descriptor) throws SystemCallException {
        final int result;
        try {
            result = (int) SET_NAMESPACE.invokeExact(errno, descriptor, CLONE_NEWNET);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        check(result, "setns");
    }

    /// bpf(2); answers what the command gives, often a descriptor.
    public int bpf(final int command, final String name, final MemorySegment attributes)
            throws SystemCallException {
        final long result;
        try {
            result =
                    (long)
                            SYSTEM_CALL.invokeExact(
                                    errno,
                                    NUMBER_OF_BPF,
                                    (long) command,
                                    attributes,
                                    attributes.byteSize());
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        return check((int) result, "bpf " + name);
    }

    /// sendto(2) without an address; bytes sent, or a negative {@link Errno}.
    public long send(
            final int socket, final MemorySegment bytes, final long length, final int flags) {
        return sendTo(socket, bytes, length, flags, MemorySegment.NULL, 0);
    }

    /// sendto(2); bytes sent, or a negative {@link Errno}.
    public long sendTo(
            final int socket,
            final MemorySegment bytes,
            final long length,
            final int flags,
            final MemorySegment address,
            final int addressLength) {
        final long result;
        try {
            result =
                    (long)
                            SEND_TO.invokeExact(
                                    errno, socket, bytes, length, flags, address, addressLength);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        return result < 0 ? -NativeFunction.errno(errno) : result;
    }

    /// recvfrom(2); bytes received, or a negative {@link Errno}. The sender's address is written to
    /// `address`, as much of it as fits.
    public long receiveFrom(
            final int socket,
            final MemorySegment into,
            final long length,
            final int flags,
            final MemorySegment address) {
        optionLength.set(JAVA_INT, 0, (int) address.byteSize());
        final long result;
        try {
            result =
                    (long)
                            RECEIVE_FROM.invokeExact(
                                    errno, socket, into, length, flags, address, optionLength);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        return result < 0 ? -NativeFunction.errno(errno) : result;
    }

    /// recv(2); bytes received, or a negative {@link Errno}.
    public long receive(
            final int socket, final MemorySegment into, final long length, final int flags) {
        final long result;
        try {
            result = (long) RECEIVE.invokeExact(errno, socket, into, length, flags);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        return result < 0 ? -NativeFunction.errno(errno) : result;
    }

    /// What {@link #poll} waits for: that one of the descriptors has something to read.
    public static MemorySegment pollSet(final Arena arena, final int... descriptors) {
        final MemorySegment set =
                arena.allocate((long) descriptors.length * POLL_ENTRY_BYTES, Integer.BYTES);
        for (int i = 0; i < descriptors.length; i++) {
            pollFor(set, i, descriptors[i], POLLIN);
        }
        return set;
    }

    /// Makes {@link #poll} wait for these events (poll.h) of the descriptor, in the place of what
    /// the entry of the set was before.
    public static void pollFor(
            final MemorySegment set, final int index, final int descriptor, final int events) {
        final long entry = (long) index * POLL_ENTRY_BYTES;
        set.set(JAVA_INT, entry, descriptor);
        set.set(JAVA_SHORT, entry + POLL_EVENTS, (short) events);
    }

    /// Waits until a descriptor of the {@link #pollSet} can be read or has an error; answers how
    /// many do, 0 after the time-out, or a negative {@link Errno}.
    public int poll(final MemorySegment set, final int timeoutMs) {
        final int result;
        try {
            result =
                    (int)
                            POLL.invokeExact(
                                    errno, set, set.byteSize() / POLL_ENTRY_BYTES, timeoutMs);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        return result < 0 ? -NativeFunction.errno(errno) : result;
    }

    /// Forgets the errors that the last {@link #poll} of the set has found on sockets, so that the
    /// next one waits.
    public void clearErrors(final MemorySegment set) {
        for (long entry = 0; entry < set.byteSize(); entry += POLL_ENTRY_BYTES) {
            if ((set.get(JAVA_SHORT, entry + POLL_RESULTS) & POLLERR) != 0) {
                optionLength.set(JAVA_INT, 0, Integer.BYTES);
                try {
                    final int _ =
                            (int)
                                    GET_OPTION.invokeExact(
                                            errno,
                                            set.get(JAVA_INT, entry),
                                            SOL_SOCKET,
                                            SO_ERROR,
                                            option,
                                            optionLength);
                } catch (final Throwable e) {
                    throw NativeFunction.impossible(e);
                }
            }
        }
    }

    /// Closes a descriptor. What the kernel says of it is of no use: the descriptor is gone.
    public void close(final int descriptor) {
        try {
            final int _ = (int) CLOSE.invokeExact(errno, descriptor);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
    }

    private int check(final int result, final String call) throws SystemCallException {
        if (result < 0) {
            throw SystemCallException.of(call, NativeFunction.errno(errno));
        }
        return result;
    }
}
