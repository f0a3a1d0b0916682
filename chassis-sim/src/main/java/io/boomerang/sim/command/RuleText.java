package io.boomerang.sim.command;

import io.boomerang.sim.report.JsonTree;

import java.util.List;
import java.util.Locale;

/// By which rule the nodes of a chassis go, as their daemons have answered.
record RuleText(List<DaemonAnswer> answers) {
    private static final String FORMAT = "%-20s  %-18s  %-13s  %-10s  %16s%n";

    private List<JsonTree> nodes() {
        return answers.stream().flatMap(answer -> answer.json().list("nodes").stream()).toList();
    }

    private List<JsonTree> redirectors() {
        return nodes().stream().filter(RuleText::isRedirector).toList();
    }

    private static boolean isRedirector(final JsonTree node) {
        return !node.text("role").equals("blade");
    }

    /// Whether all daemons have answered, all nodes go by one rule, and no redirector asks for
    /// another one.
    boolean isSettled() {
        return answers.stream().allMatch(DaemonAnswer::isGood)
                && isUniform()
                && redirectors().stream().allMatch(node -> node.at("rule").flag("settled"));
    }

    private boolean isUniform() {
        return nodes().stream().map(node -> node.at("rule").number("epoch")).distinct().count() == 1
                && redirectors().stream().map(RuleText::policy).distinct().count() == 1;
    }

    private static String policy(final JsonTree node) {
        return node.at("rule").text("policy");
    }

    /// What those that have answered go by.
    String line() {
        if (redirectors().isEmpty()) {
            return "";
        }
        if (!isUniform()) {
            return "The nodes go by different rules; 'boomerang rule' tells by which.\n";
        }
        final JsonTree first = redirectors().getFirst();
        return "New flows get their blades by "
                + policy(first)
                + ", with "
                + (first.at("rule").text("hash_key").equals("changed")
                        ? "a changed"
                        : "the configured")
                + " hash key.\n";
    }

    /// Each node, and those that have not answered.
    String table() {
        final StringBuilder text = new StringBuilder();
        text.append(
                String.format(Locale.ROOT, FORMAT, "NODE", "ROLE", "POLICY", "HASH KEY", "EPOCH"));
        for (final JsonTree node : nodes()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            FORMAT,
                            node.text("name"),
                            node.text("role"),
                            isRedirector(node) ? policy(node) : "-",
                            node.at("rule").text("hash_key"),
                            node.at("rule").number("epoch")));
        }
        for (final DaemonAnswer answer : answers) {
            if (!answer.isGood()) {
                text.append(answer.blade()).append(": ").append(answer.error()).append('\n');
            }
        }
        return text.toString();
    }
}
