package io.boomerang.sim.replay;

import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;

/// Remembers from which of its two endpoints the first packet of each flow came. One thread.
///
/// Eight bytes a flow: 63 bits of its hash and the answer; of four million flows two are confused
/// with a probability of one in a million. Grows up to its limit. Flows that find no room are taken
/// for begun by endpoint `a`, so that their two directions still come from different sides.
final class FlowSides {
    static final int DEFAULT_LIMIT = 1 << 22;

    private static final int FIRST_SLOTS = 1 << 12;
    private static final long DIRECTION = 1;

    /// Any words do: whoever made the capture gains nothing by a collision here.
    private final FlowHash hash = new FlowHash(0x626F6F6D6572616EL, 0x6773696465730001L);

    private final int limit;
    private long[] slots = new long[FIRST_SLOTS];
    private int count;
    private long unremembered;

    FlowSides(final int limit) {
        this.limit = limit;
    }

    /// Whether the flow's first packet came from endpoint `b`.
    ///
    /// @param sourceIsB direction of the packet at hand, which is the first if the flow is new
    boolean initiatorIsB(final FlowKey key, final boolean sourceIsB) {
        final long hashed = hash.hash(key) & ~DIRECTION;
        final long fingerprint = hashed == 0 ? ~DIRECTION : hashed;
        int slot = slotOf(fingerprint, slots.length);
        while (slots[slot] != 0) {
            if ((slots[slot] & ~DIRECTION) == fingerprint) {
                return (slots[slot] & DIRECTION) != 0;
            }
            slot = slot + 1 & slots.length - 1;
        }
        if (count == limit) {
            unremembered++;
            return false;
        }
        slots[slot] = fingerprint | (sourceIsB ? DIRECTION : 0);
        if (++count > slots.length / 2) {
            grow();
        }
        return sourceIsB;
    }

    private static int slotOf(final long fingerprint, final int slotCount) {
        return (int) (fingerprint >>> 32) & slotCount - 1;
    }

    private void grow() {
        final long[] larger = new long[slots.length * 2];
        for (final long entry : slots) {
            if (entry != 0) {
                int slot = slotOf(entry, larger.length);
                while (larger[slot] != 0) {
                    slot = slot + 1 & larger.length - 1;
                }
                larger[slot] = entry;
            }
        }
        slots = larger;
    }

    int count() {
        return count;
    }

    /// How many packets belonged to flows that found no room.
    long unremembered() {
        return unremembered;
    }
}
