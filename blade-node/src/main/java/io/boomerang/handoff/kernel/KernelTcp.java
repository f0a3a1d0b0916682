package io.boomerang.handoff.kernel;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.linux.SystemCallException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;

/// The kernel's TCP stack as one end of a hand-off: accepts connections, takes them out, puts them
/// in. Linux 5.14 or newer; taking and putting need CAP_NET_ADMIN, half-closed connections
/// CAP_NET_RAW, in the user namespace of the network namespace that the calling thread is in.
///
/// An instance and everything that comes from it belong to one thread.
public final class KernelTcp implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final SocketCalls calls = new SocketCalls(arena);

    /// Why connections cannot be handed off on this machine by this process; null if they can.
    public static @Nullable String unavailable() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return "TCP_REPAIR is Linux's own, this is " + System.getProperty("os.name");
        }
        try (Arena arena = Arena.ofConfined()) {
            return probe(new SocketCalls(arena));
        }
    }

    private static @Nullable String probe(final SocketCalls calls) {
        int descriptor = -1;
        try {
            descriptor =
                    calls.socket(
                            SocketConstants.AF_INET,
                            SocketConstants.SOCK_STREAM,
                            SocketConstants.IPPROTO_TCP);
            calls.intOption(descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_BUF_LOCK);
            calls.setIntOption(
                    descriptor,
                    SocketConstants.IPPROTO_TCP,
                    SocketConstants.TCP_REPAIR,
                    SocketConstants.TCP_REPAIR_ON);
            return null;
        } catch (final SystemCallException e) {
            return e.getMessage() + "; CAP_NET_ADMIN and Linux 5.14 are needed";
        } finally {
            if (descriptor >= 0) {
                calls.close(descriptor);
            }
        }
    }

    /// Listens at the address, also while connections of it are restored here.
    public TcpListener listen(final InetSocketAddress address, final int backlog)
            throws SystemCallException {
        final int descriptor =
                calls.socket(
                        SocketAddresses.familyOf(address),
                        SocketConstants.SOCK_STREAM,
                        SocketConstants.IPPROTO_TCP);
        boolean complete = false;
        try {
            calls.setIntOption(
                    descriptor, SocketConstants.SOL_SOCKET, SocketConstants.SO_REUSEADDR, 1);
            calls.bind(descriptor, address);
            calls.listen(descriptor, backlog);
            complete = true;
            return new TcpListener(calls, descriptor);
        } finally {
            if (!complete) {
                calls.close(descriptor);
            }
        }
    }

    /// A connection that was accepted or opened by other means.
    public TcpSocket adopt(final int descriptor) {
        return new TcpSocket(calls, descriptor);
    }

    /// Stops a connection and reads its state. Nobody may read or write it meanwhile. Refused, it
    /// goes on and stays the socket's; taken, the socket has given it away.
    ///
    /// @param witness who may know that nothing waits that has come out of order
    public TakeResult take(final TcpSocket socket, final PacketWitness witness)
            throws SystemCallException {
        return FrozenConnection.take(calls, socket, witness);
    }

    /// Builds a connection up from its state. What the old application had read, and its state, is
    /// the new application's to look at first.
    public RestoredConnection restore(final ConnectionState state) throws SystemCallException {
        return RestoredConnection.restore(calls, state);
    }

    SocketCalls calls() {
        return calls;
    }

    @Override
    public void close() {
        arena.close();
    }
}
