package io.boomerang.node.admin;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What a node counts and holds at one moment. Made by the node's thread, then only read.
public final class Measurements {
    private final List<Sample> samples = new ArrayList<>();

    /// One value.
    ///
    /// @param label value of the metric's own label; empty when it has none
    public record Sample(Metric metric, String label, double value) {
        public Sample {
            if (metric.label().isEmpty() != label.isEmpty()) {
                throw new IllegalArgumentException(
                        metric + " has the label '" + metric.label() + "', not '" + label + "'");
            }
        }
    }

    /// Adds a value of a metric without a label of its own.
    public Measurements add(final Metric metric, final double value) {
        samples.add(new Sample(metric, "", value));
        return this;
    }

    /// Adds a value of a metric with a label of its own.
    ///
    /// @param label its value
    public Measurements add(final Metric metric, final String label, final double value) {
        samples.add(new Sample(metric, label, value));
        return this;
    }

    /// Adds a count. Beyond 2^53 it is rounded, as whoever reads metrics would.
    public Measurements add(final Metric metric, final long value) {
        return add(metric, (double) value);
    }

    /// Adds a count of a metric with a label of its own.
    ///
    /// @param label its value
    public Measurements add(final Metric metric, final String label, final long value) {
        return add(metric, label, (double) value);
    }

    /// Those of a metric together, in the order in which they were added.
    public List<Sample> samples() {
        return samples.stream().sorted(Comparator.comparing(Sample::metric)).toList();
    }
}
