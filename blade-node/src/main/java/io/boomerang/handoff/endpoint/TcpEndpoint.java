package io.boomerang.handoff.endpoint;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.NegotiatedOptions;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.SocketSettings;
import io.boomerang.handoff.Windows;
import io.boomerang.wire.TcpHeader;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/// One TCP connection (RFC 9293) that answers a client, or opens as one: handshake, reassembly,
/// retransmission, windows, FIN. Packets in, packets out, time as an argument; no thread, no
/// socket.
///
/// Packets are given to {@link #receive}. {@link #poll} sends what is to be sent; it is to be
/// called after packets, after {@link #write}, {@link #read} and {@link #close}, and at {@link
/// #nextDueNs}. The connection can be taken out as a {@link ConnectionState} and put into this or
/// any other stack.
///
/// Left out: urgent data, simultaneous open, sending by what the peer acknowledged selectively,
/// path MTU discovery.
public final class TcpEndpoint {
    /// Nothing is due.
    public static final long NEVER = Long.MAX_VALUE;

    /// Twice the maximum segment lifetime, which is half a minute here; RFC 9293, 3.4.2 has two.
    private static final long TIME_WAIT_NS = 60_000_000_000L;

    private final EndpointConfig config;
    private final InetSocketAddress local;
    private final PacketSink sink;
    private final int initialSequence;
    private final SegmentView segment = new SegmentView();

    private State state;
    private @Nullable Handshake handshake;
    private @Nullable Connection connection;
    private SocketSettings settings;
    private boolean frozen;
    private boolean reset;
    private long timeWaitUntilNs;
    private long dropBrokenCount;
    private long dropUnacceptableCount;

    /// RFC 9293, 3.3.2.
    public enum State {
        LISTEN,
        SYN_SENT,
        SYN_RECEIVED,
        ESTABLISHED,
        FIN_WAIT_1,
        FIN_WAIT_2,
        CLOSE_WAIT,
        CLOSING,
        LAST_ACK,
        TIME_WAIT,
        CLOSED
    }

    private TcpEndpoint(
            final EndpointConfig config,
            final InetSocketAddress local,
            final PacketSink sink,
            final int initialSequence,
            final State state) {
        this.config = config;
        this.local = local;
        this.sink = sink;
        this.initialSequence = initialSequence;
        this.state = state;
        settings = new SocketSettings(0, 0, false, false, config.noDelay(), false, 0);
    }

    /// Waits for the first client that comes.
    ///
    /// @param initialSequence hard to guess for others (RFC 6528)
    public static TcpEndpoint listen(
            final EndpointConfig config,
            final InetSocketAddress local,
            final PacketSink sink,
            final int initialSequence) {
        return new TcpEndpoint(config, local, sink, initialSequence, State.LISTEN);
    }

    /// Opens a connection as a client.
    public static TcpEndpoint connect(
            final EndpointConfig config,
            final AddressPair addresses,
            final PacketSink sink,
            final int initialSequence,
            final long nowNs) {
        final TcpEndpoint endpoint =
                new TcpEndpoint(config, addresses.local(), sink, initialSequence, State.SYN_SENT);
        final Handshake opening = new Handshake(config, addresses, sink, initialSequence);
        endpoint.handshake = opening;
        opening.emitSyn(nowNs);
        opening.timer().arm(nowNs);
        return endpoint;
    }

    /// Goes on with a connection where another stack stopped, silently until the next {@link
    /// #poll}. Its queues may be larger than `config` says.
    public static TcpEndpoint restore(
            final EndpointConfig config,
            final ConnectionState from,
            final PacketSink sink,
            final long nowNs) {
        final TcpEndpoint endpoint =
                new TcpEndpoint(
                        config,
                        from.local(),
                        sink,
                        from.sendUnacknowledged(),
                        from.peerClosed() ? State.CLOSE_WAIT : State.ESTABLISHED);
        endpoint.settings = from.settings();
        endpoint.connection = Restoration.connection(config, from, sink, nowNs);
        return endpoint;
    }

    /// Takes an IP packet. Answers whether it was a segment of this connection.
    public boolean receive(
            final MemorySegment packet, final long offset, final long limit, final long nowNs) {
        if (frozen || state == State.CLOSED) {
            return false;
        }
        if (!segment.wrap(packet, offset, limit)) {
            dropBrokenCount++;
            return false;
        }
        if (!segment.isTo(local)) {
            return false;
        }
        final Connection known = connection;
        if (known != null) {
            return segment.isFrom(known.remote()) && receive(known, packet, nowNs);
        }
        final Handshake opening = handshake;
        return opening == null ? receiveSyn(nowNs) : receiveSynAck(opening, nowNs);
    }

    private boolean receiveSyn(final long nowNs) {
        if (segment.has(TcpHeader.RST | TcpHeader.ACK) || !segment.has(TcpHeader.SYN)) {
            return false;
        }
        final AddressPair addresses = new AddressPair(local, segment.source());
        final Handshake opening = new Handshake(config, addresses, sink, initialSequence);
        final NegotiatedOptions agreed = opening.agree(segment.options(), nowNs);
        final Connection accepted = opening.connect(segment, agreed);
        handshake = opening;
        connection = accepted;
        state = State.SYN_RECEIVED;
        opening.emitSynAck(agreed, accepted.receiver(), nowNs);
        opening.timer().arm(nowNs);
        return true;
    }

    private boolean receiveSynAck(final Handshake opening, final long nowNs) {
        if (!segment.isFrom(opening.remote())) {
            return false;
        }
        if (!segment.has(TcpHeader.ACK) || segment.acknowledgment() != initialSequence + 1) {
            dropUnacceptableCount++;
            return true;
        }
        if (segment.has(TcpHeader.RST)) {
            end(true);
            return true;
        }
        if (segment.has(TcpHeader.SYN)) {
            final NegotiatedOptions agreed = opening.agree(segment.options(), nowNs);
            final Connection opened = opening.connect(segment, agreed);
            connection = opened;
            opening.timer().disarm();
            state = State.ESTABLISHED;
            opened.receiver().demand();
        }
        return true;
    }

    private boolean receive(final Connection known, final MemorySegment packet, final long nowNs) {
        final Receiver receiver = known.receiver();
        final Transmitter transmitter = known.transmitter();
        if (!isTimely(transmitter)
                || !receiver.isAcceptable(segment.sequence(), segment.length())) {
            dropUnacceptableCount++;
            answerUnacceptable(known, nowNs);
            return true;
        }
        if (segment.has(TcpHeader.RST)) {
            // RFC 5961: a reset that is only about right is perhaps not the peer's.
            if (segment.sequence() == receiver.next()) {
                end(true);
            } else {
                receiver.demand();
            }
            return true;
        }
        if (segment.has(TcpHeader.SYN)) {
            receiver.demand();
            return true;
        }
        if (!segment.has(TcpHeader.ACK)) {
            return true;
        }
        if (state == State.SYN_RECEIVED && segment.acknowledgment() != initialSequence + 1) {
            dropUnacceptableCount++;
            return true;
        }
        learnTimestamp(transmitter, receiver);
        if (!transmitter.acknowledge(segment, nowNs)) {
            receiver.demand();
            return true;
        }
        afterAcknowledgement(transmitter, nowNs);
        if (segment.length() > 0) {
            takeData(known, packet, nowNs);
        }
        return true;
    }

    private boolean isTimely(final Transmitter transmitter) {
        final TimestampClock clock = transmitter.clock();
        return clock == null
                || !segment.options().hasTimestamps()
                || segment.has(TcpHeader.RST)
                || !clock.isOld(segment.options().timestampValue());
    }

    private void answerUnacceptable(final Connection known, final long nowNs) {
        final Handshake opening = handshake;
        if (segment.has(TcpHeader.RST)) {
            return;
        }
        if (opening != null && state == State.SYN_RECEIVED && segment.has(TcpHeader.SYN)) {
            opening.emitSynAck(known.options(), known.receiver(), nowNs);
        } else {
            known.receiver().demand();
        }
        if (state == State.TIME_WAIT) {
            timeWaitUntilNs = nowNs + TIME_WAIT_NS;
        }
    }

    /// RFC 7323, 4.3: only from segments that were to come now.
    private void learnTimestamp(final Transmitter transmitter, final Receiver receiver) {
        final TimestampClock clock = transmitter.clock();
        if (clock != null
                && segment.options().hasTimestamps()
                && segment.sequence() - receiver.lastOfferedAt() <= 0) {
            clock.learn(segment.options().timestampValue());
        }
    }

    private void afterAcknowledgement(final Transmitter transmitter, final long nowNs) {
        final Handshake opening = handshake;
        if (opening != null) {
            opening.timer().disarm();
            handshake = null;
        }
        final boolean finAcknowledged = transmitter.queue().finAcknowledged();
        switch (state) {
            case SYN_RECEIVED ->
                    state = transmitter.queue().isClosed() ? State.FIN_WAIT_1 : State.ESTABLISHED;
            case FIN_WAIT_1 -> state = finAcknowledged ? State.FIN_WAIT_2 : state;
            case CLOSING -> {
                if (finAcknowledged) {
                    beginTimeWait(nowNs);
                }
            }
            case LAST_ACK -> {
                if (finAcknowledged) {
                    end(false);
                }
            }
            case LISTEN, SYN_SENT, ESTABLISHED, FIN_WAIT_2, CLOSE_WAIT, TIME_WAIT, CLOSED -> {}
        }
    }

    private void takeData(final Connection known, final MemorySegment packet, final long nowNs) {
        final Receiver receiver = known.receiver();
        final boolean wasClosed = receiver.isClosed();
        receiver.accept(segment, packet);
        if (receiver.queue().islandCount() > 0) {
            // At once, and once for each: the peer counts them (RFC 5681, 4.2).
            known.transmitter().emitAcknowledgement(nowNs, known.options().sackPermitted());
        }
        if (!wasClosed && receiver.isClosed()) {
            switch (state) {
                case ESTABLISHED -> state = State.CLOSE_WAIT;
                case FIN_WAIT_1 -> state = State.CLOSING;
                case FIN_WAIT_2 -> beginTimeWait(nowNs);
                case LISTEN,
                        SYN_SENT,
                        SYN_RECEIVED,
                        CLOSE_WAIT,
                        CLOSING,
                        LAST_ACK,
                        TIME_WAIT,
                        CLOSED -> {}
            }
        }
    }

    private void beginTimeWait(final long nowNs) {
        state = State.TIME_WAIT;
        timeWaitUntilNs = nowNs + TIME_WAIT_NS;
    }

    private void end(final boolean byReset) {
        state = State.CLOSED;
        reset |= byReset;
    }

    /// Sends what may be sent now, and does what was due.
    public void poll(final long nowNs) {
        if (frozen || state == State.CLOSED) {
            return;
        }
        final Handshake opening = handshake;
        if (opening != null && opening.timer().isDue(nowNs)) {
            repeatOpening(opening, nowNs);
        }
        if (state == State.TIME_WAIT && nowNs - timeWaitUntilNs >= 0) {
            end(false);
            return;
        }
        final Connection known = connection;
        if (known != null && state != State.SYN_RECEIVED) {
            if (!known.transmitter().poll(nowNs)) {
                end(true);
            } else if (known.receiver().isDue()) {
                known.transmitter().emitAcknowledgement(nowNs, known.options().sackPermitted());
            }
        }
    }

    private void repeatOpening(final Handshake opening, final long nowNs) {
        final Connection known = connection;
        if (!opening.timer().expire(nowNs)) {
            end(true);
        } else if (known == null) {
            opening.emitSyn(nowNs);
        } else if (state == State.SYN_RECEIVED) {
            opening.emitSynAck(known.options(), known.receiver(), nowNs);
        }
    }

    /// When {@link #poll} has something to do by itself; {@link #NEVER} if nothing is waited for.
    public long nextDueNs() {
        if (frozen || state == State.CLOSED) {
            return NEVER;
        }
        final Handshake opening = handshake;
        final Connection known = connection;
        if (opening != null && opening.timer().isArmed()) {
            return opening.timer().dueNs();
        }
        if (state == State.TIME_WAIT) {
            return timeWaitUntilNs;
        }
        return known != null && known.transmitter().timer().isArmed()
                ? known.transmitter().timer().dueNs()
                : NEVER;
    }

    /// Takes as many bytes as there is room for, and answers how many.
    public int write(final MemorySegment source, final long offset, final int length) {
        final Connection known = connection;
        return known == null || frozen || state == State.CLOSED
                ? 0
                : known.transmitter().queue().write(source, offset, length);
    }

    /// Gives as many bytes as there are, and answers how many; -1 after the peer's last.
    public int read(final MemorySegment target, final long offset, final int length) {
        final Connection known = connection;
        if (known == null || frozen) {
            return 0;
        }
        final int count = known.receiver().queue().read(target, offset, length);
        final boolean ended = known.receiver().isClosed() || state == State.CLOSED;
        return count == 0 && ended && length > 0 ? -1 : count;
    }

    /// Sends a FIN after what was written. The peer may go on sending.
    public void close() {
        final Connection known = connection;
        if (known == null) {
            end(false);
            return;
        }
        known.transmitter().queue().close();
        switch (state) {
            case ESTABLISHED -> state = State.FIN_WAIT_1;
            case CLOSE_WAIT -> state = State.LAST_ACK;
            case LISTEN,
                    SYN_SENT,
                    SYN_RECEIVED,
                    FIN_WAIT_1,
                    FIN_WAIT_2,
                    CLOSING,
                    LAST_ACK,
                    TIME_WAIT,
                    CLOSED -> {}
        }
    }

    /// Why the connection cannot go to another stack now; null if it can.
    public @Nullable String refusal() {
        final Connection known = connection;
        if (known == null || state != State.ESTABLISHED && state != State.CLOSE_WAIT) {
            return "connection is in " + state + ", not ESTABLISHED or CLOSE_WAIT";
        }
        if (frozen) {
            return "connection was taken already";
        }
        return known.receiver().queue().islandCount() > 0
                ? "data came out of order and waits for what is missing"
                : null;
    }

    /// Stops the connection and answers its state. It takes and sends nothing until {@link
    /// #resume}.
    ///
    /// @throws IllegalStateException if there is a {@link #refusal}
    public ConnectionState freeze(final long nowNs) {
        final String refusal = refusal();
        final Connection known = connection;
        if (refusal != null || known == null) {
            throw new IllegalStateException(refusal);
        }
        frozen = true;
        final SendQueue queue = known.transmitter().queue();
        final TimestampClock clock = known.transmitter().clock();
        final NegotiatedOptions agreed = known.options();
        final Windows windows = known.transmitter().windows();
        return new ConnectionState(
                local,
                known.remote(),
                state == State.CLOSE_WAIT,
                queue.oldest(),
                known.receiver().next(),
                new NegotiatedOptions(
                        agreed.mss(),
                        agreed.sendScale(),
                        agreed.receiveScale(),
                        agreed.sackPermitted(),
                        clock == null ? null : clock.export(nowNs)),
                windows,
                settings,
                queue.unacknowledged(),
                queue.unsent(),
                known.receiver().queue().copyUnread(),
                Octets.NONE,
                Octets.NONE);
    }

    /// The connection goes on here as if nothing had been.
    public void resume() {
        frozen = false;
    }

    /// The connection lives elsewhere: nothing is said to the peer.
    public void release() {
        frozen = false;
        end(false);
    }

    public State state() {
        return state;
    }

    /// The peer has refused or ended the connection, or did not answer any more.
    public boolean isReset() {
        return reset;
    }

    /// Whether everything written has been acknowledged.
    public boolean isSent() {
        final Connection known = connection;
        return known == null || known.transmitter().queue().isEmpty();
    }

    /// Packets that were no segments, or not intact.
    public long dropBrokenCount() {
        return dropBrokenCount;
    }

    /// Segments outside the window or older than what was taken.
    public long dropUnacceptableCount() {
        return dropUnacceptableCount;
    }

    /// Times that something was sent again.
    public long repeatedCount() {
        final Connection known = connection;
        return known == null ? 0 : known.transmitter().repeatedCount();
    }
}
