package io.boomerang.redirector.mtu;

/// What happens to a packet from outside that does not fit a packet of the backplane.
public enum Oversize {
    /// There is none: a redirector whose outside may send such packets does not start.
    REFUSE,
    /// The packets of the backplane are fragmented.
    FRAGMENT,
    /// Its sender hears of the size that fits. An IPv4 packet that may be fragmented passes in
    /// fragments of the backplane's.
    TOO_BIG
}
