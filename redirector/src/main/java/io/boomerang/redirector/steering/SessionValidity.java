package io.boomerang.redirector.steering;

import io.boomerang.cluster.Member;
import io.boomerang.flow.Side;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionTable;

/// Which of the sessions in a redirector's table its packets may go by: that depends on who told
/// them, and on what has happened to members and buckets since. Used by the redirector's thread
/// only.
final class SessionValidity {
    private final RedirectorConfig config;
    private final Member self;
    private final Side side;
    private final SessionTable sessions;
    private final BucketAllocation allocation;
    private final ViewHistory history;
    private ChassisMap chassis = ChassisMap.EMPTY;

    SessionValidity(
            final RedirectorConfig config,
            final Member self,
            final SessionTable sessions,
            final BucketAllocation allocation,
            final ViewHistory history) {
        this.config = config;
        this.self = self;
        this.side = ChassisMap.sideOf(self.role());
        this.sessions = sessions;
        this.allocation = allocation;
        this.history = history;
    }

    /// The members of the chassis or its rule have changed.
    void onChassis(final ChassisMap map) {
        chassis = map;
    }

    /// Whether the slot holds a session that lives, on a blade that lives, from somebody who has to
    /// know.
    boolean isUsable(final long slot, final long hash, final long nowNs) {
        return lives(slot, nowNs)
                && (!history.haveOwnersMoved(nowNs) || counts(slot, hash))
                && (sessions.origin(slot) != Origin.DECIDED || !isOutdated(slot, hash));
    }

    /// Whether the choice was made for another one, the owner, when the bucket was elsewhere. Maybe
    /// no packet came to the blade, and the owner has chosen anew since.
    private boolean isOutdated(final long slot, final long hash) {
        return allocation.hasMoved(hash)
                && chassis.owner(side, hash) != self.node()
                && !sessions.wasLearnedAfter(
                        slot, allocation.movedNs(hash), config.embryonicLeaseMs());
    }

    /// Whether the slot holds a session that lives, on a blade that lives.
    boolean lives(final long slot, final long nowNs) {
        return slot != SessionTable.NONE
                && sessions.isLive(slot, nowNs)
                && chassis.isAlive(sessions.blade(slot), sessions.incarnation(slot));
    }

    private boolean counts(final long slot, final long hash) {
        if (history.isLost()) {
            return false;
        }
        if (chassis.owner(side, hash) == self.node()
                || chassis.backup(side, hash) == self.node()
                        && sessions.origin(slot) == Origin.ANNOUNCED) {
            return !history.isHealing() && sessions.isTrusted(slot);
        }
        return switch (sessions.origin(slot)) {
            case DECIDED ->
                    sessions.wasLearnedAfter(
                            slot, history.countsFromNs(), config.embryonicLeaseMs());
            case CACHED ->
                    sessions.wasLearnedAfter(slot, history.countsFromNs(), config.cacheLeaseMs());
            case ANNOUNCED -> {
                // Told when this one was the owner; what the owner answers now takes its place.
                sessions.lapse(slot);
                yield false;
            }
        };
    }

    /// Whether the slot tells which blade had the tuple last, although its session is over or
    /// nobody confirms it. Others may still send its packets there.
    boolean remembers(final long slot, final long nowNs) {
        return slot != SessionTable.NONE
                && (!sessions.isLive(slot, nowNs) || !sessions.isTrusted(slot))
                && chassis.isAlive(sessions.blade(slot));
    }
}
