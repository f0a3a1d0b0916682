package io.boomerang.announce;

/// What two blades say to each other about a flow that one of them has offered the other ({@link
/// FlowOffer}).
///
/// Known since format 2, as the offer.
///
/// @param moveId of the offer
/// @param flowId of the flow
/// @param step how far the move has come
public record MoveStep(long moveId, long flowId, Step step) implements ControlMessage {
    /// The steps of a move. Every one may be lost; whoever waits for the next one repeats its own.
    public enum Step {
        /// The receiver has a place for the flow.
        ACCEPTED,
        /// The receiver does not take the flow, or knows nothing of the move: the flow is the
        /// sender's.
        REFUSED,
        /// The flow is the receiver's. The sender sends what comes for it on.
        YOURS,
        /// The receiver has the flow and announces it.
        TAKEN,
        /// Every redirector knows that the receiver has the flow, or the flow is over.
        SETTLED,
        /// The sender keeps the flow.
        WITHDRAWN
    }

    @Override
    public int firstFormat() {
        return FlowOffer.FIRST_FORMAT;
    }
}
