package io.boomerang.handoff.transfer;

import io.boomerang.transfer.MovingFlow;
import io.boomerang.transfer.RetryTimer;
import io.boomerang.transfer.TransferDatagram;
import io.boomerang.transfer.TransferId;
import io.boomerang.transfer.TransferWriter;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// One connection on its way to a host, as its classifier sees it.
///
/// ```
///   SENDING --GIVEN, KEPT, LOST--> over
///      +--late, unwanted, host gone--> CANCELLING --GIVEN, KEPT, LOST--> over
///      +--forwarder gone--> ASKING --LIVE--> given
///                              +--CANCELLED, REFUSED--> kept
///                              +--host gone--> lost
/// ```
///
/// The connection stands still all that time.
final class OutgoingTransfer {
    private final TransferId id;
    private final MovingFlow flow;
    private final int forwarder;
    private final int host;
    private final MemorySegment blob;
    private final int chunkCount;
    private final long deadlineNs;
    private final RetryTimer timer = new RetryTimer();
    private final BitSet present = new BitSet();
    private int next;
    private Phase phase = Phase.SENDING;
    private boolean hostIsGone;

    enum Phase {
        SENDING,
        CANCELLING,
        ASKING
    }

    OutgoingTransfer(
            final TransferId id,
            final MovingFlow flow,
            final int forwarder,
            final int host,
            final MemorySegment blob,
            final long nowNs,
            final long deadlineNs) {
        this.id = id;
        this.flow = flow;
        this.forwarder = forwarder;
        this.host = host;
        this.blob = blob;
        this.deadlineNs = deadlineNs;
        chunkCount =
                (int)
                        ((blob.byteSize() + TransferDatagram.CHUNK_BYTES - 1)
                                / TransferDatagram.CHUNK_BYTES);
        timer.restart(nowNs);
    }

    TransferId id() {
        return id;
    }

    MovingFlow flow() {
        return flow;
    }

    int forwarder() {
        return forwarder;
    }

    int host() {
        return host;
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

    boolean isHostGone() {
        return hostIsGone;
    }

    void hostGone() {
        hostIsGone = true;
    }

    /// Whether parts of it were never sent, so that nobody can have all of it.
    boolean isPartlyUnsent() {
        return next < chunkCount;
    }

    void cancel(final TransferWriter writer, final long oldestOpen, final long nowNs) {
        phase = Phase.CANCELLING;
        timer.restart(nowNs);
        sayAgain(writer, oldestOpen);
    }

    /// The forwarder is gone: only the host can tell whether it was told that the connection is its
    /// own.
    void ask(final TransferWriter writer, final long oldestOpen, final long nowNs) {
        phase = Phase.ASKING;
        timer.restart(nowNs);
        sayAgain(writer, oldestOpen);
    }

    /// Sends what the window has room for.
    void sendNew(final TransferWriter writer, final long oldestOpen) {
        final int limit = Math.min(chunkCount, present.nextClearBit(0) + TransferDatagram.WINDOW);
        while (next < limit) {
            sendChunk(writer, oldestOpen, next++);
        }
    }

    private void sendChunk(final TransferWriter writer, final long oldestOpen, final int chunk) {
        writer.sendChunk(forwarder, id, host, oldestOpen, flow, blob, chunk);
    }

    /// The host has said which chunks it has.
    void have(
            final TransferDatagram datagram,
            final TransferWriter writer,
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
    void poll(final TransferWriter writer, final long oldestOpen, final long nowNs) {
        if (timer.expire(nowNs)) {
            sayAgain(writer, oldestOpen);
        }
    }

    private void sayAgain(final TransferWriter writer, final long oldestOpen) {
        switch (phase) {
            case SENDING -> repeatChunks(writer, oldestOpen);
            case CANCELLING ->
                    writer.send(forwarder, TransferDatagram.CANCEL, id, host, oldestOpen);
            case ASKING -> writer.send(host, TransferDatagram.CANCEL, id, host, oldestOpen);
        }
    }

    /// With everything acknowledged the last chunk is repeated, as a question how it ended.
    private void repeatChunks(final TransferWriter writer, final long oldestOpen) {
        int chunk = present.nextClearBit(0);
        if (chunk >= chunkCount) {
            sendChunk(writer, oldestOpen, chunkCount - 1);
        }
        while (chunk < next) {
            sendChunk(writer, oldestOpen, chunk);
            chunk = present.nextClearBit(chunk + 1);
        }
    }
}
