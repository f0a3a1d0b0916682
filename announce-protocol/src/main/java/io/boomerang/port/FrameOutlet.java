package io.boomerang.port;

import java.lang.foreign.MemorySegment;

/// Where frames leave towards an outside network. Used by one thread at a time.
@FunctionalInterface
public interface FrameOutlet {
    /// Queues one Ethernet frame, without its frame check sequence, for transmission; false when it
    /// is lost because the outlet takes no more or the frame does not fit (the caller counts it).
    /// The memory belongs to the caller once this returns. Frames leave in the order of these
    /// calls.
    boolean transmit(MemorySegment frame, long offset, int length);
}
