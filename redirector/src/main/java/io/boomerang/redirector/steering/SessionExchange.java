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

import java.util.function.IntPredicate;

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
    private final IntPredicate hasToldAll;
    private ChassisMap chassis = ChassisMap.EMPTY;

    /// @param cacheLeaseMs how long others may use a session without asking again
    /// @param hasToldAll whether a blade, or who was one, has no more to say of what this
    ///   redirector should know
    SessionExchange(
            final int node,
            final SessionTable sessions,
            final FlowHash flowHash,
            final int cacheLeaseMs,
            final IntPredicate hasToldAll,
            final ControlSender control,
            final RedirectorCounters counters,
            final SteeringObserver observer) {
        this.node = node;
        this.sessions = sessions;
        this.flowHash = flowHash;
        this.cacheLeaseMs = cacheLeaseMs;
        this.hasToldAll = hasToldAll;
        this.control = control;
        this.counters = counters;
        this.observer = observer;
    }

    /// The members of the chassis have changed.
    void onChassis(final ChassisMap map) {
        chassis = map;
    }

    /// Takes in an announcement and, when it is the blade's own, acknowledges it.
    void learn(
            final int fromNode,
            final SessionAnnouncement announcement,
            final boolean carried,
            final long nowNs) {
        final boolean fromBlade = fromNode == announcement.blade();
        final Origin origin = fromBlade ? Origin.ANNOUNCED : Origin.CACHED;
        final Outcome outcome = takeIn(fromNode, announcement, origin, carried, false, nowNs);
        if (fromBlade) {
            acknowledge(announcement, outcome);
        }
    }

    /// Takes in the session that a blade has answered a question with, and acknowledges it.
    void learnAnswer(final int blade, final SessionAnnouncement session, final long nowNs) {
        acknowledge(session, takeIn(blade, session, Origin.ANNOUNCED, false, true, nowNs));
    }

    private void acknowledge(final SessionAnnouncement announcement, final Outcome outcome) {
        control.send(
                announcement.blade(),
                new Acknowledgement(
                        announcement.flowId(),
                        announcement.incarnation(),
                        announcement.version(),
                        outcome,
                        outcome == Outcome.STALE ? holderOf(announcement.key()) : 0));
    }

    /// The blade of the session that stands in an announcement's place; 0 when it has ended.
    private int holderOf(final FlowKey key) {
        final long slot = sessions.find(key, flowHash.hash(key));
        return slot == SessionTable.NONE || sessions.isClosed(slot) ? 0 : sessions.blade(slot);
    }

    /// Takes in a session that was pulled from its blade, which waits for no acknowledgement.
    void install(final int blade, final SessionAnnouncement session, final long nowNs) {
        takeIn(blade, session, Origin.ANNOUNCED, false, true, nowNs);
        counters.sessionsPulled++;
    }

    /// @param asked whether the blade says what it holds at this moment; an announcement may have
    ///   been on its way for long
    private Outcome takeIn(
            final int fromNode,
            final SessionAnnouncement announcement,
            final Origin origin,
            final boolean carried,
            final boolean asked,
            final long nowNs) {
        final Installation installation = apply(announcement, origin, asked, nowNs);
        final Outcome outcome = count(installation);
        observer.onAnnounced(node, fromNode, announcement, installation, carried, nowNs);
        return outcome;
    }

    private Installation apply(
            final SessionAnnouncement announcement,
            final Origin origin,
            final boolean asked,
            final long nowNs) {
        final FlowKey key = announcement.key();
        final long hash = flowHash.hash(key);
        if (announcement.kind() == Kind.CLOSE) {
            return sessions.close(
                    key,
                    hash,
                    announcement.flowId(),
                    announcement.version(),
                    announcement.incarnation(),
                    nowNs);
        }
        final Installation installation = install(announcement, hash, origin, nowNs);
        final long slot = sessions.find(key, hash);
        if (installation == Installation.STALE && givesWay(slot, announcement, asked)) {
            sessions.forget(slot);
            return install(announcement, hash, origin, nowNs);
        }
        if (installation == Installation.REFRESHED && asked) {
            sessions.trust(slot);
        }
        return installation;
    }

    private Installation install(
            final SessionAnnouncement announcement,
            final long hash,
            final Origin origin,
            final long nowNs) {
        return sessions.install(
                announcement.key(),
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

    /// A later flow id must not stand in the way when a live blade holds the flow under an earlier
    /// one, as after parts met that did not see each other: not when its session has ended with its
    /// blade, and not when it is hearsay from before.
    private boolean givesWay(
            final long slot, final SessionAnnouncement announcement, final boolean asked) {
        return slot != SessionTable.NONE
                && chassis.isAlive(announcement.blade(), announcement.incarnation())
                && (asked && isOutdated(slot)
                        || !sessions.isClosed(slot)
                                && !chassis.isAlive(
                                        sessions.blade(slot), sessions.incarnation(slot)));
    }

    /// Whether the slot holds hearsay that its blade, which has told all it holds, did not confirm.
    private boolean isOutdated(final long slot) {
        return !sessions.isTrusted(slot) && hasToldAll.test(sessions.blade(slot));
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
