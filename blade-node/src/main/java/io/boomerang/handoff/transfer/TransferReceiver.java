package io.boomerang.handoff.transfer;

import io.boomerang.handoff.BlobResult;
import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.SortedMap;
import java.util.TreeMap;

/// Takes connections from one classifier. A connection is prepared silently when all of it has
/// come, and goes live when the classifier has given it up: by its word, or by its end. How a
/// transfer ended is remembered until the classifier says that it knows. One thread.
public final class TransferReceiver {
    private final TransferDatagram datagram = new TransferDatagram();
    private final TransferDatagram.Writer writer;
    private final Host host;
    private final long patienceNs;
    private final long maxBufferedBytes;
    private final SortedMap<Long, IncomingTransfer> transfers = new TreeMap<>();
    private long oldestOpen;
    private long bufferedBytes;
    private boolean classifierIsGone;
    private long dropBrokenCount;
    private long dropLateCount;
    private long lostCount;

    /// The stack that connections go to.
    public interface Host {
        /// Builds the connection up, silently. Answers why it cannot; null if it is ready to go
        /// live.
        @Nullable String prepare(long transfer, ConnectionState state);

        /// The connection is this node's.
        void goLive(long transfer);

        /// A connection that was prepared is not this node's after all.
        void discard(long transfer);
    }

    /// @param patienceNs how long a blob may take to come; then it is refused
    /// @param maxBufferedBytes of all blobs that are coming; more are refused
    public TransferReceiver(
            final DatagramPort port,
            final Host host,
            final long patienceNs,
            final long maxBufferedBytes) {
        writer = new TransferDatagram.Writer(port);
        this.host = host;
        this.patienceNs = patienceNs;
        this.maxBufferedBytes = maxBufferedBytes;
    }

    /// Takes a datagram of the classifier.
    public void receive(
            final MemorySegment memory, final long offset, final int length, final long nowNs) {
        if (classifierIsGone) {
            return;
        }
        if (!datagram.wrap(memory, offset, length)) {
            dropBrokenCount++;
            return;
        }
        forgetBefore(datagram.oldestOpen());
        final long id = datagram.transfer();
        if (id < oldestOpen || id - oldestOpen >= TransferSender.MAX_SPAN) {
            dropLateCount++;
            return;
        }
        switch (datagram.type()) {
            case TransferDatagram.CHUNK -> takeChunk(id, nowNs);
            case TransferDatagram.COMMIT -> commit(id);
            case TransferDatagram.CANCEL -> cancel(id);
            default -> dropBrokenCount++;
        }
    }

    /// The classifier knows how these have ended.
    private void forgetBefore(final long number) {
        if (number > oldestOpen) {
            oldestOpen = number;
            final SortedMap<Long, IncomingTransfer> known = transfers.headMap(number);
            known.forEach(this::abandon);
            known.clear();
        }
    }

    /// None that is ready can be among those: the classifier would have cancelled it first.
    private void abandon(final long id, final IncomingTransfer transfer) {
        bufferedBytes -= transfer.bufferedBytes();
        assert transfer.phase() != IncomingTransfer.Phase.READY : "transfer " + id + " was ready";
    }

    private void takeChunk(final long id, final long nowNs) {
        IncomingTransfer transfer = transfers.get(id);
        if (transfer == null) {
            transfer = begin(nowNs);
            bufferedBytes += transfer.bufferedBytes();
            transfers.put(id, transfer);
        }
        if (transfer.phase() == IncomingTransfer.Phase.RECEIVING) {
            if (!transfer.take(datagram)) {
                dropBrokenCount++;
                return;
            }
            if (transfer.isComplete()) {
                prepare(id, transfer, nowNs);
            }
        }
        answer(id, transfer);
    }

    private IncomingTransfer begin(final long nowNs) {
        final int length = datagram.blobLength();
        if (length <= 0 || length > ConnectionBlob.MAX_LENGTH) {
            return IncomingTransfer.discarded("a blob cannot have " + length + " bytes");
        }
        return bufferedBytes + length > maxBufferedBytes
                ? IncomingTransfer.discarded("the host has no memory for " + length + " bytes")
                : IncomingTransfer.receiving(length, nowNs + patienceNs);
    }

    private void prepare(final long id, final IncomingTransfer transfer, final long nowNs) {
        final MemorySegment blob = transfer.blob();
        bufferedBytes -= transfer.bufferedBytes();
        final BlobResult result = ConnectionBlob.decode(blob, 0, blob.byteSize());
        final String refusal =
                result instanceof BlobResult.Decoded(var state)
                        ? host.prepare(id, state)
                        : result.describe();
        if (refusal == null) {
            transfer.ready(nowNs);
        } else {
            transfer.discard(refusal);
        }
    }

    /// Tells how the transfer stands.
    private void answer(final long id, final IncomingTransfer transfer) {
        switch (transfer.phase()) {
            case RECEIVING -> transfer.sendHave(writer, id);
            case READY -> writer.send(TransferDatagram.READY, id, 0);
            case LIVE -> writer.send(TransferDatagram.LIVE, id, 0);
            case DISCARDED -> {
                if (transfer.refusal().isEmpty()) {
                    writer.send(TransferDatagram.CANCELLED, id, 0);
                } else {
                    writer.sendRefused(id, transfer.refusal());
                }
            }
        }
    }

    private void commit(final long id) {
        final IncomingTransfer transfer = remembered(id);
        if (transfer.phase() == IncomingTransfer.Phase.READY) {
            transfer.live();
            host.goLive(id);
        }
        answer(id, transfer);
    }

    /// A word about a transfer of which nothing has come: nothing that comes later shall begin it.
    private IncomingTransfer remembered(final long id) {
        return transfers.computeIfAbsent(id, _ -> IncomingTransfer.discarded(""));
    }

    private void cancel(final long id) {
        final IncomingTransfer transfer = remembered(id);
        if (transfer.phase() == IncomingTransfer.Phase.READY) {
            host.discard(id);
            transfer.discard("");
        } else if (transfer.phase() == IncomingTransfer.Phase.RECEIVING) {
            bufferedBytes -= transfer.bufferedBytes();
            transfer.discard("");
        }
        answer(id, transfer);
    }

    /// Says again what was not answered, and refuses what takes too long to come.
    public void poll(final long nowNs) {
        transfers.forEach((id, transfer) -> {
            if (transfer.isLate(nowNs)) {
                bufferedBytes -= transfer.bufferedBytes();
                transfer.discard("the blob did not come in time");
                answer(id, transfer);
            } else if (transfer.expire(nowNs)) {
                answer(id, transfer);
            }
        });
    }

    /// When {@link #poll} has something to do; {@link Long#MAX_VALUE} if nothing is open.
    public long nextDueNs() {
        return transfers.values().stream()
                .mapToLong(IncomingTransfer::dueNs)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /// The cluster has excluded the classifier: it does nothing any more. What is ready is this
    /// node's; what was still coming is lost.
    public void classifierGone() {
        classifierIsGone = true;
        transfers.forEach((id, transfer) -> {
            if (transfer.phase() == IncomingTransfer.Phase.READY) {
                transfer.live();
                host.goLive(id);
            } else if (transfer.phase() == IncomingTransfer.Phase.RECEIVING) {
                transfer.discard("the classifier is gone");
                lostCount++;
            }
        });
        transfers.clear();
        bufferedBytes = 0;
    }

    public int openCount() {
        return transfers.size();
    }

    /// Of blobs that are coming.
    public long bufferedBytes() {
        return bufferedBytes;
    }

    /// Datagrams that were none, or not intact, or not of the blob they said.
    public long dropBrokenCount() {
        return dropBrokenCount;
    }

    /// Datagrams of transfers that have ended long ago.
    public long dropLateCount() {
        return dropLateCount;
    }

    /// Connections whose classifier has died before they were complete here.
    public long lostCount() {
        return lostCount;
    }
}
