package io.boomerang.blade.terminal;

import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.transfer.MovingFlow;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/// Which endpoint of a flow's key the client of its connection is.
final class Orientation {
    private static final int IPV4_BYTES = 4;

    private Orientation() {}

    static boolean clientIsB(final MovingFlow flow, final ConnectionState state) {
        final InetSocketAddress client = state.remote();
        final InetSocketAddress server = state.local();
        final MemorySegment from = MemorySegment.ofArray(client.getAddress().getAddress());
        final MemorySegment to = MemorySegment.ofArray(server.getAddress().getAddress());
        final FlowKey key = new FlowKey();
        final int protocol = flow.key().protocol();
        if (from.byteSize() == IPV4_BYTES) {
            return key.setIpv4(
                    protocol,
                    FlowKey.KIND_PORTS,
                    from.get(NetworkOrder.INT, 0),
                    client.getPort(),
                    to.get(NetworkOrder.INT, 0),
                    server.getPort(),
                    flow.key().vlanDomain());
        }
        return key.setIpv6(
                protocol,
                FlowKey.KIND_PORTS,
                from.get(NetworkOrder.LONG, 0),
                from.get(NetworkOrder.LONG, Long.BYTES),
                client.getPort(),
                to.get(NetworkOrder.LONG, 0),
                to.get(NetworkOrder.LONG, Long.BYTES),
                server.getPort(),
                flow.key().vlanDomain());
    }
}
