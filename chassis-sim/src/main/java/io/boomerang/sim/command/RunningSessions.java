package io.boomerang.sim.command;

import io.boomerang.node.admin.AdminClient;
import io.boomerang.sim.report.JsonTree;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Shows the sessions that running daemons hold.
///
/// @param node name or id of the only node to ask; null for all
/// @param address of either end, or a block; null for any
/// @param blade that has the flows; null for any
/// @param state of the sessions; null for any
/// @param limit how many of each node
record RunningSessions(
        @Nullable String node,
        @Nullable String address,
        @Nullable String blade,
        @Nullable SessionState state,
        int limit) {

    /// Answers whether all daemons asked have answered.
    ///
    /// @throws IllegalArgumentException with a message for users when there is no such node
    boolean show(final Daemons chassis, final boolean json, final PrintWriter out)
            throws InterruptedException {
        final Map<String, @Nullable String> query = new HashMap<>();
        query.put("address", address);
        query.put("blade", blade == null ? null : chassis.processor(blade).name());
        query.put("phase", state == null ? null : state.phaseParameter());
        query.put("live", state == null ? null : state.liveParameter());
        query.put("limit", String.valueOf(limit));
        final List<String> blades;
        if (node == null) {
            blades = chassis.config().bladeNames();
        } else {
            query.put("node", chassis.node(node).name());
            blades = List.of(chassis.node(node).blade());
        }
        final List<DaemonAnswer> answers =
                chassis.get(blades, AdminClient.path("/sessions", query));
        if (json) {
            out.println(JsonTree.array(answers.stream().map(DaemonAnswer::json).toList()));
        } else {
            answers.forEach(answer -> print(answer, out));
        }
        out.flush();
        return answers.stream().allMatch(DaemonAnswer::isGood);
    }

    private static void print(final DaemonAnswer answer, final PrintWriter out) {
        if (!answer.isGood()) {
            out.println(answer.blade() + ": " + answer.error());
        }
        for (final JsonTree node : answer.json().list("nodes")) {
            out.println(node.text("name") + ", " + node.text("role") + ":");
            final List<JsonTree> sessions = node.list("sessions");
            sessions.forEach(session -> print(session, out));
            out.printf(Locale.ROOT, "  %,d sessions", node.number("count"));
            out.println(
                    sessions.size() < node.number("count")
                            ? String.format(Locale.ROOT, ", %,d of them shown", sessions.size())
                            : "");
        }
    }

    private static void print(final JsonTree session, final PrintWriter out) {
        out.println(
                "  "
                        + SessionText.of(
                                session.text("flow"),
                                session.text("egressFlow"),
                                session.text("blade"),
                                session.text("phase"))
                        + String.format(Locale.ROOT, " %-9s", session.text("origin"))
                        + SessionText.life(
                                session.text("flowId"),
                                session.number("version"),
                                session.flag("live"),
                                session.number("leaseMs")));
    }
}
