package io.boomerang.redirector.steering;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.cluster.ControlSender;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionTable;

/// What the session table learns from others, and what others learn from it. Used by the
/// redirector's thread only.
final class SessionExchange {
    private final int node;
    private final SessionTable sessions;
    private final FlowHash flowHash;
    private final int cacheLeaseMs;
    private final ControlSender control;
    private final RedirectorCounters counters;
    private final SteeringObserver observer;

    /// @param cacheLeaseMs how long others may use a session without asking again
    SessionExchange(
            final int node,
            final SessionTable sessions,
            final FlowHash flowHash,
            final int cacheLeaseMs,
            final ControlSender control,
            final RedirectorCounters counters,
            final SteeringObserver observer) {
        this.node = node;
        this.sessions = sessions;
        this.flowHash = flowHash;
        this.cacheLeaseMs = cacheLeaseMs;
        this.control = control;
        this.counters = counters;
        this.observer = observer;
    }

    /// Takes in an announcement and, when it is the blade's own, acknowledges it.
    void learn(
            final int fromNode,
            final SessionAnnouncement announcement,
            final boolean carried,
            final long nowNs) {
        final boolean fromBlade = fromNode == announcement.blade();
        final Origin origin = fromBlade ? Origin.ANNOUNCED : Origin.CACHED;
        final Outcome outcome = takeIn(fromNode, announcement, origin, carried, nowNs);
        if (fromBlade) {
            control.send(
                    fromNode,
                    new Acknowledgement(
                            announcement.flowId(),
                            announcement.incarnation(),
                            announcement.version(),
                            outcome));
        }
    }

    /// Takes in a session that was pulled from its blade, which waits for no acknowledgement.
    void install(final int blade, final SessionAnnouncement session, final long nowNs) {
        takeIn(blade, session, Origin.ANNOUNCED, false, nowNs);
        counters.sessionsPulled++;
    }

    private Outcome takeIn(
            final int fromNode,
            final SessionAnnouncement announcement,
            final Origin origin,
            final boolean carried,
            final long nowNs) {
        final Installation installation = apply(announcement, origin, nowNs);
        final Outcome outcome = count(installation);
        observer.onAnnounced(node, fromNode, announcement, installation, carried, nowNs);
        return outcome;
    }

    private Installation apply(
            final SessionAnnouncement announcement, final Origin origin, final long nowNs) {
        final FlowKey key = announcement.key();
        final long hash = flowHash.hash(key);
        return announcement.kind() == Kind.CLOSE
                ? sessions.close(
                        key,
                        hash,
                        announcement.flowId(),
                        announcement.version(),
                        announcement.incarnation(),
                        nowNs)
                : sessions.install(
                        key,
                        hash,
                        origin,
                        announcement.flowId(),
                        announcement.blade(),
                        announcement.incarnation(),
                        announcement.version(),
                        announcement.leaseMs(),
                        announcement.phase(),
                        nowNs);
    }

    private Outcome count(final Installation installation) {
        return switch (installation) {
            case INSTALLED, REFRESHED -> {
                counters.announcementsInstalled++;
                yield Outcome.INSTALLED;
            }
            case STALE -> {
                counters.announcementsStale++;
                yield Outcome.STALE;
            }
            case FULL -> {
                counters.announcementsRefused++;
                yield Outcome.TABLE_FULL;
            }
        };
    }

    /// Tells the redirector that sent the packet here what this one knows, so that the next packet
    /// takes no detour.
    void answerAsker(final Arrival arrival, final FlowKey key, final long slot) {
        if (!arrival.lookedUp || arrival.node == node) {
            return;
        }
        counters.lookUpsAnswered++;
        final FlowKey kept = key.copy();
        control.send(
                arrival.node,
                new SessionAnnouncement(
                        Kind.OPEN,
                        kept,
                        kept,
                        sessions.flowId(slot),
                        sessions.blade(slot),
                        sessions.incarnation(slot),
                        sessions.version(slot),
                        cacheLeaseMs,
                        sessions.phase(slot)));
    }
}
