package io.boomerang.blade.announcer;

import io.boomerang.announce.OwnersChanged;
import io.boomerang.announce.PartitionSums;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.cluster.ControlSender;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Gives redirectors the sessions that they own or back up, when they ask, a page at a time, and
/// the ends of those that are over and remembered, because others may still send the next flow of
/// the same addresses and ports here; and reminds those to which a change of redirectors may have
/// given flows, until they have asked for all. Belongs to the blade's thread.
public final class SessionPages {
    static final long REMINDER_NS = TimeUnit.SECONDS.toNanos(1);

    /// What one page may cost: markers looked at.
    private static final int PLACES = 4_096;

    private final MarkerTable table;
    private final Announcer announcer;
    private final RedirectorDirectory directory;
    private final ControlSender control;
    private final BitSet unserved = new BitSet();
    private long remindedNs;

    public SessionPages(
            final MarkerTable table, final Announcer announcer, final ControlSender control) {
        this.table = table;
        this.announcer = announcer;
        this.directory = announcer.directory();
        this.control = control;
    }

    /// The session of the flow that a redirector asks for; null when this blade does not hold it.
    /// Of a lapsed marker, too: its tuple comes back to the blade that had it.
    public @Nullable SessionAnnouncement sessionOf(
            final int asker, final FlowKey key, final long hash, final long nowNs) {
        final Side side = directory.side(asker);
        if (side == null) {
            return null;
        }
        final MarkerSession marker = table.find(side, key, hash);
        return marker == null || !marker.residence().isHeldHere()
                ? null
                : announcer.describe(marker, side, nowNs);
    }

    /// The page that a redirector asks for; null when it does not see the chassis as this blade
    /// does, or goes by another rule.
    public @Nullable SessionPage take(final int asker, final SessionPull pull, final long nowNs) {
        final Side side = directory.side(asker);
        if (side == null || pull.cursor() < 0 || !directory.agrees(asker, pull)) {
            return null;
        }
        final List<SessionAnnouncement> sessions = new ArrayList<>();
        final int end = Math.min(table.madeCount(), pull.cursor() + PLACES);
        int index = pull.cursor();
        while (index < end && sessions.size() < SessionPage.MAX_SESSIONS) {
            final MarkerSession marker = table.at(index++);
            if (marker != null
                    && marker.residence().isHeldHere()
                    && isWanted(asker, side, pull.partitions(), marker)) {
                sessions.add(
                        marker.isLapsed()
                                ? announcer.describeEnd(marker, side)
                                : announcer.describe(marker, side, nowNs));
            }
        }
        final boolean last = index >= table.madeCount();
        if (last && pull.partitions() == SessionPull.EVERYTHING) {
            unserved.clear(asker);
        }
        return new SessionPage(
                pull.pullId(),
                pull.cursor(),
                last ? SessionPage.END : index,
                directory.epoch(),
                sessions);
    }

    private boolean isWanted(
            final int asker, final Side side, final long partitions, final MarkerSession marker) {
        return partitions == SessionPull.EVERYTHING
                ? isFor(asker, side, marker)
                : PartitionSums.isIn(partitions, marker.hash(side))
                        && isComparedWith(asker, side, marker);
    }

    /// Whether the redirector has to know the flow, or its end, by now: its owner or backup owner
    /// there, of a flow that was seen from both ends.
    boolean isComparedWith(final int asker, final Side side, final MarkerSession marker) {
        return marker.hasPassed()
                && !marker.isPutOff()
                && marker.phase() != TcpPhase.EMBRYONIC
                && isFor(asker, side, marker);
    }

    private boolean isFor(final int asker, final Side side, final MarkerSession marker) {
        final long hash = marker.hash(side);
        return directory.owner(side, hash) == asker || directory.backup(side, hash) == asker;
    }

    /// The redirectors have changed.
    public void onOwnersChanged(final long nowNs) {
        unserved.or(directory.heirs());
        for (int node = unserved.nextSetBit(0); node >= 0; node = unserved.nextSetBit(node + 1)) {
            if (!directory.isAlive(node)) {
                unserved.clear(node);
            }
        }
        if (table.liveCount() == 0) {
            unserved.clear(); // flows that begin from now on are announced to the new owners
        }
        remind(nowNs);
    }

    /// Reminds those that have not asked for too long; answers how many.
    public int onTimer(final long nowNs) {
        return unserved.isEmpty() || nowNs - remindedNs < REMINDER_NS ? 0 : remind(nowNs);
    }

    private int remind(final long nowNs) {
        remindedNs = nowNs;
        for (int node = unserved.nextSetBit(0); node >= 0; node = unserved.nextSetBit(node + 1)) {
            control.send(node, new OwnersChanged(directory.epoch()));
        }
        return unserved.cardinality();
    }
}
