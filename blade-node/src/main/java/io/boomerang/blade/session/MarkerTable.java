package io.boomerang.blade.session;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The flows this blade holds, found by flow id and by key on either side. It alone decides how
/// long a flow lives. Belongs to the blade's thread.
///
/// Places are made in chunks up to the capacity and then reused for ever; nothing is allocated per
/// packet. When all are taken, a new flow takes the place of the marker that has waited longest,
/// first among the lapsed, then the closed, then the embryonic ones; established flows are never
/// evicted, the new flow is refused and counted instead.
@SuppressWarnings("EnumOrdinal") // arrays by side and by class, within one process
public final class MarkerTable {
    /// Hears of the end of flows.
    public interface Listener {
        /// The flow's time limit is up. The marker still says all about it and stays findable for
        /// {@link Lifetimes#lapsedMs}.
        void onLapse(MarkerSession marker, long nowNs);

        /// The marker's place becomes free; `live` when the flow was not over yet.
        void onForget(MarkerSession marker, boolean live, long nowNs);
    }

    private static final int CHUNK = 1_024;
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long TIMED_REFRESH_NS = SessionAnnouncement.MAX_LEASE_MS / 3 * MS;
    private static final LifetimeClass[] CLASSES = LifetimeClass.values();
    private static final LifetimeClass[] EMBRYONIC = {
        LifetimeClass.TCP_EMBRYONIC,
        LifetimeClass.UDP_EMBRYONIC,
        LifetimeClass.ICMP,
        LifetimeClass.OTHER_EMBRYONIC
    };

    private final Supplier<FlowState> states;
    private final Listener listener;
    private final MarkerSession[] markers;
    private final MarkerList[] byClass = new MarkerList[CLASSES.length];
    private final long[] timeoutNs = new long[CLASSES.length];
    private final boolean[] outlivesLease = new boolean[CLASSES.length];
    private final MarkerList awaitingRefresh = new MarkerList();
    private final MarkerIndex[] byKey = new MarkerIndex[2];
    private final @Nullable MarkerSession[] byFlowId;
    private final int flowIdMask;

    private @Nullable MarkerSession free;
    private final LentTuples lent;
    private int madeCount;
    private int usedCount;
    private long evictedEmbryonicCount;
    private long evictedLapsedCount;
    private long refusedFullCount;

    public MarkerTable(
            final int capacity,
            final Lifetimes lifetimes,
            final Supplier<FlowState> states,
            final Listener listener) {
        this.states = states;
        this.listener = listener;
        markers = new MarkerSession[capacity];
        lent = new LentTuples(capacity);
        final int chainCount = Math.max(2, Integer.highestOneBit(capacity - 1) << 1);
        byFlowId = new MarkerSession[chainCount];
        flowIdMask = chainCount - 1;
        for (final Side side : Side.values()) {
            byKey[side.ordinal()] = new MarkerIndex(side, chainCount);
        }
        for (final LifetimeClass lifetime : CLASSES) {
            byClass[lifetime.ordinal()] = new MarkerList();
            timeoutNs[lifetime.ordinal()] = lifetimes.timeoutMs(lifetime) * MS;
            outlivesLease[lifetime.ordinal()] = lifetimes.outlivesLease(lifetime);
        }
    }

    /// The marker of this flow id whose key on this side is the given one.
    public @Nullable MarkerSession find(final long flowId, final Side side, final FlowKey key) {
        MarkerSession marker = byFlowId[flowIdChain(flowId)];
        while (marker != null
                && !(marker.flowId() == flowId
                        && marker.indexed[side.ordinal()]
                        && marker.key(side).equals(key))) {
            marker = marker.nextByFlowId;
        }
        return marker;
    }

    /// The marker whose key on this side is the given one.
    public @Nullable MarkerSession find(final Side side, final FlowKey key, final long hash) {
        return byKey[side.ordinal()].find(key, hash);
    }

    /// The marker of this flow id, whatever its keys.
    public @Nullable MarkerSession findFlow(final long flowId) {
        MarkerSession marker = byFlowId[flowIdChain(flowId)];
        while (marker != null && marker.flowId() != flowId) {
            marker = marker.nextByFlowId;
        }
        return marker;
    }

    /// A marker for a flow that has none yet, its key the same on both sides; null when no place is
    /// left. The flow is embryonic.
    public @Nullable MarkerSession open(
            final FlowKey key,
            final long hash,
            final long flowId,
            final Side arrivalSide,
            final boolean sourceIsB,
            final long nowNs) {
        final MarkerSession marker = takePlace(nowNs);
        if (marker == null) {
            refusedFullCount++;
            return null;
        }
        marker.begin(key, hash, flowId, arrivalSide, sourceIsB);
        marker.inUse = true;
        usedCount++;
        addFlowId(marker);
        byKey[0].add(marker);
        byKey[1].add(marker);
        touch(marker, LifetimeClass.of(key.protocol(), TcpPhase.EMBRYONIC), nowNs);
        return marker;
    }

    /// Takes back a flow that began before this process; false when no place is free for it, or
    /// another flow has one of its keys. Flows are to be taken back in the order in which their
    /// time is up.
    ///
    /// @param leftMs how much of its time is left
    public boolean resume(
            final StoredMarker stored,
            final long ingressHash,
            final long egressHash,
            final long leftMs,
            final long nowNs) {
        if (find(Side.INGRESS, stored.ingressKey(), ingressHash) != null
                || find(Side.EGRESS, stored.egressKey(), egressHash) != null) {
            return false;
        }
        if (free == null && madeCount < markers.length) {
            makeChunk();
        }
        final MarkerSession marker = free;
        if (marker == null) {
            return false;
        }
        free = marker.nextFree;
        marker.nextFree = null;
        marker.resume(stored, ingressHash, egressHash);
        marker.inUse = true;
        usedCount++;
        addFlowId(marker);
        byKey[0].add(marker);
        byKey[1].add(marker);
        final long limitNs = timeoutNs[stored.lifetime().ordinal()];
        touch(marker, stored.lifetime(), nowNs - limitNs + Math.min(leftMs * MS, limitNs));
        onAnnounced(marker, nowNs);
        return true;
    }

    /// The tuple of a lapsed marker is seen again: a new life under the same keys and translation,
    /// with the later of both flow ids and a greater version.
    public void reopen(
            final MarkerSession marker,
            final long flowId,
            final Side arrivalSide,
            final boolean sourceIsB,
            final long nowNs) {
        assert marker.isLapsed() : "only a lapsed marker is reopened";
        if (Long.compareUnsigned(flowId, marker.flowId()) > 0) {
            adopt(marker, flowId);
        }
        marker.raiseVersion();
        marker.restart();
        marker.orient(arrivalSide, sourceIsB);
        touch(marker, LifetimeClass.of(marker.original().protocol(), marker.phase()), nowNs);
    }

    /// Gives the flow another flow id, of which the far side's owner has not heard yet.
    public void adopt(final MarkerSession marker, final long flowId) {
        removeFlowId(marker);
        marker.setFlowId(flowId);
        marker.awaitFarOwner();
        addFlowId(marker);
    }

    /// Gives the flow another key on its far side; false when another flow has that key there. A
    /// flow that only waits there for its first passed packet gives way.
    public boolean translate(
            final MarkerSession marker,
            final FlowKey key,
            final long hash,
            final boolean initiatorIsB,
            final long nowNs) {
        final Side far = marker.farSide();
        final MarkerIndex index = byKey[far.ordinal()];
        final MarkerSession holder = index.find(key, hash);
        if (holder != null && holder != marker) {
            if (holder.hasPassed() || holder.isLapsed() && holder.isTranslated()) {
                return false;
            }
            forget(holder, nowNs);
        }
        index.remove(marker);
        marker.setKey(far, key, hash, initiatorIsB);
        marker.setTranslated();
        index.add(marker);
        return true;
    }

    /// Whether a flow has this key on this side, here or where it has moved to, such that no other
    /// may be translated to it.
    public boolean isTaken(final Side side, final FlowKey key, final long hash) {
        if (lent.contains(key)) {
            return true;
        }
        final MarkerSession holder = byKey[side.ordinal()].find(key, hash);
        return holder != null && (holder.hasPassed() || holder.isLapsed() && holder.isTranslated());
    }

    /// A packet of the flow came; its time limit is that of `lifetime`.
    public void touch(final MarkerSession marker, final LifetimeClass lifetime, final long nowNs) {
        marker.setLastSeenNs(nowNs);
        marker.lifetime = lifetime;
        byClass[lifetime.ordinal()].append(marker.byLastPacket);
    }

    /// The flow was announced with the lease of its present class.
    public void onAnnounced(final MarkerSession marker, final long nowNs) {
        marker.setAnnouncedNs(nowNs);
        if (outlivesLease[marker.lifetime.ordinal()]) {
            awaitingRefresh.append(marker.byLastAnnouncement);
        } else {
            marker.byLastAnnouncement.unlist();
        }
    }

    /// A flow that was last announced a third of the longest lease ago and may outlive that lease
    /// without a packet; null when there is none.
    public @Nullable MarkerSession nextToRefresh(final long nowNs) {
        final MarkerSession marker = awaitingRefresh.oldest();
        return marker != null && nowNs - marker.announcedNs() >= TIMED_REFRESH_NS ? marker : null;
    }

    /// Ends the life of flows whose time is up and frees places of lapsed markers, `limit` of both
    /// together at most; answers how many.
    public int expire(final long nowNs, final int limit) {
        int done = 0;
        for (int i = 0; i < CLASSES.length && done < limit; i++) {
            MarkerSession marker = byClass[i].oldest();
            while (marker != null && done < limit && nowNs - marker.lastSeenNs() >= timeoutNs[i]) {
                if (marker.isLapsed()) {
                    forget(marker, nowNs);
                } else {
                    lapse(marker, nowNs);
                }
                done++;
                marker = byClass[i].oldest();
            }
        }
        return done;
    }

    /// Ends the life of a flow before its time is up; it stays findable for a while.
    public void end(final MarkerSession marker, final long nowNs) {
        if (!marker.isLapsed()) {
            lapse(marker, nowNs);
        }
    }

    private void lapse(final MarkerSession marker, final long nowNs) {
        listener.onLapse(marker, nowNs);
        marker.byLastAnnouncement.unlist();
        touch(marker, LifetimeClass.LAPSED, nowNs);
    }

    /// Ends the life of a flow that another blade has, and remembers nothing of it.
    public void giveUp(final MarkerSession marker, final long nowNs) {
        end(marker, nowNs);
        forget(marker, nowNs);
    }

    /// Takes in what an earlier process of this blade left, the last to end last; answers how many.
    ///
    /// @param wallMs the time, in milliseconds since 1970
    public int resumeAll(
            final List<StoredMarker> stored,
            final FlowHash flowHash,
            final long wallMs,
            final long nowNs) {
        final List<StoredMarker> inOrder = new ArrayList<>(stored);
        inOrder.sort(Comparator.comparingLong(StoredMarker::expiresMs));
        int taken = 0;
        for (final StoredMarker marker : inOrder) {
            final long leftMs = marker.expiresMs() - wallMs;
            if (leftMs > 0
                    && resume(
                            marker,
                            flowHash.hash(marker.ingressKey()),
                            flowHash.hash(marker.egressKey()),
                            leftMs,
                            nowNs)) {
                taken++;
            }
        }
        return taken;
    }

    /// A place for a flow that another blade has offered, seen by nobody until it has arrived; null
    /// when none is free, or another flow has one of its keys.
    public @Nullable MarkerSession expect(
            final StoredMarker stored,
            final long ingressHash,
            final long egressHash,
            final long nowNs) {
        final MarkerSession ingress = find(Side.INGRESS, stored.ingressKey(), ingressHash);
        final MarkerSession egress = find(Side.EGRESS, stored.egressKey(), egressHash);
        if (isInTheWay(ingress, stored.flowId()) || isInTheWay(egress, stored.flowId())) {
            return null;
        }
        if (ingress != null) {
            forget(ingress, nowNs);
        }
        if (egress != null && egress != ingress) {
            forget(egress, nowNs);
        }
        final MarkerSession marker = takePlace(nowNs);
        if (marker == null) {
            refusedFullCount++;
            return null;
        }
        marker.expect(stored, ingressHash, egressHash);
        marker.inUse = true;
        usedCount++;
        addFlowId(marker);
        byKey[0].add(marker);
        byKey[1].add(marker);
        touch(marker, LifetimeClass.LAPSED, nowNs);
        return marker;
    }

    /// Flows that are over and those that have not begun give way; but not to an earlier flow of
    /// the tuple, which redirectors that know of the later one would not believe in.
    private static boolean isInTheWay(final @Nullable MarkerSession marker, final long flowId) {
        return marker != null
                && (marker.residence() == Residence.EXPECTED
                        || marker.hasPassed()
                                && (!marker.isLapsed()
                                        || Long.compareUnsigned(marker.flowId(), flowId) > 0));
    }

    /// The expected flow is here.
    public void arrive(final MarkerSession marker, final long nowNs) {
        marker.arrive();
        marker.setResidence(Residence.ARRIVED);
        touch(marker, LifetimeClass.of(marker.original().protocol(), marker.phase()), nowNs);
    }

    /// Another blade has the flow now. Its marker shows where, as long as one of a flow that is
    /// over.
    public void depart(final MarkerSession marker, final long nowNs) {
        marker.setResidence(Residence.AWAY);
        marker.byLastAnnouncement.unlist();
        touch(marker, LifetimeClass.LAPSED, nowNs);
    }

    /// The flow is here again, in a newer version than the other blade could have given it.
    public void comeBack(final MarkerSession marker, final long nowNs) {
        marker.comeBack();
        marker.setResidence(Residence.HERE);
        touch(marker, LifetimeClass.of(marker.original().protocol(), marker.phase()), nowNs);
    }

    /// Frees the place of a flow that is not on this blade.
    public void remove(final MarkerSession marker, final long nowNs) {
        forget(marker, nowNs);
    }

    /// The translated addresses and ports of this blade that flows on other blades have.
    public LentTuples lent() {
        return lent;
    }

    /// The marker at this place, null when the place is free; for sweeps over all flows.
    public @Nullable MarkerSession at(final int index) {
        if (index >= madeCount) {
            return null;
        }
        final MarkerSession marker = markers[index];
        return marker.inUse ? marker : null;
    }

    /// Places made so far; {@link #at} answers null beyond.
    public int madeCount() {
        return madeCount;
    }

    public int liveCount() {
        return usedCount - lapsedCount();
    }

    public int lapsedCount() {
        return byClass[LifetimeClass.LAPSED.ordinal()].size();
    }

    public int embryonicCount() {
        int count = 0;
        for (final LifetimeClass lifetime : EMBRYONIC) {
            count += byClass[lifetime.ordinal()].size();
        }
        return count;
    }

    public long evictedEmbryonicCount() {
        return evictedEmbryonicCount;
    }

    /// Lapsed and closed markers that gave way before their time.
    public long evictedLapsedCount() {
        return evictedLapsedCount;
    }

    public long refusedFullCount() {
        return refusedFullCount;
    }

    private @Nullable MarkerSession takePlace(final long nowNs) {
        if (free == null && madeCount < markers.length) {
            makeChunk();
        }
        if (free == null) {
            evict(nowNs);
        }
        final MarkerSession place = free;
        if (place != null) {
            free = place.nextFree;
            place.nextFree = null;
        }
        return place;
    }

    private void makeChunk() {
        final int end = Math.min(markers.length, madeCount + CHUNK);
        for (int i = end - 1; i >= madeCount; i--) {
            final MarkerSession marker = new MarkerSession(i, states.get());
            marker.nextFree = free;
            free = marker;
            markers[i] = marker;
        }
        madeCount = end;
    }

    private void evict(final long nowNs) {
        MarkerSession victim = byClass[LifetimeClass.LAPSED.ordinal()].oldest();
        if (victim == null) {
            victim = byClass[LifetimeClass.TCP_CLOSED.ordinal()].oldest();
        }
        if (victim != null) {
            evictedLapsedCount++;
            forget(victim, nowNs);
            return;
        }
        for (final LifetimeClass lifetime : EMBRYONIC) {
            final MarkerSession candidate = byClass[lifetime.ordinal()].oldest();
            if (candidate != null
                    && (victim == null || candidate.lastSeenNs() - victim.lastSeenNs() < 0)) {
                victim = candidate;
            }
        }
        if (victim != null) {
            evictedEmbryonicCount++;
            forget(victim, nowNs);
        }
    }

    private void forget(final MarkerSession marker, final long nowNs) {
        listener.onForget(marker, !marker.isLapsed(), nowNs);
        marker.byLastPacket.unlist();
        marker.byLastAnnouncement.unlist();
        byKey[0].remove(marker);
        byKey[1].remove(marker);
        removeFlowId(marker);
        marker.state().clear();
        marker.inUse = false;
        marker.nextFree = free;
        free = marker;
        usedCount--;
    }

    private void addFlowId(final MarkerSession marker) {
        final int chain = flowIdChain(marker.flowId());
        marker.nextByFlowId = byFlowId[chain];
        byFlowId[chain] = marker;
    }

    private void removeFlowId(final MarkerSession marker) {
        final int chain = flowIdChain(marker.flowId());
        MarkerSession before = null;
        MarkerSession at = byFlowId[chain];
        while (at != null && at != marker) {
            before = at;
            at = at.nextByFlowId;
        }
        assert at == marker : "marker is not in the chain of its flow id";
        if (before == null) {
            byFlowId[chain] = marker.nextByFlowId;
        } else {
            before.nextByFlowId = marker.nextByFlowId;
        }
        marker.nextByFlowId = null;
    }

    private int flowIdChain(final long flowId) {
        final long mixed = flowId * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) & flowIdMask;
    }
}
