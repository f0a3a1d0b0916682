package io.boomerang.sim.replay;

import io.boomerang.announce.AnnouncementCodec;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.backplane.Purpose;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.ParseReason;
import io.boomerang.flow.Side;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.steering.Decision;
import io.boomerang.redirector.steering.DropReason;
import io.boomerang.sim.chassis.ChassisObserver;
import io.boomerang.sim.chassis.NodeNames;
import io.boomerang.sim.report.LatencyRecorder;
import io.boomerang.sim.report.SteeringLog;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// Watches a replay from outside and judges it by the promises: every packet ends exactly once,
/// every flow stays on its blade, no return packet comes before its session. Writes the steering
/// log. One thread.
final class ReplayJudge implements ChassisObserver {
    /// Places in a blade's {@link #loads}.
    static final int PACKETS = 0;

    static final int FLOWS = 1;

    private final FlowBook book;
    private final FlightLedger ledger;
    private final OutsideWorld world;
    private final boolean translating;
    private final LongSupplier latencyClock;
    private final @Nullable SteeringLog log;
    private final LatencyRecorder latencies = new LatencyRecorder();
    private final AnnouncementTimes times = new AnnouncementTimes();
    private final BitSet dead = new BitSet();
    private final BitSet givingAway = new BitSet();
    private final Map<String, long[]> outcomes = new HashMap<>();
    private final SortedMap<Integer, long[]> loads = new TreeMap<>();

    private MemorySegment leaving = MemorySegment.NULL;
    private long leavingOffset;
    private int leavingLength;

    private long delivered;
    private long lost;
    private long deliveredTwice;
    private long endedTwice;
    private long splitPackets;
    private long strayTranslations;
    private long firstReturns;
    private long firstReturnMisses;
    private long firstReturnsAfterEnd;
    private long detours;
    private long waitedForAnswer;
    private long announcements;
    private long carriedAnnouncements;
    private long announcementBytes;
    private long installed;

    ReplayJudge(
            final FlowBook book,
            final FlightLedger ledger,
            final OutsideWorld world,
            final boolean translating,
            final LongSupplier latencyClock,
            final @Nullable SteeringLog log) {
        this.book = book;
        this.ledger = ledger;
        this.world = world;
        this.translating = translating;
        this.latencyClock = latencyClock;
        this.log = log;
    }

    // The packet's way

    @Override
    public void onDelivered(
            final int blade,
            final long packetNumber,
            final long flowId,
            final Side arrivalSide,
            final long nowNs) {
        final int flow = ledger.flow(packetNumber);
        if (flow == FlightLedger.NOT_IN_FLIGHT) {
            endedTwice++;
            return;
        }
        if ((ledger.flags(packetNumber) & FlightLedger.DELIVERED) != 0) {
            deliveredTwice++;
        }
        ledger.mark(packetNumber, FlightLedger.DELIVERED, blade);
        delivered++;
        logDelivered(packetNumber, blade);
        final long[] load = loads.computeIfAbsent(blade, _ -> new long[2]);
        load[PACKETS]++;
        if (flow == FlowBook.NONE) {
            return;
        }
        final int before = book.blade(flow);
        if (before == blade) {
            return;
        }
        book.setBlade(flow, blade);
        load[FLOWS]++;
        if (before == 0) {
            return;
        }
        loads.computeIfAbsent(before, _ -> new long[2])[FLOWS]--;
        if (dead.get(before)) {
            book.set(flow, FlowBook.LOST_ITS_BLADE);
        } else if (!givingAway.get(before)) {
            book.set(flow, FlowBook.SPLIT);
            splitPackets++;
        }
    }

    @Override
    public void onParked(final int blade, final long packetNumber, final long nowNs) {
        ledger.mark(packetNumber, 0, blade);
    }

    @Override
    public void onVerdict(
            final int blade,
            final long packetNumber,
            final ProcessorVerdict verdict,
            final long nowNs) {
        if (verdict.isDrop()) {
            end(packetNumber, "blade-" + EventText.label(verdict));
        }
    }

    @Override
    public void onLeaving(
            final int redirector,
            final Side side,
            final MemorySegment frame,
            final long offset,
            final int length,
            final long nowNs) {
        leaving = frame;
        leavingOffset = offset;
        leavingLength = length;
    }

    @Override
    public void onEmitted(final int redirector, final long packetNumber, final long nowNs) {
        final int flow = ledger.flow(packetNumber);
        final int flags = ledger.flags(packetNumber);
        if (flow >= 0) {
            final boolean reverse = (flags & FlightLedger.REVERSE) != 0;
            if (!reverse) {
                book.set(flow, FlowBook.EMITTED_FORWARD);
            }
            if (translating) {
                checkTranslation(flow, reverse);
            }
        }
        end(packetNumber, (flags & FlightLedger.BRIDGED) != 0 ? "bridged" : "passed");
    }

    private void checkTranslation(final int flow, final boolean reverse) {
        if (!reverse) {
            world.learn(flow, leaving, leavingOffset, leavingLength);
        } else if (!world.isHome(flow, leaving, leavingOffset, leavingLength)) {
            strayTranslations++;
        }
    }

    @Override
    public void onBridged(
            final int redirector,
            final long packetNumber,
            final ParseReason reason,
            final long nowNs) {
        ledger.mark(packetNumber, FlightLedger.BRIDGED, 0);
        logDropped(packetNumber, "bridged-" + EventText.label(reason));
    }

    @Override
    public void onDropped(
            final int redirector,
            final long packetNumber,
            final DropReason reason,
            final ParseReason detail,
            final long nowNs) {
        end(
                packetNumber,
                detail == ParseReason.NONE
                        ? reason.label()
                        : reason.label() + "-" + EventText.label(detail));
    }

    @Override
    public void onSteered(
            final int redirector,
            final long packetNumber,
            final Decision decision,
            final FlowKey key,
            final long flowId,
            final int blade,
            final long nowNs) {
        if ((ledger.flags(packetNumber) & FlightLedger.FIRST_RETURN) != 0) {
            final int flow = ledger.flow(packetNumber);
            firstReturns++;
            if (decision == Decision.SESSION) {
                return;
            }
            if (book.is(flow, FlowBook.ENDED)) {
                firstReturnsAfterEnd++;
            } else {
                firstReturnMisses++;
                book.set(flow, FlowBook.RETURN_MISSED);
            }
        }
    }

    @Override
    public void onForwarded(
            final int redirector,
            final long packetNumber,
            final Purpose purpose,
            final int toRedirector,
            final long nowNs) {
        if ((ledger.flags(packetNumber) & FlightLedger.DETOURED) == 0) {
            ledger.mark(packetNumber, FlightLedger.DETOURED, ledger.node(packetNumber));
            detours++;
        }
    }

    @Override
    public void onHeld(
            final int redirector,
            final long packetNumber,
            final Purpose waitingFor,
            final long nowNs) {
        if (waitingFor == Purpose.LOOK_UP) {
            waitedForAnswer++;
        }
        ledger.mark(packetNumber, 0, redirector);
    }

    /// The packet's end, whatever it was. A packet that met no blade gets its row in the steering
    /// log now.
    void end(final long packetNumber, final String outcome) {
        final int flow = ledger.flow(packetNumber);
        if (flow == FlightLedger.NOT_IN_FLIGHT) {
            if (packetNumber != 0) {
                endedTwice++;
            }
            return;
        }
        final int flags = ledger.flags(packetNumber);
        if ((flags & (FlightLedger.DELIVERED | FlightLedger.BRIDGED)) == 0) {
            logDropped(packetNumber, outcome);
        }
        if (flow != FlowBook.NONE) {
            book.addInFlight(flow, (flags & FlightLedger.REVERSE) != 0, -1);
        }
        ledger.leave(packetNumber);
        count(outcome);
    }

    /// The packet is still inside when nothing moves any more.
    void lose(final long packetNumber) {
        lost++;
        end(packetNumber, "lost");
    }

    /// A packet that never entered the chassis.
    void refuse(final long packetNumber, final String reason) {
        logDropped(packetNumber, reason);
        count(reason);
    }

    private void count(final String outcome) {
        outcomes.computeIfAbsent(outcome, _ -> new long[1])[0]++;
    }

    /// From now on this blade's flows may move.
    void onMoveOrdered(final int blade) {
        givingAway.set(blade);
    }

    /// A node died: what was on it is lost, and if it was a blade, its flows may move.
    void onDeath(final int node) {
        dead.set(node);
        ledger.forEach(number -> {
            if (ledger.node(number) == node) {
                end(number, "node-killed");
            }
        });
    }

    private void logDelivered(final long packetNumber, final int blade) {
        if (log != null) {
            try {
                log.delivered(packetNumber, NodeNames.of(blade));
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void logDropped(final long packetNumber, final String reason) {
        if (log != null) {
            try {
                log.dropped(packetNumber, reason);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    // Announcements

    @Override
    public void onAnnouncementSent(
            final int blade,
            final int redirector,
            final SessionAnnouncement announcement,
            final boolean carried,
            final long nowNs) {
        announcements++;
        announcementBytes += AnnouncementCodec.encodedLength(announcement);
        if (carried) {
            carriedAnnouncements++;
        }
        times.depart(redirector, announcement, latencyClock.getAsLong());
        final int flow = book.find(announcement.original());
        if (flow == FlowBook.NONE) {
            return;
        }
        switch (announcement.kind()) {
            case CLOSE -> book.set(flow, FlowBook.ENDED);
            case OPEN -> book.clear(flow, FlowBook.ENDED);
            case REFRESH, MOVE, EXPECT -> {}
        }
    }

    @Override
    public void onAnnounced(
            final int redirector,
            final int from,
            final SessionAnnouncement announcement,
            final Installation installation,
            final boolean carried,
            final long nowNs) {
        final long sinceNs = times.arrive(redirector, announcement, latencyClock.getAsLong());
        if (sinceNs >= 0 && installation != Installation.STALE) {
            installed++;
            latencies.record(sinceNs, carried);
        }
    }

    // What was seen

    SortedMap<String, Long> outcomes() {
        final SortedMap<String, Long> sorted = new TreeMap<>();
        outcomes.forEach((outcome, count) -> sorted.put(outcome, count[0]));
        return sorted;
    }

    /// Packets and flows by blade.
    SortedMap<Integer, long[]> loads() {
        return loads;
    }

    LatencyRecorder latencies() {
        return latencies;
    }

    long delivered() {
        return delivered;
    }

    long lost() {
        return lost;
    }

    long deliveredTwice() {
        return deliveredTwice;
    }

    long endedTwice() {
        return endedTwice;
    }

    long splitPackets() {
        return splitPackets;
    }

    long strayTranslations() {
        return strayTranslations;
    }

    long firstReturns() {
        return firstReturns;
    }

    long firstReturnMisses() {
        return firstReturnMisses;
    }

    /// First return packets of flows that had ended on their blade, by time or by a FIN or RST.
    long firstReturnsAfterEnd() {
        return firstReturnsAfterEnd;
    }

    /// Packets that went by way of another redirector at least once.
    long detours() {
        return detours;
    }

    long waitedForAnswer() {
        return waitedForAnswer;
    }

    long announcements() {
        return announcements;
    }

    long carriedAnnouncements() {
        return carriedAnnouncements;
    }

    long announcementBytes() {
        return announcementBytes;
    }

    long installed() {
        return installed;
    }
}
