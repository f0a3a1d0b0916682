package io.boomerang.redirector.port;

import java.lang.foreign.MemorySegment;

/// Where a redirector's frames leave towards an outside network. Used by the redirector's thread
/// only.
@FunctionalInterface
public interface PacketPort {
    /// Queues one Ethernet frame for transmission; false when the port is full (the frame is lost,
    /// the caller counts it). The memory belongs to the caller once this returns.
    boolean transmit(MemorySegment frame, long offset, int length);
}
