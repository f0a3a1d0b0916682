package io.boomerang.handoff.kernel;

import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCallException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/// A connection of the kernel for several threads: one reads, one writes, any may close. A close
/// ends the others' waiting.
public final class SharedSocket implements AutoCloseable {
    private static final int COPIED_AT_ONCE = 1 << 16;
    private static final int NO_LIMIT = -1;

    private final int descriptor;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final Direction in = new Direction();
    private final Direction out = new Direction();
    private final AtomicBoolean open = new AtomicBoolean(true);

    /// What a direction's thread needs of the kernel.
    private static final class Direction {
        private final ReentrantLock lock = new ReentrantLock();
        private final Arena arena = Arena.ofShared();
        private final SocketCalls calls = new SocketCalls(arena);
        private final MemorySegment memory = arena.allocate(COPIED_AT_ONCE);

        MemorySegment nativeMemory(final ByteBuffer buffer) {
            return buffer.isDirect() && !buffer.isReadOnly()
                    ? MemorySegment.ofBuffer(buffer)
                    : memory.asSlice(0, Math.min(buffer.remaining(), COPIED_AT_ONCE));
        }
    }

    /// Takes over what the socket holds; that one is useless afterwards.
    public SharedSocket(final TcpSocket socket) throws SystemCallException {
        local = socket.local();
        remote = socket.remote();
        descriptor = socket.detach();
    }

    public int descriptor() {
        return descriptor;
    }

    public InetSocketAddress local() {
        return local;
    }

    public InetSocketAddress remote() {
        return remote;
    }

    public boolean isOpen() {
        return open.get();
    }

    /// How many bytes were read: 0 if there are none and it is not to wait, -1 after the last.
    public int read(final ByteBuffer target, final boolean wait)
            throws SystemCallException, ClosedChannelException {
        in.lock.lock();
        try {
            requireOpen();
            final MemorySegment memory = in.nativeMemory(target);
            long count = in.calls.receive(descriptor, memory, memory.byteSize(), 0);
            while (count == -Errno.EAGAIN && wait) {
                in.calls.poll(descriptor, SocketConstants.POLLIN, NO_LIMIT);
                requireNotClosedMeanwhile();
                count = in.calls.receive(descriptor, memory, memory.byteSize(), 0);
            }
            if (count == -Errno.EAGAIN) {
                return 0;
            }
            if (count < 0) {
                throw SystemCallException.of("recv", (int) -count);
            }
            take(target, memory, (int) count);
            return count == 0 ? -1 : (int) count;
        } finally {
            in.lock.unlock();
        }
    }

    private void take(final ByteBuffer target, final MemorySegment memory, final int count) {
        if (target.isDirect()) {
            target.position(target.position() + count);
        } else {
            target.put(memory.asSlice(0, count).asByteBuffer());
        }
    }

    /// How many bytes were taken: all if it is to wait, else as many as there was room for.
    public int write(final ByteBuffer source, final boolean wait)
            throws SystemCallException, ClosedChannelException {
        out.lock.lock();
        try {
            requireOpen();
            int written = 0;
            while (source.hasRemaining()) {
                final long count = writeSome(source);
                if (count > 0) {
                    source.position(source.position() + (int) count);
                    written += (int) count;
                } else if (count != -Errno.EAGAIN) {
                    throw SystemCallException.of("send", (int) -count);
                } else if (wait) {
                    out.calls.poll(descriptor, SocketConstants.POLLOUT, NO_LIMIT);
                    requireNotClosedMeanwhile();
                } else {
                    break;
                }
            }
            return written;
        } finally {
            out.lock.unlock();
        }
    }

    private long writeSome(final ByteBuffer source) {
        final MemorySegment memory = out.nativeMemory(source);
        if (!source.isDirect() || source.isReadOnly()) {
            final int count = (int) memory.byteSize();
            memory.asByteBuffer().put(source.slice(source.position(), count));
        }
        return out.calls.send(descriptor, memory, memory.byteSize());
    }

    /// Sends a FIN after what was written.
    public void shutdownOutput() throws SystemCallException, ClosedChannelException {
        out.lock.lock();
        try {
            requireOpen();
            out.calls.shutdownOutput(descriptor);
        } finally {
            out.lock.unlock();
        }
    }

    private void requireOpen() throws ClosedChannelException {
        if (!open.get()) {
            throw new ClosedChannelException();
        }
    }

    private void requireNotClosedMeanwhile() throws ClosedChannelException {
        if (!open.get()) {
            throw new AsynchronousCloseException();
        }
    }

    /// Gives the descriptor away, when nobody reads or writes any more; this socket is closed then.
    ///
    /// @throws ClosedChannelException when it is closed already
    public int detach() throws ClosedChannelException {
        in.lock.lock();
        out.lock.lock();
        try {
            if (!open.compareAndSet(true, false)) {
                throw new ClosedChannelException();
            }
            forget();
            return descriptor;
        } finally {
            out.lock.unlock();
            in.lock.unlock();
        }
    }

    private void forget() {
        in.arena.close();
        out.arena.close();
    }

    /// Ends the connection, also for threads that wait for it: first both directions, which wakes
    /// them, then the descriptor.
    @Override
    public void close() {
        if (!open.compareAndSet(true, false)) {
            return;
        }
        SocketCalls.wakeAndEnd(descriptor);
        in.lock.lock();
        out.lock.lock();
        try {
            in.calls.close(descriptor);
            forget();
        } finally {
            out.lock.unlock();
            in.lock.unlock();
        }
    }
}
