package io.boomerang.redirector.steering;

import io.boomerang.announce.TcpPhase;
import io.boomerang.backplane.Purpose;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.forwarder.MovingFlows;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionTable;
import io.boomerang.transfer.MovingFlow;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/// The sessions and packets of flows whose connections move through this redirector. Packets wait
/// in the order in which they came, bounded in cells of all flows, in packets of one flow and in
/// time; others are dropped and counted. Used by the redirector's thread only.
final class HeldFlows implements MovingFlows, AutoCloseable {
    /// 8 MiB in all; the kernel gives them as they are used.
    static final int CELLS = 4_096;

    /// A window of 1 MiB in packets of 1,460 bytes.
    static final int PACKETS_OF_A_FLOW = 720;

    /// Clients begin to repeat after 200 ms.
    static final long LIMIT_NS = 200_000_000L;

    /// How long the session of a moved flow lives until its blade announces it.
    private final int leaseMs;

    private final int node;
    private final SessionTable sessions;
    private final FlowHash flowHash;
    private final FlowSteering steering;
    private final Arrival arrival;
    private final PacketDrops drops;
    private final RedirectorCounters counters;
    private final SteeringObserver observer;
    private final WaitingRoom<FlowKey> room = new WaitingRoom<>(CELLS, LIMIT_NS);

    /// How many packets of each held flow wait.
    private final Map<FlowKey, Integer> held = new HashMap<>();

    private ChassisMap chassis = ChassisMap.EMPTY;

    HeldFlows(
            final int leaseMs,
            final int node,
            final FlowHash flowHash,
            final FlowSteering steering,
            final Arrival arrival,
            final PacketDrops drops,
            final RedirectorCounters counters,
            final SteeringObserver observer) {
        this.leaseMs = leaseMs;
        this.node = node;
        this.sessions = steering.sessions();
        this.flowHash = flowHash;
        this.steering = steering;
        this.arrival = arrival;
        this.drops = drops;
        this.counters = counters;
        this.observer = observer;
    }

    void onChassis(final ChassisMap map) {
        chassis = map;
    }

    @Override
    public @Nullable String hold(final MovingFlow flow, final int classifier, final long nowNs) {
        final FlowKey key = flow.key();
        if (belongsToAnother(flow, classifier, nowNs)) {
            return "another blade has the flow";
        }
        held.put(key, 0);
        return null;
    }

    private boolean belongsToAnother(final MovingFlow flow, final int blade, final long nowNs) {
        final long slot = find(flow.key());
        return slot != SessionTable.NONE
                && sessions.isLive(slot, nowNs)
                && sessions.blade(slot) != blade
                && chassis.isAlive(sessions.blade(slot), sessions.incarnation(slot))
                && isNewer(slot, flow);
    }

    private boolean isNewer(final long slot, final MovingFlow flow) {
        final int order = Long.compareUnsigned(sessions.flowId(slot), flow.flowId());
        return order > 0 || order == 0 && (short) (sessions.version(slot) - flow.version()) > 0;
    }

    private long find(final FlowKey key) {
        return sessions.find(key, flowHash.hash(key));
    }

    @Override
    public @Nullable MovingFlow move(
            final MovingFlow flow, final int from, final int to, final long nowNs) {
        if (belongsToAnother(flow, from, nowNs)) {
            return null;
        }
        final long slot = find(flow.key());
        final MovingFlow newest =
                slot != SessionTable.NONE && isNewer(slot, flow)
                        ? new MovingFlow(flow.key(), sessions.flowId(slot), sessions.version(slot))
                        : flow;
        final MovingFlow moved = newest.moved();
        final Installation installation =
                sessions.install(
                        slot,
                        moved.key(),
                        flowHash.hash(moved.key()),
                        Origin.ANNOUNCED,
                        moved.flowId(),
                        to,
                        chassis.incarnation(to),
                        moved.version(),
                        leaseMs,
                        TcpPhase.ESTABLISHED,
                        nowNs);
        return installation == Installation.INSTALLED ? moved : null;
    }

    @Override
    public void release(final FlowKey key, final long nowNs) {
        held.remove(key);
        final WaitingRoom.Queue queue = room.remove(key);
        while (queue != null && !queue.isEmpty()) {
            room.take(queue, arrival);
            steering.steer(key, nowNs);
        }
    }

    /// Whether the arrival belongs to a flow that moves; it then waits, or is dropped.
    boolean take(final FlowKey key, final long nowNs) {
        if (held.isEmpty()) {
            return false;
        }
        final Integer waiting = held.get(key);
        if (waiting == null) {
            return false;
        }
        if (waiting >= PACKETS_OF_A_FLOW
                || arrival.length > WaitingRoom.MAX_FRAME_BYTES
                || !room.append(queueOf(key, nowNs), arrival)) {
            drops.drop(arrival.packetNumber, DropReason.HANDOFF_HELD_FULL, nowNs);
        } else {
            held.replace(key, waiting + 1);
            counters.held++;
            observer.onHeld(node, arrival.packetNumber, Purpose.TRANSFER, nowNs);
        }
        return true;
    }

    private WaitingRoom.Queue queueOf(final FlowKey key, final long nowNs) {
        final WaitingRoom.Queue queue = room.find(key);
        return queue == null ? room.open(key.copy(), nowNs) : queue;
    }

    /// Drops packets that have waited for too long; answers of how many flows. Later ones of these
    /// flows wait anew.
    int expire(final long nowNs) {
        int done = 0;
        for (var eldest = room.removeEldest(nowNs, false);
                eldest != null;
                eldest = room.removeEldest(nowNs, false)) {
            final WaitingRoom.Queue queue = eldest.getValue();
            while (!queue.isEmpty()) {
                final long packetNumber = room.headPacketNumber(queue);
                room.discardHead(queue);
                drops.drop(packetNumber, DropReason.HANDOFF_HELD_TOO_LONG, nowNs);
            }
            held.replace(eldest.getKey(), 0);
            done++;
        }
        return done;
    }

    /// Packets that wait.
    int heldPackets() {
        return held.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Override
    public void close() {
        room.close();
    }
}
