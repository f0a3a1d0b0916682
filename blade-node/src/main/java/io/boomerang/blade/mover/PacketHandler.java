package io.boomerang.blade.mover;

import io.boomerang.blade.processor.ProcessorVerdict;

import java.lang.foreign.MemorySegment;

/// The blade, as packets see it that have waited for the move of their flow.
public interface PacketHandler {
    /// A datagram that has waited; the frame in it may be rewritten in place.
    ///
    /// @param from the node that it came from
    void onReleased(int from, MemorySegment datagram, long offset, int length, long nowNs);

    /// What became of a packet that did not get that far.
    void onVerdict(long packetNumber, ProcessorVerdict verdict, long nowNs);
}
