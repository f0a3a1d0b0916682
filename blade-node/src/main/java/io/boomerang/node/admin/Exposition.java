package io.boomerang.node.admin;

import io.boomerang.node.admin.Measurements.Sample;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// What nodes measured in Prometheus' text format, version 0.0.4: each metric once with its help
/// and type, then its values, whatever node they are of.
final class Exposition {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Map<Metric, StringBuilder> lines = new EnumMap<>(Metric.class);

    void add(final NodeStatus status) {
        for (final Sample sample : status.measurements().samples()) {
            final StringBuilder text =
                    lines.computeIfAbsent(sample.metric(), _ -> new StringBuilder());
            text.append(sample.metric().exposedName())
                    .append("{node=\"")
                    .append(escaped(status.self().name()))
                    .append("\",role=\"")
                    .append(status.self().role().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .append('"');
            if (!sample.label().isEmpty()) {
                text.append(',')
                        .append(sample.metric().label())
                        .append("=\"")
                        .append(escaped(sample.label()))
                        .append('"');
            }
            text.append("} ").append(JsonText.number(sample.value())).append('\n');
        }
    }

    private static String escaped(final String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        lines.forEach((metric, values) ->
                text.append("# HELP ")
                        .append(metric.exposedName())
                        .append(' ')
                        .append(metric.help())
                        .append("\n# TYPE ")
                        .append(metric.exposedName())
                        .append(' ')
                        .append(metric.type().word())
                        .append('\n')
                        .append(values));
        return text.toString();
    }
}
