package io.boomerang.device;

import io.boomerang.handoff.ConnectionState;

/// Hears of connections that stand still and are about to leave, for those who measure. Called by
/// the blade's thread.
public interface FreezeObserver {
    /// Does nothing.
    FreezeObserver NONE = (_, _) -> {};

    /// A connection stands still, and this is known of it.
    ///
    /// @param beganNs the time when the blade's sockets began to have their turn
    void onFrozen(ConnectionState state, long beganNs);
}
