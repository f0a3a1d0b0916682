package io.boomerang.blade.processor;

import java.lang.foreign.MemorySegment;

/// A port of the blade itself on a side of the chassis, by which packets return to that side
/// without a redirector. Used by the blade's thread.
@FunctionalInterface
public interface DirectReturn {
    /// Sends a frame as it is to leave the chassis; it may be written to. False when the port takes
    /// no more, and the frame is lost.
    boolean transmit(MemorySegment frame, long offset, int length);
}
