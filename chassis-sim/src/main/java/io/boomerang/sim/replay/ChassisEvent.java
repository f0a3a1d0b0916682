package io.boomerang.sim.replay;

import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.HashKey;
import io.boomerang.flow.Side;

import java.util.Arrays;
import java.util.List;

/// What an operator, or fate, does to a chassis while packets pass.
public sealed interface ChassisEvent {
    /// One more blade joins.
    record AddBlade() implements ChassisEvent {}

    /// One more redirector joins on this side.
    record AddRedirector(Side side) implements ChassisEvent {
        Role role() {
            return side == Side.INGRESS ? Role.INGRESS_REDIRECTOR : Role.EGRESS_REDIRECTOR;
        }
    }

    /// No new flows for this blade; those it has stay until they end. A redirector gets no packets
    /// from outside any more and leaves once nothing waits in it.
    record Drain(String node) implements ChassisEvent {}

    /// No new flows for this blade, and those it has move to the others, as far as they can.
    record Move(String blade) implements ChassisEvent {}

    /// The blade or redirector dies without a word.
    record Kill(String node) implements ChassisEvent {}

    /// The blade's share of the buckets becomes proportional to `weight`.
    record Weight(String blade, int weight) implements ChassisEvent {
        public static final int MAX = 1_000;

        public Weight {
            if (weight < 0 || weight > MAX) {
                throw new IllegalArgumentException("weight " + weight + " is outside 0.." + MAX);
            }
        }
    }

    /// The chassis goes by another policy or hash key.
    record Rule(DesiredRule desired) implements ChassisEvent {}

    /// Reads `add-blade`, `add-redirector=SIDE`, `drain=NAME`, `move=NAME`, `kill=NAME`,
    /// `weight=NAME,W`, `policy=NAME` or `hash-key=HEX`.
    ///
    /// @throws IllegalArgumentException with a message for users
    static ChassisEvent parse(final String text) {
        final int equals = text.indexOf('=');
        final String verb = equals < 0 ? text : text.substring(0, equals);
        final String object = equals < 0 ? "" : text.substring(equals + 1);
        return switch (verb) {
            case "add-blade" -> {
                if (equals >= 0) {
                    throw new IllegalArgumentException("add-blade takes no name: " + text);
                }
                yield new AddBlade();
            }
            case "add-redirector" -> new AddRedirector(parseSide(object));
            case "drain" -> new Drain(requireName(object, text));
            case "move" -> new Move(requireName(object, text));
            case "kill" -> new Kill(requireName(object, text));
            case "weight" -> parseWeight(object, text);
            case "policy" -> new Rule(new DesiredRule(parsePolicy(object), null));
            case "hash-key" -> new Rule(new DesiredRule(null, HashKey.parse(object)));
            default ->
                    throw new IllegalArgumentException(
                            "unknown event '"
                                    + text
                                    + "'; known are add-blade, add-redirector=SIDE, drain=NAME,"
                                    + " move=NAME, kill=NAME, weight=NAME,W, policy=NAME,"
                                    + " hash-key=HEX");
        };
    }

    private static Side parseSide(final String text) {
        return switch (text) {
            case "ingress" -> Side.INGRESS;
            case "egress" -> Side.EGRESS;
            default ->
                    throw new IllegalArgumentException(
                            "'" + text + "' is no side; there are ingress and egress");
        };
    }

    private static String requireName(final String name, final String text) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of a node is missing in '" + text + "'");
        }
        return name;
    }

    private static SelectionPolicy parsePolicy(final String text) {
        final List<String> labels =
                Arrays.stream(SelectionPolicy.values()).map(EventText::label).toList();
        for (final SelectionPolicy policy : SelectionPolicy.values()) {
            if (EventText.label(policy).equals(text)) {
                return policy;
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no policy; there are " + String.join(", ", labels));
    }

    private static Weight parseWeight(final String object, final String text) {
        final int comma = object.lastIndexOf(',');
        if (comma < 0) {
            throw new IllegalArgumentException("expected weight=NAME,W, found '" + text + "'");
        }
        try {
            return new Weight(
                    requireName(object.substring(0, comma), text),
                    Integer.parseInt(object.substring(comma + 1)));
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + object.substring(comma + 1) + "' is no weight", e);
        }
    }
}
