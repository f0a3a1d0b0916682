package io.boomerang.handoff.endpoint;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.NegotiatedOptions;

/// Both halves of a connection, as another stack left them.
final class Restoration {
    private Restoration() {}

    static Connection connection(
            final EndpointConfig config,
            final ConnectionState from,
            final PacketSink sink,
            final long nowNs) {
        final NegotiatedOptions agreed = from.options();
        final int rightEdge = from.windows().offeredAt() + from.windows().receive();
        final ReceiveQueue unread =
                ReceiveQueue.of(
                        Math.max(config.receiveCapacityBytes(), rightEdge - from.firstUnread()),
                        from.firstUnread(),
                        from.unread());
        final Receiver receiver = new Receiver(unread, agreed.receiveScale(), config.mss());
        receiver.resume(rightEdge, from.windows().offeredAt(), from.peerClosed());
        final Transmitter transmitter =
                new Transmitter(
                        receiver,
                        new SegmentWriter(
                                new AddressPair(from.local(), from.remote()), config.mss()),
                        sink,
                        SendQueue.of(
                                config.sendCapacityBytes(),
                                from.sendUnacknowledged(),
                                from.unacknowledged(),
                                from.unsent()),
                        agreed.timestamps() == null
                                ? null
                                : TimestampClock.of(agreed.timestamps(), nowNs),
                        agreed,
                        config);
        transmitter.start(
                from.windows().send(), from.windows().largestSend(), from.windows().lastUpdate());
        if (from.unacknowledged().length() > 0) {
            transmitter.timer().arm(nowNs);
        }
        // The peer hears of this end soon, so that it goes on if it waits.
        receiver.demand();
        return new Connection(from.remote(), agreed, transmitter, receiver);
    }
}
