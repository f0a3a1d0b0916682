package io.boomerang.sim.command;

import io.boomerang.sim.report.JsonTree;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What nodes did between two answers, as a table.
final class TopText {
    private static final String FORMAT = "%-20s  %-8s  %8s  %10s  %10s  %9s  %9s  %9s%n";
    private static final int BITS = 8;

    private TopText() {}

    static String of(
            final String chassis, final List<DaemonAnswer> before, final List<DaemonAnswer> now) {
        final Map<String, JsonTree> earlier = new HashMap<>();
        for (final DaemonAnswer answer : before) {
            for (final JsonTree node : answer.json().list("nodes")) {
                earlier.put(node.text("name"), node);
            }
        }
        final StringBuilder text = new StringBuilder("Chassis " + chassis + "\n");
        text.append(
                String.format(
                        Locale.ROOT,
                        FORMAT,
                        "NODE",
                        "STATE",
                        "FLOWS",
                        "IN/S",
                        "OUT/S",
                        "OUT BIT/S",
                        "NEW/S",
                        "DROPS/S"));
        for (final DaemonAnswer answer : now) {
            if (!answer.isGood()) {
                text.append(answer.blade()).append(": ").append(answer.error()).append('\n');
            }
            for (final JsonTree node : answer.json().list("nodes")) {
                final JsonTree then = earlier.get(node.text("name"));
                if (then != null) {
                    text.append(line(then, node));
                }
            }
        }
        return text.toString();
    }

    private static String line(final JsonTree then, final JsonTree now) {
        final boolean processes = now.text("role").equals("blade");
        final String in = processes ? "backplane-in" : "outside-in";
        final String out = processes ? "backplane-out" : "outside-out";
        final double seconds = (now.number("uptime_ms") - then.number("uptime_ms")) / 1e3;
        if (seconds <= 0) {
            return String.format(Locale.ROOT, "%-20s  started anew%n", now.text("name"));
        }
        return String.format(
                Locale.ROOT,
                FORMAT,
                now.text("name"),
                now.text("state"),
                StatusText.flows(now),
                rate(then, now, seconds, "boomerang_frames_total", in),
                rate(then, now, seconds, "boomerang_frames_total", out),
                scaled(
                        BITS
                                * (value(now, "boomerang_bytes_total", out)
                                        - value(then, "boomerang_bytes_total", out))
                                / seconds),
                processes
                        ? rate(then, now, seconds, "boomerang_announcements_total", "open")
                        : rate(then, now, seconds, "boomerang_flows_decided_total", ""),
                scaled((drops(now) - drops(then)) / seconds));
    }

    private static String rate(
            final JsonTree then,
            final JsonTree now,
            final double seconds,
            final String metric,
            final String label) {
        return scaled((value(now, metric, label) - value(then, metric, label)) / seconds);
    }

    private static double value(final JsonTree node, final String metric, final String label) {
        final JsonTree metrics = node.at("metrics");
        return label.isEmpty() ? metrics.decimal(metric) : metrics.at(metric).decimal(label);
    }

    private static double drops(final JsonTree node) {
        return node.at("metrics", "boomerang_drops_total").numbers().values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    /// Three digits or so, with the prefixes of the SI.
    static String scaled(final double value) {
        if (value >= 1e9) {
            return String.format(Locale.ROOT, "%.2fG", value / 1e9);
        }
        if (value >= 1e6) {
            return String.format(Locale.ROOT, "%.2fM", value / 1e6);
        }
        if (value >= 1e4) {
            return String.format(Locale.ROOT, "%.1fk", value / 1e3);
        }
        return String.format(Locale.ROOT, "%.0f", value);
    }
}
