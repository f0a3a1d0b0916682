package io.boomerang.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Waits for many descriptors at once (epoll(7)), each known by a key of its owner's choice, and
/// for {@link #wakeUp}. Its own {@link #descriptor} can be waited for, too, so that one wait covers
/// this and others.
///
/// Used by one thread, but for {@link #wakeUp}, which is anybody's until the end of {@link #close}.
public final class Epoll implements AutoCloseable {
    // linux/eventpoll.h
    public static final int IN = 0x1;
    public static final int OUT = 0x4;
    public static final int ERROR = 0x8;
    public static final int HANG_UP = 0x10;
    public static final int PEER_CLOSED = 0x2000;

    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;

    /// `struct epoll_event` is packed on x86-64 and nowhere else.
    private static final boolean PACKED = !System.getProperty("os.arch").equals("aarch64");

    private static final int KEY = PACKED ? 4 : 8;
    private static final int EVENT_BYTES = KEY + Long.BYTES;

    /// sys/eventfd.h
    private static final int NOT_BLOCKING = 0x800;

    private static final MethodHandle CREATE =
            NativeFunction.of("epoll_create1", JAVA_INT, JAVA_INT);
    private static final MethodHandle CONTROL =
            NativeFunction.of("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle WAIT =
            NativeFunction.of("epoll_wait", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle EVENT_COUNTER =
            NativeFunction.of("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle RING =
            NativeFunction.plain("eventfd_write", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle SILENCE =
            NativeFunction.plain("eventfd_read", JAVA_INT, JAVA_INT, ADDRESS);

    /// No owner may use it.
    private static final long BELL_KEY = Long.MIN_VALUE;

    private final Arena arena = Arena.ofConfined();
    private final SystemCalls calls = new SystemCalls(arena);
    private final MemorySegment errno = arena.allocate(NativeFunction.ERRNO_BYTES, Long.BYTES);
    private final MemorySegment argument = arena.allocate(EVENT_BYTES, Long.BYTES);
    private final MemorySegment rings = arena.allocate(JAVA_LONG);
    private final MemorySegment events;
    private final int most;
    private final int descriptor;
    private final int bell;

    /// @param most how many events one {@link #await} tells
    public Epoll(final int most) throws SystemCallException {
        this.most = most;
        events = arena.allocate((long) most * EVENT_BYTES, Long.BYTES);
        try {
            descriptor = check((int) CREATE.invokeExact(errno, CLOSE_ON_EXEC), "epoll_create1");
            bell =
                    check(
                            (int) EVENT_COUNTER.invokeExact(errno, 0, CLOSE_ON_EXEC | NOT_BLOCKING),
                            "eventfd");
        } catch (final SystemCallException e) {
            throw e;
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        add(bell, IN, BELL_KEY);
    }

    /// Readable when {@link #await} would not wait.
    public int descriptor() {
        return descriptor;
    }

    /// Begins to watch a descriptor; it ends by itself when the descriptor's last copy is closed.
    ///
    /// @param interest {@link #IN}, {@link #OUT}, {@link #PEER_CLOSED}; errors and hang-ups are
    ///   told anyway
    public void add(final int watched, final int interest, final long key)
            throws SystemCallException {
        control(ADD, watched, interest, key, "epoll_ctl ADD");
    }

    /// Changes what a watched descriptor is watched for.
    public void modify(final int watched, final int interest, final long key)
            throws SystemCallException {
        control(MODIFY, watched, interest, key, "epoll_ctl MOD");
    }

    /// Ends watching a descriptor that stays open.
    public void remove(final int watched) throws SystemCallException {
        control(DELETE, watched, 0, 0, "epoll_ctl DEL");
    }

    private void control(
            final int operation,
            final int watched,
            final int interest,
            final long key,
            final String name)
            throws SystemCallException {
        argument.set(JAVA_INT_UNALIGNED, 0, interest);
        argument.set(JAVA_LONG_UNALIGNED, KEY, key);
        final int result;
        try {
            result = (int) CONTROL.invokeExact(errno, descriptor, operation, watched, argument);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        check(result, name);
    }

    /// Waits for events and answers how many there are, of those that have an owner. 0 after the
    /// time-out, a {@link #wakeUp} or a signal.
    ///
    /// @param timeoutMs 0 does not wait, -1 waits as long as it takes
    public int await(final int timeoutMs) throws SystemCallException {
        final int result;
        try {
            result = (int) WAIT.invokeExact(errno, descriptor, events, most, timeoutMs);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        if (result < 0 && NativeFunction.errno(errno) == Errno.EINTR) {
            return 0;
        }
        int count = check(result, "epoll_wait");
        for (int i = 0; i < count; i++) {
            if (key(i) == BELL_KEY) {
                silence();
                count--;
                copyEvent(count, i);
            }
        }
        return count;
    }

    private void silence() {
        try {
            final int _ = (int) SILENCE.invokeExact(bell, rings);
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
    }

    private void copyEvent(final int from, final int to) {
        MemorySegment.copy(
                events, (long) from * EVENT_BYTES, events, (long) to * EVENT_BYTES, EVENT_BYTES);
    }

    /// The key of an event of the last {@link #await}.
    public long key(final int event) {
        return events.get(JAVA_LONG_UNALIGNED, (long) event * EVENT_BYTES + KEY);
    }

    /// What has happened to the descriptor of an event of the last {@link #await}.
    public int happened(final int event) {
        return events.get(JAVA_INT_UNALIGNED, (long) event * EVENT_BYTES);
    }

    /// Makes {@link #await} return, now or when it is called next. For any thread.
    public void wakeUp() {
        try {
            final int _ = (int) RING.invokeExact(bell, 1L);
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

    @Override
    public void close() {
        calls.close(descriptor);
        calls.close(bell);
        arena.close();
    }
}
