package io.boomerang.cluster.key;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLSocket;

/// A connection that this end opens. Its streams are those of the TLS connection over it, which is
/// there when {@link #connect} returns.
final class MemberSocket extends Socket {
    private final KeyedSockets sockets;
    private final boolean outlastsTrust;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile @Nullable SSLSocket secured;

    MemberSocket(final KeyedSockets sockets, final boolean outlastsTrust) {
        this.sockets = sockets;
        this.outlastsTrust = outlastsTrust;
    }

    @Override
    public void connect(final SocketAddress endpoint) throws IOException {
        connect(endpoint, 0);
    }

    @Override
    public void connect(final SocketAddress endpoint, final int timeoutMs) throws IOException {
        super.connect(endpoint, timeoutMs);
        secured = sockets.open(this, (InetSocketAddress) endpoint, outlastsTrust);
        // a close must not wait for a peer that does not read any more
        setSoLinger(true, 0);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        final SSLSocket tls = secured;
        return tls == null ? super.getInputStream() : tls.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        final SSLSocket tls = secured;
        return tls == null ? super.getOutputStream() : tls.getOutputStream();
    }

    /// The TLS connection closes this one in turn.
    @Override
    public void close() throws IOException {
        final SSLSocket tls = secured;
        if (tls != null && closing.compareAndSet(false, true)) {
            tls.close();
        }
        super.close();
    }
}
