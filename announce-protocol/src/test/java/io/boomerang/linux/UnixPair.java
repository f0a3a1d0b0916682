package io.boomerang.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Two UNIX sockets that talk to each other in messages.
final class UnixPair implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET = 5;
    private static final int CLOSED = -1;

    private final SystemCalls calls;
    private final MemorySegment word;
    private final int right;
    private int left;

    private UnixPair(final Arena arena, final int left, final int right) {
        this.left = left;
        this.right = right;
        calls = new SystemCalls(arena);
        word = arena.allocate(1);
    }

    static UnixPair open(final Arena arena) {
        final MemorySegment ends = arena.allocate(JAVA_INT, 2);
        try {
            final int result =
                    (int)
                            NativeFunction.plain(
                                            "socketpair",
                                            JAVA_INT,
                                            JAVA_INT,
                                            JAVA_INT,
                                            JAVA_INT,
                                            ADDRESS)
                                    .invokeExact(AF_UNIX, SOCK_SEQPACKET, 0, ends);
            assert result == 0 : "socketpair";
        } catch (final Throwable e) {
            throw NativeFunction.impossible(e);
        }
        return new UnixPair(arena, ends.get(JAVA_INT, 0), ends.get(JAVA_INT, Integer.BYTES));
    }

    int left() {
        return left;
    }

    int right() {
        return right;
    }

    /// A byte for the left one.
    void say() {
        assert calls.send(right, word, 1, 0) == 1 : "a UNIX socket takes one byte";
    }

    void closeLeft() {
        calls.close(left);
        left = CLOSED;
    }

    @Override
    public void close() {
        closeLeft();
        calls.close(right);
    }
}
