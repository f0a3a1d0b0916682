package io.boomerang.announce;

import java.util.List;

/// A redirector tells a blade to move its flows to these blades, as far as they can move, and those
/// that still reach it, too, until another order comes.
///
/// Known since format 2; not sent where a member reads older ones only.
///
/// @param blades node ids in ascending order; none to move no more
public record MoveOrder(List<Integer> blades) implements ControlMessage {
    public MoveOrder {
        blades = List.copyOf(blades);
        int before = 0;
        for (final int blade : blades) {
            if (blade <= before || blade > 0xFFFF) {
                throw new IllegalArgumentException(
                        "blades " + blades + " are no node ids in ascending order");
            }
            before = blade;
        }
    }

    @Override
    public int firstFormat() {
        return FlowOffer.FIRST_FORMAT;
    }
}
