package io.boomerang.announce;

/// How far a flow's life has come, as its blade sees it. For flows that are not TCP only the first
/// two occur.
public enum TcpPhase {
    /// Not more than one answer was seen, or (TCP) the handshake is not complete.
    EMBRYONIC,
    /// The responder has answered again (TCP: the handshake is complete).
    ESTABLISHED,
    /// A FIN was seen in at least one direction.
    CLOSING,
    /// Both FINs were acknowledged, or a RST ended it.
    CLOSED
}
