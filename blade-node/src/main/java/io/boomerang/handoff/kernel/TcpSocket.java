package io.boomerang.handoff.kernel;

import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCallException;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/// A connection of the kernel by its descriptor. No call blocks but the waits. Used by the thread
/// of the {@link KernelTcp} it came from.
public final class TcpSocket implements AutoCloseable {
    private static final int CLOSED = -1;

    private final SocketCalls calls;
    private int descriptor;

    TcpSocket(final SocketCalls calls, final int descriptor) {
        this.calls = calls;
        this.descriptor = descriptor;
    }

    /// For those who go on with it by other means; it stays this socket's to close.
    public int descriptor() {
        return descriptor;
    }

    /// Gives the descriptor away: this socket closes nothing any more.
    public int detach() {
        final int given = descriptor;
        descriptor = CLOSED;
        return given;
    }

    /// Takes over what another socket holds: this one must have been given away, the other one is
    /// afterwards.
    public void attach(final TcpSocket other) {
        if (descriptor != CLOSED) {
            throw new IllegalStateException("this socket has a connection");
        }
        descriptor = other.detach();
    }

    public InetSocketAddress local() throws SystemCallException {
        return calls.localName(descriptor);
    }

    public InetSocketAddress remote() throws SystemCallException {
        return calls.peerName(descriptor);
    }

    /// How many bytes were read into the native memory: 0 if there are none yet, -1 after the last.
    public int read(final MemorySegment memory) throws SystemCallException {
        final long result = calls.receive(descriptor, memory, memory.byteSize(), 0);
        if (result == -Errno.EAGAIN) {
            return 0;
        }
        if (result < 0) {
            throw SystemCallException.of("recv", (int) -result);
        }
        return result == 0 ? -1 : (int) result;
    }

    /// How many bytes of the native memory were taken: 0 if the buffer is full.
    public int write(final MemorySegment memory) throws SystemCallException {
        final long result = calls.send(descriptor, memory, memory.byteSize());
        if (result == -Errno.EAGAIN) {
            return 0;
        }
        if (result < 0) {
            throw SystemCallException.of("send", (int) -result);
        }
        return (int) result;
    }

    public boolean awaitReadable(final int timeoutMs) throws SystemCallException {
        return calls.poll(descriptor, SocketConstants.POLLIN, timeoutMs);
    }

    public boolean awaitWritable(final int timeoutMs) throws SystemCallException {
        return calls.poll(descriptor, SocketConstants.POLLOUT, timeoutMs);
    }

    /// Sends a FIN after what was written.
    public void shutdownOutput() throws SystemCallException {
        calls.shutdownOutput(descriptor);
    }

    /// Ends the connection at once, with a reset.
    public void reset() {
        if (descriptor != CLOSED) {
            calls.closeWithReset(detach());
        }
    }

    @Override
    public void close() {
        if (descriptor != CLOSED) {
            calls.close(detach());
        }
    }
}
