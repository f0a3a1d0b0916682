package io.boomerang.blade.mover;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.FlowOffer;
import io.boomerang.announce.MoveOrder;
import io.boomerang.announce.MoveStep;
import io.boomerang.announce.TupleLease;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.BladeObserver;
import io.boomerang.blade.announcer.Announcer;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.HeldQueue;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowHash;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Moves flows between this blade and others while their packets pass: none is lost by the move,
/// and those of each direction keep their order. Which blade has a flow at any moment is told by
/// {@link Departures} and {@link Arrivals}, its two halves. Used by the blade's thread only.
public final class FlowMover implements AutoCloseable {
    /// Queues that one call of the timer releases because they have waited for too long.
    private static final int OVERDUE_LIMIT = 256;

    private static final long MS = 1_000_000L;
    private static final long CHECK_NS = 5 * MS;
    private static final long LEASE_CHECK_NS = 1_000 * MS;

    private final Member self;
    private final PacketProcessor processor;
    private final MarkerTable table;
    private final PacketHandler handler;
    private final BladeDirectory blades = new BladeDirectory();
    private final ParkedPackets packets;
    private final Departures departures;
    private final Arrivals arrivals;
    private boolean isOrdered;
    private long checkedNs;
    private long leasesCheckedNs;

    /// @param cells of 2 KiB for packets that wait
    /// @param handler takes the packets that have waited
    public FlowMover(
            final Member self,
            final PacketProcessor processor,
            final MarkerTable table,
            final FlowHash flowHash,
            final Announcer announcer,
            final Backplane backplane,
            final ControlSender control,
            final int cells,
            final BladeObserver observer,
            final PacketHandler handler) {
        this.self = self;
        this.processor = processor;
        this.table = table;
        this.handler = handler;
        packets = new ParkedPackets(self.node(), cells, backplane, observer, handler);
        departures = new Departures(self, table, announcer, control, blades, packets);
        arrivals = new Arrivals(self, table, flowHash, announcer, control, blades, packets);
    }

    /// Gives flows to these blades from now on, as far as the processor lets them move; to none, to
    /// keep them.
    public void onOrder(final MoveOrder order) {
        isOrdered = !order.blades().isEmpty();
        departures.order(
                processor.canMoveFlows()
                        ? order.blades().stream().filter(blade -> blade != self.node()).toList()
                        : List.of());
    }

    public void onOffer(final int from, final FlowOffer offer, final long nowNs) {
        arrivals.onOffer(from, offer, processor.canMoveFlows() && !departures.isOrdered(), nowNs);
    }

    public void onStep(final int from, final MoveStep step, final long nowNs) {
        switch (step.step()) {
            case ACCEPTED, REFUSED, TAKEN, SETTLED -> departures.onStep(from, step, nowNs);
            case YOURS, WITHDRAWN -> arrivals.onStep(from, step, nowNs);
        }
    }

    /// Another blade has a flow under an address and port of this one.
    public void onLease(final TupleLease lease, final long nowNs) {
        table.lent().lend(lease.key(), lease.leaseMs(), nowNs);
    }

    /// A redirector has acknowledged something; answers whether that was that a flow is here.
    public boolean onAcknowledgement(
            final int from, final Acknowledgement acknowledgement, final long nowNs) {
        return arrivals.onAcknowledgement(from, acknowledgement, nowNs);
    }

    /// A packet of a flow on the move has come; answers whether it goes on now. One that does not
    /// waits, was sent on, or was dropped.
    ///
    /// @param header the datagram's
    public boolean admit(
            final MarkerSession marker,
            final int from,
            final SteeringHeader header,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        return switch (marker.residence()) {
            case HERE -> true;
            case EXPECTED, ARRIVED ->
                    arrivals.admit(
                            marker,
                            from,
                            header.packetNumber(),
                            datagram,
                            offset,
                            length,
                            handler,
                            nowNs);
            case LEAVING -> {
                letWait(marker, from, header.packetNumber(), datagram, offset, length, nowNs);
                yield false;
            }
            case AWAY -> {
                sendOn(marker, from, header, datagram, offset, length, nowNs);
                yield false;
            }
        };
    }

    private void letWait(
            final MarkerSession marker,
            final int from,
            final long packetNumber,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        final Departure departure = departures.of(marker);
        if (departure != null
                && packets.park(departure, from, packetNumber, datagram, offset, length, nowNs)) {
            return;
        }
        if (departure == null || packets.isReleasing()) {
            handler.onVerdict(packetNumber, ProcessorVerdict.DROP_HOLD_FULL, nowNs);
            return;
        }
        departures.onNoRoom(departure, nowNs);
        handler.onReleased(from, datagram, offset, length, nowNs);
    }

    /// When the other blade has died with the flow, nothing is left of it here either.
    private void sendOn(
            final MarkerSession marker,
            final int from,
            final SteeringHeader header,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        final Departure departure = departures.of(marker);
        if (departure == null || !blades.isAlive(departure.to, departure.toIncarnation)) {
            table.remove(marker, nowNs);
            handler.onReleased(from, datagram, offset, length, nowNs);
            return;
        }
        table.depart(marker, nowNs); // it is still needed
        packets.passOn(header, datagram, offset, length, departure.to, nowNs);
    }

    /// A redirector sends no more of a flow to the blade that it has left.
    public void onMark(final int from, final SteeringHeader header, final long nowNs) {
        final MarkerSession marker = table.findFlow(header.flowId());
        if (marker == null) {
            return;
        }
        switch (marker.residence()) {
            case AWAY -> {
                final Departure departure = departures.of(marker);
                if (departure != null) {
                    packets.passMarkOn(header, departure.to);
                }
            }
            case ARRIVED -> arrivals.onMark(from, marker, header.arrivalNode(), nowNs);
            case HERE, LEAVING, EXPECTED -> {}
        }
    }

    /// The members of the chassis have changed; after the announcer has heard of it.
    public void onView(final ClusterView view, final long nowNs) {
        blades.onView(view, self.node());
        departures.onView(nowNs);
        arrivals.onView(nowNs);
    }

    /// The marker's place becomes free.
    public void onForget(final MarkerSession marker, final long nowNs) {
        departures.onForget(marker, nowNs);
        arrivals.onForget(marker, nowNs);
    }

    /// Does what is due; answers how much was done.
    public int onTimer(final long nowNs) {
        int done = departures.offerNext(nowNs);
        if (nowNs - checkedNs < CHECK_NS) {
            return done;
        }
        checkedNs = nowNs;
        done += departures.repeat(nowNs) + arrivals.repeat(nowNs);
        for (int i = 0; i < OVERDUE_LIMIT; i++) {
            final HeldQueue queue = packets.overdue(nowNs, Arrivals.ORDER_LIMIT_NS);
            if (queue == null) {
                break;
            }
            departures.onOverdue(queue, nowNs);
            arrivals.onOverdue(queue, nowNs);
            done++;
        }
        if (nowNs - leasesCheckedNs >= LEASE_CHECK_NS) {
            leasesCheckedNs = nowNs;
            table.lent().expire(nowNs);
        }
        return done;
    }

    /// Whether this blade was ordered to give its flows away and has none left that can move and
    /// that another blade takes, and every redirector knows where the others are.
    public boolean hasMovedAll() {
        return isOrdered && (!processor.canMoveFlows() || departures.isDone());
    }

    /// Whether no flow is on the move.
    public boolean isIdle() {
        return departures.leavingNow() == 0
                && arrivals.arrivingNow() == 0
                && packets.parkedNow() == 0;
    }

    /// A snapshot; exact when the blade's thread takes it.
    public MoveCounters counters() {
        return new MoveCounters(
                departures.offered(),
                departures.given(),
                departures.settled(),
                departures.kept(),
                departures.cameBack(),
                arrivals.arrived(),
                arrivals.refused(),
                departures.leavingNow(),
                arrivals.arrivingNow(),
                packets.passedOn(),
                packets.parked(),
                packets.parkedNow(),
                arrivals.outOfOrder(),
                table.lent().size());
    }

    @Override
    public void close() {
        packets.close();
    }
}
