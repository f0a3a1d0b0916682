package io.boomerang.handoff.kernel;

import java.util.ArrayList;
import java.util.List;

/// What the client offers in its handshake.
record Wire(boolean ipv6, boolean timestamps, boolean sack, boolean scaling) {
    static List<Wire> all() {
        final List<Wire> wires = new ArrayList<>();
        for (int bits = 0; bits < 16; bits++) {
            wires.add(new Wire((bits & 1) == 0, (bits & 2) == 0, (bits & 4) == 0, (bits & 8) == 0));
        }
        return wires;
    }

    /// One of each family, with all options.
    static List<Wire> families() {
        return List.of(new Wire(false, true, true, true), new Wire(true, true, true, true));
    }

    void apply(final Namespace client) {
        client.set("ipv4/tcp_timestamps", timestamps ? 1 : 0);
        client.set("ipv4/tcp_sack", sack ? 1 : 0);
        client.set("ipv4/tcp_window_scaling", scaling ? 1 : 0);
    }

    @Override
    public String toString() {
        return (ipv6 ? "IPv6" : "IPv4")
                + (timestamps ? ", timestamps" : "")
                + (sack ? ", SACK" : "")
                + (scaling ? ", scaling" : "");
    }
}
