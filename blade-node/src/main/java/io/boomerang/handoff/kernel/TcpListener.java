package io.boomerang.handoff.kernel;

import io.boomerang.linux.SystemCallException;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;

/// Accepts connections at one address. Used by the thread of its {@link KernelTcp}.
public final class TcpListener implements AutoCloseable {
    private final SocketCalls calls;
    private final int descriptor;

    TcpListener(final SocketCalls calls, final int descriptor) {
        this.calls = calls;
        this.descriptor = descriptor;
    }

    /// For those who look at it by other means; it stays this object's to close.
    public int descriptor() {
        return descriptor;
    }

    public InetSocketAddress local() throws SystemCallException {
        return calls.localName(descriptor);
    }

    /// The next connection; null if none comes in time.
    public @Nullable TcpSocket accept(final int timeoutMs) throws SystemCallException {
        return calls.poll(descriptor, SocketConstants.POLLIN, timeoutMs) ? accept() : null;
    }

    /// The next connection; null if there is none now.
    public @Nullable TcpSocket accept() throws SystemCallException {
        final int accepted = calls.accept(descriptor);
        return accepted < 0 ? null : new TcpSocket(calls, accepted);
    }

    @Override
    public void close() {
        calls.close(descriptor);
    }
}
