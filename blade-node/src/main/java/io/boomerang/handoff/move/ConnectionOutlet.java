package io.boomerang.handoff.move;

import io.boomerang.handoff.ConnectionState;

import org.jspecify.annotations.Nullable;

/// Who serves the connections that arrive. Called by the thread of the {@link Arrivals}.
public interface ConnectionOutlet {
    /// Why it would not take this connection now; null if it would. Refused, the connection stays
    /// where it is.
    @Nullable String refusal(ConnectionState state);

    /// Takes a connection over; answers false if it cannot after all. Then it is reset.
    boolean deliver(HandedConnection connection);
}
