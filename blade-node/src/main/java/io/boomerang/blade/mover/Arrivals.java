package io.boomerang.blade.mover;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.FlowMoved;
import io.boomerang.announce.FlowOffer;
import io.boomerang.announce.MoveStep;
import io.boomerang.announce.MoveStep.Step;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.TupleLease;
import io.boomerang.blade.announcer.Announcer;
import io.boomerang.blade.announcer.RedirectorDirectory;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.HeldQueue;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.blade.session.Residence;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.Side;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The flows that come to this blade. A place is kept for each that is offered; it is this blade's
/// when the other one says so, or sends the first packet on. Then every redirector is told, and
/// again until it has acknowledged; until the last mark has come by way of the other blade, packets
/// that redirectors send here themselves wait for those that come that way, for {@link
/// #ORDER_LIMIT_NS} at most. Used by the blade's thread only.
final class Arrivals {
    static final int MOST = 4_096;

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    /// How long packets wait for earlier ones.
    static final long ORDER_LIMIT_NS = 250 * MS;

    private static final long QUESTION_NS = 100 * MS;
    private static final long FIRST_PAUSE_NS = 50 * MS;
    private static final long LONGEST_PAUSE_NS = 1_000 * MS;
    private static final int LEASE_MS = 60_000;
    private static final long LEASE_INTERVAL_NS = LEASE_MS / 3 * MS;

    /// Moves that are over and remembered, because the other blade may not have heard so.
    private static final int REMEMBERED = 4_096;

    private static final Side[] SIDES = Side.values();

    private final Member self;
    private final MarkerTable table;
    private final FlowHash flowHash;
    private final Announcer announcer;
    private final RedirectorDirectory redirectors;
    private final ControlSender control;
    private final BladeDirectory blades;
    private final ParkedPackets packets;
    private final Map<Arrival.Id, Arrival> byMove = new LinkedHashMap<>();
    private final Map<MarkerSession, Arrival> byMarker = new HashMap<>();
    private final Map<MarkerSession, Integer> borrowers = new LinkedHashMap<>();
    private final Map<Arrival.Id, Boolean> over =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(final Map.Entry<Arrival.Id, Boolean> eldest) {
                    return size() > REMEMBERED;
                }
            };

    private long leasedNs;
    private long arrived;
    private long refused;
    private long outOfOrder;

    Arrivals(
            final Member self,
            final MarkerTable table,
            final FlowHash flowHash,
            final Announcer announcer,
            final ControlSender control,
            final BladeDirectory blades,
            final ParkedPackets packets) {
        this.self = self;
        this.table = table;
        this.flowHash = flowHash;
        this.announcer = announcer;
        this.redirectors = announcer.directory();
        this.control = control;
        this.blades = blades;
        this.packets = packets;
    }

    /// Another blade offers a flow.
    ///
    /// @param isWelcome whether this blade takes flows at all
    void onOffer(final int from, final FlowOffer offer, final boolean isWelcome, final long nowNs) {
        final Arrival.Id id = new Arrival.Id(from, offer.moveId());
        final StoredMarker stored = StoredMarker.ofBytes(offer.flow().toArray());
        final Arrival known = byMove.get(id);
        if (stored == null || !blades.isAlive(from)) {
            refused++;
            return;
        }
        if (known == null && !over.containsKey(id)) {
            final boolean expected = isWelcome && expect(id, offer, stored, nowNs);
            refused += expected ? 0 : 1;
            say(from, offer.moveId(), stored.flowId(), expected ? Step.ACCEPTED : Step.REFUSED);
        } else {
            say(from, offer.moveId(), stored.flowId(), stepOf(id));
        }
    }

    private boolean expect(
            final Arrival.Id id,
            final FlowOffer offer,
            final StoredMarker stored,
            final long nowNs) {
        if (byMove.size() >= MOST) {
            return false;
        }
        final MarkerSession marker =
                table.expect(
                        stored,
                        flowHash.hash(stored.key(Side.INGRESS)),
                        flowHash.hash(stored.key(Side.EGRESS)),
                        nowNs);
        if (marker == null) {
            return false;
        }
        if (!marker.state().takeOver(offer.state().toArray())) {
            table.remove(marker, nowNs);
            return false;
        }
        marker.setLender(offer.lender() == self.node() ? 0 : offer.lender());
        final Arrival arrival = new Arrival(marker, id, blades.incarnation(id.from()), nowNs);
        byMove.put(id, arrival);
        byMarker.put(marker, arrival);
        return true;
    }

    /// How far this blade is with a move.
    private Step stepOf(final Arrival.Id id) {
        final Arrival arrival = byMove.get(id);
        if (arrival != null) {
            return arrival.isHere ? Step.TAKEN : Step.ACCEPTED;
        }
        return over.containsKey(id) ? Step.SETTLED : Step.REFUSED;
    }

    private void say(final int to, final long moveId, final long flowId, final Step step) {
        control.send(to, new MoveStep(moveId, flowId, step));
    }

    /// Another blade says what it does with a flow that it has offered.
    void onStep(final int from, final MoveStep message, final long nowNs) {
        final Arrival.Id id = new Arrival.Id(from, message.moveId());
        final Arrival arrival = byMove.get(id);
        switch (message.step()) {
            case YOURS -> {
                if (arrival != null && !arrival.isHere) {
                    take(arrival, nowNs);
                } else {
                    say(from, message.moveId(), message.flowId(), stepOf(id));
                }
            }
            case WITHDRAWN -> {
                if (arrival != null && !arrival.isHere) {
                    giveUp(arrival, nowNs);
                }
            }
            case ACCEPTED, REFUSED, TAKEN, SETTLED -> {}
        }
    }

    /// The flow is this blade's from now on.
    private void take(final Arrival arrival, final long nowNs) {
        final MarkerSession marker = arrival.marker;
        arrived++;
        table.arrive(marker, nowNs);
        if (marker.isTranslated() && marker.lender() == 0) {
            table.lent().lend(marker.key(marker.farSide()), 0, nowNs);
        }
        announcer.onArrived(marker, nowNs);
        arrival.isHere = true;
        for (final Side side : SIDES) {
            for (final int redirector : redirectors.redirectors(side)) {
                arrival.untold.set(redirector);
            }
        }
        arrival.unmarked.or(arrival.untold);
        arrival.toldNs = nowNs;
        arrival.pauseNs = FIRST_PAUSE_NS;
        say(arrival.id.from(), arrival.id.moveId(), arrival.flowId, Step.TAKEN);
        tell(arrival, nowNs);
        if (marker.lender() != 0) {
            borrowers.put(marker, marker.lender());
            lease(marker, marker.lender(), LEASE_MS);
        }
    }

    /// Tells the redirectors that have not acknowledged.
    private void tell(final Arrival arrival, final long nowNs) {
        arrival.saidNs = nowNs;
        for (final Side side : SIDES) {
            final SessionAnnouncement session = announcer.describeMove(arrival.marker, side);
            for (final int redirector : redirectors.redirectors(side)) {
                if (arrival.untold.get(redirector)) {
                    control.send(
                            redirector,
                            blades.canMove() ? new FlowMoved(arrival.id.from(), session) : session);
                }
            }
        }
    }

    /// A redirector has acknowledged something; answers whether that was that a flow is here.
    boolean onAcknowledgement(
            final int from, final Acknowledgement acknowledgement, final long nowNs) {
        final MarkerSession marker = table.findFlow(acknowledgement.flowId());
        final Arrival arrival = marker == null ? null : byMarker.get(marker);
        if (arrival == null
                || !arrival.isHere
                || acknowledgement.incarnation() != self.incarnation()
                || acknowledgement.version() != arrival.marker.version()
                || !arrival.untold.get(from)) {
            return false;
        }
        arrival.untold.clear(from);
        arrival.toldNs = nowNs;
        settleIfDone(arrival, nowNs);
        return true;
    }

    /// No packet of the flow comes from this redirector by way of the other blade any more.
    void onMark(
            final int from, final MarkerSession marker, final int redirector, final long nowNs) {
        final Arrival arrival = byMarker.get(marker);
        if (arrival != null && arrival.isHere && arrival.id.from() == from) {
            arrival.unmarked.clear(redirector);
            settleIfDone(arrival, nowNs);
        }
    }

    private void settleIfDone(final Arrival arrival, final long nowNs) {
        if (arrival.unmarked.isEmpty()) {
            packets.release(arrival, nowNs);
        }
        if (arrival.unmarked.isEmpty() && arrival.untold.isEmpty()) {
            settle(arrival);
        }
    }

    private void settle(final Arrival arrival) {
        arrival.marker.setResidence(Residence.HERE);
        end(arrival);
        say(arrival.id.from(), arrival.id.moveId(), arrival.flowId, Step.SETTLED);
    }

    private void end(final Arrival arrival) {
        byMove.remove(arrival.id);
        byMarker.remove(arrival.marker);
        if (arrival.isHere) {
            over.put(arrival.id, true);
        }
    }

    /// The other blade keeps the flow, or is gone and never said that it gives it away.
    private void giveUp(final Arrival arrival, final long nowNs) {
        end(arrival);
        table.remove(arrival.marker, nowNs);
        packets.release(arrival, nowNs);
    }

    /// Whether a packet that has come from `from` goes on now; one that does not waits, or is
    /// dropped.
    boolean admit(
            final MarkerSession marker,
            final int from,
            final long packetNumber,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final PacketHandler handler,
            final long nowNs) {
        final Arrival arrival = byMarker.get(marker);
        if (arrival == null) {
            return true;
        }
        if (from == arrival.id.from()) {
            if (!arrival.isHere) {
                take(arrival, nowNs);
            }
            return true;
        }
        if (arrival.isHere && arrival.unmarked.isEmpty()) {
            return true;
        }
        if (packets.park(arrival, from, packetNumber, datagram, offset, length, nowNs)) {
            return false;
        }
        if (arrival.isHere) {
            outOfOrder++;
            return true;
        }
        handler.onVerdict(packetNumber, ProcessorVerdict.DROP_HOLD_FULL, nowNs);
        return false;
    }

    /// The members of the chassis have changed.
    void onView(final long nowNs) {
        final BitSet alive = new BitSet();
        for (final Side side : SIDES) {
            redirectors.redirectors(side).forEach(alive::set);
        }
        for (final Arrival arrival : List.copyOf(byMove.values())) {
            final boolean gone = !blades.isAlive(arrival.id.from(), arrival.fromIncarnation);
            if (arrival.isHere) {
                arrival.untold.and(alive);
                arrival.unmarked.and(alive);
                if (gone || !blades.canMove()) {
                    arrival.unmarked.clear();
                }
                settleIfDone(arrival, nowNs);
            } else if (gone) {
                giveUp(arrival, nowNs);
            }
        }
    }

    /// Repeats what is not answered; answers how much was done.
    int repeat(final long nowNs) {
        int done = 0;
        for (final Arrival arrival : List.copyOf(byMove.values())) {
            done += arrival.isHere ? tellAgain(arrival, nowNs) : ask(arrival, nowNs);
        }
        return done + keepLeases(nowNs);
    }

    private int ask(final Arrival arrival, final long nowNs) {
        if (nowNs - arrival.saidNs < QUESTION_NS) {
            return 0;
        }
        arrival.saidNs = nowNs;
        say(arrival.id.from(), arrival.id.moveId(), arrival.flowId, Step.ACCEPTED);
        return 1;
    }

    private int tellAgain(final Arrival arrival, final long nowNs) {
        if (!arrival.untold.isEmpty() && nowNs - arrival.saidNs >= arrival.pauseNs) {
            arrival.pauseNs = Math.min(2 * arrival.pauseNs, LONGEST_PAUSE_NS);
            tell(arrival, nowNs);
            return 1;
        }
        if (arrival.untold.isEmpty() && nowNs - arrival.toldNs >= ORDER_LIMIT_NS) {
            outOfOrder += arrival.hasHeld() ? 1 : 0; // marks were lost
            arrival.unmarked.clear();
            settleIfDone(arrival, nowNs);
            return 1;
        }
        return 0;
    }

    /// Packets have waited for too long for those that are to come before them.
    void onOverdue(final HeldQueue queue, final long nowNs) {
        if (queue instanceof final Arrival arrival) {
            if (arrival.isHere) {
                outOfOrder++;
                arrival.unmarked.clear();
                settleIfDone(arrival, nowNs);
            } else {
                packets.drop(arrival, ProcessorVerdict.DROP_HOLD_EXPIRED, nowNs);
            }
        }
    }

    /// The marker's place becomes free.
    void onForget(final MarkerSession marker, final long nowNs) {
        final Integer lender = borrowers.remove(marker);
        if (lender != null && marker.residence().isHeldHere()) {
            lease(marker, lender, 0);
        }
        final Arrival arrival = byMarker.get(marker);
        if (arrival != null) {
            end(arrival);
            say(
                    arrival.id.from(),
                    arrival.id.moveId(),
                    arrival.flowId,
                    arrival.isHere ? Step.SETTLED : Step.REFUSED);
            packets.drop(arrival, ProcessorVerdict.DROP_HOLD_EXPIRED, nowNs);
        }
    }

    private int keepLeases(final long nowNs) {
        if (borrowers.isEmpty() || nowNs - leasedNs < LEASE_INTERVAL_NS) {
            return 0;
        }
        leasedNs = nowNs;
        borrowers.forEach((marker, lender) -> {
            if (marker.residence().isHeldHere()) {
                lease(marker, lender, LEASE_MS);
            }
        });
        return borrowers.size();
    }

    private void lease(final MarkerSession marker, final int lender, final int leaseMs) {
        control.send(lender, new TupleLease(marker.key(marker.farSide()).copy(), leaseMs));
    }

    int arrivingNow() {
        return byMove.size();
    }

    long arrived() {
        return arrived;
    }

    long refused() {
        return refused;
    }

    long outOfOrder() {
        return outOfOrder;
    }
}
