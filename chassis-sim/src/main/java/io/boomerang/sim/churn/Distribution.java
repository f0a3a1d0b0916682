package io.boomerang.sim.churn;

/// Where random lengths of time come from.
public interface Distribution {
    /// The time that belongs to a random number.
    ///
    /// @param uniform evenly distributed from 0, inclusive, to 1, exclusive
    /// @return seconds
    double seconds(double uniform);

    /// In seconds.
    double mean();

    /// Lengths of time that do not depend on how long it has already been.
    static Distribution exponential(final double meanSeconds) {
        return new Distribution() {
            @Override
            public double seconds(final double uniform) {
                return -Math.log1p(-uniform) * meanSeconds;
            }

            @Override
            public double mean() {
                return meanSeconds;
            }
        };
    }
}
