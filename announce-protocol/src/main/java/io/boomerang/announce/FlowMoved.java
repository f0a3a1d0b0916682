package io.boomerang.announce;

import io.boomerang.announce.SessionAnnouncement.Kind;

/// A blade tells a redirector that it has taken a flow over from another blade. The redirector
/// sends the flow's packets to it from then on, and after the last packet that went to the other
/// blade a mark the same way, by which the new blade knows that no earlier one comes from there.
///
/// Known since format 2; where a member reads older ones only, the announcement alone is sent.
///
/// @param former the blade that had the flow
/// @param session of kind `MOVE`, by the blade that has it
public record FlowMoved(int former, SessionAnnouncement session) implements ControlMessage {
    public FlowMoved {
        if (former < 1 || former > 0xFFFF) {
            throw new IllegalArgumentException("former " + former + " is outside 1..65535");
        }
        if (session.kind() != Kind.MOVE) {
            throw new IllegalArgumentException("a move is announced, not " + session);
        }
    }

    @Override
    public int firstFormat() {
        return FlowOffer.FIRST_FORMAT;
    }
}
