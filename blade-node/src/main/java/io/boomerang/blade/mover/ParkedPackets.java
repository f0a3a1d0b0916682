package io.boomerang.blade.mover;

import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.BladeObserver;
import io.boomerang.blade.announcer.HoldPen;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.HeldQueue;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Packets of flows on the move: they wait here, and go on in their order to this blade's processor
/// or to another blade. Used by the blade's thread only; bounded by the pen.
final class ParkedPackets implements AutoCloseable {
    private static final int LONGEST_DATAGRAM = 1 << 17;

    private final int self;
    private final Backplane backplane;
    private final BladeObserver observer;
    private final PacketHandler handler;
    private final HoldPen<HeldQueue> pen;
    private final Arena arena = Arena.ofShared();
    private final SteeringHeader header = new SteeringHeader();
    private @Nullable MemorySegment goingOn;
    private @Nullable MemorySegment ending;
    private boolean releasing;
    private long passedOn;
    private long parked;

    ParkedPackets(
            final int self,
            final int cells,
            final Backplane backplane,
            final BladeObserver observer,
            final PacketHandler handler) {
        this.self = self;
        this.backplane = backplane;
        this.observer = observer;
        this.handler = handler;
        pen = new HoldPen<>(cells);
    }

    /// Lets a datagram wait in a queue; false when there is no room.
    boolean park(
            final HeldQueue queue,
            final int from,
            final long packetNumber,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        if (length > LONGEST_DATAGRAM || !pen.hold(queue, datagram, offset, length, from, nowNs)) {
            return false;
        }
        parked++;
        observer.onParked(self, packetNumber, nowNs);
        return true;
    }

    /// Whether packets are being released, so that the one at hand may be one of these.
    boolean isReleasing() {
        return releasing;
    }

    /// The packets of a queue go on here.
    void release(final HeldQueue queue, final long nowNs) {
        final boolean releasingBefore = releasing;
        releasing = true;
        while (queue.hasHeld()) {
            final int name = queue.firstHeld();
            final int length = pen.length(name);
            final int from = (int) pen.tag(name);
            final MemorySegment datagram = takeFirst(queue);
            handler.onReleased(from, datagram, 0, length, nowNs);
        }
        releasing = releasingBefore;
    }

    /// The packets of a queue go on to another blade.
    void passOn(final HeldQueue queue, final int blade, final long nowNs) {
        while (queue.hasHeld()) {
            final int length = pen.length(queue.firstHeld());
            final MemorySegment datagram = takeFirst(queue);
            if (header.decode(datagram, 0, length)) {
                passOn(header, datagram, 0, length, blade, nowNs);
            }
        }
    }

    /// The packets of a queue end here; also while one that was released is at hand.
    void drop(final HeldQueue queue, final ProcessorVerdict reason, final long nowNs) {
        if (ending == null) {
            ending = arena.allocate(LONGEST_DATAGRAM, Long.BYTES);
        }
        final MemorySegment datagram = ending;
        while (queue.hasHeld()) {
            final int length = pen.length(queue.firstHeld());
            takeFirst(queue, datagram);
            if (header.decode(datagram, 0, length)) {
                handler.onVerdict(header.packetNumber(), reason, nowNs);
            }
        }
    }

    private MemorySegment takeFirst(final HeldQueue queue) {
        if (goingOn == null) {
            goingOn = arena.allocate(LONGEST_DATAGRAM, Long.BYTES);
        }
        takeFirst(queue, goingOn);
        return goingOn;
    }

    private void takeFirst(final HeldQueue queue, final MemorySegment into) {
        pen.copyOut(queue.firstHeld(), into, 0);
        pen.discardFirst(queue);
    }

    /// Sends a datagram on to the blade that has its flow, as if the redirector had.
    ///
    /// @param read its header
    void passOn(
            final SteeringHeader read,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final int blade,
            final long nowNs) {
        final long packetNumber = read.packetNumber();
        final int frameLength = length - read.headerLength();
        final long frame = offset + read.headerLength();
        final long place = backplane.claim(blade, read.encodedLength() + frameLength);
        if (place < 0) {
            handler.onVerdict(
                    packetNumber,
                    place == Backplane.NO_PATH
                            ? ProcessorVerdict.DROP_NO_PATH
                            : ProcessorVerdict.DROP_BACKPLANE_FULL,
                    nowNs);
            return;
        }
        final MemorySegment buffer = backplane.buffer();
        read.encode(buffer, place);
        MemorySegment.copy(datagram, frame, buffer, place + read.encodedLength(), frameLength);
        backplane.commit();
        passedOn++;
    }

    /// Sends on what marks the end of a redirector's packets.
    void passMarkOn(final SteeringHeader read, final int blade) {
        assert read.purpose() == Purpose.MARK : "only marks are passed on without a frame";
        final long place = backplane.claim(blade, read.encodedLength());
        if (place >= 0) {
            read.encode(backplane.buffer(), place);
            backplane.commit();
        }
    }

    /// A queue that has waited for at least `limitNs`; null when there is none.
    @Nullable HeldQueue overdue(final long nowNs, final long limitNs) {
        return pen.overdue(nowNs, limitNs);
    }

    long passedOn() {
        return passedOn;
    }

    long parked() {
        return parked;
    }

    int parkedNow() {
        return pen.frameCount();
    }

    @Override
    public void close() {
        pen.close();
        arena.close();
    }
}
