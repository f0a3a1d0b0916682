package io.boomerang.handoff.transfer;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// One connection on its way here, as its future host sees it.
///
/// ```
///   RECEIVING --complete--> READY --COMMIT, classifier gone--> LIVE
///       |                     +--CANCEL--> DISCARDED
///       +--CANCEL, no good, too slow, classifier gone--> DISCARDED
/// ```
final class IncomingTransfer {
    private final RetryTimer timer = new RetryTimer();
    private final BitSet present = new BitSet();
    private final int chunkCount;
    private final long deadlineNs;
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
            final Phase phase,
            final MemorySegment blob,
            final int chunkCount,
            final long deadlineNs) {
        this.phase = phase;
        this.blob = blob;
        this.chunkCount = chunkCount;
        this.deadlineNs = deadlineNs;
    }

    static IncomingTransfer receiving(final int blobLength, final long deadlineNs) {
        final int chunkCount = (blobLength - 1) / TransferDatagram.CHUNK_BYTES + 1;
        return new IncomingTransfer(
                Phase.RECEIVING,
                MemorySegment.ofArray(new byte[blobLength]),
                chunkCount,
                deadlineNs);
    }

    /// Remembered, so that nothing of it that comes late begins it again.
    static IncomingTransfer discarded(final String refusal) {
        final IncomingTransfer transfer =
                new IncomingTransfer(Phase.DISCARDED, MemorySegment.NULL, 0, 0);
        transfer.refusal = refusal;
        return transfer;
    }

    Phase phase() {
        return phase;
    }

    /// Why it was discarded; empty if the classifier wanted that.
    String refusal() {
        return refusal;
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

    void sendHave(final TransferDatagram.Writer writer, final long id) {
        final int first = present.nextClearBit(0);
        long bits = 0;
        for (int i = 1; i < OutgoingTransfer.WINDOW; i++) {
            bits |= present.get(first + i) ? 1L << i : 0;
        }
        writer.sendHave(id, first, bits);
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
