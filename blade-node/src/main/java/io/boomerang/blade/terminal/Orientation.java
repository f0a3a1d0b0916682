package io.boomerang.blade.terminal;

import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.transfer.MovingFlow;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/// The flow of a connection, and which endpoint of its key the client is.
public final class Orientation {
    private static final int IPV4_BYTES = 4;

    private Orientation() {}

    static boolean clientIsB(final MovingFlow flow, final ConnectionState state) {
        return writeKey(state, flow.key().vlanDomain(), new FlowKey());
    }

    /// Writes the key that the client's packets have, and answers whether the client is its
    /// endpoint B.
    public static boolean writeKey(
            final ConnectionState state, final int vlanDomain, final FlowKey key) {
        return writeKey(state.local(), state.remote(), vlanDomain, key);
    }

    /// The same for a connection of which only the addresses are known.
    public static boolean writeKey(
            final InetSocketAddress server,
            final InetSocketAddress client,
            final int vlanDomain,
            final FlowKey key) {
        final MemorySegment from = MemorySegment.ofArray(client.getAddress().getAddress());
        final MemorySegment to = MemorySegment.ofArray(server.getAddress().getAddress());
        if (from.byteSize() == IPV4_BYTES) {
            return key.setIpv4(
                    IpProtocol.TCP,
                    FlowKey.KIND_PORTS,
                    from.get(NetworkOrder.INT, 0),
                    client.getPort(),
                    to.get(NetworkOrder.INT, 0),
                    server.getPort(),
                    vlanDomain);
        }
        return key.setIpv6(
                IpProtocol.TCP,
                FlowKey.KIND_PORTS,
                from.get(NetworkOrder.LONG, 0),
                from.get(NetworkOrder.LONG, Long.BYTES),
                client.getPort(),
                to.get(NetworkOrder.LONG, 0),
                to.get(NetworkOrder.LONG, Long.BYTES),
                server.getPort(),
                vlanDomain);
    }
}
