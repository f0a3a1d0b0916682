package io.boomerang.sim.handoff;

import io.boomerang.device.FreezeObserver;

/// Hears when connections of kernels stand still, and when they go on elsewhere.
interface MoveObserver extends FreezeObserver {
    /// The connection that stood still last is live at its host.
    void onLive();
}
