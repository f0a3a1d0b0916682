package io.boomerang.redirector.steering;

import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Encapsulates packets for the backplane, straight into its memory. Every method answers false
/// when the backplane did not take the packet; {@link #refusal} then tells why. Used by the
/// redirector's thread only.
final class BackplaneSender {
    private final Backplane backplane;
    private final SteeringHeader header = new SteeringHeader();
    private DropReason refusal = DropReason.BACKPLANE_FULL;

    BackplaneSender(final Backplane backplane) {
        this.backplane = backplane;
    }

    boolean deliver(final Arrival arrival, final FlowKey key, final long flowId, final int blade) {
        describe(arrival, Purpose.DELIVER, arrival.hops);
        header.setFlowId(flowId);
        if (arrival.keyTravels) {
            header.setKey(key, arrival.sourceIsB);
        }
        return send(arrival, blade);
    }

    /// Sends the packet on as it came: to an owner, or across to the other side.
    ///
    /// @param key its flow where that is known; it travels along if the frame does not show it
    boolean forward(
            final Arrival arrival,
            final Purpose purpose,
            final @Nullable FlowKey key,
            final int redirector) {
        describe(arrival, purpose, arrival.hops + 1);
        if (key != null && arrival.keyTravels) {
            header.setKey(key, arrival.sourceIsB);
        }
        return send(arrival, redirector);
    }

    /// Tells a blade, behind all packets that were sent to it, that it gets no more of the flow
    /// from this redirector. Lost when the backplane does not take it: nobody waits for it for
    /// ever.
    void mark(final long flowId, final Side side, final int self, final int blade) {
        header.clear();
        header.setPurpose(Purpose.MARK);
        header.setFlowId(flowId);
        header.setArrival(side, self);
        final long place = backplane.claim(blade, header.encodedLength());
        if (place >= 0) {
            header.encode(backplane.buffer(), place);
            backplane.commit();
        }
    }

    private void describe(final Arrival arrival, final Purpose purpose, final int hops) {
        header.clear();
        header.setPurpose(purpose);
        header.setArrival(arrival.side, arrival.node);
        header.setHops(hops);
        header.setPacketNumber(arrival.packetNumber);
    }

    private boolean send(final Arrival arrival, final int node) {
        final int headerLength = header.encodedLength();
        final long place = backplane.claim(node, headerLength + arrival.length);
        if (place < 0) {
            refusal = place == Backplane.NO_PATH ? DropReason.NO_PATH : DropReason.BACKPLANE_FULL;
            return false;
        }
        final MemorySegment buffer = backplane.buffer();
        header.encode(buffer, place);
        MemorySegment.copy(
                arrival.frame, arrival.offset, buffer, place + headerLength, arrival.length);
        backplane.commit();
        return true;
    }

    /// Why the last packet was not taken.
    DropReason refusal() {
        return refusal;
    }
}
