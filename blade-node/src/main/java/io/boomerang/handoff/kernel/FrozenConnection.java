package io.boomerang.handoff.kernel;

import static io.boomerang.handoff.kernel.SocketConstants.IPPROTO_TCP;
import static io.boomerang.handoff.kernel.SocketConstants.SOL_SOCKET;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.NegotiatedOptions;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.SocketSettings;
import io.boomerang.handoff.Windows;
import io.boomerang.linux.SystemCallException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A connection that stands still: it takes no packet, sends none, and its state was read. It ends
/// by {@link #resume} or by {@link #release}; until then it swallows late packets, which would draw
/// a reset if there were no socket. After about 200 ms the kernel starts to repeat what is
/// unacknowledged.
public final class FrozenConnection {
    private static final int ATTEMPTS = 5;

    /// `struct sock_fprog` and the one `struct sock_filter` it points to (linux/filter.h): BPF_RET
    /// | BPF_K with 0, which keeps no byte of any packet.
    private static final int PROGRAM_LENGTH = 16;

    private static final int FILTER = 16;
    private static final int FILTER_LENGTH = 8;
    private static final short RETURN_CONSTANT = 0x06;

    private final SocketCalls calls;
    private final int descriptor;
    private final boolean reuseAddress;
    private boolean inRepair;
    private @Nullable Windows windows;
    private @Nullable ConnectionState state;

    private FrozenConnection(
            final SocketCalls calls, final int descriptor, final boolean reuseAddress) {
        this.calls = calls;
        this.descriptor = descriptor;
        this.reuseAddress = reuseAddress;
    }

    /// Freezes the socket, or leaves it as it was.
    static TakeResult take(
            final SocketCalls calls, final TcpSocket socket, final PacketWitness witness)
            throws SystemCallException {
        final int descriptor = socket.descriptor();
        final Movability movability = new Movability(calls, descriptor, witness);
        final String refusal = movability.refusal();
        if (refusal != null) {
            return new TakeResult.Refused(refusal);
        }
        final boolean reuse =
                calls.intOption(descriptor, SOL_SOCKET, SocketConstants.SO_REUSEADDR) != 0;
        final FrozenConnection frozen = new FrozenConnection(calls, descriptor, reuse);
        boolean complete = false;
        try {
            final String late = frozen.freeze(movability);
            complete = late == null;
            if (late != null) {
                return new TakeResult.Refused(late);
            }
            socket.detach();
            return new TakeResult.Taken(frozen);
        } finally {
            if (!complete) {
                frozen.thaw();
            }
        }
    }

    /// Answers why it is refused after all: packets were taken until the filter was there.
    private @Nullable String freeze(final Movability movability) throws SystemCallException {
        dropAll();
        calls.setIntOption(
                descriptor, IPPROTO_TCP, SocketConstants.TCP_REPAIR, SocketConstants.TCP_REPAIR_ON);
        inRepair = true;
        final TcpInfo info = TcpInfo.of(calls, descriptor);
        if (!info.isMovable()) {
            return "connection went to " + info.stateName();
        }
        final String disorder = movability.lateDisorder(info);
        if (disorder != null) {
            return disorder;
        }
        final Windows read = RepairWindow.read(calls, descriptor);
        windows = read;
        RepairWindow.writeShut(calls, descriptor, read);
        // To be known before the send queue is selected: as long as it is, a timer of the kernel's,
        // of pacing for instance, takes all of it for sent and sends nothing (tcp_write_xmit of a
        // socket in repair asks for no window).
        final int unsentLength = calls.queueLength(descriptor, SocketConstants.SIOCOUTQNSD);
        for (int attempt = 0; attempt < ATTEMPTS && state == null; attempt++) {
            try {
                state = read(info, read, unsentLength);
            } catch (final IllegalArgumentException e) {
                return "its state contradicts itself: " + e.getMessage();
            }
        }
        return state == null ? "queues do not come to rest" : null;
    }

    private void dropAll() throws SystemCallException {
        final MemorySegment program = calls.scratch();
        program.asSlice(0, FILTER + FILTER_LENGTH).fill((byte) 0);
        program.set(JAVA_SHORT, 0, (short) 1);
        program.set(JAVA_LONG, Long.BYTES, program.address() + FILTER);
        program.set(JAVA_SHORT, FILTER, RETURN_CONSTANT);
        calls.setOption(descriptor, SOL_SOCKET, SocketConstants.SO_ATTACH_FILTER, PROGRAM_LENGTH);
    }

    /// Null if the queues changed meanwhile.
    private @Nullable ConnectionState read(
            final TcpInfo info, final Windows windows, final int unsentLength)
            throws SystemCallException {
        final int unreadLength = calls.queueLength(descriptor, SocketConstants.SIOCINQ);
        final int outLength = calls.queueLength(descriptor, SocketConstants.SIOCOUTQ);
        final int sendEnd = sequence(SocketConstants.SEND_QUEUE);
        final Octets out = peek(outLength);
        final int receiveNext = sequence(SocketConstants.RECEIVE_QUEUE);
        final Octets unread = peek(unreadLength);
        selectQueue(SocketConstants.NO_QUEUE);
        if (out == null
                || unread == null
                || unreadLength != calls.queueLength(descriptor, SocketConstants.SIOCINQ)
                || outLength != calls.queueLength(descriptor, SocketConstants.SIOCOUTQ)) {
            return null;
        }
        final int sentLength = outLength - unsentLength;
        return new ConnectionState(
                calls.localName(descriptor),
                calls.peerName(descriptor),
                info.state() == TcpInfo.CLOSE_WAIT,
                sendEnd - outLength,
                receiveNext,
                options(info),
                windows,
                settings(),
                Octets.copyOf(out.segment(), 0, sentLength),
                Octets.copyOf(out.segment(), sentLength, unsentLength),
                unread,
                Octets.NONE,
                Octets.NONE);
    }

    /// Selects a queue and answers the number behind its last byte.
    private int sequence(final int queue) throws SystemCallException {
        selectQueue(queue);
        return calls.intOption(descriptor, IPPROTO_TCP, SocketConstants.TCP_QUEUE_SEQ);
    }

    private void selectQueue(final int queue) throws SystemCallException {
        calls.setIntOption(descriptor, IPPROTO_TCP, SocketConstants.TCP_REPAIR_QUEUE, queue);
    }

    /// What the selected queue holds; null if that is not as much as it was.
    private @Nullable Octets peek(final int length) {
        if (length == 0) {
            return Octets.NONE;
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(length);
            final long copied =
                    calls.receive(
                            descriptor,
                            memory,
                            length,
                            SocketConstants.MSG_PEEK | SocketConstants.MSG_DONTWAIT);
            return copied == length ? Octets.copyOf(memory, 0, length) : null;
        }
    }

    private NegotiatedOptions options(final TcpInfo info) throws SystemCallException {
        final int mss = calls.intOption(descriptor, IPPROTO_TCP, SocketConstants.TCP_MAXSEG);
        NegotiatedOptions.Timestamps timestamps = null;
        if (info.timestamps()) {
            final int value =
                    calls.intOption(descriptor, IPPROTO_TCP, SocketConstants.TCP_TIMESTAMP);
            // Its lowest bit is the unit. The peer's newest value is not to be had.
            timestamps = new NegotiatedOptions.Timestamps(value, 0, (value & 1) != 0);
        }
        return new NegotiatedOptions(
                mss, info.sendScale(), info.receiveScale(), info.sack(), timestamps);
    }

    private SocketSettings settings() throws SystemCallException {
        final int locks = calls.intOption(descriptor, SOL_SOCKET, SocketConstants.SO_BUF_LOCK);
        return new SocketSettings(
                calls.intOption(descriptor, SOL_SOCKET, SocketConstants.SO_SNDBUF),
                calls.intOption(descriptor, SOL_SOCKET, SocketConstants.SO_RCVBUF),
                (locks & SocketConstants.SOCK_SNDBUF_LOCK) != 0,
                (locks & SocketConstants.SOCK_RCVBUF_LOCK) != 0,
                calls.intOption(descriptor, IPPROTO_TCP, SocketConstants.TCP_NODELAY) != 0,
                calls.intOption(descriptor, SOL_SOCKET, SocketConstants.SO_KEEPALIVE) != 0,
                calls.intOption(descriptor, IPPROTO_TCP, SocketConstants.TCP_USER_TIMEOUT));
    }

    /// What was read when the connection came to rest.
    public ConnectionState state() {
        if (state == null) {
            throw new IllegalStateException("the connection was not read");
        }
        return state;
    }

    /// For those who look at it by other means; it stays this object's to close.
    public int descriptor() {
        return descriptor;
    }

    /// The connection goes on here as if nothing had been.
    public TcpSocket resume() throws SystemCallException {
        thaw();
        return new TcpSocket(calls, descriptor);
    }

    private void thaw() throws SystemCallException {
        if (windows != null) {
            RepairWindow.write(calls, descriptor, windows);
        }
        calls.scratch().set(JAVA_INT, 0, 0);
        calls.trySetOption(descriptor, SOL_SOCKET, SocketConstants.SO_DETACH_FILTER, Integer.BYTES);
        if (inRepair) {
            calls.setIntOption(
                    descriptor,
                    IPPROTO_TCP,
                    SocketConstants.TCP_REPAIR,
                    SocketConstants.TCP_REPAIR_OFF);
            // Repair forces the address to be reusable, and its end forbids it.
            calls.setIntOption(
                    descriptor, SOL_SOCKET, SocketConstants.SO_REUSEADDR, reuseAddress ? 1 : 0);
        }
    }

    /// The connection lives elsewhere: this node forgets it without a word to the peer.
    public void release() {
        calls.close(descriptor);
    }
}
