package io.boomerang.sim.flood;

/// The times of a run.
public enum Phase {
    BEFORE("before"),
    FLOOD("flood"),
    AFTER("after"),
    /// Without a packet, until all that the flood left is over; then one packet of each connection.
    REST("rest");

    private final String label;

    Phase(final String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
