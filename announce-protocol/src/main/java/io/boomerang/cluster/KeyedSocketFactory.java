package io.boomerang.cluster;

import io.boomerang.cluster.key.KeyedSockets;

import org.jgroups.util.DefaultSocketFactory;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// Lets JGroups make all its TCP sockets under the chassis key. It makes no others: the stack has
/// no multicast, and no socket channels.
final class KeyedSocketFactory extends DefaultSocketFactory {
    private final KeyedSockets sockets;

    KeyedSocketFactory(final KeyedSockets sockets) {
        this.sockets = sockets;
    }

    @Override
    public Socket createSocket(final String service) {
        return sockets.socket(watchesDeath(service));
    }

    @Override
    public Socket createSocket(final String service, final String host, final int port)
            throws IOException {
        return connected(service, new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(final String service, final InetAddress address, final int port)
            throws IOException {
        return connected(service, new InetSocketAddress(address, port), null);
    }

    @Override
    public Socket createSocket(
            final String service,
            final String host,
            final int port,
            final InetAddress local,
            final int localPort)
            throws IOException {
        return connected(
                service,
                new InetSocketAddress(host, port),
                new InetSocketAddress(local, localPort));
    }

    @Override
    public Socket createSocket(
            final String service,
            final InetAddress address,
            final int port,
            final InetAddress local,
            final int localPort)
            throws IOException {
        return connected(
                service,
                new InetSocketAddress(address, port),
                new InetSocketAddress(local, localPort));
    }

    private Socket connected(
            final String service,
            final InetSocketAddress to,
            final @Nullable InetSocketAddress local)
            throws IOException {
        final Socket socket = sockets.socket(watchesDeath(service));
        if (local != null) {
            socket.bind(local);
        }
        socket.connect(to);
        return socket;
    }

    @Override
    public ServerSocket createServerSocket(final String service) throws IOException {
        return sockets.serverSocket(watchesDeath(service));
    }

    @Override
    public ServerSocket createServerSocket(final String service, final int port)
            throws IOException {
        return bound(service, new InetSocketAddress(port), 0);
    }

    @Override
    public ServerSocket createServerSocket(final String service, final int port, final int backlog)
            throws IOException {
        return bound(service, new InetSocketAddress(port), backlog);
    }

    @Override
    public ServerSocket createServerSocket(
            final String service, final int port, final int backlog, final InetAddress address)
            throws IOException {
        return bound(service, new InetSocketAddress(address, port), backlog);
    }

    private ServerSocket bound(
            final String service, final InetSocketAddress address, final int backlog)
            throws IOException {
        final ServerSocket socket = sockets.serverSocket(watchesDeath(service));
        socket.bind(address, backlog);
        return socket;
    }

    /// The connections of FD_SOCK, as JGroups calls them.
    private static boolean watchesDeath(final String service) {
        return service.startsWith("jgroups.fd");
    }
}
