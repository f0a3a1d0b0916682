package io.boomerang.blade.session;

import io.boomerang.announce.TcpPhase;

/// Which time limit of {@link Lifetimes} a marker session is under. All markers of one class share
/// one limit, so that the class is a list in the order of the last packet.
public enum LifetimeClass {
    TCP_EMBRYONIC,
    TCP_ESTABLISHED,
    TCP_CLOSING,
    /// The connection is over; stragglers and a reuse of the tuple still find it.
    TCP_CLOSED,
    UDP_EMBRYONIC,
    UDP_ESTABLISHED,
    ICMP,
    OTHER_EMBRYONIC,
    OTHER_ESTABLISHED,
    /// The flow is over and its redirectors were told. The marker remembers its flow id, version
    /// and translation, so that a straggler does not revive the flow under an older version and the
    /// translated address is not given away at once.
    LAPSED;

    private static final int ICMP_PROTOCOL = 1;
    private static final int TCP_PROTOCOL = 6;
    private static final int UDP_PROTOCOL = 17;
    private static final int ICMPV6_PROTOCOL = 58;
    private static final int UDP_LITE_PROTOCOL = 136;

    /// The class of a live flow.
    public static LifetimeClass of(final int protocol, final TcpPhase phase) {
        return switch (protocol) {
            case TCP_PROTOCOL ->
                    switch (phase) {
                        case EMBRYONIC -> TCP_EMBRYONIC;
                        case ESTABLISHED -> TCP_ESTABLISHED;
                        case CLOSING -> TCP_CLOSING;
                        case CLOSED -> TCP_CLOSED;
                    };
            case UDP_PROTOCOL, UDP_LITE_PROTOCOL ->
                    phase == TcpPhase.EMBRYONIC ? UDP_EMBRYONIC : UDP_ESTABLISHED;
            case ICMP_PROTOCOL, ICMPV6_PROTOCOL -> ICMP;
            default -> phase == TcpPhase.EMBRYONIC ? OTHER_EMBRYONIC : OTHER_ESTABLISHED;
        };
    }
}
