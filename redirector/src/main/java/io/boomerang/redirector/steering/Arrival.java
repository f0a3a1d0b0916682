package io.boomerang.redirector.steering;

import io.boomerang.flow.Side;

import java.lang.foreign.MemorySegment;

/// One packet on its way through a redirector: where its frame lies and how it came here. One
/// instance is reused; the frame's memory belongs to somebody else.
final class Arrival {
    private static final int NODE_BITS = 0xFFFF;
    private static final int FROM_EGRESS = 1 << 16;
    private static final int HOPS_SHIFT = 17;
    private static final int HOPS_BITS = 0xF;
    private static final int SOURCE_IS_B = 1 << 21;
    private static final int KEY_TRAVELS = 1 << 22;
    private static final int OPENING = 1 << 23;
    private static final int LOOKED_UP = 1 << 24;

    MemorySegment frame = MemorySegment.NULL;
    long offset;
    int length;
    long packetNumber;

    /// The outside port it came in by.
    Side side = Side.INGRESS;

    int node;
    int hops;

    /// Its direction with respect to its key.
    boolean sourceIsB;

    /// Its key cannot be read from the frame alone.
    boolean keyTravels;

    /// It may be the first packet of a flow.
    boolean opening;

    /// Another redirector asks for the session.
    boolean lookedUp;

    /// The blade that has sent it back, as it does not have its flow; 0 when none has.
    int returnedBy;

    void place(
            final MemorySegment newFrame,
            final long newOffset,
            final int newLength,
            final long newPacketNumber) {
        frame = newFrame;
        offset = newOffset;
        length = newLength;
        packetNumber = newPacketNumber;
    }

    void from(final Side newSide, final int newNode, final int newHops) {
        side = newSide;
        node = newNode;
        hops = newHops;
        keyTravels = false;
        opening = false;
        lookedUp = false;
        returnedBy = 0;
    }

    /// Everything but the frame's place, for the time it is held. Who has sent it back is not
    /// needed once blades are asked.
    int word() {
        return node
                | (side == Side.EGRESS ? FROM_EGRESS : 0)
                | hops << HOPS_SHIFT
                | (sourceIsB ? SOURCE_IS_B : 0)
                | (keyTravels ? KEY_TRAVELS : 0)
                | (opening ? OPENING : 0)
                | (lookedUp ? LOOKED_UP : 0);
    }

    void setWord(final int word) {
        node = word & NODE_BITS;
        side = (word & FROM_EGRESS) != 0 ? Side.EGRESS : Side.INGRESS;
        hops = word >>> HOPS_SHIFT & HOPS_BITS;
        sourceIsB = (word & SOURCE_IS_B) != 0;
        keyTravels = (word & KEY_TRAVELS) != 0;
        opening = (word & OPENING) != 0;
        lookedUp = (word & LOOKED_UP) != 0;
        returnedBy = 0;
    }
}
