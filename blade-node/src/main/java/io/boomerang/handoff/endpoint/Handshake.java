package io.boomerang.handoff.endpoint;

import io.boomerang.handoff.NegotiatedOptions;
import io.boomerang.wire.TcpHeader;

import java.net.InetSocketAddress;

/// The three segments that open a connection, and what they agree on.
final class Handshake {
    private static final int WINDOW_FIELD = 0xFFFF;

    private final EndpointConfig config;
    private final InetSocketAddress remote;
    private final SegmentWriter writer;
    private final PacketSink sink;
    private final TimestampClock clock;
    private final int initialSequence;
    private final int ownScale;
    private final RetransmissionTimer timer = new RetransmissionTimer();

    Handshake(
            final EndpointConfig config,
            final AddressPair addresses,
            final PacketSink sink,
            final int initialSequence) {
        this.config = config;
        remote = addresses.remote();
        this.sink = sink;
        this.initialSequence = initialSequence;
        writer = new SegmentWriter(addresses, config.mss());
        // Any start will do; the sequence number's is as hard to guess as there is one.
        clock = TimestampClock.startingAt(initialSequence);
        ownScale = Receiver.scaleFor(new ByteRing(config.receiveCapacityBytes()).capacity());
    }

    InetSocketAddress remote() {
        return remote;
    }

    RetransmissionTimer timer() {
        return timer;
    }

    /// Asks for a connection, or again.
    void emitSyn(final long nowNs) {
        writer.start(TcpHeader.SYN, initialSequence, 0, firstWindow());
        writer.mss(config.mss());
        if (config.sack()) {
            writer.sackPermitted();
        }
        if (config.timestamps()) {
            writer.timestamps(clock.now(nowNs), 0);
        }
        if (config.windowScaling()) {
            writer.windowScale(ownScale);
        }
        writer.finishWithout();
        writer.emit(sink);
    }

    /// Accepts a connection, or again: with those of the offered options that this end has, too.
    void emitSynAck(final NegotiatedOptions agreed, final Receiver receiver, final long nowNs) {
        writer.start(
                TcpHeader.SYN | TcpHeader.ACK, initialSequence, receiver.next(), firstWindow());
        receiver.offered(firstWindow());
        writer.mss(config.mss());
        if (agreed.sackPermitted()) {
            writer.sackPermitted();
        }
        if (agreed.timestamps() != null) {
            writer.timestamps(clock.now(nowNs), clock.recent());
        }
        if (agreed.receiveScale() > 0 || agreed.sendScale() > 0) {
            writer.windowScale(agreed.receiveScale());
        }
        writer.finishWithout();
        writer.emit(sink);
    }

    /// The window of a SYN is not scaled.
    private int firstWindow() {
        return Math.min(config.receiveCapacityBytes(), WINDOW_FIELD);
    }

    /// What both ends have, from the peer's SYN.
    NegotiatedOptions agree(final SegmentOptions offered, final long nowNs) {
        final boolean scaling = config.windowScaling() && offered.windowScale() >= 0;
        final boolean timestamps = config.timestamps() && offered.hasTimestamps();
        if (timestamps) {
            clock.learn(offered.timestampValue());
        }
        return new NegotiatedOptions(
                offered.mss(),
                scaling ? Math.min(offered.windowScale(), NegotiatedOptions.MAX_SCALE) : 0,
                scaling ? ownScale : 0,
                config.sack() && offered.sackPermitted(),
                timestamps ? clock.export(nowNs) : null);
    }

    /// The connection that begins behind the peer's SYN.
    Connection connect(final SegmentView syn, final NegotiatedOptions agreed) {
        final ReceiveQueue unread =
                new ReceiveQueue(config.receiveCapacityBytes(), syn.sequence() + 1);
        final Receiver receiver = new Receiver(unread, agreed.receiveScale(), config.mss());
        receiver.offered(firstWindow());
        final Transmitter transmitter =
                new Transmitter(
                        receiver,
                        writer,
                        sink,
                        new SendQueue(config.sendCapacityBytes(), initialSequence + 1),
                        agreed.timestamps() == null ? null : clock,
                        agreed,
                        config);
        transmitter.start(syn.window(), syn.window(), syn.sequence());
        return new Connection(remote, agreed, transmitter, receiver);
    }
}
