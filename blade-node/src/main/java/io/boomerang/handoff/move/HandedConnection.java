package io.boomerang.handoff.move;

import io.boomerang.handoff.Octets;
import io.boomerang.handoff.kernel.TcpSocket;

/// A connection that is this node's now.
///
/// @param socket the new owner's to close
/// @param alreadyRead what the old owner has read of it, which comes before all the socket gives
/// @param applicationState what the old owner says besides
public record HandedConnection(TcpSocket socket, Octets alreadyRead, Octets applicationState) {}
