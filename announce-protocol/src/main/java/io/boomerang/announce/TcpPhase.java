package io.boomerang.announce;

/// How far a flow's life has come, as its blade sees it. For flows that are not TCP only the first
/// two occur.
public enum TcpPhase {
    /// Seen from the initiator only.
    EMBRYONIC,
    /// The responder has answered (TCP: the handshake is complete).
    ESTABLISHED,
    /// A FIN was seen in at least one direction.
    CLOSING,
    /// Both FINs were acknowledged, or a RST ended it.
    CLOSED
}
