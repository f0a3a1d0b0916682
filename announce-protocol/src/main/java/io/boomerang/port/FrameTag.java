package io.boomerang.port;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.VlanTag;

import java.lang.foreign.MemorySegment;

/// Puts a VLAN tag back into a frame where a card or a kernel has taken it out.
final class FrameTag {
    private static final int ADDRESSES_BYTES = 12;

    private FrameTag() {}

    /// Moves the addresses of the frame forward by a tag's length and writes the tag behind them;
    /// answers where the frame begins now. Room for a tag precedes the frame.
    static long putBack(
            final MemorySegment frame, final long offset, final int type, final int control) {
        final long start = offset - VlanTag.LENGTH;
        final long first = frame.get(JAVA_LONG_UNALIGNED, offset);
        final int rest = frame.get(JAVA_INT_UNALIGNED, offset + Long.BYTES);
        frame.set(JAVA_LONG_UNALIGNED, start, first);
        frame.set(JAVA_INT_UNALIGNED, start + Long.BYTES, rest);
        frame.set(NetworkOrder.SHORT, start + ADDRESSES_BYTES, (short) type);
        frame.set(NetworkOrder.SHORT, start + ADDRESSES_BYTES + Short.BYTES, (short) control);
        return start;
    }
}
