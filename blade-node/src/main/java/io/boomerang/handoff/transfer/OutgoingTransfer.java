package io.boomerang.handoff.transfer;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// One connection on its way to a host, as its classifier sees it.
///
/// ```
///   SENDING --READY--> COMMITTING --LIVE--> given
///      |                   +--host gone, or never to own it--> kept
///      +--REFUSED, host gone--> kept
///      +--given up--> CANCELLING --CANCELLED, REFUSED, host gone--> kept
/// ```
///
/// The connection stands still all that time. Once COMMIT was said, only the host's word or its end
/// decides.
final class OutgoingTransfer {
    /// Chunks on their way at once: as many as one HAVE can name.
    static final int WINDOW = 64;

    private final long id;
    private final MemorySegment blob;
    private final int chunkCount;
    private final long deadlineNs;
    private final RetryTimer timer = new RetryTimer();
    private final BitSet present = new BitSet();
    private int next;
    private Phase phase = Phase.SENDING;

    enum Phase {
        SENDING,
        COMMITTING,
        CANCELLING
    }

    OutgoingTransfer(
            final long id, final MemorySegment blob, final long nowNs, final long deadlineNs) {
        this.id = id;
        this.blob = blob;
        this.deadlineNs = deadlineNs;
        chunkCount =
                (int)
                        ((blob.byteSize() + TransferDatagram.CHUNK_BYTES - 1)
                                / TransferDatagram.CHUNK_BYTES);
        timer.restart(nowNs);
    }

    Phase phase() {
        return phase;
    }

    boolean isLate(final long nowNs) {
        return phase == Phase.SENDING && nowNs - deadlineNs >= 0;
    }

    long dueNs() {
        return phase == Phase.SENDING && deadlineNs - timer.dueNs() < 0
                ? deadlineNs
                : timer.dueNs();
    }

    void commit(final long nowNs) {
        phase = Phase.COMMITTING;
        timer.restart(nowNs);
    }

    void cancel(final long nowNs) {
        phase = Phase.CANCELLING;
        timer.restart(nowNs);
    }

    /// Sends what the window has room for.
    void sendNew(final TransferDatagram.Writer writer, final long oldestOpen) {
        final int limit = Math.min(chunkCount, present.nextClearBit(0) + WINDOW);
        while (next < limit) {
            writer.sendChunk(id, oldestOpen, blob, next++);
        }
    }

    /// The host has said which chunks it has.
    void have(
            final TransferDatagram datagram,
            final TransferDatagram.Writer writer,
            final long oldestOpen,
            final long nowNs) {
        final int first = datagram.firstMissing();
        if (first < 0 || first > next || phase != Phase.SENDING) {
            return;
        }
        final int before = present.cardinality();
        present.set(0, first);
        for (long bits = datagram.present(); bits != 0; bits &= bits - 1) {
            final int chunk = first + Long.numberOfTrailingZeros(bits);
            if (chunk < next) {
                present.set(chunk);
            }
        }
        if (present.cardinality() > before) {
            timer.restart(nowNs);
            sendNew(writer, oldestOpen);
        }
    }

    /// Says again what was not answered.
    void poll(final TransferDatagram.Writer writer, final long oldestOpen, final long nowNs) {
        if (!timer.expire(nowNs)) {
            return;
        }
        switch (phase) {
            case SENDING -> repeatChunks(writer, oldestOpen);
            case COMMITTING -> writer.send(TransferDatagram.COMMIT, id, oldestOpen);
            case CANCELLING -> writer.send(TransferDatagram.CANCEL, id, oldestOpen);
        }
    }

    /// With everything acknowledged the last chunk is repeated: its answer, READY, got lost.
    private void repeatChunks(final TransferDatagram.Writer writer, final long oldestOpen) {
        int chunk = present.nextClearBit(0);
        if (chunk >= chunkCount) {
            writer.sendChunk(id, oldestOpen, blob, chunkCount - 1);
        }
        while (chunk < next) {
            writer.sendChunk(id, oldestOpen, blob, chunk);
            chunk = present.nextClearBit(chunk + 1);
        }
    }
}
