package io.boomerang.redirector.steering;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionTable;
import io.boomerang.redirector.store.StoredSession;

/// What the session table learns from others, and what others learn from it. Used by the
/// redirector's thread only.
final class SessionExchange {
    private final int node;
    private final Side side;
    private final SessionTable sessions;
    private final Expectations expectations;
    private final FlowHash flowHash;
    private final int cacheLeaseMs;
    private final ViewHistory history;
    private final ControlSender control;
    private final RedirectorCounters counters;
    private final SteeringObserver observer;
    private ChassisMap chassis = ChassisMap.EMPTY;

    /// @param cacheLeaseMs how long others may use a session without asking again
    SessionExchange(
            final Member self,
            final SessionTable sessions,
            final Expectations expectations,
            final FlowHash flowHash,
            final int cacheLeaseMs,
            final ViewHistory history,
            final ControlSender control,
            final RedirectorCounters counters,
            final SteeringObserver observer) {
        this.node = self.node();
        this.side = ChassisMap.sideOf(self.role());
        this.sessions = sessions;
        this.expectations = expectations;
        this.flowHash = flowHash;
        this.cacheLeaseMs = cacheLeaseMs;
        this.history = history;
        this.control = control;
        this.counters = counters;
        this.observer = observer;
    }

    /// The members of the chassis or its rule have changed.
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

    /// Takes in what a blade says of a flow that it has taken over, and acknowledges it. One that
    /// does not keep the flow's session has it for as long as if its owner had told it: what others
    /// still say of the former blade is older.
    void learnMove(final int blade, final SessionAnnouncement session, final long nowNs) {
        final long hash = flowHash.hash(session.key());
        final boolean keeps =
                chassis.owner(side, hash) == node || chassis.backup(side, hash) == node;
        acknowledge(
                session,
                takeIn(
                        blade,
                        keeps ? session : hearsay(session),
                        keeps ? Origin.ANNOUNCED : Origin.CACHED,
                        false,
                        false,
                        nowNs));
    }

    /// Takes in the session that a blade has answered a question with, and acknowledges it.
    void learnAnswer(final int blade, final SessionAnnouncement session, final long nowNs) {
        acknowledge(session, takeIn(blade, session, Origin.ANNOUNCED, false, true, nowNs));
    }

    private void acknowledge(final SessionAnnouncement announcement, final Outcome outcome) {
        final int holder = outcome == Outcome.STALE ? holderOf(announcement) : 0;
        control.send(
                announcement.blade(),
                new Acknowledgement(
                        announcement.flowId(),
                        announcement.incarnation(),
                        announcement.version(),
                        outcome,
                        holder));
        if (holder != 0 && announcement.kind() != Kind.CLOSE) {
            correctOthers(announcement.key());
        }
    }

    /// A blade that has lost the flow has announced it, perhaps to other redirectors of this side,
    /// too, or because one of them sends it the flow's packets: the owner tells them what it knows.
    private void correctOthers(final FlowKey key) {
        final long hash = flowHash.hash(key);
        if (chassis.owner(side, hash) != node) {
            return;
        }
        tellOthers(hearsay(key, sessions.find(key, hash)));
    }

    private void tellOthers(final SessionAnnouncement known) {
        for (final int redirector : chassis.redirectors(side)) {
            if (redirector != node) {
                control.send(redirector, known);
            }
        }
    }

    /// The blade that has announced the flow under a later flow id, or has taken it over, so that
    /// the announcing one has lost it, also when it has ended there; 0 when there is none.
    private int holderOf(final SessionAnnouncement announcement) {
        final long slot = sessions.find(announcement.key(), flowHash.hash(announcement.key()));
        return isOfAnother(slot, announcement)
                        && (isLater(sessions.flowId(slot), announcement.flowId())
                                || hasMoved(slot, announcement))
                ? sessions.blade(slot)
                : 0;
    }

    /// When another live blade has announced the flow under an earlier flow id, as after parts met
    /// of which each gave the flow to a blade of its own: tells that blade that it has lost it,
    /// because its record would come back to life with the next redirector that asks for it, and
    /// the other redirectors of this side, because some may have been told otherwise for a while.
    private void settle(final SessionAnnouncement announcement, final long slot) {
        if (!isOfAnother(slot, announcement)
                || !chassis.isAlive(announcement.blade(), announcement.incarnation())
                || !isLater(announcement.flowId(), sessions.flowId(slot))) {
            return;
        }
        control.send(
                sessions.blade(slot),
                new Acknowledgement(
                        sessions.flowId(slot),
                        sessions.incarnation(slot),
                        sessions.version(slot),
                        Outcome.STALE,
                        announcement.blade()));
        tellOthers(hearsay(announcement));
    }

    /// What others may use for a while without asking again.
    private SessionAnnouncement hearsay(final SessionAnnouncement announcement) {
        return new SessionAnnouncement(
                Kind.OPEN,
                announcement.key(),
                announcement.key(),
                announcement.flowId(),
                announcement.blade(),
                announcement.incarnation(),
                announcement.version(),
                cacheLeaseMs,
                announcement.phase());
    }

    /// Whether the slot holds the word of another live blade.
    private boolean isOfAnother(final long slot, final SessionAnnouncement announcement) {
        return slot != SessionTable.NONE
                && sessions.origin(slot) == Origin.ANNOUNCED
                && sessions.blade(slot) != announcement.blade()
                && chassis.isAlive(sessions.blade(slot), sessions.incarnation(slot));
    }

    /// Whether the slot holds a newer version of the announced flow: two blades have versions of
    /// one flow only when it has moved.
    private boolean hasMoved(final long slot, final SessionAnnouncement announcement) {
        return sessions.flowId(slot) == announcement.flowId()
                && (short) (sessions.version(slot) - announcement.version()) > 0;
    }

    private static boolean isLater(final long flowId, final long other) {
        return Long.compareUnsigned(flowId, other) > 0;
    }

    /// Takes in a session that was pulled from its blade, which waits for no acknowledgement.
    void install(final int blade, final SessionAnnouncement session, final long nowNs) {
        counters.sessionsPulled++;
        takePulled(blade, session, true, nowNs);
    }

    /// Takes in a session that the blade holds and this redirector should have heard of. Unlike
    /// after a change of the chassis, nothing newer gives way.
    Outcome repair(final int blade, final SessionAnnouncement session, final long nowNs) {
        return takePulled(blade, session, false, nowNs);
    }

    private Outcome takePulled(
            final int blade,
            final SessionAnnouncement session,
            final boolean asked,
            final long nowNs) {
        final Outcome outcome = takeIn(blade, session, Origin.ANNOUNCED, false, asked, nowNs);
        if (outcome == Outcome.STALE && holderOf(session) != 0) {
            acknowledge(session, outcome);
        }
        return outcome;
    }

    /// Takes back a session that an earlier process of this node left; answers whether there was
    /// room for it and nothing newer.
    boolean restore(final StoredSession session, final int leaseMs, final long nowNs) {
        final Installation installation =
                sessions.install(
                        session.key(),
                        flowHash.hash(session.key()),
                        Origin.ANNOUNCED,
                        session.flowId(),
                        session.blade(),
                        session.incarnation(),
                        session.version(),
                        leaseMs,
                        session.phase(),
                        nowNs);
        if (installation != Installation.INSTALLED) {
            return false;
        }
        counters.sessionsRestored++;
        return true;
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
        if (announcement.kind() == Kind.EXPECT) {
            return expectations.learn(announcement, nowNs)
                    ? Installation.INSTALLED
                    : Installation.STALE;
        }
        final long hash = flowHash.hash(key);
        if (announcement.kind() == Kind.CLOSE) {
            return sessions.close(
                    key,
                    hash,
                    announcement.flowId(),
                    announcement.blade(),
                    announcement.version(),
                    announcement.incarnation(),
                    nowNs);
        }
        final long slot = sessions.find(key, hash);
        if (origin == Origin.ANNOUNCED) {
            settle(announcement, slot);
        }
        final Installation installation = install(slot, announcement, hash, origin, nowNs);
        if (installation == Installation.STALE && givesWay(slot, announcement, asked, nowNs)) {
            final boolean survives = origin == Origin.ANNOUNCED && isGone(slot);
            sessions.forget(slot);
            final Installation anew = install(SessionTable.NONE, announcement, hash, origin, nowNs);
            if (survives && anew == Installation.INSTALLED) {
                sessions.survive(sessions.find(key, hash));
            }
            return anew;
        }
        if (installation == Installation.STALE && isDenied(slot, announcement, nowNs)) {
            sessions.lapse(slot);
        }
        if (installation == Installation.REFRESHED && (asked || origin == Origin.CACHED)) {
            sessions.trust(slot); // what another redirector says now would be if it were new, too
        }
        return installation;
    }

    private Installation install(
            final long slot,
            final SessionAnnouncement announcement,
            final long hash,
            final Origin origin,
            final long nowNs) {
        return sessions.install(
                slot,
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

    /// A session ends with its blade. That of a later flow id must not stand in the way when a live
    /// blade holds the flow under an earlier one, as after parts met that did not see each other;
    /// nor must the end of a session or a choice unconfirmed, but only when the blade says that it
    /// holds the flow now. Who is there nobody knows who has just stood still.
    private boolean givesWay(
            final long slot,
            final SessionAnnouncement announcement,
            final boolean asked,
            final long nowNs) {
        if (slot == SessionTable.NONE
                || history.isLost()
                || !chassis.isAlive(announcement.blade(), announcement.incarnation())) {
            return false;
        }
        if (isGone(slot)) {
            return asked || !sessions.isClosed(slot);
        }
        return asked && isUnconfirmed(slot, nowNs);
    }

    /// Whether a live blade announces, under an earlier flow id, a flow that this redirector or the
    /// one it asked has given to another blade, which has not announced it here: maybe no packet
    /// came there, and maybe the announcement is about what is over. Owner or blades have to be
    /// asked.
    private boolean isDenied(
            final long slot, final SessionAnnouncement announcement, final long nowNs) {
        return isChoice(slot)
                && sessions.blade(slot) != announcement.blade()
                && sessions.isLive(slot, nowNs)
                && chassis.isAlive(announcement.blade(), announcement.incarnation());
    }

    /// Whether the blade was there and is not any more.
    private boolean isGone(final long slot) {
        final int blade = sessions.blade(slot);
        final int incarnation = sessions.incarnation(slot);
        return history.hasSeen(blade, incarnation) && !chassis.isAlive(blade, incarnation);
    }

    /// The live blade that a redirector chose for a later flow of the session's tuple, which is all
    /// that is known of that flow; 0 when there is none.
    int chosenInstead(final SessionAnnouncement session, final long nowNs) {
        final long slot = sessions.find(session.key(), flowHash.hash(session.key()));
        return slot != SessionTable.NONE
                        && isUnconfirmed(slot, nowNs)
                        && sessions.blade(slot) != session.blade()
                        && isLater(sessions.flowId(slot), session.flowId())
                        && chassis.isAlive(sessions.blade(slot), sessions.incarnation(slot))
                ? sessions.blade(slot)
                : 0;
    }

    /// Whether the slot says no more than that a redirector chose a blade: it may be that no packet
    /// came there.
    private boolean isChoice(final long slot) {
        return sessions.origin(slot) != Origin.ANNOUNCED
                && sessions.version(slot) == SessionAnnouncement.UNANNOUNCED;
    }

    /// Whether a redirector's choice is all that is known, and not even that is certain.
    boolean isUnconfirmed(final long slot, final long nowNs) {
        return isChoice(slot) && (!sessions.isLive(slot, nowNs) || !sessions.isTrusted(slot));
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
        control.send(arrival.node, hearsay(key, slot));
    }

    private SessionAnnouncement hearsay(final FlowKey key, final long slot) {
        final FlowKey kept = key.copy();
        return new SessionAnnouncement(
                Kind.OPEN,
                kept,
                kept,
                sessions.flowId(slot),
                sessions.blade(slot),
                sessions.incarnation(slot),
                sessions.version(slot),
                cacheLeaseMs,
                sessions.phase(slot));
    }
}
