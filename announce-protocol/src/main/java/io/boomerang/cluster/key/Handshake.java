package io.boomerang.cluster.key;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/// Turns TCP connections into such of mutual TLS 1.3 (RFC 8446) under one chassis key. Thread-safe.
///
/// In TLS 1.3 the end that opens a connection is done before the other has looked at its
/// certificate. So the other end says one byte when it is content, and both know how it ended.
final class Handshake {
    /// Much longer than a handshake, and shorter than what a joining member waits for an answer.
    static final int OPEN_LIMIT_MS = 1_500;

    /// The end that opens is to be the one that gives up: it knows then that it was late, and does
    /// not take it for distrust.
    static final int ACCEPT_LIMIT_MS = 2 * OPEN_LIMIT_MS;

    private static final int REHEARSAL_LIMIT_MS = 60_000;
    private static final int WELCOME = 0xB0;
    private static final String[] PROTOCOLS = {"TLSv1.3"};
    private static final String[] CIPHERS = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"};

    private final ChassisKey key;
    private final SSLContext context;
    private final ScheduledExecutorService timer;

    /// @param timer ends handshakes that take too long
    Handshake(final ChassisKey key, final ScheduledExecutorService timer) {
        this.key = key;
        this.timer = timer;
        this.context = context(key);
    }

    private static SSLContext context(final ChassisKey key) {
        try {
            final KeyManager[] keys = key.keyManagers();
            final SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, new TrustManager[] {new ExactTrust(key)}, null);
            return context;
        } catch (final GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot use " + key + " for TLS: " + e, e);
        }
    }

    /// Shakes hands with itself over the loopback interface. The first handshake of a process loads
    /// and compiles a great deal, for seconds where many processes start at once on few processors.
    /// After this one the others are not late because of it.
    ///
    /// @throws IOException when it did not work out; then it was of no use, and does no harm
    void rehearse() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket near = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket far = listener.accept()) {
            Thread.ofPlatform()
                    .daemon()
                    .name("rehearsal")
                    .start(() -> {
                        try {
                            final SSLSocket _ = accept(far, REHEARSAL_LIMIT_MS);
                        } catch (final IOException _) {
                            // The end that opens hears of it, too.
                        }
                    });
            final SSLSocket _ =
                    open(
                            near,
                            listener.getInetAddress().getHostAddress(),
                            listener.getLocalPort(),
                            REHEARSAL_LIMIT_MS);
        }
    }

    /// As the end that opened the connection.
    SSLSocket open(final Socket connected, final String host, final int port) throws IOException {
        return open(connected, host, port, OPEN_LIMIT_MS);
    }

    private SSLSocket open(
            final Socket connected, final String host, final int port, final int limitMs)
            throws IOException {
        final SSLSocket secured =
                (SSLSocket) context.getSocketFactory().createSocket(connected, host, port, true);
        secured.setUseClientMode(true);
        complete(secured, connected, limitMs);
        return secured;
    }

    /// As the end that was connected to.
    SSLSocket accept(final Socket connected) throws IOException {
        return accept(connected, ACCEPT_LIMIT_MS);
    }

    private SSLSocket accept(final Socket connected, final int limitMs) throws IOException {
        final SSLSocket secured =
                (SSLSocket) context.getSocketFactory().createSocket(connected, null, true);
        secured.setUseClientMode(false);
        secured.setNeedClientAuth(true);
        complete(secured, connected, limitMs);
        return secured;
    }

    private void complete(final SSLSocket secured, final Socket connected, final int limitMs)
            throws IOException {
        secured.setEnabledProtocols(PROTOCOLS);
        secured.setEnabledCipherSuites(CIPHERS);
        final AtomicBoolean late = new AtomicBoolean();
        final ScheduledFuture<?> limit =
                timer.schedule(
                        () -> {
                            late.set(true);
                            closeQuietly(connected);
                        },
                        limitMs,
                        TimeUnit.MILLISECONDS);
        try {
            secured.startHandshake();
            welcome(secured);
        } catch (final IOException e) {
            closeQuietly(connected);
            throw refusal(e, late.get() ? limitMs : 0);
        } finally {
            limit.cancel(false);
        }
    }

    private static void welcome(final SSLSocket secured) throws IOException {
        if (!secured.getUseClientMode()) {
            secured.getOutputStream().write(WELCOME);
        } else if (secured.getInputStream().read() != WELCOME) {
            throw new EOFException("it says no welcome");
        }
    }

    /// @param lateMs the limit that was over; 0 when it was not
    private RefusedException refusal(final IOException e, final int lateMs) {
        final String message = String.valueOf(e.getMessage());
        if (lateMs > 0) {
            return new RefusedException("no handshake within " + lateMs + " ms", false, e);
        }
        if (e instanceof SocketException) {
            // the end that does not trust closes while this one writes, and its word can be lost
            return new RefusedException(
                    "it ended the handshake and may not trust the key "
                            + key.fingerprint()
                            + " of this member: "
                            + message,
                    false,
                    e);
        }
        if (e instanceof EOFException) {
            return new RefusedException("it ended the handshake: " + message, false, e);
        }
        return new RefusedException(distrust(e, message), true, e);
    }

    private String distrust(final IOException e, final String message) {
        if (e.getCause() instanceof final CertificateException refusal) {
            return String.valueOf(refusal.getMessage());
        }
        if (message.contains("Received fatal alert: certificate_unknown")) {
            return "it does not trust the key " + key.fingerprint() + " of this member";
        }
        if (e instanceof SSLException && message.contains("Unsupported or unrecognized")) {
            return "it does not speak TLS 1.3";
        }
        return message;
    }

    static void closeQuietly(final Socket socket) {
        try {
            socket.close();
        } catch (final IOException _) {
            // it is gone in any case
        }
    }

    /// Whose connection it is.
    static X509Certificate peerOf(final SSLSocket secured) throws IOException {
        final Certificate[] chain = secured.getSession().getPeerCertificates();
        return (X509Certificate) chain[0];
    }

    /// One end does not trust the other, or is late.
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        private final boolean isDecided;

        RefusedException(final String reason, final boolean isDecided, final IOException cause) {
            super(reason, cause);
            this.isDecided = isDecided;
        }

        /// See {@link Refusal}.
        boolean isDecided() {
            return isDecided;
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }
}
