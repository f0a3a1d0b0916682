package io.boomerang.blade.mover;

import io.boomerang.announce.FlowOffer;
import io.boomerang.announce.MoveStep;
import io.boomerang.announce.MoveStep.Step;
import io.boomerang.announce.Octets;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.announcer.Announcer;
import io.boomerang.blade.mover.Departure.Stage;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.HeldQueue;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.blade.session.Residence;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.redirector.steering.Ownership;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The flows that leave this blade. Each is offered to another blade while its packets wait; when
/// that one has a place for it, it is told that the flow is its own, and gets the packets that
/// waited and all that still come, in their order, until every redirector sends them there itself.
///
/// Until the other blade is told, the flow is this blade's: it goes on here when the offer is
/// refused, not answered, or when there is no room for its packets to wait. From then on it is the
/// other blade's; it comes back only when that one says that it has no place for it, or is gone
/// before all redirectors know of it. At most {@link #WINDOW} flows are on their way. Used by the
/// blade's thread only.
final class Departures {
    static final int WINDOW = 512;

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    /// How long a flow's packets wait for the answer of the other blade.
    static final long OFFER_LIMIT_NS = 500 * MS;

    private static final long REPEAT_NS = 50 * MS;

    /// How often the other blade is asked whether all redirectors know.
    private static final long QUESTION_NS = 100 * MS;

    /// Between two looks at all flows when none could be moved.
    private static final long SWEEP_NS = 100 * MS;

    /// Places of the table looked at in one call.
    private static final int PLACES = 4_096;

    /// For how long an address and port is kept for a flow that has left, until the blade that has
    /// it asks for more.
    private static final int FIRST_LEASE_MS = 60_000;

    private static final int INCARNATION_SHIFT = 48;

    private final Member self;
    private final MarkerTable table;
    private final Announcer announcer;
    private final ControlSender control;
    private final BladeDirectory blades;
    private final ParkedPackets packets;
    private final Map<Long, Departure> byMove = new LinkedHashMap<>();
    private final Map<MarkerSession, Departure> byMarker = new HashMap<>();

    private List<Integer> ordered = List.of();
    private Ownership takers = new Ownership(new int[0]);
    private boolean hasTakers;
    private long moveCount;
    private int hand;
    private boolean secondChoice;
    private int offeredInSweep;
    private long givenBeforeSweep;
    private boolean isStuck;
    private long nextSweepNs;
    private boolean sweepsAtOnce;

    private long offered;
    private long given;
    private long settled;
    private long kept;
    private long cameBack;

    Departures(
            final Member self,
            final MarkerTable table,
            final Announcer announcer,
            final ControlSender control,
            final BladeDirectory blades,
            final ParkedPackets packets) {
        this.self = self;
        this.table = table;
        this.announcer = announcer;
        this.control = control;
        this.blades = blades;
        this.packets = packets;
    }

    /// To which blades the flows are to go; none to keep them.
    void order(final List<Integer> newBlades) {
        if (!newBlades.equals(ordered)) {
            ordered = newBlades;
            sweepsAtOnce = true;
            isStuck = false;
            findTakers();
        }
    }

    /// Whether this blade gives its flows away.
    boolean isOrdered() {
        return !ordered.isEmpty();
    }

    private void findTakers() {
        final int[] alive =
                ordered.stream().filter(blades::isAlive).mapToInt(Integer::intValue).toArray();
        hasTakers = alive.length > 0;
        takers = new Ownership(alive);
    }

    /// The members of the chassis have changed.
    void onView(final long nowNs) {
        findTakers();
        for (final Departure departure : List.copyOf(byMove.values())) {
            final boolean gone = !blades.isAlive(departure.to, departure.toIncarnation);
            if (departure.stage == Stage.OFFERED) {
                if (gone || !blades.canMove()) {
                    keep(departure, true, nowNs);
                }
            } else if (gone && departure.stage == Stage.TAKEN) {
                settle(departure);
            } else if (gone) {
                comeBack(departure, nowNs);
            }
        }
    }

    /// Repeats what is not answered; answers how much was done.
    int repeat(final long nowNs) {
        int done = 0;
        for (final Departure departure : List.copyOf(byMove.values())) {
            switch (departure.stage) {
                case OFFERED -> {
                    if (nowNs - departure.offeredNs >= OFFER_LIMIT_NS) {
                        keep(departure, true, nowNs);
                        done++;
                    } else if (isDue(departure, REPEAT_NS, nowNs)) {
                        control.send(departure.to, departure.offer);
                        done++;
                    }
                }
                case GIVEN -> done += askAgain(departure, REPEAT_NS, nowNs);
                case TAKEN -> done += askAgain(departure, QUESTION_NS, nowNs);
                case SETTLED -> {}
            }
        }
        return done;
    }

    private int askAgain(final Departure departure, final long intervalNs, final long nowNs) {
        if (!isDue(departure, intervalNs, nowNs)) {
            return 0;
        }
        say(departure, Step.YOURS);
        return 1;
    }

    private static boolean isDue(
            final Departure departure, final long intervalNs, final long nowNs) {
        if (nowNs - departure.saidNs < intervalNs) {
            return false;
        }
        departure.saidNs = nowNs;
        return true;
    }

    /// Offers further flows; answers how many.
    int offerNext(final long nowNs) {
        if (!hasTakers || !blades.canMove() || !sweepsAtOnce && nowNs - nextSweepNs < 0) {
            return 0;
        }
        int done = 0;
        for (int i = 0; i < PLACES && byMove.size() < WINDOW; i++) {
            if (hand >= table.madeCount()) {
                endSweep(nowNs);
                return done;
            }
            final MarkerSession marker = table.at(hand++);
            if (marker != null && isMovable(marker)) {
                offer(marker, nowNs);
                done++;
            }
        }
        offeredInSweep += done;
        return done;
    }

    /// Flows that were refused get another blade the next time, if there is one.
    private void endSweep(final long nowNs) {
        hand = 0;
        sweepsAtOnce = false;
        nextSweepNs = nowNs + (offeredInSweep == 0 ? SWEEP_NS : 0);
        offeredInSweep = 0;
        isStuck = given == givenBeforeSweep;
        givenBeforeSweep = given;
        secondChoice = !secondChoice;
    }

    /// Not those that hardly anybody knows of yet, nor those that are over.
    private boolean isMovable(final MarkerSession marker) {
        return marker.residence() == Residence.HERE
                && !marker.isLapsed()
                && marker.hasPassed()
                && !marker.isPutOff()
                && !marker.hasHeld()
                && marker.isFarReady()
                && marker.phase() != TcpPhase.CLOSED
                && (!marker.isTranslated() || table.lent().hasRoom());
    }

    private void offer(final MarkerSession marker, final long nowNs) {
        final long hash = marker.hash(marker.openingSide());
        final int second = secondChoice ? takers.backup(hash) : 0;
        final int to = second != 0 ? second : takers.owner(hash);
        final FlowOffer offer =
                new FlowOffer(
                        (long) self.incarnation() << INCARNATION_SHIFT | ++moveCount,
                        lenderOf(marker),
                        Octets.copyOf(StoredMarker.toBytes(marker)),
                        Octets.copyOf(marker.state().toBytes()));
        final Departure departure = new Departure(marker, offer, to, blades.incarnation(to), nowNs);
        marker.setResidence(Residence.LEAVING);
        byMove.put(offer.moveId(), departure);
        byMarker.put(marker, departure);
        offered++;
        control.send(to, offer);
    }

    private int lenderOf(final MarkerSession marker) {
        if (!marker.isTranslated()) {
            return 0;
        }
        return marker.lender() != 0 ? marker.lender() : self.node();
    }

    private void say(final Departure departure, final Step step) {
        control.send(departure.to, new MoveStep(departure.offer.moveId(), departure.flowId, step));
    }

    /// Another blade says how far it is.
    void onStep(final int from, final MoveStep message, final long nowNs) {
        final Departure departure = byMove.get(message.moveId());
        if (departure == null || departure.to != from) {
            if (message.step() == Step.ACCEPTED) {
                control.send(
                        from, new MoveStep(message.moveId(), message.flowId(), Step.WITHDRAWN));
            }
            return;
        }
        switch (message.step()) {
            case ACCEPTED -> {
                if (departure.stage == Stage.OFFERED) {
                    give(departure, nowNs);
                } else if (departure.stage == Stage.GIVEN) {
                    say(departure, Step.YOURS);
                }
            }
            case REFUSED -> {
                switch (departure.stage) {
                    case OFFERED -> keep(departure, false, nowNs);
                    case GIVEN -> comeBack(departure, nowNs);
                    case TAKEN, SETTLED -> settle(departure);
                }
            }
            case TAKEN -> {
                if (departure.stage == Stage.GIVEN) {
                    departure.stage = Stage.TAKEN;
                    departure.saidNs = nowNs;
                }
            }
            case SETTLED -> {
                if (departure.stage != Stage.OFFERED) {
                    settle(departure);
                }
            }
            case YOURS, WITHDRAWN -> {}
        }
    }

    private void give(final Departure departure, final long nowNs) {
        final MarkerSession marker = departure.marker;
        given++;
        announcer.abandon(marker);
        table.depart(marker, nowNs);
        if (departure.offer.lender() == self.node()) {
            table.lent().lend(marker.key(marker.farSide()), FIRST_LEASE_MS, nowNs);
        }
        departure.stage = Stage.GIVEN;
        departure.saidNs = nowNs;
        say(departure, Step.YOURS);
        packets.passOn(departure, departure.to, nowNs);
    }

    /// The flow stays, and its packets go on.
    private void keep(final Departure departure, final boolean mustTell, final long nowNs) {
        kept++;
        forget(departure);
        departure.marker.setResidence(Residence.HERE);
        if (mustTell) {
            say(departure, Step.WITHDRAWN);
        }
        packets.release(departure, nowNs);
    }

    /// The other blade is not known to have taken the flow; what it has made of it, if it has, is
    /// lost. Once it has said so the flow is its own: it dies with it, and is there again with it
    /// when it was only out of sight.
    private void comeBack(final Departure departure, final long nowNs) {
        final MarkerSession marker = departure.marker;
        forget(departure);
        if (departure.isForgotten) {
            return;
        }
        cameBack++;
        if (departure.offer.lender() == self.node()) {
            table.lent().lend(marker.key(marker.farSide()), 0, nowNs);
        }
        table.comeBack(marker, nowNs);
        announcer.change(marker, Kind.OPEN, nowNs);
    }

    private void settle(final Departure departure) {
        settled++;
        departure.stage = Stage.SETTLED;
        byMove.remove(departure.offer.moveId());
    }

    private void forget(final Departure departure) {
        byMove.remove(departure.offer.moveId());
        byMarker.remove(departure.marker);
    }

    /// The marker's place becomes free. A blade that was given the flow may not have heard so yet.
    void onForget(final MarkerSession marker, final long nowNs) {
        final Departure departure = byMarker.remove(marker);
        if (departure == null) {
            return;
        }
        departure.isForgotten = true;
        if (departure.stage == Stage.OFFERED) {
            byMove.remove(departure.offer.moveId());
            say(departure, Step.WITHDRAWN);
        }
        packets.drop(departure, ProcessorVerdict.DROP_HOLD_EXPIRED, nowNs);
    }

    /// The departure of a marker that is `LEAVING` or `AWAY`.
    @Nullable Departure of(final MarkerSession marker) {
        return byMarker.get(marker);
    }

    /// The packets of this queue have waited for too long.
    void onOverdue(final HeldQueue queue, final long nowNs) {
        if (queue instanceof final Departure departure && departure.stage == Stage.OFFERED) {
            keep(departure, true, nowNs);
        }
    }

    /// There is no room for a flow's packets to wait: it stays.
    void onNoRoom(final Departure departure, final long nowNs) {
        keep(departure, true, nowNs);
    }

    /// Whether no flow is left that can move, or none that another blade takes, and all redirectors
    /// know where the others are.
    boolean isDone() {
        return byMove.isEmpty() && (isStuck || !hasTakers);
    }

    /// Flows on their way.
    int leavingNow() {
        return byMove.size();
    }

    long offered() {
        return offered;
    }

    long given() {
        return given;
    }

    long settled() {
        return settled;
    }

    long kept() {
        return kept;
    }

    long cameBack() {
        return cameBack;
    }
}
