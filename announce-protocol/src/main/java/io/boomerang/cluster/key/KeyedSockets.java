package io.boomerang.cluster.key;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;

import javax.net.ssl.SSLSocket;

/// Makes the sockets of one member: connections that exist only between those who trust each
/// other's keys. When the key changes, those connections end whose other end the new one does not
/// trust; all others go on. Only connections that carry nothing and whose end means a death may be
/// told to outlast trust: else every member would have to prove that it lives while all of them
/// open new connections. Thread-safe.
public final class KeyedSockets implements AutoCloseable {
    /// How long opening a connection may take once it is there, in milliseconds.
    public static final int HANDSHAKE_LIMIT_MS = Handshake.OPEN_LIMIT_MS;

    private final KeyHolder holder;
    private final Refusals refusals;
    private final ScheduledThreadPoolExecutor timer;
    private final Consumer<ChassisKey> onKey = this::use;

    /// Who is at the other end of each connection.
    private final Map<Socket, X509Certificate> peers = new ConcurrentHashMap<>();

    private volatile ChassisKey key;
    private volatile Handshake handshake;

    /// @param member what it is called in the log
    public KeyedSockets(final KeyHolder holder, final String member) {
        this.holder = holder;
        refusals = new Refusals(member);
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("handshakes-" + member).factory());
        timer.setRemoveOnCancelPolicy(true);
        key = holder.key();
        handshake = new Handshake(key, timer);
        holder.addListener(onKey);
        use(holder.key());
    }

    /// Makes the handshakes to come as quick as they will be; takes seconds on a busy machine.
    public void rehearse() {
        try {
            handshake.rehearse();
        } catch (final IOException _) {
            // They are slower then.
        }
    }

    /// An unconnected one.
    ///
    /// @param outlastsTrust whether it goes on when its other end is not trusted any more
    public Socket socket(final boolean outlastsTrust) {
        return new MemberSocket(this, outlastsTrust);
    }

    /// An unbound one, which accepts only connections of those who have the key.
    ///
    /// @param outlastsTrust whether they go on when their other end is not trusted any more
    public ServerSocket serverSocket(final boolean outlastsTrust) throws IOException {
        return new MemberServerSocket(this, outlastsTrust);
    }

    private synchronized void use(final ChassisKey newKey) {
        if (newKey.equals(key)) {
            return;
        }
        handshake = new Handshake(newKey, timer);
        key = newKey;
        peers.forEach((socket, peer) -> {
            if (!newKey.trusts(peer)) {
                Handshake.closeQuietly(socket);
            }
        });
    }

    SSLSocket open(final Socket connected, final InetSocketAddress to, final boolean outlastsTrust)
            throws IOException {
        final String host = to.getAddress().getHostAddress();
        try {
            final SSLSocket secured = handshake.open(connected, host, to.getPort());
            if (!outlastsTrust) {
                keep(connected, secured);
            }
            return secured;
        } catch (final Handshake.RefusedException e) {
            refusals.addOpened(new Refusal(host, e.reason(), e.isDecided()), System.nanoTime());
            throw e;
        }
    }

    SSLSocket accept(final Socket connected, final boolean outlastsTrust) throws IOException {
        final SSLSocket secured = handshake.accept(connected);
        if (!outlastsTrust) {
            keep(connected, secured);
        }
        return secured;
    }

    /// A key that came during the handshake counts, too.
    private void keep(final Socket connected, final SSLSocket secured) throws IOException {
        peers.keySet().removeIf(Socket::isClosed);
        final X509Certificate peer = Handshake.peerOf(secured);
        peers.put(connected, peer);
        if (!key.trusts(peer)) {
            Handshake.closeQuietly(connected);
        }
    }

    void refuse(final Socket incoming, final String reason) {
        Handshake.closeQuietly(incoming);
        refusals.addIncoming(incoming.getInetAddress().getHostAddress(), reason, System.nanoTime());
    }

    /// Connections, opened by either end, that ended before they began.
    public long refusedCount() {
        return refusals.count();
    }

    /// The last of those that this end opened; null when there was none.
    public @Nullable Refusal lastRefusedOutgoing() {
        return refusals.lastOpened();
    }

    /// Sockets that were made stay as they are.
    @Override
    public void close() {
        holder.removeListener(onKey);
        timer.shutdownNow();
    }
}
