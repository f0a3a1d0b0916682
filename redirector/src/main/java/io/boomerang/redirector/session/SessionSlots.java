package io.boomerang.redirector.session;

import io.boomerang.flow.FlowKey;

import java.lang.foreign.Arena;

/// Which slots are taken and by what sort of session: finds them, fills and empties them, counts
/// them and queues the embryonic and the lapsed ones by age. What is to happen to a session is
/// decided elsewhere. Owned by the table's thread.
final class SessionSlots implements AutoCloseable {
    /// How far from its home a session may stand. At a load of one half, one in 10^11 would want to
    /// stand farther off.
    static final int PROBE_LIMIT = 128;

    private static final long NONE = SessionTable.NONE;
    private static final int SLOTS_PER_SESSION = 2;
    private static final int BLADES = 0x1_0000;

    static {
        assert PROBE_LIMIT <= SlotLayout.PASSERS_MASK : "passers of a slot are fewer than that";
    }

    private final KeyHash keyHash;
    private final int probeLimit;
    private final Arena arena = Arena.ofShared();
    private final SlotMemory memory;
    private final long mask;
    private final SlotQueue embryonic;
    private final SlotQueue lapsed;
    private final int[] liveByBlade = new int[BLADES];
    private final FlowKey scratch = new FlowKey();

    private final SlotLinks links;
    private int size;
    private int live;

    SessionSlots(final int capacity, final KeyHash keyHash) {
        this.keyHash = keyHash;
        final long slotCount = Long.highestOneBit((long) capacity * SLOTS_PER_SESSION * 2 - 1);
        probeLimit = (int) Math.min(PROBE_LIMIT, slotCount);
        memory = new SlotMemory(arena, slotCount);
        mask = slotCount - 1;
        links = new SlotLinks(arena, slotCount);
        embryonic = new SlotQueue(links);
        lapsed = new SlotQueue(links);
    }

    void populate() {
        memory.populate();
        links.populate();
    }

    SlotMemory memory() {
        return memory;
    }

    SessionReader newReader() {
        return new SessionReader(memory, probeLimit);
    }

    int probeLimit() {
        return probeLimit;
    }

    long home(final long hash) {
        return hash & mask;
    }

    /// Where a search goes on that has looked at `probe` slots before this one.
    long next(final long slot, final int probe) {
        return SlotLayout.next(slot, probe, mask);
    }

    /// The slot behind it in memory.
    long after(final long slot) {
        return slot + 1 & mask;
    }

    long find(final FlowKey key, final long hash) {
        final long ports = SlotLayout.ports(key);
        final long keyPart = SlotLayout.keyPart(key.meta());
        long slot = home(hash);
        for (int probe = 0; !memory.holds(slot, key, ports, keyPart); probe++) {
            if (memory.passers(slot) == 0) {
                return NONE;
            }
            slot = next(slot, probe);
        }
        return slot;
    }

    /// The empty slot where a new session of this hash is to stand, or `NONE`.
    long findEmpty(final long hash) {
        long slot = home(hash);
        for (int probe = 0; probe < probeLimit; probe++) {
            if (SlotLayout.isEmpty(memory.tail(slot))) {
                return slot;
            }
            slot = next(slot, probe);
        }
        return NONE;
    }

    void occupy(
            final long slot,
            final long hash,
            final FlowKey key,
            final long flowId,
            final int deadline,
            final long tail) {
        memory.fill(slot, key, flowId, deadline, tail);
        countPasser(hash, slot, 1);
        size++;
        countLive(tail, 1);
        enqueue(slot, tail);
    }

    void vacate(final long slot) {
        final long tail = memory.tail(slot);
        final long hash = hashOf(slot);
        memory.empty(slot);
        countPasser(hash, slot, -1);
        size--;
        countLive(tail, -1);
        dequeue(slot, tail);
    }

    /// Changes what a slot says about its key. A flow that stays embryonic (or lapsed) keeps its
    /// place in the queue; another flow goes to its end.
    void change(final long slot, final long flowId, final int deadline, final long tail) {
        final long old = memory.tail(slot);
        final boolean keepsItsPlace =
                memory.flowId(slot) == flowId
                        && SlotLayout.isLive(old) == SlotLayout.isLive(tail)
                        && SlotLayout.isLiveEmbryonic(old) == SlotLayout.isLiveEmbryonic(tail);
        memory.change(slot, flowId, deadline, tail);
        countLive(old, -1);
        countLive(tail, 1);
        if (!keepsItsPlace) {
            dequeue(slot, old);
            enqueue(slot, tail);
        }
    }

    private void countPasser(final long hash, final long slot, final int change) {
        long passed = home(hash);
        for (int probe = 0; passed != slot; probe++) {
            memory.addPassers(passed, change);
            passed = next(passed, probe);
        }
    }

    private void countLive(final long tail, final int change) {
        if (SlotLayout.isLive(tail)) {
            live += change;
            liveByBlade[SlotLayout.blade(tail)] += change;
        }
    }

    private void enqueue(final long slot, final long tail) {
        if (!SlotLayout.isLive(tail)) {
            lapsed.append(slot);
        } else if (SlotLayout.isLiveEmbryonic(tail)) {
            embryonic.append(slot);
        }
    }

    private void dequeue(final long slot, final long tail) {
        if (!SlotLayout.isLive(tail)) {
            lapsed.remove(slot);
        } else if (SlotLayout.isLiveEmbryonic(tail)) {
            embryonic.remove(slot);
        }
    }

    long hashOf(final long slot) {
        memory.readKey(slot, scratch);
        return keyHash.hash(scratch);
    }

    long slotCount() {
        return mask + 1;
    }

    /// Sessions of all sorts.
    int size() {
        return size;
    }

    int live() {
        return live;
    }

    int liveOf(final int blade) {
        return liveByBlade[blade];
    }

    SlotQueue embryonic() {
        return embryonic;
    }

    SlotQueue lapsed() {
        return lapsed;
    }

    @Override
    public void close() {
        arena.close();
    }
}
