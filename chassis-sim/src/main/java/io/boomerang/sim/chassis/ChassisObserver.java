package io.boomerang.sim.chassis;

import io.boomerang.blade.BladeObserver;
import io.boomerang.flow.Side;
import io.boomerang.redirector.steering.SteeringObserver;

import java.lang.foreign.MemorySegment;

/// Hears everything that happens in a simulated chassis. All calls come from the chassis' thread;
/// memory and keys belong to the caller.
public interface ChassisObserver extends SteeringObserver, BladeObserver {
    /// Hears nothing.
    ChassisObserver NONE = new ChassisObserver() {};

    /// A frame enters by the outside port of a redirector.
    default void onEntering(
            final int redirector,
            final Side side,
            final MemorySegment frame,
            final long offset,
            final int length,
            final long packetNumber,
            final long nowNs) {}

    /// A frame leaves by the outside port of a redirector. `onEmitted` follows at once and tells
    /// which one it is.
    default void onLeaving(
            final int redirector,
            final Side side,
            final MemorySegment frame,
            final long offset,
            final int length,
            final long nowNs) {}

    /// No link or chain of links leads from a node to the one it wanted to send a frame to, its own
    /// or another's. What becomes of the frame is told apart.
    default void onNoPath(final int fromNode, final int toNode, final long nowNs) {}

    /// A datagram with a frame crosses a link of the backplane.
    default void onBackplane(
            final int fromNode,
            final int toNode,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {}
}
