package io.boomerang.sim.handoff;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What a client offers in its handshake.
record ClientOptions(boolean ipv6, boolean timestamps, boolean sack, boolean scaling) {
    private static final int COMBINATIONS = 16;

    static List<ClientOptions> all() {
        final List<ClientOptions> all = new ArrayList<>();
        for (int bits = 0; bits < COMBINATIONS; bits++) {
            all.add(
                    new ClientOptions(
                            (bits & 1) != 0, (bits & 2) == 0, (bits & 4) == 0, (bits & 8) == 0));
        }
        return all;
    }

    /// For the connections that the client opens from now on.
    void apply(final HostNamespace namespaces) throws IOException {
        namespaces.set(KernelChassis.CLIENT, "ipv4/tcp_timestamps", timestamps ? 1 : 0);
        namespaces.set(KernelChassis.CLIENT, "ipv4/tcp_sack", sack ? 1 : 0);
        namespaces.set(KernelChassis.CLIENT, "ipv4/tcp_window_scaling", scaling ? 1 : 0);
    }

    @Override
    public String toString() {
        return (ipv6 ? "IPv6" : "IPv4")
                + (timestamps ? ", timestamps" : "")
                + (sack ? ", SACK" : "")
                + (scaling ? ", scaling" : "");
    }
}
