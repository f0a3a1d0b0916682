package io.boomerang.backplane;

import java.lang.foreign.MemorySegment;

/// One node's connection to the backplane. Carries datagrams (from the GENEVE header on) to other
/// nodes; may lose, reorder and duplicate them. Used by one thread.
public interface Backplane {
    /// What {@link #claim} answers when it knows of no way to the node.
    long NO_PATH = -2;

    /// A place of `length` bytes to write a datagram for `node` into, as an offset into {@link
    /// #buffer()}; negative when the backplane is full or the node is unknown, {@link #NO_PATH}
    /// when no way leads there (counted, the frame is lost). Followed by {@link #commit}.
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
