package io.boomerang.redirector.steering;

import io.boomerang.announce.StateQuery;
import io.boomerang.backplane.Purpose;
import io.boomerang.cluster.ControlSender;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.RedirectorConfig;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What the blades have been asked, and the packets that wait for their answers. Whoever gets a
/// queue back steers the packets in it. Bounded in questions, bytes and time. Used by the
/// redirector's thread only.
final class StateQueries implements AutoCloseable {
    private static final int MAX_QUERIES = 1_024;

    private final int node;
    private final ControlSender control;
    private final RedirectorCounters counters;
    private final SteeringObserver observer;
    private final WaitingRoom<FlowKey> room;
    private final Map<Long, FlowKey> keyById = new HashMap<>();
    private long nextId = 1;

    StateQueries(
            final RedirectorConfig config,
            final int node,
            final ControlSender control,
            final RedirectorCounters counters,
            final SteeringObserver observer) {
        this.node = node;
        this.control = control;
        this.counters = counters;
        this.observer = observer;
        room =
                new WaitingRoom<>(
                        config.queriedCells(),
                        TimeUnit.MILLISECONDS.toNanos(config.queryLimitMs()));
    }

    boolean isEmpty() {
        return room.size() == 0;
    }

    /// Who waits for this flow; null when the blades have not been asked.
    WaitingRoom.@Nullable Queue find(final FlowKey key) {
        return isEmpty() ? null : room.find(key);
    }

    /// Asks all blades who holds the flow, on behalf of a packet of `length` bytes, which is to be
    /// held next; null when too many questions are open or the packet cannot wait.
    WaitingRoom.@Nullable Queue ask(
            final FlowKey key, final int[] blades, final int length, final long nowNs) {
        if (room.size() >= MAX_QUERIES || length > WaitingRoom.MAX_FRAME_BYTES) {
            counters.queriesRefused++;
            return null;
        }
        final FlowKey kept = key.copy();
        final WaitingRoom.Queue queue = room.open(kept, nowNs);
        queue.token = nextId++;
        queue.outstanding = blades.length;
        keyById.put(queue.token, kept);
        counters.queries++;
        final StateQuery query = new StateQuery(queue.token, kept);
        for (final int blade : blades) {
            control.send(blade, query);
        }
        return queue;
    }

    /// Lets a packet wait; false when there is no room for it.
    boolean hold(final WaitingRoom.Queue queue, final Arrival arrival, final long nowNs) {
        if (!room.append(queue, arrival)) {
            counters.queriesRefused++;
            return false;
        }
        counters.held++;
        observer.onHeld(node, arrival.packetNumber, Purpose.LOOK_UP, nowNs);
        return true;
    }

    /// The flow that a question was about; null when it has been settled, or was never asked.
    @Nullable FlowKey keyOf(final long queryId) {
        return keyById.get(queryId);
    }

    /// A blade does not hold the flow. Answers those who wait when it was the last one asked.
    WaitingRoom.@Nullable Queue onUnknown(final long queryId, final FlowKey key, final long nowNs) {
        final WaitingRoom.Queue queue = room.find(key);
        if (queue == null || --queue.outstanding > 0) {
            return null;
        }
        room.remove(key);
        keyById.remove(queryId);
        observer.onQueried(node, key, false, nowNs);
        return queue;
    }

    /// A session of the flow has come, as an answer or by itself. Answers those who waited for it.
    WaitingRoom.@Nullable Queue onFound(final FlowKey key, final long nowNs) {
        final WaitingRoom.Queue queue = isEmpty() ? null : room.remove(key);
        if (queue == null) {
            return null;
        }
        keyById.remove(queue.token);
        counters.queriesFound++;
        observer.onQueried(node, key, true, nowNs);
        return queue;
    }

    /// The eldest question if its time is up, with those who wait.
    Map.@Nullable Entry<FlowKey, WaitingRoom.Queue> expireEldest(final long nowNs) {
        final var eldest = room.removeEldest(nowNs, false);
        if (eldest != null) {
            counters.queriesExpired++;
            keyById.remove(eldest.getValue().token);
            observer.onQueried(node, eldest.getKey(), false, nowNs);
        }
        return eldest;
    }

    /// The next of those who waited becomes the arrival.
    void take(final WaitingRoom.Queue released, final Arrival arrival) {
        room.take(released, arrival);
    }

    @Override
    public void close() {
        room.close();
    }
}
