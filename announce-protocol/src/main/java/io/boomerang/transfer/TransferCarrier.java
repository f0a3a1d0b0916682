package io.boomerang.transfer;

import io.boomerang.backplane.Backplane;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.flow.Side;

import java.lang.foreign.MemorySegment;

/// Sends datagrams of transfers over the backplane, behind a steering header. What the backplane
/// does not take is counted and lost, as if it had got lost there. One thread.
public final class TransferCarrier implements TransferPort {
    private final Backplane backplane;
    private final int node;
    private final SteeringHeader header = new SteeringHeader();
    private long refusedCount;

    /// @param node id of the sender
    public TransferCarrier(final Backplane backplane, final int node) {
        this.backplane = backplane;
        this.node = node;
    }

    @Override
    public void send(
            final int to, final MemorySegment datagram, final long offset, final int length) {
        header.clear();
        header.setPurpose(Purpose.TRANSFER);
        header.setArrival(Side.INGRESS, node);
        final int headerLength = header.encodedLength();
        final long place = backplane.claim(to, headerLength + length);
        if (place < 0) {
            refusedCount++;
            return;
        }
        final MemorySegment buffer = backplane.buffer();
        header.encode(buffer, place);
        MemorySegment.copy(datagram, offset, buffer, place + headerLength, length);
        backplane.commit();
    }

    /// Datagrams that the backplane did not take.
    public long refusedCount() {
        return refusedCount;
    }
}
