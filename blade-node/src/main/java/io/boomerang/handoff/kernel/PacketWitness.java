package io.boomerang.handoff.kernel;

import java.net.InetSocketAddress;

/// Who hands packets to the kernel, and so knows what has come for its connections.
@FunctionalInterface
public interface PacketWitness {
    /// Nobody looks.
    PacketWitness NONE = (_, _, _) -> false;

    /// Whether the kernel has been handed no data of this connection that goes beyond this sequence
    /// number; false when that is not known.
    ///
    /// @param receiveNext the number behind all that the connection has received in order
    boolean endsAt(InetSocketAddress local, InetSocketAddress remote, int receiveNext);
}
