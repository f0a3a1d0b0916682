package io.boomerang.blade.session;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.TcpHeader;

/// How far a flow's life has come, by the packets that passed. Only as exact as lifetimes need: a
/// processor that must know more tracks it itself, and what it drops does not count here.
public final class PhaseTracker {
    private PhaseTracker() {}

    /// Takes note of a passed packet of the flow.
    public static void onPassed(
            final MarkerSession marker, final ParsedPacket packet, final Side arrivalSide) {
        if (packet.isIcmpError()) {
            return;
        }
        boolean fromInitiator = packet.sourceIsB() == marker.initiatorIsB(arrivalSide);
        if (marker.original().protocol() == IpProtocol.TCP) {
            final int flags = packet.tcpFlags();
            final boolean beginsAnew = beginsAnew(marker, flags, fromInitiator);
            if (beginsAnew
                    && (marker.phase() == TcpPhase.CLOSED || isStray(marker, fromInitiator))) {
                marker.orient(arrivalSide, packet.sourceIsB());
                marker.clearFins();
                marker.setAnswered(false);
                marker.setPhase(TcpPhase.EMBRYONIC);
                fromInitiator = true;
            } else if (beginsAnew && marker.phase() != TcpPhase.EMBRYONIC) {
                // Its end was missed, or its beginning, if the responder turns out to be the
                // opener.
                marker.orient(arrivalSide, packet.sourceIsB());
            } else {
                trackTcp(marker, flags, fromInitiator);
            }
        }
        if (marker.phase() == TcpPhase.EMBRYONIC) {
            trackEmbryonic(marker, packet, fromInitiator);
        }
    }

    /// One answer does not make a flow that lives: a server answers every SYN of a flood, and again
    /// when it hears no more. A connection is established by the first segment after the SYNs; any
    /// other flow by the second packet of its responder.
    private static void trackEmbryonic(
            final MarkerSession marker, final ParsedPacket packet, final boolean fromInitiator) {
        final boolean established;
        if (marker.original().protocol() == IpProtocol.TCP) {
            final boolean answered = marker.isAnswered() || !fromInitiator;
            established = answered && (packet.tcpFlags() & TcpHeader.SYN) == 0;
        } else {
            established = marker.isAnswered() && !fromInitiator;
        }
        if (established) {
            marker.setPhase(TcpPhase.ESTABLISHED);
        } else if (!fromInitiator) {
            marker.setAnswered(true);
        }
    }

    /// Whether what waits for the far side has no receiver there any more: this packet comes from
    /// there and begins another connection. Then the one before is over. Late packets of it had
    /// opened the flow again.
    public static boolean endsWhatWaits(
            final MarkerSession marker, final ParsedPacket packet, final Side arrivalSide) {
        final boolean ends =
                marker.hasHeld()
                        && arrivalSide == marker.farSide()
                        && marker.original().protocol() == IpProtocol.TCP
                        && !packet.isIcmpError()
                        && isOpening(packet.tcpFlags())
                        && !marker.isTranslated();
        if (ends) {
            marker.setPhase(TcpPhase.CLOSED);
        }
        return ends;
    }

    /// Whether the flags of a TCP segment are those of the first one of a connection.
    public static boolean isOpening(final int flags) {
        return (flags & (TcpHeader.SYN | TcpHeader.ACK | TcpHeader.RST)) == TcpHeader.SYN;
    }

    /// A translated flow can only be opened from where its translation began.
    private static boolean beginsAnew(
            final MarkerSession marker, final int flags, final boolean fromInitiator) {
        return isOpening(flags) && (fromInitiator || !marker.isTranslated());
    }

    /// Whether the responder speaks first: a late packet of the connection before has opened the
    /// flow, from the other side.
    private static boolean isStray(final MarkerSession marker, final boolean fromInitiator) {
        return marker.phase() == TcpPhase.EMBRYONIC && !fromInitiator && !marker.isAnswered();
    }

    private static void trackTcp(
            final MarkerSession marker, final int flags, final boolean fromInitiator) {
        if (marker.phase() == TcpPhase.CLOSED) {
            return;
        }
        final boolean bothFinsSeen = marker.hasFin(true) && marker.hasFin(false);
        if ((flags & TcpHeader.RST) != 0 || bothFinsSeen && (flags & TcpHeader.ACK) != 0) {
            marker.setPhase(TcpPhase.CLOSED);
        } else if ((flags & TcpHeader.FIN) != 0) {
            marker.setFin(fromInitiator);
            marker.setPhase(TcpPhase.CLOSING);
        }
    }
}
