package io.boomerang.sim.replay;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.backplane.Purpose;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.ParseReason;
import io.boomerang.flow.Side;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.steering.Decision;
import io.boomerang.redirector.steering.DropReason;
import io.boomerang.sim.chassis.NodeNames;

import java.util.Locale;

/// What happened to a packet, in a user's words: the comments of traces and the lines of
/// explanations.
final class EventText {
    private EventText() {}

    static String steered(
            final int redirector,
            final Decision decision,
            final FlowKey key,
            final long flowId,
            final int blade) {
        return at(redirector)
                + key
                + " -> "
                + NodeNames.of(blade)
                + ", flow "
                + Long.toHexString(flowId)
                + ": "
                + because(decision);
    }

    private static String because(final Decision decision) {
        return switch (decision) {
            case SESSION -> "its session says so";
            case BUCKET -> "new flow, its bucket is allocated there";
            case LOAD -> "new flow, that blade carries the least load of those compared";
            case EXPECTED -> "new flow, that blade announced to expect it";
            case MEMORY -> "its session had ended there, the tuple returns to it";
            case ANSWER -> "no session here, that blade answered that it holds the flow";
            case RESELECTED -> "its blade is dead, another one was chosen";
            case FALLBACK -> "new flow, its bucket's blade is dead, another one was chosen";
        };
    }

    static String held(final int redirector, final Purpose waitingFor) {
        return at(redirector)
                + switch (waitingFor) {
                    case RESOLVE -> "waits for the first fragment of its datagram";
                    case TRANSFER -> "waits until its connection has moved";
                    case DELIVER, EMIT, LOOK_UP, MARK ->
                            "no session here, but some blade may know the flow: all are asked";
                };
    }

    static String forwarded(final int redirector, final Purpose purpose, final int toRedirector) {
        return at(redirector)
                + "to "
                + NodeNames.of(toRedirector)
                + (purpose == Purpose.RESOLVE ? ", owner of its datagram" : ", owner of its flow");
    }

    static String bridged(final int redirector, final ParseReason reason) {
        return at(redirector) + "has no flow (" + label(reason) + "), crosses to the other side";
    }

    static String dropped(final int redirector, final DropReason reason, final ParseReason detail) {
        return at(redirector)
                + "dropped, "
                + reason.label()
                + (detail == ParseReason.NONE ? "" : ": " + label(detail));
    }

    static String emitted(final int redirector) {
        return at(redirector) + "leaves the chassis";
    }

    static String delivered(final int blade, final Side arrivalSide) {
        return at(blade) + "arrives, from the " + label(arrivalSide) + " side";
    }

    static String parked(final int blade) {
        return at(blade) + "waits, its flow moves between this blade and another";
    }

    static String verdict(final int blade, final ProcessorVerdict verdict) {
        return at(blade) + label(verdict);
    }

    static String announced(
            final int redirector,
            final SessionAnnouncement announcement,
            final Installation installation,
            final boolean carried) {
        return at(redirector)
                + announcement(announcement)
                + (carried ? ", carried by a packet: " : ": ")
                + label(installation);
    }

    static String announcement(final SessionAnnouncement announcement) {
        return label(announcement.kind())
                + " of "
                + announcement.key()
                + " on "
                + NodeNames.of(announcement.blade())
                + ", flow "
                + Long.toHexString(announcement.flowId())
                + " version "
                + announcement.version();
    }

    private static String at(final int node) {
        return NodeNames.of(node) + ": ";
    }

    static String label(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
