package io.boomerang.blade.announcer;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.RuleInstalled;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.SteeringRule;
import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.session.LifetimeClass;
import io.boomerang.blade.session.Lifetimes;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.blade.session.Residence;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;

/// Tells the redirectors about this blade's flows: to each side's owner and backup owner, under the
/// key that this side sees. Repeats what is not acknowledged, refreshes leases, closes what is
/// over, and announces a flow anew when a packet shows that it lives and its owners have changed.
/// Belongs to the blade's thread.
///
/// Full: an announcement that finds no place among the outstanding ones is sent once. Late: an
/// acknowledgement of something older than what is outstanding changes nothing.
@SuppressWarnings("EnumOrdinal") // an array by lifetime class, within one process
public final class Announcer {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    /// A redirector that finds no place for a flow gives each of its packets another flow id; the
    /// flow does not follow faster than this.
    private static final long ADOPTION_INTERVAL_NS = 20 * MS;

    /// How soon a flow is announced again because a packet shows that a redirector knows it under
    /// an older flow id.
    private static final long REMINDER_INTERVAL_NS = 1_000 * MS;

    /// How long the members must have been the same before flows are put off: longer than a
    /// redirector keeps a decision that no blade has announced. Until then one may have decided on
    /// a flow that another one, which it did not see, has given to another blade.
    private static final long CALM_NS = 15_000 * MS;

    private static final Side[] SIDES = Side.values();

    private final AnnouncePolicy policy;
    private final AnnounceLimits limits;
    private final Lifetimes lifetimes;
    private final Member self;
    private final MarkerTable table;
    private final ControlSender control;
    private final AnnouncementTap tap;
    private final RedirectorDirectory directory = new RedirectorDirectory();
    private final OutstandingAnnouncements outstanding;
    private final long[] refreshNs = new long[LifetimeClass.values().length];

    /// An announcement that must ride on the packet at hand and is not tracked.
    private @Nullable SessionAnnouncement riding;

    private long viewChangedNs;

    private long opens;
    private long putOff;
    private long sent;
    private long carried;
    private long repeated;
    private long abandoned;
    private long untracked;
    private long refreshes;
    private long closes;
    private long adoptions;
    private long acknowledged;
    private long stale;
    private long refused;
    private long acknowledgedLate;

    public Announcer(
            final AnnouncePolicy policy,
            final AnnounceLimits limits,
            final Lifetimes lifetimes,
            final Member self,
            final MarkerTable table,
            final ControlSender control,
            final AnnouncementTap tap) {
        this.policy = policy;
        this.limits = limits;
        this.lifetimes = lifetimes;
        this.self = self;
        this.table = table;
        this.control = control;
        this.tap = tap;
        outstanding = new OutstandingAnnouncements(limits);
        for (final LifetimeClass lifetime : LifetimeClass.values()) {
            refreshNs[lifetime.ordinal()] = lifetimes.leaseMs(lifetime) * MS / 3;
        }
    }

    public RedirectorDirectory directory() {
        return directory;
    }

    /// Whether nothing waits for an acknowledgement.
    public boolean isIdle() {
        return outstanding.size() == 0;
    }

    /// Answers whether the redirectors have changed.
    public boolean onView(final ClusterView view, final long nowNs) {
        viewChangedNs = nowNs;
        return directory.onView(view);
    }

    /// A redirector tells a rule. Goes by it, if it is not older than the one in use, and says so;
    /// else tells that one. Answers whether flows have other owners now.
    public boolean follow(final int from, final SteeringRule offered, final long nowNs) {
        final SteeringRule rule = directory.rule();
        if (rule.isNewerThan(offered)) {
            control.send(from, rule);
            return false;
        }
        control.send(from, new RuleInstalled(offered.epoch()));
        if (!offered.isNewerThan(rule) || !directory.onRule(offered)) {
            return false;
        }
        viewChangedNs = nowNs;
        return true;
    }

    /// The first packet of the flow passes, toward its far side. Where flows may be put off, nobody
    /// hears of it but who needs it for the answer, and the near side's owner unless that decided
    /// itself.
    ///
    /// @param sender the redirector that sent the packet to this blade
    public void open(final MarkerSession marker, final int sender, final long nowNs) {
        opens++;
        marker.setViewEpoch(directory.epoch());
        marker.setAdoptedNs(nowNs - ADOPTION_INTERVAL_NS);
        table.onAnnounced(marker, nowNs);
        if (mayPutOff(marker, nowNs)) {
            putOff++;
            marker.putOff();
        }
        final Side near = marker.openingSide();
        if (!marker.isPutOff() || directory.owner(near, marker.hash(near)) != sender) {
            announce(marker, near, Kind.OPEN, false, nowNs);
        }
        announce(marker, marker.farSide(), Kind.OPEN, policy == AnnouncePolicy.CARRY, nowNs);
    }

    private boolean mayPutOff(final MarkerSession marker, final long nowNs) {
        return limits.embryonicPackets() > 1
                && marker.phase() == TcpPhase.EMBRYONIC
                && nowNs - viewChangedNs >= CALM_NS;
    }

    /// The session of an announced flow has changed: `OPEN` when a new connection began on it or it
    /// took over another flow id, else `REFRESH`. One that was put off is announced now.
    public void change(final MarkerSession marker, final Kind change, final long nowNs) {
        final Kind kind = marker.isPutOff() ? Kind.OPEN : change;
        marker.endPutOff();
        marker.raiseVersion();
        if (change == Kind.OPEN) {
            marker.beginAtThisVersion();
        }
        table.onAnnounced(marker, nowNs);
        for (final Side side : SIDES) {
            announce(marker, side, kind, false, nowNs);
        }
        marker.setViewEpoch(directory.epoch());
    }

    /// The flow has come from another blade, under a version of its own.
    public void moved(final MarkerSession marker, final long nowNs) {
        table.onAnnounced(marker, nowNs);
        for (final Side side : SIDES) {
            announce(marker, side, Kind.MOVE, false, nowNs);
        }
        marker.setViewEpoch(directory.epoch());
    }

    /// A packet of an announced flow has passed: prolongs the lease when it is time, and tells
    /// owners that the last view has made. One that was put off is announced when it has lived long
    /// enough for anything of this.
    public void keepUp(final MarkerSession marker, final long nowNs) {
        if (marker.isPutOff()) {
            if (marker.countPutOffPacket() >= limits.embryonicPackets()
                    || marker.phase() == TcpPhase.CLOSING
                    || marker.viewEpoch() != directory.epoch()
                    || nowNs - marker.announcedNs() >= refreshNs[marker.lifetime().ordinal()]) {
                change(marker, Kind.OPEN, nowNs);
            }
            return;
        }
        if (marker.viewEpoch() != directory.epoch()) {
            reconcile(marker, nowNs);
        }
        if (nowNs - marker.announcedNs() >= refreshNs[marker.lifetime().ordinal()]) {
            refresh(marker, nowNs);
        }
    }

    /// A packet came under a flow id other than the marker's. The later one is the flow's.
    public void onOtherFlowId(final MarkerSession marker, final long flowId, final long nowNs) {
        if (Long.compareUnsigned(flowId, marker.flowId()) < 0) {
            if (marker.hasPassed() && nowNs - marker.announcedNs() >= REMINDER_INTERVAL_NS) {
                refresh(marker, nowNs);
            }
            return;
        }
        if (marker.hasPassed() && nowNs - marker.adoptedNs() < ADOPTION_INTERVAL_NS) {
            return;
        }
        adoptions++;
        abandon(marker);
        table.adopt(marker, flowId);
        marker.setAdoptedNs(nowNs);
        if (marker.hasPassed()) {
            change(marker, Kind.OPEN, nowNs);
        }
    }

    /// The flow's time is up. The few sessions of one that was put off end by themselves.
    public void close(final MarkerSession marker, final long nowNs) {
        if (!marker.hasPassed()) {
            return;
        }
        if (marker.isPutOff()) {
            abandon(marker);
            return;
        }
        closes++;
        marker.raiseVersion();
        for (final Side side : SIDES) {
            announce(marker, side, Kind.CLOSE, false, nowNs);
            if (marker.residence() == Residence.ARRIVED) {
                tellOthersOfEnd(marker, side, nowNs);
            }
        }
    }

    /// All redirectors have heard that the flow has come here.
    private void tellOthersOfEnd(final MarkerSession marker, final Side side, final long nowNs) {
        for (final int node : directory.nodes(side)) {
            if (node != marker.announcedOwner(side) && node != marker.announcedBackup(side)) {
                send(node, describeEnd(marker, side), nowNs);
            }
        }
    }

    /// The flow leaves its place without having been closed.
    public void abandon(final MarkerSession marker) {
        for (final Side side : SIDES) {
            drop(marker.flowId(), marker.announcedOwner(side));
            drop(marker.flowId(), marker.announcedBackup(side));
        }
    }

    private void drop(final long flowId, final int node) {
        final OutstandingAnnouncements.Entry entry =
                node == 0 ? null : outstanding.find(flowId, node);
        if (entry != null) {
            outstanding.remove(entry);
        }
    }

    /// The announcement that has to ride on a packet toward this redirector of the far side; null
    /// when none has to.
    public @Nullable SessionAnnouncement toCarry(
            final MarkerSession marker, final int node, final long nowNs) {
        if (policy != AnnouncePolicy.CARRY || marker.isFarReady()) {
            return null;
        }
        SessionAnnouncement message = riding;
        riding = null;
        if (message == null) {
            final OutstandingAnnouncements.Entry entry = outstanding.find(marker.flowId(), node);
            if (entry == null || entry.message().kind() == Kind.CLOSE) {
                return null;
            }
            message = entry.message();
        }
        carried++;
        tap.onAnnouncementSent(node, message, true, nowNs);
        return message;
    }

    /// Whether packets toward the far side have to wait for its owner.
    public boolean mustHold(final MarkerSession marker) {
        return policy == AnnouncePolicy.HOLD && !marker.isFarReady();
    }

    /// A packet that may be the first one to be answered goes toward the far side: on a flow
    /// without an answer so far, to open another connection, or with a reset, before what is late
    /// of the connection. The answer comes through that side's owner, which may be another one by
    /// now.
    public void onUnanswered(final MarkerSession marker, final long nowNs) {
        if (marker.isFarReady() && !marker.isKnownToFarOwner()) {
            marker.awaitFarOwner();
            tellFarOwner(marker, nowNs);
        }
    }

    /// A frame of the flow waits: sees to it that something is under way that can release it.
    public void onHeld(final MarkerSession marker, final long nowNs) {
        tellFarOwner(marker, nowNs);
    }

    private void tellFarOwner(final MarkerSession marker, final long nowNs) {
        final int owner = directory.owner(marker.farSide(), marker.hash(marker.farSide()));
        if (owner != 0 && outstanding.find(marker.flowId(), owner) == null) {
            send(owner, message(marker, marker.farSide(), Kind.OPEN), nowNs);
        }
    }

    /// Answers the marker whose far side's owner now knows it, so that its held frames may go; null
    /// when nothing changed.
    public @Nullable MarkerSession onAcknowledgement(
            final int fromNode, final Acknowledgement acknowledgement) {
        if (acknowledgement.incarnation() != self.incarnation()) {
            acknowledgedLate++;
            return null;
        }
        final long flowId = acknowledgement.flowId();
        final OutstandingAnnouncements.Entry entry = outstanding.find(flowId, fromNode);
        if (entry == null || entry.message().version() != acknowledgement.version()) {
            acknowledgedLate++;
        } else {
            outstanding.remove(entry);
            switch (acknowledgement.outcome()) {
                case INSTALLED -> acknowledged++;
                case STALE -> stale++;
                case TABLE_FULL -> refused++;
            }
        }
        final MarkerSession marker = table.findFlow(flowId);
        if (marker == null
                || marker.isLapsed()
                || !marker.hasPassed()
                || marker.isKnownToFarOwner()
                || isBefore(acknowledgement.version(), marker.openVersion())
                || fromNode != directory.owner(marker.farSide(), marker.hash(marker.farSide()))) {
            return null;
        }
        marker.onFarOwnerKnows();
        return marker;
    }

    /// In the circle of 16-bit versions.
    private static boolean isBefore(final int version, final int other) {
        return (short) (version - other) < 0;
    }

    /// The session as a redirector of this side has to know it, which asks for it.
    public SessionAnnouncement describe(
            final MarkerSession marker, final Side side, final long nowNs) {
        final long idleMs = marker.isPutOff() ? (nowNs - marker.lastSeenNs()) / MS : 0;
        return message(marker, side, Kind.OPEN, leaseMs(marker, idleMs));
    }

    /// The flow has come from another blade, which all redirectors are told apart from this.
    public void onArrived(final MarkerSession marker, final long nowNs) {
        table.onAnnounced(marker, nowNs);
        marker.setAdoptedNs(nowNs - ADOPTION_INTERVAL_NS);
        for (final Side side : SIDES) {
            marker.setAnnounced(
                    side,
                    directory.owner(side, marker.hash(side)),
                    directory.backup(side, marker.hash(side)));
        }
        marker.setViewEpoch(directory.epoch());
    }

    /// The session of a flow that has come from another blade, for a redirector of this side.
    public SessionAnnouncement describeMove(final MarkerSession marker, final Side side) {
        return message(marker, side, Kind.MOVE);
    }

    /// The end of a session that is over.
    SessionAnnouncement describeEnd(final MarkerSession marker, final Side side) {
        return message(marker, side, Kind.CLOSE);
    }

    /// Repeats and refreshes, at most `limit` in all; answers how many.
    public int onTimer(final long nowNs, final int limit) {
        int done = repeatDue(nowNs, limit);
        MarkerSession marker = table.nextToRefresh(nowNs);
        while (marker != null && done < limit) {
            refresh(marker, nowNs);
            done++;
            marker = table.nextToRefresh(nowNs);
        }
        return done;
    }

    private int repeatDue(final long nowNs, final int limit) {
        int done = 0;
        OutstandingAnnouncements.Entry entry = outstanding.nextDue(nowNs);
        while (entry != null && done < limit) {
            repeat(entry, nowNs);
            done++;
            entry = outstanding.nextDue(nowNs);
        }
        return done;
    }

    private void repeat(final OutstandingAnnouncements.Entry entry, final long nowNs) {
        if (!directory.isAlive(entry.node())) {
            outstanding.remove(entry);
            return;
        }
        final MarkerSession marker = table.findFlow(entry.message().flowId());
        final boolean awaited =
                marker != null
                        && marker.hasHeld()
                        && entry.node() == marker.announcedOwner(marker.farSide());
        if (entry.tries() >= limits.tryLimit() && !awaited) {
            abandoned++;
            outstanding.remove(entry);
            return;
        }
        repeated++;
        sent++;
        control.send(entry.node(), entry.message());
        tap.onAnnouncementSent(entry.node(), entry.message(), false, nowNs);
        outstanding.onSentAgain(entry, awaited, nowNs);
    }

    private void refresh(final MarkerSession marker, final long nowNs) {
        if (marker.isPutOff()) {
            change(marker, Kind.OPEN, nowNs);
            return;
        }
        refreshes++;
        table.onAnnounced(marker, nowNs);
        for (final Side side : SIDES) {
            announce(marker, side, Kind.REFRESH, false, nowNs);
        }
    }

    /// Announces the flow to owners and backup owners that do not know it.
    private void reconcile(final MarkerSession marker, final long nowNs) {
        for (final Side side : SIDES) {
            final int owner = directory.owner(side, marker.hash(side));
            final int backup = directory.backup(side, marker.hash(side));
            final boolean ownerLacksIt = lacks(owner, side, marker);
            final boolean backupLacksIt = lacks(backup, side, marker);
            setAnnounced(marker, side, owner, backup);
            if (ownerLacksIt) {
                send(owner, message(marker, side, Kind.OPEN), nowNs);
            }
            if (backupLacksIt) {
                send(backup, message(marker, side, Kind.OPEN), nowNs);
            }
        }
        marker.setViewEpoch(directory.epoch());
    }

    private void setAnnounced(
            final MarkerSession marker, final Side side, final int owner, final int backup) {
        if (side == marker.farSide()
                && (owner != marker.announcedOwner(side) || lacks(owner, side, marker))) {
            marker.onFarOwnerChanged();
        }
        marker.setAnnounced(side, owner, backup);
    }

    private boolean lacks(final int node, final Side side, final MarkerSession marker) {
        return node != 0
                && (node != marker.announcedOwner(side) && node != marker.announcedBackup(side)
                        || directory.hasJoinedAfter(node, marker.viewEpoch()));
    }

    /// Announces the flow to owner and backup owner of one side; `ride` leaves the owner's to the
    /// packet at hand.
    private void announce(
            final MarkerSession marker,
            final Side side,
            final Kind kind,
            final boolean ride,
            final long nowNs) {
        final int owner = directory.owner(side, marker.hash(side));
        final int backup = marker.isPutOff() ? 0 : directory.backup(side, marker.hash(side));
        setAnnounced(marker, side, owner, backup);
        if (owner == 0) {
            return;
        }
        final SessionAnnouncement message = message(marker, side, kind);
        if (ride) {
            if (!outstanding.track(owner, message, nowNs)) {
                untracked++;
                riding = message;
            }
        } else {
            send(owner, message, nowNs);
        }
        if (backup != 0) {
            send(backup, message, nowNs);
        }
    }

    /// Tells every redirector.
    void announceToAll(final SessionAnnouncement message, final long nowNs) {
        for (final Side side : SIDES) {
            for (final int node : directory.nodes(side)) {
                send(node, message, nowNs);
            }
        }
    }

    /// Whether a redirector of this side has yet to acknowledge what it was told under a flow id.
    boolean isOutstanding(final long flowId, final Side side) {
        for (final int node : directory.nodes(side)) {
            if (outstanding.find(flowId, node) != null) {
                return true;
            }
        }
        return false;
    }

    /// An `OPEN` that is still outstanding stays one: whoever has not heard it cannot refresh.
    private void send(final int node, final SessionAnnouncement message, final long nowNs) {
        final OutstandingAnnouncements.Entry known =
                message.kind() == Kind.REFRESH ? outstanding.find(message.flowId(), node) : null;
        final SessionAnnouncement newest =
                known != null && known.message().kind() == Kind.OPEN
                        ? message.withKind(Kind.OPEN)
                        : message;
        if (!outstanding.track(node, newest, nowNs)) {
            untracked++;
        }
        sent++;
        control.send(node, newest);
        tap.onAnnouncementSent(node, newest, false, nowNs);
    }

    private SessionAnnouncement message(
            final MarkerSession marker, final Side side, final Kind kind) {
        return message(marker, side, kind, leaseMs(marker, 0));
    }

    /// A session whose close is never announced must not outlive its marker.
    private int leaseMs(final MarkerSession marker, final long idleMs) {
        if (!marker.isPutOff()) {
            return lifetimes.leaseMs(marker.lifetime());
        }
        final long step = SessionAnnouncement.LEASE_STEP_MS;
        final long leftMs = lifetimes.timeoutMs(marker.lifetime()) - idleMs;
        return (int) Math.clamp(leftMs / step * step, step, SessionAnnouncement.MAX_LEASE_MS);
    }

    private SessionAnnouncement message(
            final MarkerSession marker, final Side side, final Kind kind, final int leaseMs) {
        final FlowKey original = marker.original().copy();
        final FlowKey key = marker.key(side).copy();
        return new SessionAnnouncement(
                kind,
                key.equals(original) ? original : key,
                original,
                marker.flowId(),
                self.node(),
                self.incarnation(),
                marker.version(),
                leaseMs,
                marker.phase());
    }

    /// How long the eldest announcement that nobody has acknowledged has been on its way, in
    /// nanoseconds; 0 when there is none.
    public long eldestAgeNs(final long nowNs) {
        return outstanding.eldestAgeNs(nowNs);
    }

    public AnnouncerCounters counters() {
        return new AnnouncerCounters(
                opens,
                putOff,
                sent,
                carried,
                repeated,
                abandoned,
                untracked,
                refreshes,
                closes,
                adoptions,
                acknowledged,
                stale,
                refused,
                outstanding.size(),
                acknowledgedLate);
    }
}
