package io.boomerang.handoff.move;

import io.boomerang.handoff.kernel.TcpSocket;

/// Whose connection it was. Exactly one of these is called.
public interface Traveller {
    /// The other node has the connection.
    void given();

    /// Nobody knows whether the other node had the connection when it died: it was reset.
    void lost(String reason);

    /// The connection goes on here, as if nothing had been.
    void kept(TcpSocket socket, String reason);

    /// The same, because what was to bring it there has died: the other node would take it.
    void brokenOff(TcpSocket socket);
}
