package io.boomerang.sim.chaos;

import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.Side;

import java.util.Locale;

/// Plans and their events in words.
public final class ChaosText {
    private ChaosText() {}

    /// A chassis before anything has happened to it.
    public static String chassis(final ChaosPlan plan) {
        return String.format(
                Locale.ROOT,
                "%d redirectors a side, %d blades, policy %s, announcements %s%s%s",
                plan.redirectors(),
                plan.blades(),
                label(plan.policy()),
                label(plan.announce()),
                plan.embryonicPackets() == 1
                        ? ""
                        : ", put off until packet " + plan.embryonicPackets(),
                plan.comparisonMs() == ChaosPlan.NEVER_COMPARED_MS ? ", never compared" : "");
    }

    /// An event and when it happens.
    public static String event(final ChaosEvent event) {
        return String.format(Locale.ROOT, "%,7d ms  %s", event.atMs(), what(event));
    }

    private static String what(final ChaosEvent event) {
        return switch (event) {
            case ChaosEvent.Flow flow ->
                    String.format(
                            Locale.ROOT,
                            "flow %d, %s, opens on the %s side: %d packets, %d ms apart%s",
                            flow.number(),
                            flow.connection() ? "TCP" : "UDP",
                            flow.opener() == Side.INGRESS ? "ingress" : "egress",
                            flow.packets(),
                            flow.gapMs(),
                            flow.lives() == 1 ? "" : ", " + flow.lives() + " times over");
            case ChaosEvent.Join(_, Role role) -> "another " + label(role) + " joins";
            case ChaosEvent.Crash(_, String node, int downMs) ->
                    node
                            + " dies"
                            + (downMs == 0
                                    ? ""
                                    : String.format(Locale.ROOT, ", for %,d ms", downMs));
            case ChaosEvent.Pause(_, String node, int forMs) ->
                    String.format(Locale.ROOT, "%s stands still for %,d ms", node, forMs);
            case ChaosEvent.Weight(_, String blade, int weight) -> blade + " has weight " + weight;
            case ChaosEvent.Move(_, String blade) -> blade + " moves its flows to others";
            case ChaosEvent.Rule(_, String redirector, DesiredRule(SelectionPolicy policy, _)) ->
                    redirector
                            + " is asked for "
                            + (policy == null ? "another hash key" : "policy " + label(policy));
            case ChaosEvent.Divide divide ->
                    String.format(
                            Locale.ROOT,
                            "%s apart from all others for %,d ms",
                            String.join(", ", divide.nodes()),
                            divide.forMs());
            case ChaosEvent.BreakLink(_, String from, String to, int forMs) ->
                    String.format(
                            Locale.ROOT, "no frames from %s to %s for %,d ms", from, to, forMs);
            case ChaosEvent.Storm(_, int loss, int doubling, int slowestUs, int forMs) ->
                    String.format(
                            Locale.ROOT,
                            "both networks lose %.1f %%, double %.1f %% and take up to %,d us for"
                                    + " %,d ms",
                            loss / 10.0,
                            doubling / 10.0,
                            slowestUs,
                            forMs);
        };
    }

    private static String label(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
