package io.boomerang.sim.churn;

/// Which server has each entry of a Maglev table now, and which one had it before the entry last
/// changed. Filled once for all balancers that go by it.
final class MaglevEntries {
    private final MaglevTable maglev;
    private final ServerPool servers;
    private final int[] before;
    private int[] table;

    MaglevEntries(final MaglevTable maglev, final ServerPool servers) {
        this.maglev = maglev;
        this.servers = servers;
        table = maglev.populate(servers.listUp());
        before = table.clone();
    }

    /// Fills the table anew after servers went or came.
    void refresh() {
        final int[] next = maglev.populate(servers.listUp());
        for (int entry = 0; entry < next.length; entry++) {
            if (next[entry] != table[entry]) {
                before[entry] = table[entry];
            }
        }
        table = next;
    }

    int count() {
        return table.length;
    }

    int of(final long hash) {
        return (int) Long.remainderUnsigned(hash, table.length);
    }

    int server(final int entry) {
        return table[entry];
    }

    int serverBefore(final int entry) {
        return before[entry];
    }
}
