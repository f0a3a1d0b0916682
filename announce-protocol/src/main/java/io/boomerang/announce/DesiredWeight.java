package io.boomerang.announce;

/// A blade tells the redirectors which weight it wants: how many of the new flows, measured against
/// the other blades. Only the redirector that allocates buckets does something with it. Said again
/// whenever the members change, and from time to time while it drains.
///
/// Known since format 2; not sent where a member reads older ones only.
///
/// @param weight 0 to drain: no new flows; at most {@link BucketTableUpdate#MAX_WEIGHT}
/// @param moves whether it wants to move the flows that it has to others; only with weight 0
public record DesiredWeight(int weight, boolean moves) implements ControlMessage {
    public static final int FIRST_FORMAT = 2;

    /// A blade that keeps its flows.
    public DesiredWeight(final int weight) {
        this(weight, false);
    }

    public DesiredWeight {
        if (weight < 0 || weight > BucketTableUpdate.MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "weight " + weight + " is outside 0.." + BucketTableUpdate.MAX_WEIGHT);
        }
        if (moves && weight != 0) {
            throw new IllegalArgumentException("a blade of weight " + weight + " does not move");
        }
    }

    @Override
    public int firstFormat() {
        return FIRST_FORMAT;
    }
}
