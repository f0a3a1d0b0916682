package io.boomerang.handoff.transfer;

import io.boomerang.transfer.MovingFlow;
import io.boomerang.transfer.RetryTimer;
import io.boomerang.transfer.TransferDatagram;
import io.boomerang.transfer.TransferId;
import io.boomerang.transfer.TransferWriter;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// One connection on its way here, as its future host sees it.
///
/// ```
///   RECEIVING --complete--> READY --COMMIT--> LIVE
///       |                     +--CANCEL, forwarder gone--> DISCARDED
///       +--CANCEL, no good, too slow, forwarder or classifier gone--> DISCARDED
/// ```
final class IncomingTransfer {
    private final TransferId id;
    private final int forwarder;
    private final RetryTimer timer = new RetryTimer();
    private final BitSet present = new BitSet();
    private final int chunkCount;
    private final long deadlineNs;
    private @Nullable MovingFlow flow;
    private MemorySegment blob;
    private Phase phase;
    private String refusal = "";

    enum Phase {
        RECEIVING,
        READY,
        LIVE,
        DISCARDED
    }

    private IncomingTransfer(
            final TransferId id,
            final int forwarder,
            final Phase phase,
            final MemorySegment blob,
            final int chunkCount,
            final long deadlineNs) {
        this.id = id;
        this.forwarder = forwarder;
        this.phase = phase;
        this.blob = blob;
        this.chunkCount = chunkCount;
        this.deadlineNs = deadlineNs;
    }

    static IncomingTransfer receiving(
            final TransferId id,
            final int forwarder,
            final MovingFlow flow,
            final int blobLength,
            final long deadlineNs) {
        final IncomingTransfer transfer =
                new IncomingTransfer(
                        id,
                        forwarder,
                        Phase.RECEIVING,
                        MemorySegment.ofArray(new byte[blobLength]),
                        (blobLength - 1) / TransferDatagram.CHUNK_BYTES + 1,
                        deadlineNs);
        transfer.flow = flow;
        return transfer;
    }

    /// Remembered, so that nothing of it that comes late begins it again.
    static IncomingTransfer discarded(
            final TransferId id, final int forwarder, final String refusal) {
        final IncomingTransfer transfer =
                new IncomingTransfer(id, forwarder, Phase.DISCARDED, MemorySegment.NULL, 0, 0);
        transfer.refusal = refusal;
        return transfer;
    }

    TransferId id() {
        return id;
    }

    int forwarder() {
        return forwarder;
    }

    Phase phase() {
        return phase;
    }

    MovingFlow flow() {
        final MovingFlow known = flow;
        if (known == null) {
            throw new IllegalStateException("nothing of " + id + " has come");
        }
        return known;
    }

    /// The flow with what COMMIT says of it.
    MovingFlow committed(final long flowId, final int version) {
        return new MovingFlow(flow().key(), flowId, version);
    }

    int bufferedBytes() {
        return (int) blob.byteSize();
    }

    boolean isLate(final long nowNs) {
        return phase == Phase.RECEIVING && nowNs - deadlineNs >= 0;
    }

    /// Takes a chunk; answers false if it is not of this blob.
    boolean take(final TransferDatagram datagram) {
        final int offset = datagram.chunkOffset();
        final int length = datagram.chunkLength();
        final int chunk = offset / TransferDatagram.CHUNK_BYTES;
        final boolean belongs =
                datagram.blobLength() == blob.byteSize()
                        && offset >= 0
                        && chunk < chunkCount
                        && offset == chunk * TransferDatagram.CHUNK_BYTES
                        && length
                                == Math.min(TransferDatagram.CHUNK_BYTES, blob.byteSize() - offset);
        if (belongs && !present.get(chunk)) {
            present.set(chunk);
            datagram.copyChunk(blob);
        }
        return belongs;
    }

    boolean isComplete() {
        return present.nextClearBit(0) >= chunkCount;
    }

    MemorySegment blob() {
        return blob;
    }

    void ready(final long nowNs) {
        end(Phase.READY, "");
        timer.restart(nowNs);
    }

    void live() {
        end(Phase.LIVE, "");
    }

    void discard(final String reason) {
        end(Phase.DISCARDED, reason);
    }

    /// The bytes are needed no more, only how it ended.
    private void end(final Phase next, final String reason) {
        phase = next;
        refusal = reason;
        blob = MemorySegment.NULL;
        present.clear();
    }

    /// Tells how the transfer stands.
    void answer(final TransferWriter writer, final int to, final int self) {
        switch (phase) {
            case RECEIVING -> sendHave(writer, to, self);
            case READY -> writer.send(to, TransferDatagram.READY, id, self);
            case LIVE -> writer.send(to, TransferDatagram.LIVE, id, self);
            case DISCARDED -> {
                if (refusal.isEmpty()) {
                    writer.send(to, TransferDatagram.CANCELLED, id, self);
                } else {
                    writer.sendReason(to, TransferDatagram.REFUSED, id, self, refusal);
                }
            }
        }
    }

    private void sendHave(final TransferWriter writer, final int to, final int self) {
        final int first = present.nextClearBit(0);
        long bits = 0;
        for (int i = 1; i < TransferDatagram.WINDOW; i++) {
            bits |= present.get(first + i) ? 1L << i : 0;
        }
        writer.sendHave(to, id, self, first, bits);
    }

    boolean expire(final long nowNs) {
        return phase == Phase.READY && timer.expire(nowNs);
    }

    long dueNs() {
        return switch (phase) {
            case RECEIVING -> deadlineNs;
            case READY -> timer.dueNs();
            case LIVE, DISCARDED -> Long.MAX_VALUE;
        };
    }
}
