package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// One entry of an MPLS label stack (RFC 3032).
///
/// ```
/// | label 20 | traffic class 3 | bottom of stack 1 | time to live 8 |
/// ```
public final class MplsLabel {
    public static final int LENGTH = 4;

    private static final int LABEL_SHIFT = 12;
    private static final int TRAFFIC_CLASS_SHIFT = 9;
    private static final int BOTTOM = 0x100;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    public int label() {
        return entry() >>> LABEL_SHIFT;
    }

    public int trafficClass() {
        return entry() >>> TRAFFIC_CLASS_SHIFT & 0x7;
    }

    public boolean isBottom() {
        return (entry() & BOTTOM) != 0;
    }

    public int timeToLive() {
        return entry() & 0xFF;
    }

    private int entry() {
        return frame.get(NetworkOrder.INT, offset);
    }
}
