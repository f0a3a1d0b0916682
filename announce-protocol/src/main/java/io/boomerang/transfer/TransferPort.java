package io.boomerang.transfer;

import java.lang.foreign.MemorySegment;

/// Where datagrams of transfers to other nodes go; they may get lost, repeated, reordered or
/// changed. The memory is the caller's own again after the call.
@FunctionalInterface
public interface TransferPort {
    void send(int node, MemorySegment datagram, long offset, int length);
}
