package io.boomerang.blade.announcer;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.redirector.steering.FlowIdClock;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Tells the redirectors of flows that a processor expects to come: every one of both sides,
/// because nobody knows by which the first packet will enter. The next packet in each direction of
/// the connection in which the flow was agreed on carries the announcement, too: a redirector that
/// lets out the word of it knows before the peer does. Where a side has several redirectors the
/// others must know, too: until they have said so the packets of that connection toward this side
/// wait, but not for longer than a second.
///
/// An expectation is announced again when the redirectors change. Full: the one that has stood here
/// longest is forgotten. Belongs to the blade's thread.
public final class ExpectedFlows {
    static final int CAPACITY = 4_096;

    /// Announcements that wait for a packet to ride on.
    private static final int RIDING = 256;

    /// How long packets wait for the redirectors at most.
    static final long AWAIT_LIMIT_NS = TimeUnit.SECONDS.toNanos(1);

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private record Expected(SessionAnnouncement announcement, long endNs) {}

    /// An expectation that all redirectors of a side have to know.
    private record Awaited(long flowId, long endNs) {}

    private final Member self;
    private final Announcer announcer;
    private final FlowIdClock ids;
    private final Map<FlowKey, Expected> byKey = new LinkedHashMap<>();

    /// By the flow id of the connection whose packets carry them.
    private final Map<Long, SessionAnnouncement> ridingToIngress = new LinkedHashMap<>();

    private final Map<Long, SessionAnnouncement> ridingToEgress = new LinkedHashMap<>();

    /// By the flow id of the connection whose packets wait. Only the newest of its expectations
    /// counts: redirectors hear of all in the order of sending.
    private final Map<Long, Awaited> awaitedByIngress = new LinkedHashMap<>();

    private final Map<Long, Awaited> awaitedByEgress = new LinkedHashMap<>();

    private long announced;
    private long carried;

    public ExpectedFlows(final Member self, final Announcer announcer) {
        this.self = self;
        this.announcer = announcer;
        ids = new FlowIdClock(self.node());
    }

    /// The processor expects a flow.
    ///
    /// @param master the flow in which it was agreed on; null when that is unknown
    /// @param expected as its first packet will enter the chassis; port 0 is any port
    public void expect(
            final @Nullable MarkerSession master,
            final FlowKey expected,
            final int timeoutSeconds,
            final long nowNs) {
        final long leaseMs =
                Math.min(
                        TimeUnit.SECONDS.toMillis(timeoutSeconds),
                        SessionAnnouncement.MAX_LEASE_MS);
        final FlowKey key = expected.copy();
        final SessionAnnouncement announcement =
                new SessionAnnouncement(
                        Kind.EXPECT,
                        key,
                        key,
                        ids.next(nowNs),
                        self.node(),
                        self.incarnation(),
                        0,
                        (int) leaseMs,
                        TcpPhase.ESTABLISHED);
        put(byKey, key, new Expected(announcement, nowNs + leaseMs * MS), CAPACITY);
        announced++;
        announcer.announceToAll(announcement, nowNs);
        if (master != null) {
            put(ridingToIngress, master.flowId(), announcement, RIDING);
            put(ridingToEgress, master.flowId(), announcement, RIDING);
            await(master.flowId(), announcement.flowId(), nowNs);
        }
    }

    private void await(final long master, final long flowId, final long nowNs) {
        for (final Side side : Side.values()) {
            if (announcer.directory().nodes(side).size() > 1) {
                put(awaitedBy(side), master, new Awaited(flowId, nowNs + AWAIT_LIMIT_NS), RIDING);
            }
        }
    }

    private Map<Long, Awaited> awaitedBy(final Side side) {
        return side == Side.INGRESS ? awaitedByIngress : awaitedByEgress;
    }

    private static <K, V> void put(
            final Map<K, V> map, final K key, final V value, final int capacity) {
        map.remove(key);
        if (map.size() >= capacity) {
            map.remove(map.keySet().iterator().next());
        }
        map.put(key, value);
    }

    /// What the next packet of this flow toward a side has to carry; null when nothing.
    public @Nullable SessionAnnouncement toCarry(final MarkerSession marker, final Side toward) {
        final Map<Long, SessionAnnouncement> on =
                toward == Side.INGRESS ? ridingToIngress : ridingToEgress;
        if (on.isEmpty()) {
            return null;
        }
        final SessionAnnouncement announcement = on.remove(marker.flowId());
        if (announcement != null) {
            carried++;
        }
        return announcement;
    }

    /// Whether packets of this connection toward a side have to wait: one has yet to say that it
    /// knows which flow was agreed on.
    public boolean isAwaited(final long master, final Side toward, final long nowNs) {
        final Map<Long, Awaited> on = awaitedBy(toward);
        final Awaited awaited = on.isEmpty() ? null : on.get(master);
        if (awaited == null) {
            return false;
        }
        if (nowNs - awaited.endNs < 0 && announcer.isOutstanding(awaited.flowId, toward)) {
            return true;
        }
        on.remove(master);
        return false;
    }

    /// Forgets what nothing waits for any more.
    public void onTimer(final long nowNs) {
        forgetOverdue(awaitedByIngress, nowNs);
        forgetOverdue(awaitedByEgress, nowNs);
    }

    private static void forgetOverdue(final Map<Long, Awaited> on, final long nowNs) {
        while (!on.isEmpty() && nowNs - on.values().iterator().next().endNs >= 0) {
            on.remove(on.keySet().iterator().next());
        }
    }

    /// The redirectors have changed.
    public void onOwnersChanged(final long nowNs) {
        final Iterator<Expected> all = byKey.values().iterator();
        while (all.hasNext()) {
            final Expected expected = all.next();
            if (nowNs - expected.endNs >= 0) {
                all.remove();
            } else {
                announcer.announceToAll(expected.announcement, nowNs);
            }
        }
    }

    /// Flows that the processor expected.
    public long announced() {
        return announced;
    }

    /// Packets on which such an announcement rode.
    public long carried() {
        return carried;
    }
}
