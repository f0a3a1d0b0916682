package io.boomerang.handoff.transfer;

import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Gives connections to one host. For each of them, exactly one of {@link Listener#given} and
/// {@link Listener#kept} is called; until then it has to stand still.
///
/// That holds whatever the link does to datagrams. If the link fails for good while both nodes
/// live, a connection that is being committed waits for the cluster's word: {@link #hostGone} may
/// only be called when the host cannot act any more, because the cluster has excluded it. One
/// thread.
public final class TransferSender {
    /// Transfers may be that far apart from the oldest open one.
    public static final int MAX_SPAN = 4_096;

    private final TransferDatagram datagram = new TransferDatagram();
    private final TransferDatagram.Writer writer;
    private final Listener listener;
    private final long patienceNs;
    private final SortedMap<Long, OutgoingTransfer> open = new TreeMap<>();
    private long nextId;
    private boolean hostIsGone;
    private long dropBrokenCount;

    /// Hears how transfers end.
    public interface Listener {
        /// The host owns the connection; this node forgets it.
        void given(long transfer);

        /// The connection is still this node's; it goes on here.
        void kept(long transfer, String reason);
    }

    /// @param patienceNs how long the host may take until it is ready; then the transfer is
    ///   cancelled
    public TransferSender(final DatagramPort port, final Listener listener, final long patienceNs) {
        writer = new TransferDatagram.Writer(port);
        this.listener = listener;
        this.patienceNs = patienceNs;
    }

    /// Whether {@link #offer} may be called now.
    public boolean hasRoom() {
        return !hostIsGone && (open.isEmpty() || nextId - open.firstKey() < MAX_SPAN);
    }

    /// Begins to give a connection that stands still; answers the transfer's number.
    ///
    /// @throws IllegalStateException without room
    public long offer(final ConnectionState state, final long nowNs) {
        if (!hasRoom()) {
            throw new IllegalStateException("the host is gone or has too many transfers");
        }
        final MemorySegment blob =
                MemorySegment.ofArray(new byte[ConnectionBlob.encodedLength(state)]);
        ConnectionBlob.encode(state, blob, 0);
        final long id = nextId++;
        final OutgoingTransfer transfer = new OutgoingTransfer(id, blob, nowNs, nowNs + patienceNs);
        open.put(id, transfer);
        transfer.sendNew(writer, oldestOpen());
        return id;
    }

    private long oldestOpen() {
        return open.isEmpty() ? nextId : open.firstKey();
    }

    /// Wants a connection back. It is this node's again when {@link Listener#kept} says so; it may
    /// be the host's by then.
    public void cancel(final long id, final long nowNs) {
        final OutgoingTransfer transfer = open.get(id);
        if (transfer != null && transfer.phase() == OutgoingTransfer.Phase.SENDING) {
            transfer.cancel(nowNs);
            writer.send(TransferDatagram.CANCEL, id, oldestOpen());
        }
    }

    /// Takes a datagram of the host.
    public void receive(
            final MemorySegment memory, final long offset, final int length, final long nowNs) {
        if (hostIsGone) {
            return;
        }
        if (!datagram.wrap(memory, offset, length)) {
            dropBrokenCount++;
            return;
        }
        final long id = datagram.transfer();
        final OutgoingTransfer transfer = open.get(id);
        if (transfer == null) {
            return;
        }
        switch (datagram.type()) {
            case TransferDatagram.HAVE -> transfer.have(datagram, writer, oldestOpen(), nowNs);
            case TransferDatagram.READY -> ready(id, transfer, nowNs);
            case TransferDatagram.LIVE -> {
                open.remove(id);
                listener.given(id);
            }
            case TransferDatagram.REFUSED -> keep(id, datagram.reason());
            case TransferDatagram.CANCELLED -> keep(id, "the host does not have it");
            default -> dropBrokenCount++;
        }
    }

    private void ready(final long id, final OutgoingTransfer transfer, final long nowNs) {
        switch (transfer.phase()) {
            case SENDING -> {
                transfer.commit(nowNs);
                writer.send(TransferDatagram.COMMIT, id, oldestOpen());
            }
            case COMMITTING -> writer.send(TransferDatagram.COMMIT, id, oldestOpen());
            case CANCELLING -> writer.send(TransferDatagram.CANCEL, id, oldestOpen());
        }
    }

    private void keep(final long id, final String reason) {
        open.remove(id);
        listener.kept(id, reason);
    }

    /// Says again what was not answered, and cancels what takes too long.
    public void poll(final long nowNs) {
        for (final long id : List.copyOf(open.keySet())) {
            final OutgoingTransfer transfer = open.get(id);
            if (transfer != null && transfer.isLate(nowNs)) {
                cancel(id, nowNs);
            } else if (transfer != null) {
                transfer.poll(writer, oldestOpen(), nowNs);
            }
        }
    }

    /// When {@link #poll} has something to do; {@link Long#MAX_VALUE} if nothing is open.
    public long nextDueNs() {
        return open.values().stream()
                .mapToLong(OutgoingTransfer::dueNs)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /// The cluster has excluded the host: it does nothing any more. What it did not confirm is
    /// kept.
    public void hostGone() {
        hostIsGone = true;
        for (final long id : new ArrayList<>(open.keySet())) {
            keep(id, "the host is gone");
        }
    }

    public int openCount() {
        return open.size();
    }

    /// Datagrams that were no answers, or not intact.
    public long dropBrokenCount() {
        return dropBrokenCount;
    }
}
