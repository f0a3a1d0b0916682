package io.boomerang.sim.replay;

import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

/// Learns on which side each Ethernet address is, as a bridge does. The first sight of an address
/// decides. A fixed number of addresses; when full, no more are learned. One thread.
final class MacSides {
    static final int CAPACITY = 1 << 12;

    private static final int SLOTS = CAPACITY * 2;
    private static final long GROUP_BIT = 1L << 40;
    private static final int ADDRESS_SHIFT = 2;
    private static final int EGRESS = 1;
    private static final int TAKEN = 2;

    private final long[] slots = new long[SLOTS];
    private int count;

    /// Where a frame comes from: where its sender is; else not where its receiver is; else from the
    /// ingress side. The sender is learned.
    Side sideOf(final long source, final long destination) {
        final Side known = find(source);
        if (known != null) {
            return known;
        }
        final Side receiver = (destination & GROUP_BIT) != 0 ? null : find(destination);
        final Side side = receiver == null ? Side.INGRESS : receiver.opposite();
        learn(source, side);
        return side;
    }

    private @Nullable Side find(final long address) {
        final long entry = slots[slotOf(address)];
        return entry == 0 ? null : (entry & EGRESS) != 0 ? Side.EGRESS : Side.INGRESS;
    }

    /// Learns an address, unless it is known already.
    void learn(final long address, final Side side) {
        final int slot = slotOf(address);
        if (slots[slot] == 0 && count < CAPACITY) {
            slots[slot] = address << ADDRESS_SHIFT | TAKEN | (side == Side.EGRESS ? EGRESS : 0);
            count++;
        }
    }

    /// The address's slot, or the free one where it would go.
    private int slotOf(final long address) {
        int slot = (int) (address * 0x9E3779B97F4A7C15L >>> 40) & SLOTS - 1;
        while (slots[slot] != 0 && slots[slot] >>> ADDRESS_SHIFT != address) {
            slot = slot + 1 & SLOTS - 1;
        }
        return slot;
    }
}
