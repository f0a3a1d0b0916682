package io.boomerang.blade.processor;

import io.boomerang.blade.session.FlowState;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

/// What a blade does to packets. One instance per blade, used by the blade's thread only.
///
/// A processor judges one packet at a time, may rewrite it in place without changing its length,
/// and neither allocates nor blocks. What it remembers of a flow it keeps in the flow's {@link
/// FlowState}; the blade decides how long that lives and clears it with the flow. Nothing else of a
/// flow may be remembered: flow state is what would have to travel if a flow moved.
///
/// One that is a device of its own answers {@link ProcessorVerdict#TAKEN} and has the packet from
/// then on. What the device lets out, which may be that packet, another one or nothing, {@link
/// #receive} gives to the blade; the flow opens, is announced and held only then.
public interface PacketProcessor extends AutoCloseable {
    /// One flow's memory, cleared. Called while the marker table makes its places.
    default FlowState newFlowState() {
        return FlowState.NONE;
    }

    /// Whether another blade with such a processor can go on with a flow of this one, given what
    /// {@link FlowState#toBytes} says of it. Not where the state is out of reach, as in a kernel.
    default boolean canMoveFlows() {
        return false;
    }

    /// Judges the packet of the context. The context is reused: nothing of it may be kept.
    ProcessorVerdict process(PacketContext context);

    /// Gives the blade what has come out of the device, and what is known of its flows; a bounded
    /// amount of it. Answers how much that was.
    default int receive(final ProcessorOutput blade, final long nowNs) {
        return 0;
    }

    /// The blade knows no flow of a frame that comes out: tells the blade of its translation, if
    /// there is one; answers whether there is.
    ///
    /// @param key as packets of the side to which the frame goes have it
    default boolean identify(
            final FlowKey key,
            final boolean sourceIsB,
            final ProcessorOutput blade,
            final long nowNs) {
        return false;
    }

    /// A frame that came out is about to leave the blade; its flow is that of the context, in which
    /// it may be exchanged.
    ///
    /// @param toward where it leaves the chassis
    default ProcessorVerdict finish(final PacketContext context, final Side toward) {
        return ProcessorVerdict.PASS;
    }

    /// Gives the device what is queued for it.
    default void flush() {}

    /// Descriptors that can be read when {@link #receive} has something to give.
    default int[] descriptors() {
        return new int[0];
    }

    /// What it has done beside verdicts, for a log; empty when that is nothing.
    default String summary() {
        return "";
    }

    @Override
    default void close() {}
}
