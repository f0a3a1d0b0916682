package io.boomerang.sim.churn;

import java.util.BitSet;

/// Consistent hashing by a Maglev table, alone or with daisy chaining: a server that does not know
/// a flow sends it on to the server that had the table's entry before (Beamer, NSDI 2018, and
/// others).
final class MaglevBalancer implements Balancer {
    private final MaglevEntries entries;
    private final ServerPool servers;
    private final boolean isChaining;
    private final BitSet open = new BitSet();
    private final int[] entryByFlow;
    private final int[] serverByFlow;
    private final int[] incarnationByFlow;
    private long broken;

    /// @param entries that are refreshed before this hears of a change
    MaglevBalancer(
            final MaglevEntries entries,
            final ServerPool servers,
            final int mostFlows,
            final boolean isChaining) {
        this.entries = entries;
        this.servers = servers;
        this.isChaining = isChaining;
        entryByFlow = new int[mostFlows];
        serverByFlow = new int[mostFlows];
        incarnationByFlow = new int[mostFlows];
    }

    @Override
    public void open(final int flow, final int connection, final long hash) {
        final int entry = entries.of(hash);
        entryByFlow[flow] = entry;
        open.set(flow);
        assign(flow, entries.server(entry));
    }

    @Override
    public void close(final int flow) {
        open.clear(flow);
    }

    @Override
    public void serversChanged() {
        for (int flow = open.nextSetBit(0); flow >= 0; flow = open.nextSetBit(flow + 1)) {
            steer(flow);
        }
    }

    /// Where the flow's next packet goes.
    private void steer(final int flow) {
        final int entry = entryByFlow[flow];
        final int server = serverByFlow[flow];
        final boolean isUp = servers.isStillUp(server, incarnationByFlow[flow]);
        final boolean isReached =
                server == entries.server(entry)
                        || isChaining && server == entries.serverBefore(entry);
        if (isUp && isReached) {
            return;
        }
        if (isUp) {
            broken++;
        }
        assign(flow, entries.server(entry));
    }

    private void assign(final int flow, final int server) {
        serverByFlow[flow] = server;
        incarnationByFlow[flow] = servers.incarnation(server);
    }

    @Override
    public long broken() {
        return broken;
    }
}
