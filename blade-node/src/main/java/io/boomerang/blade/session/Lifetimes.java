package io.boomerang.blade.session;

import io.boomerang.announce.SessionAnnouncement;

/// How long a flow lives on its blade after its last packet, in milliseconds. The blade alone
/// decides this; redirectors hear it as leases.
///
/// The defaults are the least that is asked of a translator, because a return packet that comes
/// later than that finds nothing: RFC 5382, REQ-5 (TCP established 2 hours and 4 minutes, opening
/// or closing 4 minutes), RFC 4787, REQ-5 (UDP 2 minutes), RFC 5508, REQ-1 (ICMP queries 60
/// seconds). Under pressure embryonic sessions are the first to go, whatever their time.
///
/// @param tcpEmbryonicMs TCP, the handshake is not complete
/// @param tcpEstablishedMs TCP, both sides have spoken
/// @param tcpClosingMs TCP, one side has sent its FIN
/// @param tcpClosedMs TCP, after both FINs or a RST
/// @param udpEmbryonicMs UDP, at most one answer yet
/// @param udpEstablishedMs UDP, answered again
/// @param icmpMs ICMP queries
/// @param otherEmbryonicMs any other protocol, at most one answer yet
/// @param otherEstablishedMs any other protocol, answered again
/// @param lapsedMs how long a marker remembers a flow that is over; also the quarantine of its
///   translated address
public record Lifetimes(
        int tcpEmbryonicMs,
        int tcpEstablishedMs,
        int tcpClosingMs,
        int tcpClosedMs,
        int udpEmbryonicMs,
        int udpEstablishedMs,
        int icmpMs,
        int otherEmbryonicMs,
        int otherEstablishedMs,
        int lapsedMs) {

    public static final Lifetimes DEFAULTS =
            new Lifetimes(
                    240_000, 7_440_000, 240_000, 10_000, 120_000, 120_000, 60_000, 120_000, 600_000,
                    10_000);

    private static final int LEAST_MS = 100;

    public Lifetimes {
        require("tcpEmbryonicMs", tcpEmbryonicMs);
        require("tcpEstablishedMs", tcpEstablishedMs);
        require("tcpClosingMs", tcpClosingMs);
        require("tcpClosedMs", tcpClosedMs);
        require("udpEmbryonicMs", udpEmbryonicMs);
        require("udpEstablishedMs", udpEstablishedMs);
        require("icmpMs", icmpMs);
        require("otherEmbryonicMs", otherEmbryonicMs);
        require("otherEstablishedMs", otherEstablishedMs);
        require("lapsedMs", lapsedMs);
    }

    private static void require(final String field, final int value) {
        if (value < LEAST_MS) {
            throw new IllegalArgumentException(
                    field + " " + value + " ms is less than " + LEAST_MS + " ms");
        }
    }

    /// How long a flow of this class outlives its last packet.
    public int timeoutMs(final LifetimeClass lifetime) {
        return switch (lifetime) {
            case TCP_EMBRYONIC -> tcpEmbryonicMs;
            case TCP_ESTABLISHED -> tcpEstablishedMs;
            case TCP_CLOSING -> tcpClosingMs;
            case TCP_CLOSED -> tcpClosedMs;
            case UDP_EMBRYONIC -> udpEmbryonicMs;
            case UDP_ESTABLISHED -> udpEstablishedMs;
            case ICMP -> icmpMs;
            case OTHER_EMBRYONIC -> otherEmbryonicMs;
            case OTHER_ESTABLISHED -> otherEstablishedMs;
            case LAPSED -> lapsedMs;
        };
    }

    /// The lease to announce for a flow of this class. Half as long again as the limit: an active
    /// flow is announced anew when a third of the lease is over, so the lease always covers the
    /// limit counted from the last packet.
    public int leaseMs(final LifetimeClass lifetime) {
        final long lease = timeoutMs(lifetime) * 3L / 2;
        final long step = SessionAnnouncement.LEASE_STEP_MS;
        return (int) Math.min((lease + step - 1) / step * step, SessionAnnouncement.MAX_LEASE_MS);
    }

    /// Whether an idle flow of this class may live longer than the longest lease, so that it has to
    /// be announced anew by the clock rather than by its packets.
    public boolean outlivesLease(final LifetimeClass lifetime) {
        return timeoutMs(lifetime) * 3L / 2 > SessionAnnouncement.MAX_LEASE_MS;
    }
}
