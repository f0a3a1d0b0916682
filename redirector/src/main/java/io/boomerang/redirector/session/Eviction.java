package io.boomerang.redirector.session;

/// Chooses what to forget when a session finds no place: an embryonic session, else a lapsed one,
/// else one whose flow would reach its blade without it. Looks at a bounded number of slots. Owned
/// by the table's thread.
final class Eviction {
    /// How many slots are looked at in search of a session whose bucket still maps to its blade.
    static final int SCAN_LIMIT = 128;

    private static final long NONE = SessionTable.NONE;

    private final SessionSlots slots;
    private final SlotMemory memory;
    private final Placement placement;

    private long hand;
    private long embryonicCount;
    private long lapsedCount;
    private long mappedCount;

    Eviction(final SessionSlots slots, final Placement placement) {
        this.slots = slots;
        this.memory = slots.memory();
        this.placement = placement;
    }

    /// Forgets the oldest embryonic session; without any the one that lapsed first; without any the
    /// next dispensable one that the hand comes to. Answers whether it found one.
    boolean evictAny(final int tick) {
        if (slots.embryonic().size() > 0) {
            evictEmbryonic(slots.embryonic().oldest());
            return true;
        }
        if (evictOldestLapsed()) {
            return true;
        }
        for (int i = 0; i < SCAN_LIMIT; i++) {
            final long slot = hand;
            hand = slots.after(slot);
            if (!SlotLayout.isEmpty(memory.tail(slot)) && evictIfDispensable(slot, tick)) {
                return true;
            }
        }
        return false;
    }

    boolean evictOldestLapsed() {
        if (slots.lapsed().size() == 0) {
            return false;
        }
        evictLapsed(slots.lapsed().oldest());
        return true;
    }

    /// Empties one of the slots where a session of this hash may stand, all of them taken, and
    /// answers which, or `NONE`. It takes a hash that an adversary can aim, or a miracle, to get
    /// here.
    long evictNear(final long hash, final int tick) {
        final long embryonic = nearest(hash, true);
        if (embryonic != NONE) {
            evictEmbryonic(embryonic);
            return embryonic;
        }
        final long lapsed = nearest(hash, false);
        if (lapsed != NONE) {
            evictLapsed(lapsed);
            return lapsed;
        }
        long slot = slots.home(hash);
        for (int probe = 0; probe < slots.probeLimit(); probe++) {
            if (evictIfDispensable(slot, tick)) {
                return slot;
            }
            slot = slots.next(slot, probe);
        }
        return NONE;
    }

    private long nearest(final long hash, final boolean embryonic) {
        long slot = slots.home(hash);
        for (int probe = 0; probe < slots.probeLimit(); probe++) {
            final long tail = memory.tail(slot);
            if (embryonic ? SlotLayout.isLiveEmbryonic(tail) : !SlotLayout.isLive(tail)) {
                return slot;
            }
            slot = slots.next(slot, probe);
        }
        return NONE;
    }

    private boolean evictIfDispensable(final long slot, final int tick) {
        if (memory.deadline(slot) - tick <= 0) {
            evictLapsed(slot);
            return true;
        }
        if (placement.stillMaps(slots.hashOf(slot), SlotLayout.blade(memory.tail(slot)))) {
            mappedCount++;
            slots.vacate(slot);
            return true;
        }
        return false;
    }

    private void evictEmbryonic(final long slot) {
        embryonicCount++;
        slots.vacate(slot);
    }

    private void evictLapsed(final long slot) {
        lapsedCount++;
        slots.vacate(slot);
    }

    long embryonicCount() {
        return embryonicCount;
    }

    long lapsedCount() {
        return lapsedCount;
    }

    long mappedCount() {
        return mappedCount;
    }
}
