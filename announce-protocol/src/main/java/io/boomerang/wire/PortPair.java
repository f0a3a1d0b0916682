package io.boomerang.wire;

import java.lang.foreign.MemorySegment;

/// What the headers of TCP, UDP, UDP-Lite, SCTP and DCCP have in common: they begin with two ports.
public final class PortPair {
    public static final int LENGTH = 4;

    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;

    private MemorySegment frame = MemorySegment.NULL;
    private long offset;

    /// Points this view at `offset` and answers whether every accessor is now in bounds.
    public boolean wrap(final MemorySegment frame, final long offset, final long limit) {
        this.frame = frame;
        this.offset = offset;
        return limit - offset >= LENGTH;
    }

    public int sourcePort() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + SOURCE_PORT));
    }

    public int destinationPort() {
        return Short.toUnsignedInt(frame.get(NetworkOrder.SHORT, offset + DESTINATION_PORT));
    }

    public void setSourcePort(final int value) {
        frame.set(NetworkOrder.SHORT, offset + SOURCE_PORT, (short) value);
    }

    public void setDestinationPort(final int value) {
        frame.set(NetworkOrder.SHORT, offset + DESTINATION_PORT, (short) value);
    }
}
