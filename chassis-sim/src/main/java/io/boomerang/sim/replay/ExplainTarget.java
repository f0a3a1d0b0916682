package io.boomerang.sim.replay;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowText;

/// What a user wants explained.
public sealed interface ExplainTarget {
    /// One packet.
    ///
    /// @param number of the packet in the replay, from 1 over all files
    record Packet(long number) implements ExplainTarget {}

    /// One flow.
    record Flow(FlowKey key) implements ExplainTarget {}

    /// Reads the number of a packet, or a flow as {@link FlowText} does.
    ///
    /// @throws IllegalArgumentException with a message for users
    static ExplainTarget parse(final String text) {
        if (!text.isEmpty() && text.chars().allMatch(Character::isDigit)) {
            final long number;
            try {
                number = Long.parseLong(text);
            } catch (final NumberFormatException e) {
                throw new IllegalArgumentException("'" + text + "' is no packet number", e);
            }
            if (number == 0) {
                throw new IllegalArgumentException("packets count from 1");
            }
            return new Packet(number);
        }
        return new Flow(FlowText.parse(text));
    }
}
