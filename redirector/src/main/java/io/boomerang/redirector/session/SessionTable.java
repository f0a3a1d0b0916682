package io.boomerang.redirector.session;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import java.util.BitSet;

/// The sessions of one redirector: flow key to blade, off the heap, one cache line each ({@link
/// SlotLayout}), open addressing that probes pair after pair of lines.
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
/// **Distrust.** After {@link #distrust} what the table holds is hearsay until it is confirmed, and
/// {@link #isTrusted} tells the two apart: who heard nothing for a while does not know which flows
/// went elsewhere or ended meanwhile.
///
/// **Doubt** is about single sessions: {@link #doubt} remembers that nobody has said anything of
/// this one since.
///
/// **Survival** is about single sessions, too: {@link #survive} remembers that this one stands
/// where there was a later one, until a record that is newer comes.
///
/// **Lapsed sessions**, whose lease is over or which were closed, keep their slot as memory of flow
/// id, version and blade until the space is needed.
///
/// **When full** (`capacity` sessions, lapsed ones included) an installation forgets, in this
/// order: the oldest embryonic session; the session that lapsed first; one that its bucket still
/// maps to its blade, among the next {@link Eviction#SCAN_LIMIT} slots. Else it answers `FULL`.
/// Each is counted.
public final class SessionTable implements AutoCloseable {
    /// No slot.
    public static final long NONE = -1;

    public static final int DEFAULT_CAPACITY = 1_048_576;

    public static final int MAX_CAPACITY = 1 << 28;

    private final KeyHash keyHash;
    private final int capacity;
    private final int crowdedSize;
    private final SessionSlots slots;
    private final SlotMemory memory;
    private final Eviction eviction;

    private final BitSet trusted;
    private final BitSet doubted;
    private boolean distrusting;
    private final BitSet survived;
    private boolean doubting;
    private boolean surviving;
    private long sweepHand;
    private long refusedFull;

    /// A table of no sessions.
    ///
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
        crowdedSize = capacity - capacity / 4;
        slots = new SessionSlots(capacity, keyHash);
        memory = slots.memory();
        eviction = new Eviction(slots, placement);
        trusted = new BitSet((int) slots.slotCount());
        doubted = new BitSet((int) slots.slotCount());
        survived = new BitSet((int) slots.slotCount());
    }

    /// Takes the table's memory from the kernel now instead of with each page's first session, so
    /// that no packet waits for that. To be called before there are packets: it may last a second
    /// and more where memory is slow.
    public void populate() {
        slots.populate();
    }

    /// A reader for one other thread.
    public SessionReader newReader() {
        return slots.newReader();
    }

    /// A view of all slots for one other thread.
    public SessionScan newScan() {
        return new SessionScan(memory);
    }

    SlotMemory memory() {
        return memory;
    }

    /// The slot of the session of this key, live or lapsed, or {@link #NONE}.
    public long find(final FlowKey key, final long hash) {
        return slots.find(key, hash);
    }

    /// Finds the sessions of a burst. Touching every pair of lines before comparing any lets the
    /// memory answer them all at once.
    public void findBurst(
            final FlowKey[] keys, final long[] hashes, final int count, final long[] found) {
        for (int i = 0; i < count; i++) {
            final long home = slots.home(hashes[i]);
            found[i] = memory.tail(home) ^ memory.tail(slots.next(home, 0));
        }
        for (int i = 0; i < count; i++) {
            found[i] = find(keys[i], hashes[i]);
        }
    }

    /// Takes in a session record if it is not older than what the table holds.
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
        return install(
                find(key, hash),
                key,
                hash,
                origin,
                flowId,
                blade,
                incarnation,
                version,
                leaseMs,
                phase,
                nowNs);
    }

    /// The same for somebody who has just looked.
    ///
    /// @param slot what {@link #find} said
    /// @param leaseMs how long the session lives from `nowNs` on
    public Installation install(
            final long slot,
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
        if (slot == NONE) {
            final long free = claim(hash, LeaseClock.tick(nowNs));
            if (free == NONE) {
                refusedFull++;
                return Installation.FULL;
            }
            slots.occupy(free, hash, key, flowId, deadline, tail);
            trust(free);
            endDoubt(free);
            endSurvival(free);
            return Installation.INSTALLED;
        }
        endDoubt(slot);
        final long old = memory.tail(slot);
        final int order = RecordOrder.compare(flowId, tail, memory.flowId(slot), old);
        if (order < 0 || order == 0 && SlotLayout.isClosed(old)) {
            return Installation.STALE;
        }
        if (order > 0) {
            slots.change(slot, flowId, deadline, tail);
            trust(slot);
            endSurvival(slot);
            return Installation.INSTALLED;
        }
        slots.change(
                slot,
                flowId,
                SlotLayout.isLive(old)
                        ? LeaseClock.later(memory.deadline(slot), deadline)
                        : deadline,
                RecordOrder.join(old, tail));
        return Installation.REFRESHED;
    }

    /// Ends a session, if it is not newer than the close. The slot remembers that this flow is
    /// over: records of it that come late find it so, also when the close overtook them all.
    ///
    /// @param blade where the flow was
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
        endDoubt(slot);
        final long old = memory.tail(slot);
        final long tail = SlotLayout.closedTail(key.meta(), blade, version, incarnation);
        final int order = RecordOrder.compare(flowId, tail, memory.flowId(slot), old);
        if (order < 0) {
            return Installation.STALE;
        }
        if (order == 0 && SlotLayout.isClosed(old)) {
            return Installation.REFRESHED;
        }
        slots.change(slot, flowId, deadline, tail);
        trust(slot);
        endSurvival(slot);
        return Installation.INSTALLED;
    }

    /// A close that nothing was open for: kept if that costs no live session.
    private Installation rememberClosed(
            final FlowKey key,
            final long hash,
            final long flowId,
            final int deadline,
            final long tail) {
        final boolean hasRoom = slots.size() < capacity || eviction.evictOldestLapsed();
        final long free = hasRoom ? slots.findEmpty(hash) : NONE;
        if (free == NONE) {
            return Installation.STALE;
        }
        slots.occupy(free, hash, key, flowId, deadline, tail);
        trust(free);
        endSurvival(free);
        return Installation.INSTALLED;
    }

    /// An empty slot for a session of this hash, after forgetting another session if need be.
    private long claim(final long hash, final int tick) {
        if (slots.size() == capacity && !eviction.evictAny(tick)) {
            return NONE;
        }
        final long free = slots.findEmpty(hash);
        return free != NONE ? free : eviction.evictNear(hash, tick);
    }

    /// Ends the lease of a live session now.
    public void lapse(final long slot) {
        slots.change(
                slot,
                memory.flowId(slot),
                memory.deadline(slot),
                SlotLayout.lapsed(memory.tail(slot)));
    }

    /// From now on nothing that the table holds is certain.
    public void distrust() {
        distrusting = true;
        trusted.clear();
    }

    /// Whether the session was installed or confirmed since the last `distrust`, if there was one.
    public boolean isTrusted(final long slot) {
        return !distrusting || trusted.get((int) slot);
    }

    /// The blade has confirmed that what the slot holds is so.
    public void trust(final long slot) {
        if (distrusting) {
            trusted.set((int) slot);
        }
    }

    /// From now on whatever is said of the session, old or new, ends the doubt about it.
    public void doubt(final long slot) {
        doubting = true;
        doubted.set((int) slot);
    }

    /// Whether nothing was said of the session since it was doubted.
    public boolean isDoubted(final long slot) {
        return doubting && doubted.get((int) slot);
    }

    /// No session is doubted any more.
    public void endDoubts() {
        if (doubting) {
            doubting = false;
            doubted.clear();
        }
    }

    private void endDoubt(final long slot) {
        if (doubting) {
            doubted.clear((int) slot);
        }
    }

    /// The session has taken the place of a later one, of a blade that died.
    public void survive(final long slot) {
        surviving = true;
        survived.set((int) slot);
    }

    /// Whether a later one was in the session's place. Where packets come to it, they should do so
    /// under a flow id that is later still: the blade that died may come back with what it had.
    public boolean hasSurvived(final long slot) {
        return surviving && survived.get((int) slot);
    }

    private void endSurvival(final long slot) {
        if (surviving) {
            survived.clear((int) slot);
            surviving = !survived.isEmpty();
        }
    }

    /// Empties the slot: of what it held nothing is remembered.
    public void forget(final long slot) {
        slots.vacate(slot);
    }

    /// Lapses the sessions whose lease is over among the next `slotBudget` slots, and, while the
    /// table is over three quarters full, forgets the lapsed ones, the oldest first, at most as
    /// many. Every slot must have its turn within twelve days.
    ///
    /// @return how many sessions were lapsed and forgotten
    public int expire(final long nowNs, final int slotBudget) {
        final int tick = LeaseClock.tick(nowNs);
        int done = 0;
        for (int i = 0; i < slotBudget && slots.live() > 0; i++) {
            final long slot = sweepHand;
            sweepHand = slots.after(slot);
            final long tail = memory.tail(slot);
            if (SlotLayout.isLive(tail) && memory.deadline(slot) - tick <= 0) {
                lapse(slot);
                done++;
            }
        }
        for (int i = 0; i < slotBudget && slots.size() > crowdedSize && lapsed() > 0; i++) {
            slots.vacate(slots.lapsed().oldest());
            done++;
        }
        return done;
    }

    public long flowId(final long slot) {
        return memory.flowId(slot);
    }

    /// The blade that holds the flow, or held it.
    public int blade(final long slot) {
        return SlotLayout.blade(memory.tail(slot));
    }

    public int incarnation(final long slot) {
        return SlotLayout.incarnation(memory.tail(slot));
    }

    public int version(final long slot) {
        return SlotLayout.version(memory.tail(slot));
    }

    public TcpPhase phase(final long slot) {
        return SlotLayout.phase(memory.tail(slot));
    }

    public Origin origin(final long slot) {
        return SlotLayout.origin(memory.tail(slot));
    }

    /// Whether the flow's end was announced.
    public boolean isClosed(final long slot) {
        return SlotLayout.isClosed(memory.tail(slot));
    }

    /// Whether the session is open and its lease not over.
    public boolean isLive(final long slot, final long nowNs) {
        return SlotLayout.isLive(memory.tail(slot))
                && memory.deadline(slot) - LeaseClock.tick(nowNs) > 0;
    }

    /// Whether the session, whose lease was `leaseMs` when it was learned, was learned later than
    /// `timeNs`.
    public boolean wasLearnedAfter(final long slot, final long timeNs, final int leaseMs) {
        return memory.deadline(slot) - LeaseClock.deadline(timeNs, leaseMs) > 0;
    }

    public void readKey(final long slot, final FlowKey into) {
        memory.readKey(slot, into);
    }

    public int capacity() {
        return capacity;
    }

    public long slotCount() {
        return slots.slotCount();
    }

    /// Sessions whose lease was not over when the sweep last came by.
    public int live() {
        return slots.live();
    }

    /// The same for one blade.
    public int liveSessions(final int blade) {
        return slots.liveOf(blade);
    }

    /// Those of the live ones that were seen from their initiator only.
    public int embryonic() {
        return slots.embryonic().size();
    }

    /// Sessions kept as memory.
    public int lapsed() {
        return slots.lapsed().size();
    }

    public long evictedEmbryonic() {
        return eviction.embryonicCount();
    }

    /// Lapsed sessions that an installation into a full table pushed out. What {@link #expire}
    /// forgets is not counted.
    public long evictedLapsed() {
        return eviction.lapsedCount();
    }

    public long evictedMapped() {
        return eviction.mappedCount();
    }

    /// Installations that found no place.
    public long refusedFull() {
        return refusedFull;
    }

    @Override
    public void close() {
        slots.close();
    }
}
