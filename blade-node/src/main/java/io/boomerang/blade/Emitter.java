package io.boomerang.blade;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.announcer.HoldPen;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Sends frames to a redirector that lets them out of the chassis. Every method answers false when
/// the backplane did not take the frame; {@link #refusal} then tells why. Used by the blade's
/// thread only.
final class Emitter {
    private final Backplane backplane;
    private final int node;
    private final SteeringHeader header = new SteeringHeader();
    private ProcessorVerdict refusal = ProcessorVerdict.DROP_BACKPLANE_FULL;

    Emitter(final Backplane backplane, final int node) {
        this.backplane = backplane;
        this.node = node;
    }

    boolean emit(
            final int redirector,
            final MemorySegment frame,
            final long offset,
            final int length,
            final long flowId,
            final Side arrivalSide,
            final long packetNumber,
            final @Nullable SessionAnnouncement carried) {
        final long place = begin(redirector, length, flowId, arrivalSide, packetNumber, carried);
        if (place < 0) {
            return false;
        }
        MemorySegment.copy(frame, offset, backplane.buffer(), place, length);
        backplane.commit();
        return true;
    }

    boolean emitHeld(
            final int redirector,
            final HoldPen<?> pen,
            final int frame,
            final long flowId,
            final Side arrivalSide) {
        final long place =
                begin(redirector, pen.length(frame), flowId, arrivalSide, pen.tag(frame), null);
        if (place < 0) {
            return false;
        }
        pen.copyOut(frame, backplane.buffer(), place);
        backplane.commit();
        return true;
    }

    /// Claims room, writes the header and answers where the frame goes.
    private long begin(
            final int redirector,
            final int length,
            final long flowId,
            final Side arrivalSide,
            final long packetNumber,
            final @Nullable SessionAnnouncement carried) {
        header.clear();
        header.setPurpose(Purpose.EMIT);
        header.setFlowId(flowId);
        header.setArrival(arrivalSide, node);
        header.setPacketNumber(packetNumber);
        header.setAnnouncement(carried);
        final int headerLength = header.encodedLength();
        final long place = backplane.claim(redirector, headerLength + length);
        if (place < 0) {
            refusal =
                    place == Backplane.NO_PATH
                            ? ProcessorVerdict.DROP_NO_PATH
                            : ProcessorVerdict.DROP_BACKPLANE_FULL;
            return -1;
        }
        header.encode(backplane.buffer(), place);
        return place + headerLength;
    }

    /// Why the last frame was not taken.
    ProcessorVerdict refusal() {
        return refusal;
    }
}
