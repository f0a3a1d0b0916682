package io.boomerang.backplane;

import io.boomerang.link.LinkState;

/// How nodes watch the links between them.
///
/// @param helloIntervalMs between two hellos of a node, in milliseconds; all nodes of a chassis
///   have the same. In a chassis of more than {@link #HELLOS_PER_SECOND} / 10 nodes it is longer as
///   needed
/// @param vni tells chassis on one network apart
public record RelayConfig(int helloIntervalMs, int vni) {
    /// What one node sends, and receives, at the most while no link changes; four times as much
    /// while some do.
    public static final int HELLOS_PER_SECOND = 1_000;

    public static final RelayConfig DEFAULTS = new RelayConfig(100, 0);

    public RelayConfig {
        if (helloIntervalMs < 10 || helloIntervalMs > 10_000) {
            throw new IllegalArgumentException(
                    "helloIntervalMs " + helloIntervalMs + " is outside 10..10000");
        }
        if (vni < 0 || vni > SteeringHeader.MAX_VNI) {
            throw new IllegalArgumentException(
                    "vni " + vni + " is outside 0.." + SteeringHeader.MAX_VNI);
        }
    }

    /// The interval in a chassis of so many nodes, in milliseconds.
    int intervalMs(final int nodes) {
        return LinkState.intervalMs(helloIntervalMs, nodes, HELLOS_PER_SECOND);
    }
}
