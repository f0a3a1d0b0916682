package io.boomerang.redirector.steering;

import io.boomerang.backplane.Purpose;
import io.boomerang.flow.DatagramKey;
import io.boomerang.flow.DatagramTable;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.redirector.RedirectorConfig;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;

/// Which flow a fragment belongs to, and the fragments that came before anybody could say. Bounded
/// in datagrams, bytes and time. Used by the redirector's thread only.
final class EarlyFragments implements AutoCloseable {
    private final int node;
    private final RedirectorCounters counters;
    private final SteeringObserver observer;
    private final PacketDrops drops;
    private final DatagramTable datagrams;
    private final WaitingRoom<DatagramKey> room;

    EarlyFragments(
            final RedirectorConfig config,
            final int node,
            final RedirectorCounters counters,
            final SteeringObserver observer,
            final PacketDrops drops) {
        this.node = node;
        this.counters = counters;
        this.observer = observer;
        this.drops = drops;
        datagrams = new DatagramTable(config.datagramCapacity());
        room =
                new WaitingRoom<>(
                        config.fragmentCells(),
                        TimeUnit.MILLISECONDS.toNanos(config.fragmentLimitMs()));
    }

    /// The first fragment of a datagram is here.
    void learn(final ParsedPacket first, final long nowNs) {
        datagrams.learn(first, nowNs);
    }

    /// Gives a fragment the key of its flow; false when the first fragment has not been seen.
    boolean resolve(final ParsedPacket fragment, final long nowNs) {
        return datagrams.resolve(fragment, nowNs);
    }

    /// Keeps a fragment until the first one of its datagram comes; the eldest ones make room.
    void hold(final Arrival arrival, final DatagramKey datagram, final long nowNs) {
        if (arrival.length > WaitingRoom.MAX_FRAME_BYTES) {
            drops.drop(arrival.packetNumber, DropReason.TOO_LARGE_TO_HOLD, nowNs);
            return;
        }
        WaitingRoom.Queue queue = room.find(datagram);
        if (queue == null) {
            queue = room.open(datagram.copy(), nowNs);
        }
        while (!room.append(queue, arrival)) {
            final var eldest = room.removeEldest(nowNs, true);
            if (eldest == null) {
                drops.drop(arrival.packetNumber, DropReason.TOO_LARGE_TO_HOLD, nowNs);
                return;
            }
            dropAll(eldest.getValue(), DropReason.FRAGMENT_EVICTED, nowNs);
            if (eldest.getValue() == queue) {
                queue = room.open(datagram.copy(), nowNs);
            }
        }
        counters.held++;
        observer.onHeld(node, arrival.packetNumber, Purpose.RESOLVE, nowNs);
    }

    /// The fragments that waited for this datagram's first one, to be taken one by one; null when
    /// none did.
    WaitingRoom.@Nullable Queue release(final DatagramKey datagram) {
        return room.size() == 0 ? null : room.remove(datagram);
    }

    /// The next of the released fragments becomes the arrival.
    void take(final WaitingRoom.Queue released, final Arrival arrival) {
        room.take(released, arrival);
    }

    /// Drops fragments that have waited for too long, or all when `force` is set; answers of how
    /// many datagrams.
    int expire(final long nowNs, final boolean force) {
        int done = 0;
        for (var eldest = room.removeEldest(nowNs, force);
                eldest != null;
                eldest = room.removeEldest(nowNs, force)) {
            dropAll(eldest.getValue(), DropReason.FRAGMENT_WITHOUT_FIRST, nowNs);
            done++;
        }
        return done;
    }

    private void dropAll(final WaitingRoom.Queue queue, final DropReason reason, final long nowNs) {
        while (!queue.isEmpty()) {
            drops.drop(room.headPacketNumber(queue), reason, nowNs);
            room.discardHead(queue);
        }
    }

    @Override
    public void close() {
        room.close();
    }
}
