package io.boomerang.handoff.endpoint;

import java.lang.foreign.MemorySegment;

/// Where an endpoint's IP packets go. The memory is the endpoint's own again after the call.
@FunctionalInterface
public interface PacketSink {
    void emit(MemorySegment packet, long offset, long length);
}
