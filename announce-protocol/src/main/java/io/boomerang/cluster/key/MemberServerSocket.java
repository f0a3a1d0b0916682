package io.boomerang.cluster.key;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import javax.net.ssl.SSLSocket;

/// Accepts connections of those who have the key. Handshakes go on beside each other, so that a
/// stranger who is silent keeps no member waiting; at most {@value #MAX_HANDSHAKES} of them,
/// further connections are refused.
final class MemberServerSocket extends ServerSocket {
    static final int MAX_HANDSHAKES = 64;

    private static final int LOOK_INTERVAL_MS = 100;

    private final KeyedSockets sockets;
    private final boolean outlastsTrust;
    private final Semaphore places = new Semaphore(MAX_HANDSHAKES);
    private final BlockingQueue<SSLSocket> members = new LinkedBlockingQueue<>();
    private final AtomicBoolean greets = new AtomicBoolean();

    MemberServerSocket(final KeyedSockets sockets, final boolean outlastsTrust) throws IOException {
        this.sockets = sockets;
        this.outlastsTrust = outlastsTrust;
    }

    @Override
    public Socket accept() throws IOException {
        if (greets.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("greeter-" + getLocalPort()).start(this::greet);
        }
        try {
            while (!isClosed()) {
                final SSLSocket member = members.poll(LOOK_INTERVAL_MS, TimeUnit.MILLISECONDS);
                if (member != null) {
                    return member;
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("accept").initCause(e);
        }
        throw new SocketException("Socket closed");
    }

    private void greet() {
        while (!isClosed()) {
            try {
                final Socket connected = super.accept();
                if (places.tryAcquire()) {
                    Thread.ofVirtual().name("handshake").start(() -> shakeHands(connected));
                } else {
                    sockets.refuse(connected, "too many connections are about to be verified");
                }
            } catch (final IOException _) {
                // closed; or the connection is gone; or the process has too many files open
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_INTERVAL_MS));
            }
        }
        members.forEach(Handshake::closeQuietly);
    }

    private void shakeHands(final Socket connected) {
        try {
            members.add(sockets.accept(connected, outlastsTrust));
        } catch (final Handshake.RefusedException e) {
            sockets.refuse(connected, e.reason());
        } catch (final IOException e) {
            sockets.refuse(connected, String.valueOf(e.getMessage()));
        } finally {
            places.release();
        }
    }
}
