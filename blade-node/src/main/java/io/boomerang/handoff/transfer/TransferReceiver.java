package io.boomerang.handoff.transfer;

import io.boomerang.handoff.BlobResult;
import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.transfer.MovingFlow;
import io.boomerang.transfer.TransferDatagram;
import io.boomerang.transfer.TransferId;
import io.boomerang.transfer.TransferPort;
import io.boomerang.transfer.TransferWriter;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.SortedMap;
import java.util.TreeMap;

/// Takes connections from classifiers. A connection that is ready here is not this node's until
/// {@link Host#goLive}: that happens by the forwarder's word alone. How a transfer ended is
/// remembered until the classifier says that it knows. One thread.
///
/// When the forwarder is gone before it said COMMIT, the connection is not this node's and never
/// will be. A classifier that dies after its connection was ready here does not end it: the
/// forwarder still decides. When both are gone, nobody is left who knows whether the classifier had
/// it back, and it is lost.
public final class TransferReceiver {
    /// How long the ends of a dead classifier's transfers are remembered: longer than a forwarder
    /// asks for them.
    private static final long MEMORY_NS = 60_000_000_000L;

    private final TransferDatagram datagram = new TransferDatagram();
    private final TransferWriter writer;
    private final int node;
    private final Host host;
    private final long patienceNs;
    private final long maxBufferedBytes;
    private final SortedMap<Long, Classifier> classifiers = new TreeMap<>();
    private long bufferedBytes;
    private long dropBrokenCount;
    private long dropLateCount;
    private long lostCount;

    /// The stack that connections go to.
    public interface Host {
        /// Builds the connection up, silently. Answers why it cannot; null if it is ready to go
        /// live.
        ///
        /// @param flow as the classifier knows it
        @Nullable String prepare(TransferId transfer, MovingFlow flow, ConnectionState state);

        /// The connection is this node's.
        ///
        /// @param flow as the redirectors know it from now on: what this blade has to announce
        void goLive(TransferId transfer, MovingFlow flow);

        /// A connection that was prepared is not this node's after all.
        void discard(TransferId transfer);
    }

    /// What has come from one process of a blade.
    private static final class Classifier {
        final SortedMap<Long, IncomingTransfer> transfers = new TreeMap<>();
        long oldestOpen;
        boolean isGone;
        long goneNs;

        boolean isSettled() {
            return transfers.values().stream()
                    .noneMatch(transfer -> transfer.phase() == IncomingTransfer.Phase.READY);
        }
    }

    /// @param node id of this blade
    /// @param patienceNs how long a blob may take to come; then it is refused
    /// @param maxBufferedBytes of all blobs that are coming; more are refused
    public TransferReceiver(
            final int node,
            final TransferPort port,
            final Host host,
            final long patienceNs,
            final long maxBufferedBytes) {
        writer = new TransferWriter(port);
        this.node = node;
        this.host = host;
        this.patienceNs = patienceNs;
        this.maxBufferedBytes = maxBufferedBytes;
    }

    /// Takes a datagram of a forwarder, or of a classifier whose forwarder is gone.
    public void receive(
            final int from,
            final MemorySegment memory,
            final long offset,
            final int length,
            final long nowNs) {
        if (!datagram.wrap(memory, offset, length) || datagram.host() != node) {
            dropBrokenCount++;
            return;
        }
        final TransferId id = datagram.id();
        final Classifier classifier = classifierOf(id);
        forgetBefore(classifier, datagram.oldestOpen());
        final long ahead = id.number() - classifier.oldestOpen;
        if (ahead < 0 || ahead >= TransferId.MAX_SPAN) {
            dropLateCount++;
            return;
        }
        switch (datagram.type()) {
            case TransferDatagram.CHUNK -> takeChunk(classifier, id, from, nowNs);
            case TransferDatagram.COMMIT -> commit(classifier, id, from);
            case TransferDatagram.CANCEL -> cancel(classifier, id, from);
            case TransferDatagram.DONE -> {}
            default -> dropBrokenCount++;
        }
    }

    private Classifier classifierOf(final TransferId id) {
        return classifiers.computeIfAbsent(
                process(id.classifier(), id.incarnation()), _ -> new Classifier());
    }

    private static long process(final int blade, final int incarnation) {
        return (long) blade << Short.SIZE | incarnation;
    }

    /// The classifier knows how these have ended; one that is ready was kept.
    private void forgetBefore(final Classifier classifier, final long number) {
        if (number > classifier.oldestOpen) {
            classifier.oldestOpen = number;
            final SortedMap<Long, IncomingTransfer> known = classifier.transfers.headMap(number);
            known.values().forEach(this::forget);
            known.clear();
        }
    }

    private void forget(final IncomingTransfer transfer) {
        bufferedBytes -= transfer.bufferedBytes();
        if (transfer.phase() == IncomingTransfer.Phase.READY) {
            host.discard(transfer.id());
        }
    }

    private void takeChunk(
            final Classifier classifier, final TransferId id, final int from, final long nowNs) {
        IncomingTransfer transfer = classifier.transfers.get(id.number());
        if (transfer == null) {
            transfer = begin(classifier, id, from, nowNs);
            bufferedBytes += transfer.bufferedBytes();
            classifier.transfers.put(id.number(), transfer);
        }
        if (from != transfer.forwarder()) {
            dropBrokenCount++;
            return;
        }
        if (transfer.phase() == IncomingTransfer.Phase.RECEIVING) {
            if (!transfer.take(datagram)) {
                dropBrokenCount++;
                return;
            }
            if (transfer.isComplete()) {
                prepare(transfer, nowNs);
            }
        }
        transfer.answer(writer, from, node);
    }

    private IncomingTransfer begin(
            final Classifier classifier, final TransferId id, final int from, final long nowNs) {
        final int length = datagram.blobLength();
        if (classifier.isGone) {
            return IncomingTransfer.discarded(id, from, "the classifier is gone");
        }
        if (length <= 0 || length > ConnectionBlob.MAX_LENGTH) {
            return IncomingTransfer.discarded(id, from, "a blob cannot have " + length + " bytes");
        }
        return bufferedBytes + length > maxBufferedBytes
                ? IncomingTransfer.discarded(
                        id, from, "the host has no memory for " + length + " bytes")
                : IncomingTransfer.receiving(id, from, datagram.flow(), length, nowNs + patienceNs);
    }

    private void prepare(final IncomingTransfer transfer, final long nowNs) {
        final MemorySegment blob = transfer.blob();
        bufferedBytes -= transfer.bufferedBytes();
        final BlobResult result = ConnectionBlob.decode(blob, 0, blob.byteSize());
        final String refusal =
                result instanceof BlobResult.Decoded(var state)
                        ? host.prepare(transfer.id(), transfer.flow(), state)
                        : result.describe();
        if (refusal == null) {
            transfer.ready(nowNs);
        } else {
            transfer.discard(refusal);
        }
    }

    private void commit(final Classifier classifier, final TransferId id, final int from) {
        final IncomingTransfer transfer = classifier.transfers.get(id.number());
        if (transfer == null || from != transfer.forwarder()) {
            dropLateCount++;
            return;
        }
        if (transfer.phase() == IncomingTransfer.Phase.READY) {
            transfer.live();
            host.goLive(
                    id,
                    transfer.committed(datagram.committedFlowId(), datagram.committedVersion()));
        }
        transfer.answer(writer, from, node);
    }

    /// A word about a transfer of which nothing has come is remembered: nothing that comes later
    /// shall begin it.
    private void cancel(final Classifier classifier, final TransferId id, final int from) {
        final IncomingTransfer transfer =
                classifier.transfers.computeIfAbsent(
                        id.number(), _ -> IncomingTransfer.discarded(id, from, ""));
        if (from != transfer.forwarder() && from != id.classifier()) {
            dropBrokenCount++;
            return;
        }
        discard(transfer, "");
        transfer.answer(writer, from, node);
    }

    /// Unless it is live, or was discarded before.
    private void discard(final IncomingTransfer transfer, final String reason) {
        switch (transfer.phase()) {
            case RECEIVING -> {
                bufferedBytes -= transfer.bufferedBytes();
                transfer.discard(reason);
            }
            case READY -> {
                host.discard(transfer.id());
                transfer.discard(reason);
            }
            case LIVE, DISCARDED -> {}
        }
    }

    /// Says again what was not answered, and refuses what takes too long to come.
    public void poll(final long nowNs) {
        classifiers
                .values()
                .removeIf(classifier ->
                        classifier.isGone
                                && nowNs - classifier.goneNs >= MEMORY_NS
                                && classifier.isSettled());
        for (final Classifier classifier : classifiers.values()) {
            for (final IncomingTransfer transfer : classifier.transfers.values()) {
                if (transfer.isLate(nowNs)) {
                    discard(transfer, "the blob did not come in time");
                    transfer.answer(writer, transfer.forwarder(), node);
                } else if (transfer.expire(nowNs)) {
                    transfer.answer(writer, transfer.forwarder(), node);
                }
            }
        }
    }

    /// When {@link #poll} has something to do; {@link Long#MAX_VALUE} if nothing is open.
    public long nextDueNs() {
        return classifiers.values().stream()
                .flatMap(classifier -> classifier.transfers.values().stream())
                .mapToLong(IncomingTransfer::dueNs)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /// The cluster has excluded this process of a node: it does nothing any more.
    public void nodeGone(final int gone, final int incarnation, final long nowNs) {
        for (final Classifier classifier : classifiers.values()) {
            for (final IncomingTransfer transfer : classifier.transfers.values()) {
                if (transfer.forwarder() == gone) {
                    lostCount += classifier.isGone && isReady(transfer) ? 1 : 0;
                    discard(transfer, "");
                }
            }
        }
        final Classifier classifier = classifiers.get(process(gone, incarnation));
        if (classifier != null && !classifier.isGone) {
            classifier.isGone = true;
            classifier.goneNs = nowNs;
            classifier.transfers.values().forEach(this::classifierGone);
        }
    }

    private static boolean isReady(final IncomingTransfer transfer) {
        return transfer.phase() == IncomingTransfer.Phase.READY;
    }

    private void classifierGone(final IncomingTransfer transfer) {
        if (transfer.phase() == IncomingTransfer.Phase.RECEIVING) {
            lostCount++;
            discard(transfer, "the classifier is gone");
            transfer.answer(writer, transfer.forwarder(), node);
        }
    }

    public int openCount() {
        return classifiers.values().stream()
                .mapToInt(classifier -> classifier.transfers.size())
                .sum();
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

    /// Connections whose classifier has died before they were complete here, or before anybody
    /// could say that they are this node's.
    public long lostCount() {
        return lostCount;
    }
}
