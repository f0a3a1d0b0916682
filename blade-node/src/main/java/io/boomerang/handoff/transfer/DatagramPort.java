package io.boomerang.handoff.transfer;

import java.lang.foreign.MemorySegment;

/// Where datagrams to the other node go; they may get lost, repeated, reordered or changed. The
/// memory is the caller's own again after the call.
@FunctionalInterface
public interface DatagramPort {
    void send(MemorySegment datagram, long offset, int length);
}
