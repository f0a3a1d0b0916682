package io.boomerang.flow;

/// The two outside networks of a chassis.
public enum Side {
    INGRESS,
    EGRESS;

    private static final Side[] VALUES = values();

    public Side opposite() {
        return this == INGRESS ? EGRESS : INGRESS;
    }

    /// The side with this ordinal; the caller has checked that it is 0 or 1.
    public static Side of(final int ordinal) {
        return VALUES[ordinal];
    }
}
