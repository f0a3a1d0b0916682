package io.boomerang.sim.command;

import io.boomerang.sim.report.JsonTree;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What daemons said of a flow, in sentences.
final class ExplainText {
    private ExplainText() {}

    static String of(final List<DaemonAnswer> answers) {
        final StringBuilder text = new StringBuilder();
        String flow = "";
        for (final DaemonAnswer answer : answers) {
            if (!answer.isGood()) {
                text.append(answer.blade()).append(": ").append(answer.error()).append('\n');
                continue;
            }
            if (!flow.equals(answer.json().text("flow"))) {
                flow = answer.json().text("flow");
                text.append(flow).append('\n');
            }
            for (final JsonTree node : answer.json().list("nodes")) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "    %-16s  %s%n",
                                node.text("name"),
                                node.text("role").equals("blade")
                                        ? processor(node.at("flow"))
                                        : redirector(node)));
            }
        }
        return text.toString();
    }

    private static String redirector(final JsonTree node) {
        final JsonTree session = node.at("session");
        final String backup = node.text("backup");
        return decided(node, session)
                + "; bucket "
                + node.number("bucket")
                + " is "
                + (node.text("bucketBlade").isEmpty()
                        ? "nobody's"
                        : "with " + node.text("bucketBlade"))
                + " in epoch "
                + node.number("epoch")
                + "; owner "
                + node.text("owner")
                + (backup.isEmpty() ? ", no backup" : ", backup " + backup);
    }

    private static String decided(final JsonTree node, final JsonTree session) {
        final String blade = session.text("blade");
        if (session.flag("live")) {
            final String flow = "to " + blade + ", flow " + session.text("flowId") + ": ";
            return flow
                    + switch (session.text("origin")) {
                        case "announced" ->
                                String.format(
                                        Locale.ROOT,
                                        "announced by %s (incarnation %d, version %d), %s",
                                        blade,
                                        session.number("incarnation"),
                                        session.number("version"),
                                        session.text("phase"));
                        case "cached" -> "its owner answered so";
                        default -> "chosen here, not announced yet";
                    };
        }
        final String memory =
                blade.isEmpty() ? "no session" : "its session with " + blade + " is over";
        return node.text("owner").equals(node.text("name"))
                ? memory + "; a new flow goes to " + node.text("bucketBlade") + " by its bucket"
                : memory + "; the owner is asked";
    }

    private static String processor(final JsonTree flow) {
        if (flow.text("flowId").isEmpty()) {
            return "does not know it";
        }
        final List<String> told =
                flow.list("announcedTo").stream()
                        .map(JsonTree::asText)
                        .collect(Collectors.toList());
        final String other =
                flow.text("ingressFlow").equals(flow.text("egressFlow"))
                        ? ""
                        : ", translates "
                                + flow.text("ingressFlow")
                                + " = "
                                + flow.text("egressFlow");
        return (flow.flag("live") ? "has it" : "had it; it is over")
                + ", flow "
                + flow.text("flowId")
                + " version "
                + flow.number("version")
                + ", opened from "
                + flow.text("openedFrom")
                + other
                + ", "
                + flow.text("phase")
                + ", idle "
                + flow.number("idleMs")
                + " ms, "
                + flow.number("leftMs") / 1_000
                + " s left, "
                + (told.isEmpty()
                        ? "announced to nobody"
                        : "announced to " + String.join(" and ", told));
    }
}
