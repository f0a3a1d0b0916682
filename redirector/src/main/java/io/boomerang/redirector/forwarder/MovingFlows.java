package io.boomerang.redirector.forwarder;

import io.boomerang.flow.FlowKey;
import io.boomerang.transfer.MovingFlow;

import org.jspecify.annotations.Nullable;

/// The sessions and the packets of flows whose connections move, as the {@link Forwarder} uses
/// them. Used by the redirector's thread only.
public interface MovingFlows {
    /// The flow's packets wait from now on. Answers why it cannot move from this blade, for
    /// instance because another one has it; null if it can.
    @Nullable String hold(MovingFlow flow, int classifier, long nowNs);

    /// Writes the blade into the flow's session as the newest that is known of it, and answers how
    /// its packets are marked from now on; null, and nothing has changed, if it meanwhile belongs
    /// to another blade than `from`, or the session has no place.
    @Nullable MovingFlow move(MovingFlow flow, int from, int to, long nowNs);

    /// The packets that waited go where the session says, in the order in which they came.
    void release(FlowKey key, long nowNs);
}
