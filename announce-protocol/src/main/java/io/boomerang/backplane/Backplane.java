package io.boomerang.backplane;

import java.lang.foreign.MemorySegment;

/// One node's connection to the backplane. Carries datagrams (from the GENEVE header on) to other
/// nodes; may lose, reorder and duplicate them. Used by one thread.
public interface Backplane {
    /// A place of `length` bytes to write a datagram for `node` into, as an offset into {@link
    /// #buffer()}; negative when the backplane is full (counted, the frame is lost) or the node is
    /// unknown. Followed by {@link #commit}.
    long claim(int node, int length);

    /// The memory that {@link #claim} gives places in. May change from claim to claim.
    MemorySegment buffer();

    /// Sends the datagram of the last claim.
    void commit();

    /// Hears the datagrams for this node.
    interface Receiver {
        /// One datagram; the memory belongs to the backplane once this returns.
        void onDatagram(int fromNode, MemorySegment datagram, long offset, int length);
    }
}
