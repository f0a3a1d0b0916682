package io.boomerang.handoff.kernel;

import static io.boomerang.handoff.kernel.SocketConstants.IPPROTO_TCP;
import static io.boomerang.handoff.kernel.SocketConstants.SOL_SOCKET;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.NegotiatedOptions;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.SocketSettings;
import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCallException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A connection that is complete in this kernel and still silent, because it is perhaps not this
/// node's yet. It ends by {@link #goLive} or by {@link #discard}. Packets that reach it before are
/// answered, so that they are to be kept from it.
public final class RestoredConnection {
    /// What a queue takes in the kernel beside its bytes, and room for more.
    private static final int SPARE_BYTES = 1 << 16;

    /// The clock must not go back for the peer: one step for the unit bit, which the value loses in
    /// milliseconds, and one for the segment that the old stack may just have sent.
    private static final int CLOCK_LEAD = 2;

    private static final int OPTION_LENGTH = 8;
    private static final int WRITE_TIMEOUT_MS = 1_000;
    private static final int FIN_TIMEOUT_MS = 1_000;

    private final SocketCalls calls;
    private final ConnectionState state;
    private final int descriptor;
    private final int sendBufferBytes;
    private final int receiveBufferBytes;

    private RestoredConnection(
            final SocketCalls calls, final ConnectionState state, final int descriptor)
            throws SystemCallException {
        this.calls = calls;
        this.state = state;
        this.descriptor = descriptor;
        sendBufferBytes = intOption(SocketConstants.SO_SNDBUF);
        receiveBufferBytes = intOption(SocketConstants.SO_RCVBUF);
    }

    /// Builds the connection up. The local address has to be one of this node.
    static RestoredConnection restore(final SocketCalls calls, final ConnectionState state)
            throws SystemCallException {
        final int descriptor =
                calls.socket(
                        SocketAddresses.familyOf(state.local()),
                        SocketConstants.SOCK_STREAM,
                        IPPROTO_TCP);
        boolean complete = false;
        try {
            final RestoredConnection restored = new RestoredConnection(calls, state, descriptor);
            restored.build();
            complete = true;
            return restored;
        } finally {
            if (!complete) {
                calls.close(descriptor);
            }
        }
    }

    private void build() throws SystemCallException {
        setTcp(SocketConstants.TCP_REPAIR, SocketConstants.TCP_REPAIR_ON);
        calls.bind(descriptor, state.local());
        final int outLength = state.unacknowledged().length() + state.unsent().length();
        final int inLength = state.unread().length() + state.windows().receive();
        setBuffer(SocketConstants.SO_SNDBUFFORCE, SocketConstants.SO_SNDBUF, outLength);
        setBuffer(SocketConstants.SO_RCVBUFFORCE, SocketConstants.SO_RCVBUF, inLength);
        setSequence(SocketConstants.SEND_QUEUE, state.sendUnacknowledged());
        setSequence(SocketConstants.RECEIVE_QUEUE, state.firstUnread());
        // Before it connects: else the first segments have the smallest size there is.
        setTcp(
                SocketConstants.TCP_MAXSEG,
                Math.clamp(
                        state.options().mss(),
                        SocketConstants.TCP_MIN_MSS,
                        SocketConstants.MAX_TCP_WINDOW));
        calls.connect(descriptor, state.remote());
        setOptions();
        fill(SocketConstants.RECEIVE_QUEUE, state.unread());
        fill(SocketConstants.SEND_QUEUE, state.unacknowledged());
        setTcp(SocketConstants.TCP_REPAIR_QUEUE, SocketConstants.NO_QUEUE);
        // The peer's FIN comes last; a window cannot be offered at a byte that is not there.
        final int receiveNext = state.firstUnread() + state.unread().length();
        RepairWindow.write(calls, descriptor, state.windows().offeredBy(receiveNext));
    }

    private void setSequence(final int queue, final int number) throws SystemCallException {
        setTcp(SocketConstants.TCP_REPAIR_QUEUE, queue);
        setTcp(SocketConstants.TCP_QUEUE_SEQ, number);
    }

    private void setOptions() throws SystemCallException {
        final NegotiatedOptions options = state.options();
        final NegotiatedOptions.Timestamps timestamps = options.timestamps();
        int at = 0;
        if (options.sackPermitted()) {
            at = putOption(at, SocketConstants.TCPOPT_SACK_PERM, 0);
        }
        at =
                putOption(
                        at,
                        SocketConstants.TCPOPT_WINDOW,
                        options.sendScale() | options.receiveScale() << Short.SIZE);
        if (timestamps != null) {
            at = putOption(at, SocketConstants.TCPOPT_TIMESTAMP, 0);
        }
        at = putOption(at, SocketConstants.TCPOPT_MSS, options.mss());
        calls.setOption(descriptor, IPPROTO_TCP, SocketConstants.TCP_REPAIR_OPTIONS, at);
        if (timestamps != null) {
            final int unit = timestamps.microseconds() ? 1 : 0;
            setTcp(SocketConstants.TCP_TIMESTAMP, (timestamps.value() + CLOCK_LEAD & ~1) | unit);
        }
    }

    private int putOption(final int at, final int code, final int value) {
        calls.scratch().set(JAVA_INT, at, code);
        calls.scratch().set(JAVA_INT, at + Integer.BYTES, value);
        return at + OPTION_LENGTH;
    }

    /// In repair, what is written becomes what was received, or what was sent.
    private void fill(final int queue, final Octets octets) throws SystemCallException {
        if (octets.length() > 0) {
            setTcp(SocketConstants.TCP_REPAIR_QUEUE, queue);
            writeAll(octets);
        }
    }

    private void writeAll(final Octets octets) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(octets.length());
            octets.writeTo(memory, 0);
            long written = 0;
            while (written < octets.length()) {
                final long result =
                        calls.send(descriptor, memory.asSlice(written), octets.length() - written);
                if (result < 0
                        && !(result == -Errno.EAGAIN
                                && calls.poll(
                                        descriptor, SocketConstants.POLLOUT, WRITE_TIMEOUT_MS))) {
                    throw SystemCallException.of("writing a queue of " + octets, (int) -result);
                }
                written += Math.max(result, 0);
            }
        }
    }

    private void setTcp(final int option, final int value) throws SystemCallException {
        calls.setIntOption(descriptor, IPPROTO_TCP, option, value);
    }

    private int intOption(final int option) throws SystemCallException {
        return calls.intOption(descriptor, SOL_SOCKET, option);
    }

    /// The kernel doubles what it is told, for what it needs beside the bytes.
    private void setBuffer(final int forced, final int polite, final int bytes)
            throws SystemCallException {
        setBufferExactly(forced, polite, Math.min(bytes, Integer.MAX_VALUE / 4) + SPARE_BYTES);
    }

    /// Without the right to exceed the system's limit, up to that limit.
    private void setBufferExactly(final int forced, final int polite, final int bytes)
            throws SystemCallException {
        calls.scratch().set(JAVA_INT, 0, bytes);
        if (calls.trySetOption(descriptor, SOL_SOCKET, forced, Integer.BYTES) < 0) {
            calls.setIntOption(descriptor, SOL_SOCKET, polite, bytes);
        }
    }

    /// The packets of the connection come to this node now: it goes on. The peer is asked for a
    /// sign of life, which tells it of the window, too.
    public TcpSocket goLive() throws SystemCallException {
        if (state.peerClosed()) {
            new PeerFin(calls, state).deliver();
            awaitFin();
        }
        // Before the peer is told of a window: it would grow with each move by what was spared.
        applyReceiveBuffer();
        setTcp(SocketConstants.TCP_REPAIR, SocketConstants.TCP_REPAIR_OFF);
        // The end of repair forbids what a listener at this address needs.
        calls.setIntOption(descriptor, SOL_SOCKET, SocketConstants.SO_REUSEADDR, 1);
        writeAll(state.unsent());
        applySettings();
        return new TcpSocket(calls, descriptor);
    }

    private void awaitFin() throws SystemCallException {
        if (TcpInfo.of(calls, descriptor).state() != TcpInfo.CLOSE_WAIT) {
            calls.poll(descriptor, SocketConstants.POLLRDHUP, FIN_TIMEOUT_MS);
            final TcpInfo info = TcpInfo.of(calls, descriptor);
            if (info.state() != TcpInfo.CLOSE_WAIT) {
                throw SystemCallException.of(
                        "the peer's FIN was not taken: connection is in " + info.stateName(),
                        Errno.EINVAL);
            }
        }
    }

    private void applyReceiveBuffer() throws SystemCallException {
        final int bytes = state.settings().receiveBufferBytes();
        setBufferExactly(
                SocketConstants.SO_RCVBUFFORCE,
                SocketConstants.SO_RCVBUF,
                (bytes == 0 ? receiveBufferBytes : bytes) / 2);
    }

    private void applySettings() throws SystemCallException {
        final SocketSettings settings = state.settings();
        final int sendBytes = settings.sendBufferBytes();
        setBufferExactly(
                SocketConstants.SO_SNDBUFFORCE,
                SocketConstants.SO_SNDBUF,
                (sendBytes == 0 ? sendBufferBytes : sendBytes) / 2);
        calls.setIntOption(
                descriptor,
                SOL_SOCKET,
                SocketConstants.SO_BUF_LOCK,
                (settings.sendBufferFixed() ? SocketConstants.SOCK_SNDBUF_LOCK : 0)
                        | (settings.receiveBufferFixed() ? SocketConstants.SOCK_RCVBUF_LOCK : 0));
        setTcp(SocketConstants.TCP_NODELAY, settings.noDelay() ? 1 : 0);
        calls.setIntOption(
                descriptor, SOL_SOCKET, SocketConstants.SO_KEEPALIVE, settings.keepAlive() ? 1 : 0);
        setTcp(SocketConstants.TCP_USER_TIMEOUT, settings.userTimeoutMs());
    }

    /// {@link #goLive} has failed, and nobody else has the connection: the peer is told.
    public void reset() {
        calls.trySetIntOption(
                descriptor,
                IPPROTO_TCP,
                SocketConstants.TCP_REPAIR,
                SocketConstants.TCP_REPAIR_OFF);
        calls.closeWithReset(descriptor);
    }

    /// The connection stays where it was: this node forgets it without a word to the peer.
    public void discard() {
        calls.close(descriptor);
    }
}
