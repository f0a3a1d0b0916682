package io.boomerang.sim.handoff;

import io.boomerang.flow.FlowKey;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.endpoint.TcpEndpoint;
import io.boomerang.transfer.TransferId;

import org.jspecify.annotations.Nullable;

/// A server's end of a connection, on whichever blade it is.
abstract class ServedConnection {
    final FlowKey key;
    final TcpEndpoint endpoint;

    /// On its way to another blade; null while it is here.
    @Nullable TransferId leaving;

    /// Whether a classifier has decided where it is served.
    boolean isDecided;

    ServedConnection(final FlowKey key, final TcpEndpoint endpoint) {
        this.key = key;
        this.endpoint = endpoint;
    }

    /// The connection stands still; what a next application has to know is with it.
    abstract ConnectionState freeze(long nowNs);

    /// Whether the client has said what it wants.
    abstract boolean isAsked();

    /// Reads and writes what it can.
    abstract void serve(long nowNs);

    boolean isOver() {
        return endpoint.state() == TcpEndpoint.State.CLOSED;
    }

    /// What connections of a blade are for.
    interface Service<C extends ServedConnection> {
        /// A client has come.
        C accept(FlowKey key, TcpEndpoint endpoint);

        /// Why a connection of another blade is not taken; null if it is.
        @Nullable String refusal(ConnectionState state);

        /// One that another blade has served so far.
        C arrived(FlowKey key, TcpEndpoint endpoint, ConnectionState state);
    }
}
