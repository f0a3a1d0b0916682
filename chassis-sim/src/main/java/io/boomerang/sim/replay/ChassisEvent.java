package io.boomerang.sim.replay;

/// What an operator, or fate, does to a chassis while packets pass.
public sealed interface ChassisEvent {
    /// One more blade joins.
    record AddBlade() implements ChassisEvent {}

    /// No new flows for this blade; those it has stay until they end.
    record Drain(String blade) implements ChassisEvent {}

    /// The blade dies without a word.
    record Kill(String blade) implements ChassisEvent {}

    /// The blade's share of the buckets becomes proportional to `weight`.
    record Weight(String blade, int weight) implements ChassisEvent {
        public static final int MAX = 1_000;

        public Weight {
            if (weight < 0 || weight > MAX) {
                throw new IllegalArgumentException("weight " + weight + " is outside 0.." + MAX);
            }
        }
    }

    /// Reads `add-blade`, `drain=NAME`, `kill=NAME` or `weight=NAME,W`.
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
            case "drain" -> new Drain(requireName(object, text));
            case "kill" -> new Kill(requireName(object, text));
            case "weight" -> parseWeight(object, text);
            default ->
                    throw new IllegalArgumentException(
                            "unknown event '"
                                    + text
                                    + "'; known are add-blade, drain=NAME, kill=NAME,"
                                    + " weight=NAME,W");
        };
    }

    private static String requireName(final String name, final String text) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of a blade is missing in '" + text + "'");
        }
        return name;
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
