package io.boomerang.blade.processor;

import io.boomerang.blade.session.FlowState;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// One packet on its way through a processor. One instance per blade, set anew for each packet.
public final class PacketContext {
    private final MarkerTable table;
    private final FlowHash flowHash;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;
    private int length;
    private @Nullable ParsedPacket packet;
    private @Nullable MarkerSession marker;
    private Side arrivalSide = Side.INGRESS;
    private long nowNs;

    public PacketContext(final MarkerTable table, final FlowHash flowHash) {
        this.table = table;
        this.flowHash = flowHash;
    }

    /// The next packet; a marker of null means that the table is full.
    public void set(
            final MemorySegment newFrame,
            final long newOffset,
            final int newLength,
            final ParsedPacket newPacket,
            final @Nullable MarkerSession newMarker,
            final Side newArrivalSide,
            final long newNowNs) {
        frame = newFrame;
        offset = newOffset;
        length = newLength;
        packet = newPacket;
        marker = newMarker;
        arrivalSide = newArrivalSide;
        nowNs = newNowNs;
    }

    /// Another frame takes the place of this one; it is valid for as long.
    public void exchange(final MemorySegment newFrame, final long newOffset, final int newLength) {
        frame = newFrame;
        offset = newOffset;
        length = newLength;
    }

    /// The memory that holds the Ethernet frame.
    public MemorySegment frame() {
        return frame;
    }

    /// Where the frame begins in {@link #frame}.
    public long offset() {
        return offset;
    }

    /// Bytes of the frame.
    public int length() {
        return length;
    }

    public ParsedPacket packet() {
        final ParsedPacket current = packet;
        if (current == null) {
            throw new IllegalStateException("no packet is set");
        }
        return current;
    }

    public @Nullable MarkerSession marker() {
        return marker;
    }

    public Side arrivalSide() {
        return arrivalSide;
    }

    public long nowNs() {
        return nowNs;
    }

    /// Whether no packet of the flow has passed yet, so that passing this one opens the flow in
    /// this packet's direction.
    public boolean isOpening() {
        final MarkerSession current = marker;
        return current == null || !current.hasPassed();
    }

    /// Whether the packet goes the way of the one that opened the flow.
    public boolean isFromInitiator() {
        final MarkerSession current = marker;
        return current == null || packet().sourceIsB() == current.initiatorIsB(arrivalSide);
    }

    /// What the processor remembers of the flow; only with a marker.
    public FlowState flowState() {
        final MarkerSession current = marker;
        if (current == null) {
            throw new IllegalStateException("the packet has no marker");
        }
        return current.state();
    }

    /// Whether another flow already has this key on the side that this flow goes to.
    public boolean isFarKeyTaken(final FlowKey key) {
        return table.isTaken(arrivalSide.opposite(), key, flowHash.hash(key));
    }

    /// From now on the far side knows this packet's flow by another key; false when another flow
    /// has that key there.
    public boolean translate(final FlowKey farKey, final boolean initiatorIsB) {
        final MarkerSession current = marker;
        return current != null
                && table.translate(current, farKey, flowHash.hash(farKey), initiatorIsB, nowNs);
    }
}
