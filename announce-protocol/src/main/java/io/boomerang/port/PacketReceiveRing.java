package io.boomerang.port;

import java.lang.foreign.MemorySegment;

/// The frames that a packet socket has received, in memory that the kernel writes.
final class PacketReceiveRing {
    private final MemorySegment ring;
    private final int slotBytes;
    private final int slotMask;

    /// Counts of slots: looked at, and given back to the kernel.
    private long next;

    private long returned;

    PacketReceiveRing(final MemorySegment ring, final int slots) {
        this.ring = ring;
        this.slotBytes = (int) (ring.byteSize() / slots);
        this.slotMask = slots - 1;
    }

    MemorySegment memory() {
        return ring;
    }

    /// The place of the next slot.
    long slot() {
        return (next & slotMask) * slotBytes;
    }

    /// The next slot's status: {@link PacketSlot#KERNEL} when no frame is there.
    int status() {
        return next - returned > slotMask ? PacketSlot.KERNEL : PacketSlot.status(ring, slot());
    }

    /// Goes on to the slot behind; the frame stays until {@link #giveBack}.
    void advance() {
        next++;
    }

    /// Gives all slots that were gone over back to the kernel.
    void giveBack() {
        for (; returned < next; returned++) {
            PacketSlot.publish(ring, (returned & slotMask) * slotBytes, PacketSlot.KERNEL);
        }
    }
}
