package io.boomerang.sim.replay;

import io.boomerang.flow.ChecksumRepair;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.sim.chassis.Chassis;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Lets one packet after the other into a chassis, as the outside networks would: an answer does
/// not come before the packet that it answers has left, and it is addressed to where that packet
/// came from. One thread.
final class PacketFeed {
    /// A packet that keeps its answer waiting for longer has been lost inside the chassis.
    private static final long CAUSE_LIMIT_NS = 10_000_000_000L;

    private final Chassis chassis;
    private final FlowBook book;
    private final FlightLedger ledger;
    private final OutsideWorld world;
    private final @Nullable Explainer explainer;
    private final boolean translating;
    private final boolean fixingChecksums;

    PacketFeed(
            final Chassis chassis,
            final FlowBook book,
            final FlightLedger ledger,
            final OutsideWorld world,
            final @Nullable Explainer explainer,
            final boolean translating,
            final boolean fixingChecksums) {
        this.chassis = chassis;
        this.book = book;
        this.ledger = ledger;
        this.world = world;
        this.explainer = explainer;
        this.translating = translating;
        this.fixingChecksums = fixingChecksums;
    }

    /// One packet enters; its frame may be changed.
    void feed(final long number, final SidedPacket captured) {
        final ParsedPacket packet = captured.parsed();
        final int flow =
                packet.hasKey() ? book.enter(packet.key(), packet.sourceIsB()) : FlowBook.NONE;
        final boolean reverse =
                flow != FlowBook.NONE
                        && packet.sourceIsB() != book.is(flow, FlowBook.INITIATOR_IS_B);
        if (explainer != null) {
            explainer.announce(number, packet.hasKey() ? packet.key() : null);
        }
        if (flow != FlowBook.NONE && book.inFlight(flow, !reverse) > 0) {
            chassis.await(() -> book.inFlight(flow, !reverse) == 0, CAUSE_LIMIT_NS);
        }
        final MemorySegment frame = captured.segment();
        if (fixingChecksums) {
            ChecksumRepair.repair(frame, captured.offset(), captured.length(), packet);
        }
        if (translating && reverse && captured.side() == Side.EGRESS) {
            world.address(flow, frame, captured.offset(), captured.length(), packet);
        }
        enter(number, flow, reverse);
        chassis.inject(
                captured.side(), number, frame, captured.offset(), captured.length(), number);
        chassis.step();
    }

    private void enter(final long number, final int flow, final boolean reverse) {
        int flags = reverse ? FlightLedger.REVERSE : 0;
        if (flow != FlowBook.NONE) {
            book.addInFlight(flow, reverse, 1);
            if (reverse
                    && book.is(flow, FlowBook.EMITTED_FORWARD)
                    && !book.is(flow, FlowBook.RETURN_SEEN)) {
                book.set(flow, FlowBook.RETURN_SEEN);
                flags |= FlightLedger.FIRST_RETURN;
            }
        }
        ledger.enter(number, flow, flags);
    }
}
