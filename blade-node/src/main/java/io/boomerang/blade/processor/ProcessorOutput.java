package io.boomerang.blade.processor;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import java.lang.foreign.MemorySegment;

/// The blade, as a processor sees it whose packets come out later. Keys are not kept by the blade.
public interface ProcessorOutput {
    /// A frame comes out, toward a side. It may be written to until this returns.
    void onFrame(Side toward, MemorySegment frame, long offset, int length, long nowNs);

    /// The same from a device that does not say where the frame is to go: the side to which packets
    /// of this direction of its flow go. Such a device must not translate.
    void onFrame(MemorySegment frame, long offset, int length, long nowNs);

    /// The device knows a flow: by one key where it came from, by another one, or the same, where
    /// it goes to.
    ///
    /// @param farInitiatorIsB the direction bit of the opening packet after translation
    void onFlow(FlowKey original, FlowKey far, boolean farInitiatorIsB, long nowNs);

    /// The device has forgotten a flow.
    void onEnd(FlowKey original, long nowNs);

    /// The device expects a flow, which was agreed on in another one.
    ///
    /// @param master as that one came into the chassis
    /// @param expected as the first packet will come into the chassis; port 0 is any port
    /// @param timeoutSeconds how long it is waited for, in seconds
    void onExpectation(FlowKey master, FlowKey expected, int timeoutSeconds, long nowNs);
}
