package io.boomerang.sim.command;

import io.boomerang.sim.report.JsonTree;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The nodes of a chassis as a table, one line each.
final class StatusText {
    private static final String FORMAT = "%-20s  %-18s  %-8s  %9s  %6s  %8s  %12s  %12s  %8s%n";

    private final List<DaemonAnswer> answers;
    private final List<String> views;

    StatusText(final List<DaemonAnswer> answers) {
        this.answers = answers;
        views = nodes().stream().map(StatusText::view).distinct().toList();
    }

    private List<JsonTree> nodes() {
        final List<JsonTree> nodes = new ArrayList<>();
        answers.forEach(answer -> nodes.addAll(answer.json().list("nodes")));
        return nodes;
    }

    private static String view(final JsonTree node) {
        return node.at("view").list("members").stream()
                .map(member -> member.text("name"))
                .collect(Collectors.joining(", "));
    }

    /// Whether every daemon has answered and all nodes see the same members.
    boolean isGood() {
        return answers.stream().allMatch(DaemonAnswer::isGood) && views.size() == 1;
    }

    String table(final String chassis) {
        final StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        FORMAT,
                        "NODE",
                        "ROLE",
                        "STATE",
                        "UP",
                        "WEIGHT",
                        "FLOWS",
                        "FRAMES IN",
                        "FRAMES OUT",
                        "DROPS"));
        for (final JsonTree node : nodes()) {
            text.append(line(node));
        }
        for (final DaemonAnswer answer : answers) {
            if (!answer.isGood()) {
                text.append(answer.blade()).append(": ").append(answer.error()).append('\n');
            }
        }
        if (views.size() == 1) {
            text.append("Chassis ")
                    .append(chassis)
                    .append(", all see the same members: ")
                    .append(views.getFirst())
                    .append('\n')
                    .append(new RuleText(answers).line());
        } else {
            for (final JsonTree node : nodes()) {
                text.append(node.text("name")).append(" sees ").append(view(node)).append('\n');
            }
        }
        return text.toString();
    }

    private static String line(final JsonTree node) {
        final boolean processes = node.text("role").equals("blade");
        final JsonTree metrics = node.at("metrics");
        final JsonTree frames = metrics.at("boomerang_frames_total");
        return String.format(
                Locale.ROOT,
                FORMAT,
                node.text("name"),
                node.text("role"),
                node.text("state"),
                duration(node.number("uptime_ms")),
                processes ? node.number("weight") : "-",
                flows(node),
                frames.number(processes ? "backplane-in" : "outside-in"),
                frames.number(processes ? "backplane-out" : "outside-out"),
                (long)
                        metrics.at("boomerang_drops_total").numbers().values().stream()
                                .mapToDouble(Double::doubleValue)
                                .sum());
    }

    /// Live flows of a processor, live sessions of a redirector.
    static long flows(final JsonTree node) {
        final JsonTree metrics = node.at("metrics");
        return node.text("role").equals("blade")
                ? metrics.at("boomerang_flows").number("live")
                : (long)
                        metrics.at("boomerang_sessions").numbers().values().stream()
                                .mapToDouble(Double::doubleValue)
                                .sum();
    }

    static String duration(final long ms) {
        final long seconds = TimeUnit.MILLISECONDS.toSeconds(ms);
        if (seconds < 60) {
            return seconds + "s";
        }
        final long minutes = seconds / 60;
        if (minutes < 60) {
            return minutes + "m" + seconds % 60 + "s";
        }
        final long hours = minutes / 60;
        return hours < 24 ? hours + "h" + minutes % 60 + "m" : hours / 24 + "d" + hours % 24 + "h";
    }
}
