package io.boomerang.redirector.session;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import java.lang.foreign.Arena;

/// The sessions of one redirector: flow key to blade, off the heap, one cache line each ({@link
/// SlotLayout}), open addressing with linear probing.
///
/// One thread owns the table and calls everything here but {@link #newReader}; other threads look
/// sessions up through a {@link SessionReader}. Nothing is allocated after construction. A session
/// never moves from its slot, so a slot stays valid until the next call that may forget sessions
/// (`install`, `close`, `expire`).
///
/// **Newer wins.** Records of one key are ordered by flow id (unsigned), then version (16-bit
/// serial arithmetic), then incarnation; of two equal ones a close is the newer. An older record
/// changes nothing. An equal one makes the lease the later of both, the phase the further one and
/// the origin the stronger one. So the records may come in any order, and several times.
///
/// **Lapsed sessions**, whose lease is over or which were closed, keep their slot as memory of flow
/// id, version and blade until the space is needed.
///
/// **When full** (`capacity` sessions, lapsed ones included) an installation forgets, in this
/// order: the oldest embryonic session; the session that lapsed first; one that its bucket still
/// maps to its blade, among the next {@link #EVICTION_SCAN} slots. Else it answers `FULL`. Each is
/// counted.
public final class SessionTable implements AutoCloseable {
    /// No slot.
    public static final long NONE = -1;

    public static final int DEFAULT_CAPACITY = 1_048_576;

    public static final int MAX_CAPACITY = 1 << 28;

    /// How many slots an installation into a full table looks at for a session to forget.
    static final int EVICTION_SCAN = 128;

    /// How far from its home a session may stand. At a load of one half, one in 10^11 would want to
    /// stand farther off.
    static final int PROBE_LIMIT = 128;

    private static final int SLOTS_PER_SESSION = 2;
    private static final int BLADES = 0x1_0000;

    static {
        assert PROBE_LIMIT <= SlotLayout.PASSERS_MASK : "passers of a slot are fewer than that";
    }

    private final KeyHash keyHash;
    private final Placement placement;
    private final int capacity;
    private final int crowdedSize;
    private final int probeLimit;
    private final Arena arena;
    private final SlotMemory slots;
    private final long mask;
    private final SlotQueue embryonicSlots;
    private final SlotQueue lapsedSlots;
    private final int[] liveByBlade = new int[BLADES];
    private final FlowKey scratch = new FlowKey();

    private int size;
    private int live;
    private long sweepHand;
    private long evictionHand;
    private long evictedEmbryonic;
    private long evictedLapsed;
    private long evictedMapped;
    private long refusedFull;

    /// @param capacity how many sessions the table holds, lapsed ones included
    /// @param keyHash the hash that every `hash` argument is made with
    /// @param placement guides what to forget when the table is full
    public SessionTable(final int capacity, final KeyHash keyHash, final Placement placement) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity " + capacity + " is outside 1.." + MAX_CAPACITY);
        }
        this.capacity = capacity;
        this.keyHash = keyHash;
        this.placement = placement;
        crowdedSize = capacity - capacity / 4;
        final long slotCount = Long.highestOneBit((long) capacity * SLOTS_PER_SESSION * 2 - 1);
        probeLimit = (int) Math.min(PROBE_LIMIT, slotCount);
        arena = Arena.ofShared();
        slots = new SlotMemory(arena, slotCount);
        mask = slotCount - 1;
        final SlotLinks links = new SlotLinks(arena, slotCount);
        embryonicSlots = new SlotQueue(links);
        lapsedSlots = new SlotQueue(links);
    }

    /// A reader for one other thread.
    public SessionReader newReader() {
        return new SessionReader(slots, probeLimit);
    }

    /// The slot of the session of this key, live or lapsed, or {@link #NONE}.
    public long find(final FlowKey key, final long hash) {
        final long ports = SlotLayout.ports(key);
        final long keyPart = SlotLayout.keyPart(key.meta());
        long slot = hash & mask;
        while (!slots.holds(slot, key, ports, keyPart)) {
            if (slots.passers(slot) == 0) {
                return NONE;
            }
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /// Finds the sessions of a burst. Touching every line before comparing any lets the memory
    /// answer them all at once.
    public void findBurst(
            final FlowKey[] keys, final long[] hashes, final int count, final long[] found) {
        for (int i = 0; i < count; i++) {
            found[i] = slots.tail(hashes[i] & mask);
        }
        for (int i = 0; i < count; i++) {
            found[i] = find(keys[i], hashes[i]);
        }
    }

    /// Takes in a session record if it is not older than what the table holds.
    ///
    /// @param leaseMs how long the session lives from `nowNs` on
    public Installation install(
            final FlowKey key,
            final long hash,
            final Origin origin,
            final long flowId,
            final int blade,
            final int incarnation,
            final int version,
            final int leaseMs,
            final TcpPhase phase,
            final long nowNs) {
        assert hash == keyHash.hash(key) : "not the hash of " + key;
        final int deadline = LeaseClock.deadline(nowNs, leaseMs);
        final long tail =
                SlotLayout.liveTail(key.meta(), origin, phase, blade, version, incarnation);
        final long slot = find(key, hash);
        if (slot == NONE) {
            final long free = claim(hash, nowNs);
            if (free == NONE) {
                refusedFull++;
                return Installation.FULL;
            }
            occupy(free, hash, key, flowId, deadline, tail);
            return Installation.INSTALLED;
        }
        final long old = slots.tail(slot);
        final int order = compare(flowId, tail, slots.flowId(slot), old);
        if (order < 0 || order == 0 && SlotLayout.isClosed(old)) {
            return Installation.STALE;
        }
        if (order > 0) {
            replace(slot, flowId, deadline, tail);
            return Installation.INSTALLED;
        }
        refresh(slot, old, deadline, tail);
        return Installation.REFRESHED;
    }

    /// Ends a session whose blade is not told; see the other `close`.
    public Installation close(
            final FlowKey key,
            final long hash,
            final long flowId,
            final int version,
            final int incarnation,
            final long nowNs) {
        return close(key, hash, flowId, 0, version, incarnation, nowNs);
    }

    /// Ends a session, if it is not newer than the close. The slot remembers that this flow is
    /// over: records of it that come late find it so, also when the close overtook them all.
    ///
    /// @param blade where the flow was; 0 when not known
    public Installation close(
            final FlowKey key,
            final long hash,
            final long flowId,
            final int blade,
            final int version,
            final int incarnation,
            final long nowNs) {
        assert hash == keyHash.hash(key) : "not the hash of " + key;
        final int deadline = LeaseClock.tick(nowNs);
        final long slot = find(key, hash);
        if (slot == NONE) {
            return rememberClosed(
                    key,
                    hash,
                    flowId,
                    deadline,
                    SlotLayout.closedTail(key.meta(), blade, version, incarnation));
        }
        final long old = slots.tail(slot);
        final int heldBlade = blade == 0 ? SlotLayout.blade(old) : blade;
        final long tail = SlotLayout.closedTail(key.meta(), heldBlade, version, incarnation);
        final int order = compare(flowId, tail, slots.flowId(slot), old);
        if (order < 0) {
            return Installation.STALE;
        }
        if (order == 0 && SlotLayout.isClosed(old)) {
            return Installation.REFRESHED;
        }
        replace(slot, flowId, deadline, tail);
        return Installation.INSTALLED;
    }

    /// A close that nothing was open for: kept if that costs no live session.
    private Installation rememberClosed(
            final FlowKey key,
            final long hash,
            final long flowId,
            final int deadline,
            final long tail) {
        if (size == capacity && lapsedSlots.size() > 0) {
            evictedLapsed++;
            vacate(lapsedSlots.oldest());
        }
        final long free = size < capacity ? emptySlot(hash) : NONE;
        if (free == NONE) {
            return Installation.STALE;
        }
        occupy(free, hash, key, flowId, deadline, tail);
        return Installation.INSTALLED;
    }

    /// Lapses the sessions whose lease is over among the next `slotBudget` slots, and, while the
    /// table is over three quarters full, forgets the lapsed ones, the oldest first, at most as
    /// many. Every slot must have its turn within twelve days.
    ///
    /// @return how many sessions were lapsed and forgotten
    public int expire(final long nowNs, final int slotBudget) {
        final int tick = LeaseClock.tick(nowNs);
        int done = 0;
        for (int i = 0; i < slotBudget; i++) {
            final long slot = sweepHand;
            sweepHand = slot + 1 & mask;
            final long tail = slots.tail(slot);
            if (SlotLayout.isLive(tail) && slots.deadline(slot) - tick <= 0) {
                replace(slot, slots.flowId(slot), slots.deadline(slot), SlotLayout.lapsed(tail));
                done++;
            }
        }
        for (int i = 0; i < slotBudget && size > crowdedSize && lapsedSlots.size() > 0; i++) {
            vacate(lapsedSlots.oldest());
            done++;
        }
        return done;
    }

    private static int compare(
            final long flowId, final long tail, final long otherFlowId, final long otherTail) {
        if (flowId != otherFlowId) {
            return Long.compareUnsigned(flowId, otherFlowId);
        }
        final int ahead = (short) (SlotLayout.version(tail) - SlotLayout.version(otherTail));
        return ahead != 0
                ? ahead
                : SlotLayout.incarnation(tail) - SlotLayout.incarnation(otherTail);
    }

    private void refresh(final long slot, final long old, final int deadline, final long tail) {
        final Origin origin = Origin.stronger(SlotLayout.origin(old), SlotLayout.origin(tail));
        final TcpPhase phase =
                SlotLayout.phase(old).compareTo(SlotLayout.phase(tail)) > 0
                        ? SlotLayout.phase(old)
                        : SlotLayout.phase(tail);
        final long trusted = origin == SlotLayout.origin(old) ? old : tail;
        replace(
                slot,
                slots.flowId(slot),
                SlotLayout.isLive(old)
                        ? LeaseClock.later(slots.deadline(slot), deadline)
                        : deadline,
                SlotLayout.liveTail(
                        SlotLayout.meta(old),
                        origin,
                        phase,
                        SlotLayout.blade(trusted),
                        SlotLayout.version(old),
                        SlotLayout.incarnation(old)));
    }

    private void occupy(
            final long slot,
            final long hash,
            final FlowKey key,
            final long flowId,
            final int deadline,
            final long tail) {
        slots.fill(slot, key, flowId, deadline, tail);
        for (long passed = hash & mask; passed != slot; passed = passed + 1 & mask) {
            slots.addPasser(passed, 1);
        }
        size++;
        count(tail, 1);
        enqueue(slot, tail);
    }

    private void vacate(final long slot) {
        final long tail = slots.tail(slot);
        final long hash = hashOf(slot);
        slots.empty(slot);
        for (long passed = hash & mask; passed != slot; passed = passed + 1 & mask) {
            slots.addPasser(passed, -1);
        }
        size--;
        count(tail, -1);
        dequeue(slot, tail);
    }

    /// A flow that stays embryonic (or lapsed) keeps its place in the queue; another flow of the
    /// same key goes to its end.
    private void replace(final long slot, final long flowId, final int deadline, final long tail) {
        final long old = slots.tail(slot);
        final boolean sameQueue =
                slots.flowId(slot) == flowId
                        && SlotLayout.isLive(old) == SlotLayout.isLive(tail)
                        && SlotLayout.isLiveEmbryonic(old) == SlotLayout.isLiveEmbryonic(tail);
        slots.change(slot, flowId, deadline, tail);
        count(old, -1);
        count(tail, 1);
        if (!sameQueue) {
            dequeue(slot, old);
            enqueue(slot, tail);
        }
    }

    private void count(final long tail, final int change) {
        if (SlotLayout.isLive(tail)) {
            live += change;
            liveByBlade[SlotLayout.blade(tail)] += change;
        }
    }

    private void enqueue(final long slot, final long tail) {
        if (!SlotLayout.isLive(tail)) {
            lapsedSlots.append(slot);
        } else if (SlotLayout.isLiveEmbryonic(tail)) {
            embryonicSlots.append(slot);
        }
    }

    private void dequeue(final long slot, final long tail) {
        if (!SlotLayout.isLive(tail)) {
            lapsedSlots.remove(slot);
        } else if (SlotLayout.isLiveEmbryonic(tail)) {
            embryonicSlots.remove(slot);
        }
    }

    /// An empty slot for a session of this hash, after forgetting another session if need be.
    private long claim(final long hash, final long nowNs) {
        if (size == capacity && !evict(nowNs)) {
            return NONE;
        }
        final long free = emptySlot(hash);
        return free != NONE ? free : evictNear(hash, nowNs);
    }

    private long emptySlot(final long hash) {
        long slot = hash & mask;
        for (int probe = 0; probe < probeLimit; probe++) {
            if (SlotLayout.isEmpty(slots.tail(slot))) {
                return slot;
            }
            slot = slot + 1 & mask;
        }
        return NONE;
    }

    private boolean evict(final long nowNs) {
        if (embryonicSlots.size() > 0) {
            evictedEmbryonic++;
            vacate(embryonicSlots.oldest());
            return true;
        }
        if (lapsedSlots.size() > 0) {
            evictedLapsed++;
            vacate(lapsedSlots.oldest());
            return true;
        }
        final int tick = LeaseClock.tick(nowNs);
        for (int i = 0; i < EVICTION_SCAN; i++) {
            final long slot = evictionHand;
            evictionHand = slot + 1 & mask;
            if (!SlotLayout.isEmpty(slots.tail(slot)) && evictIfDispensable(slot, tick)) {
                return true;
            }
        }
        return false;
    }

    /// Makes place among the slots that a session of this hash may stand in, all of them taken.
    /// That takes a hash whose values an adversary can choose, or a miracle.
    private long evictNear(final long hash, final long nowNs) {
        final int tick = LeaseClock.tick(nowNs);
        long lapsedOne = NONE;
        long dispensable = NONE;
        long slot = hash & mask;
        for (int probe = 0; probe < probeLimit; probe++) {
            final long tail = slots.tail(slot);
            if (SlotLayout.isLiveEmbryonic(tail)) {
                evictedEmbryonic++;
                vacate(slot);
                return slot;
            }
            if (lapsedOne == NONE && !SlotLayout.isLive(tail)) {
                lapsedOne = slot;
            }
            slot = slot + 1 & mask;
        }
        if (lapsedOne != NONE) {
            evictedLapsed++;
            vacate(lapsedOne);
            return lapsedOne;
        }
        for (int probe = 0; probe < probeLimit && dispensable == NONE; probe++) {
            if (evictIfDispensable(slot, tick)) {
                dispensable = slot;
            }
            slot = slot + 1 & mask;
        }
        return dispensable;
    }

    /// Forgets a live session whose lease is over unnoticed or whose flow would reach its blade
    /// without it.
    private boolean evictIfDispensable(final long slot, final int tick) {
        if (slots.deadline(slot) - tick <= 0) {
            evictedLapsed++;
        } else if (placement.stillMaps(hashOf(slot), blade(slot))) {
            evictedMapped++;
        } else {
            return false;
        }
        vacate(slot);
        return true;
    }

    private long hashOf(final long slot) {
        slots.readKey(slot, scratch);
        return keyHash.hash(scratch);
    }

    public long flowId(final long slot) {
        return slots.flowId(slot);
    }

    /// The blade that holds the flow, or held it; 0 for a flow of which only the end was heard.
    public int blade(final long slot) {
        return SlotLayout.blade(slots.tail(slot));
    }

    public int incarnation(final long slot) {
        return SlotLayout.incarnation(slots.tail(slot));
    }

    public int version(final long slot) {
        return SlotLayout.version(slots.tail(slot));
    }

    public TcpPhase phase(final long slot) {
        return SlotLayout.phase(slots.tail(slot));
    }

    public Origin origin(final long slot) {
        return SlotLayout.origin(slots.tail(slot));
    }

    /// Whether the session is open and its lease not over.
    public boolean isLive(final long slot, final long nowNs) {
        return SlotLayout.isLive(slots.tail(slot))
                && slots.deadline(slot) - LeaseClock.tick(nowNs) > 0;
    }

    public void readKey(final long slot, final FlowKey into) {
        slots.readKey(slot, into);
    }

    public int capacity() {
        return capacity;
    }

    public long slotCount() {
        return mask + 1;
    }

    /// Sessions whose lease was not over when the sweep last came by.
    public int live() {
        return live;
    }

    /// The same for one blade.
    public int liveSessions(final int blade) {
        return liveByBlade[blade];
    }

    /// Those of the live ones that were seen from their initiator only.
    public int embryonic() {
        return embryonicSlots.size();
    }

    /// Sessions kept as memory.
    public int lapsed() {
        return lapsedSlots.size();
    }

    public long evictedEmbryonic() {
        return evictedEmbryonic;
    }

    /// Lapsed sessions that an installation into a full table pushed out. What {@link #expire}
    /// forgets is not counted.
    public long evictedLapsed() {
        return evictedLapsed;
    }

    public long evictedMapped() {
        return evictedMapped;
    }

    /// Installations that found no place.
    public long refusedFull() {
        return refusedFull;
    }

    @Override
    public void close() {
        arena.close();
    }
}
