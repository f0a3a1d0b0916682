package io.boomerang.redirector.steering;

/// What the load policies go by.
@FunctionalInterface
public interface BladeLoad {
    /// How many sessions the blade has.
    int load(int blade);

    /// The blade's share of the flows compared to other blades'; a blade of weight 0 gets none
    /// while another one has more.
    default int weight(final int blade) {
        return 1;
    }
}
