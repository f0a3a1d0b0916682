package io.boomerang.blade.processor;

import io.boomerang.blade.session.FlowState;

/// What a blade does to packets. One instance per blade, used by the blade's thread only.
///
/// A processor judges one packet at a time, may rewrite it in place without changing its length,
/// and neither allocates nor blocks. What it remembers of a flow it keeps in the flow's {@link
/// FlowState}; the blade decides how long that lives and clears it with the flow. Nothing else of a
/// flow may be remembered: flow state is what would have to travel if a flow moved.
public interface PacketProcessor {
    /// One flow's memory, cleared. Called while the marker table makes its places.
    default FlowState newFlowState() {
        return FlowState.NONE;
    }

    /// Judges the packet of the context. The context is reused: nothing of it may be kept.
    ProcessorVerdict process(PacketContext context);
}
