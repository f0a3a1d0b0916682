package io.boomerang.sim.replay;

import io.boomerang.flow.FlowKey;

import java.util.Arrays;

/// What the outside world remembers of every flow of a replay, to judge the chassis by: which blade
/// it met, whether it was answered, what it was translated to. Shares nothing with the chassis' own
/// tables.
///
/// Grows with the number of flows up to its limit; flows beyond it are replayed and not judged. One
/// thread.
final class FlowBook {
    static final int NONE = -1;

    /// A packet of the flow's first direction has left the chassis.
    static final int EMITTED_FORWARD = 1;

    /// A packet of the other direction has come back to the chassis.
    static final int RETURN_SEEN = 2;

    /// The first such packet found no session.
    static final int RETURN_MISSED = 4;

    /// The flow met a second blade while its first one lived.
    static final int SPLIT = 8;

    /// The flow lost its blade to death and met another one.
    static final int LOST_ITS_BLADE = 16;

    /// The flow's first packet travelled from endpoint `b` to `a`.
    static final int INITIATOR_IS_B = 32;

    /// The blade has announced the flow's end.
    static final int ENDED = 64;

    private static final int FIRST_SLOTS = 1 << 12;

    private final int limit;
    private int[] slots = new int[FIRST_SLOTS];
    private FlowKey[] keys = new FlowKey[FIRST_SLOTS / 2];
    private int[] blade = new int[FIRST_SLOTS / 2];
    private int[] forwardInFlight = new int[FIRST_SLOTS / 2];
    private int[] reverseInFlight = new int[FIRST_SLOTS / 2];
    private byte[] flags = new byte[FIRST_SLOTS / 2];
    private long[] outsideHigh = {};
    private long[] outsideLow = {};
    private int[] outsidePort = {};
    private int count;
    private long unjudged;

    FlowBook(final int limit) {
        this.limit = limit;
    }

    /// The flow's number, from 0; entered when it is new, {@link #NONE} when the book is full.
    ///
    /// @param sourceIsB direction of the packet at hand, which initiates the flow if it is new
    int enter(final FlowKey key, final boolean sourceIsB) {
        final int known = find(key);
        if (known != NONE) {
            return known;
        }
        if (count == limit) {
            unjudged++;
            return NONE;
        }
        if (count == keys.length) {
            grow();
            return enter(key, sourceIsB);
        }
        int slot = slotOf(key, slots);
        while (slots[slot] != 0) {
            slot = slot + 1 & slots.length - 1;
        }
        keys[count] = key.copy();
        flags[count] = (byte) (sourceIsB ? INITIATOR_IS_B : 0);
        slots[slot] = ++count;
        return count - 1;
    }

    /// The flow's number, {@link #NONE} when it has not been entered.
    int find(final FlowKey key) {
        int slot = slotOf(key, slots);
        while (slots[slot] != 0) {
            final int flow = slots[slot] - 1;
            if (keys[flow].equals(key)) {
                return flow;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return NONE;
    }

    private static int slotOf(final FlowKey key, final int[] slots) {
        return key.hashCode() & slots.length - 1;
    }

    private void grow() {
        final int size = keys.length * 2;
        keys = Arrays.copyOf(keys, size);
        blade = Arrays.copyOf(blade, size);
        forwardInFlight = Arrays.copyOf(forwardInFlight, size);
        reverseInFlight = Arrays.copyOf(reverseInFlight, size);
        flags = Arrays.copyOf(flags, size);
        final int[] larger = new int[size * 2];
        for (int flow = 0; flow < count; flow++) {
            int slot = slotOf(keys[flow], larger);
            while (larger[slot] != 0) {
                slot = slot + 1 & larger.length - 1;
            }
            larger[slot] = flow + 1;
        }
        slots = larger;
    }

    FlowKey key(final int flow) {
        return keys[flow];
    }

    /// The blade that the flow met last, 0 before the first delivery.
    int blade(final int flow) {
        return blade[flow];
    }

    void setBlade(final int flow, final int node) {
        blade[flow] = node;
    }

    boolean is(final int flow, final int flag) {
        return (flags[flow] & flag) != 0;
    }

    void set(final int flow, final int flag) {
        flags[flow] |= (byte) flag;
    }

    void clear(final int flow, final int flag) {
        flags[flow] &= (byte) ~flag;
    }

    /// Counts a packet of one direction into the chassis (+1) or out of it (-1).
    void addInFlight(final int flow, final boolean reverse, final int change) {
        if (reverse) {
            reverseInFlight[flow] += change;
        } else {
            forwardInFlight[flow] += change;
        }
    }

    int inFlight(final int flow, final boolean reverse) {
        return reverse ? reverseInFlight[flow] : forwardInFlight[flow];
    }

    /// The address and port under which the far network knows the flow's initiator.
    void setOutside(final int flow, final long high, final long low, final int port) {
        if (outsideHigh.length < keys.length) {
            outsideHigh = Arrays.copyOf(outsideHigh, keys.length);
            outsideLow = Arrays.copyOf(outsideLow, keys.length);
            final int known = outsidePort.length;
            outsidePort = Arrays.copyOf(outsidePort, keys.length);
            Arrays.fill(outsidePort, known, outsidePort.length, NONE);
        }
        outsideHigh[flow] = high;
        outsideLow[flow] = low;
        outsidePort[flow] = port;
    }

    boolean hasOutside(final int flow) {
        return flow < outsidePort.length && outsidePort[flow] != NONE;
    }

    long outsideHigh(final int flow) {
        return outsideHigh[flow];
    }

    long outsideLow(final int flow) {
        return outsideLow[flow];
    }

    int outsidePort(final int flow) {
        return outsidePort[flow];
    }

    int count() {
        return count;
    }

    /// Packets of flows that found no room.
    long unjudged() {
        return unjudged;
    }

    long countFlagged(final int flag) {
        long flagged = 0;
        for (int flow = 0; flow < count; flow++) {
            if (is(flow, flag)) {
                flagged++;
            }
        }
        return flagged;
    }
}
