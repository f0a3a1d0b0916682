package io.boomerang.handoff.transfer;

import io.boomerang.handoff.ConnectionBlob;
import io.boomerang.handoff.ConnectionState;
import io.boomerang.transfer.MovingFlow;
import io.boomerang.transfer.TransferDatagram;
import io.boomerang.transfer.TransferId;
import io.boomerang.transfer.TransferPort;
import io.boomerang.transfer.TransferWriter;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Gives connections of this blade to hosts, each through a forwarder. For each connection exactly
/// one method of the {@link Listener} is called; until then it has to stand still.
///
/// **Who decides.** The forwarder does: the connection is the host's from the moment in which the
/// forwarder, told by the host that it is READY, writes the host into the flow's session and says
/// COMMIT. Until then the forwarder gives it back to whoever asks. When the forwarder is gone
/// before it said how it ended, the host is asked: it has heard COMMIT, or it promises that it
/// never will obey one. When both are gone, or the host is gone after COMMIT was said, nobody knows
/// whether the peer has heard from the host; then the connection is lost.
///
/// That holds whatever the links do to datagrams. A link that fails for good while all live delays
/// the answer until the cluster has excluded somebody; {@link #nodeGone} may only be called then.
/// One thread.
public final class TransferSender {
    private final TransferDatagram datagram = new TransferDatagram();
    private final TransferWriter writer;
    private final Listener listener;
    private final int node;
    private final int incarnation;
    private final long patienceNs;
    private final SortedMap<Long, OutgoingTransfer> open = new TreeMap<>();
    private long nextNumber;
    private long dropBrokenCount;
    private long givenCount;
    private long keptCount;
    private long lostCount;

    /// Hears how transfers end.
    public interface Listener {
        /// The host owns the connection; this node forgets it.
        void given(TransferId transfer);

        /// The connection is still this node's; it goes on here.
        ///
        /// @param version that the flow's session has to be announced with: somebody may have heard
        ///   that the host has it
        void kept(TransferId transfer, int version, String reason);

        /// The same, because its forwarder has died: the host has nothing against it.
        void brokenOff(TransferId transfer, int version);

        /// The host had it, or nobody knows, and is gone. To go on with it here could not be told
        /// from a stream with a hole: it is to be reset.
        void lost(TransferId transfer, String reason);
    }

    /// @param node id of this blade
    /// @param patienceNs how long the host may take until it is ready; then the transfer is
    ///   cancelled
    public TransferSender(
            final int node,
            final int incarnation,
            final TransferPort port,
            final Listener listener,
            final long patienceNs) {
        writer = new TransferWriter(port);
        this.node = node;
        this.incarnation = incarnation;
        this.listener = listener;
        this.patienceNs = patienceNs;
    }

    /// Whether {@link #offer} may be called now.
    public boolean hasRoom() {
        return open.isEmpty() || nextNumber - open.firstKey() < TransferId.MAX_SPAN;
    }

    /// The number of the next transfer that is offered.
    public TransferId nextId() {
        return new TransferId(node, incarnation, nextNumber);
    }

    /// Begins to give a connection that stands still.
    ///
    /// @param flow under which this blade has announced it
    /// @param forwarder the redirector that owns the flow where its client's packets come in
    /// @param host a live blade
    /// @throws IllegalStateException without room
    public TransferId offer(
            final ConnectionState state,
            final MovingFlow flow,
            final int forwarder,
            final int host,
            final long nowNs) {
        if (!hasRoom()) {
            throw new IllegalStateException(
                    TransferId.MAX_SPAN + " transfers have begun since the oldest open one");
        }
        final MemorySegment blob =
                MemorySegment.ofArray(new byte[ConnectionBlob.encodedLength(state)]);
        ConnectionBlob.encode(state, blob, 0);
        final TransferId id = nextId();
        final OutgoingTransfer transfer =
                new OutgoingTransfer(id, flow, forwarder, host, blob, nowNs, nowNs + patienceNs);
        open.put(nextNumber++, transfer);
        transfer.sendNew(writer, oldestOpen());
        return id;
    }

    private long oldestOpen() {
        return open.isEmpty() ? nextNumber : open.firstKey();
    }

    /// Wants a connection back. It is this node's again when {@link Listener#kept} says so; it may
    /// be the host's by then.
    public void cancel(final TransferId id, final long nowNs) {
        final OutgoingTransfer transfer = find(id);
        if (transfer != null && transfer.phase() == OutgoingTransfer.Phase.SENDING) {
            transfer.cancel(writer, oldestOpen(), nowNs);
        }
    }

    private @Nullable OutgoingTransfer find(final TransferId id) {
        return id.classifier() == node && id.incarnation() == incarnation
                ? open.get(id.number())
                : null;
    }

    /// Takes a datagram of a forwarder or a host.
    public void receive(
            final int from,
            final MemorySegment memory,
            final long offset,
            final int length,
            final long nowNs) {
        if (!datagram.wrap(memory, offset, length)) {
            dropBrokenCount++;
            return;
        }
        final OutgoingTransfer transfer = find(datagram.id());
        if (transfer == null) {
            return;
        }
        if (transfer.phase() == OutgoingTransfer.Phase.ASKING) {
            if (from == transfer.host()) {
                takeAnswer(transfer);
            }
        } else if (from == transfer.forwarder()) {
            takeDecision(transfer, nowNs);
        }
    }

    private void takeDecision(final OutgoingTransfer transfer, final long nowNs) {
        switch (datagram.type()) {
            case TransferDatagram.HAVE -> transfer.have(datagram, writer, oldestOpen(), nowNs);
            case TransferDatagram.GIVEN -> give(transfer);
            case TransferDatagram.KEPT -> keep(transfer, datagram.reason());
            case TransferDatagram.LOST -> lose(transfer, datagram.reason());
            default -> dropBrokenCount++;
        }
    }

    private void takeAnswer(final OutgoingTransfer transfer) {
        switch (datagram.type()) {
            case TransferDatagram.LIVE -> give(transfer);
            case TransferDatagram.REFUSED -> keep(transfer, datagram.reason());
            case TransferDatagram.CANCELLED -> breakOff(transfer);
            default -> dropBrokenCount++;
        }
    }

    private void give(final OutgoingTransfer transfer) {
        givenCount++;
        end(transfer);
        listener.given(transfer.id());
    }

    private void keep(final OutgoingTransfer transfer, final String reason) {
        keptCount++;
        end(transfer);
        listener.kept(transfer.id(), versionOnceKept(transfer), reason);
    }

    private void breakOff(final OutgoingTransfer transfer) {
        keptCount++;
        end(transfer);
        listener.brokenOff(transfer.id(), versionOnceKept(transfer));
    }

    /// Later than the one that the forwarder may have told others.
    private static int versionOnceKept(final OutgoingTransfer transfer) {
        return transfer.flow().moved().moved().version();
    }

    private void lose(final OutgoingTransfer transfer, final String reason) {
        lostCount++;
        end(transfer);
        listener.lost(transfer.id(), reason);
    }

    private void end(final OutgoingTransfer transfer) {
        open.remove(transfer.id().number());
        final long oldestOpen = oldestOpen();
        final TransferId id = transfer.id();
        writer.send(transfer.forwarder(), TransferDatagram.DONE, id, transfer.host(), oldestOpen);
        writer.send(transfer.host(), TransferDatagram.DONE, id, transfer.host(), oldestOpen);
    }

    /// Says again what was not answered, and cancels what takes too long.
    public void poll(final long nowNs) {
        for (final long number : List.copyOf(open.keySet())) {
            final OutgoingTransfer transfer = open.get(number);
            if (transfer != null && transfer.isLate(nowNs)) {
                transfer.cancel(writer, oldestOpen(), nowNs);
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

    /// The cluster has excluded a process of this node, which does nothing any more. To be called
    /// before anything is offered to a later one.
    public void nodeGone(final int gone, final long nowNs) {
        for (final OutgoingTransfer transfer : List.copyOf(open.values())) {
            if (transfer.host() == gone) {
                hostGone(transfer, nowNs);
            } else if (transfer.forwarder() == gone) {
                forwarderGone(transfer, nowNs);
            }
        }
    }

    private void hostGone(final OutgoingTransfer transfer, final long nowNs) {
        transfer.hostGone();
        switch (transfer.phase()) {
            case SENDING -> transfer.cancel(writer, oldestOpen(), nowNs);
            case CANCELLING -> {} // the forwarder knows
            case ASKING -> loseUnlessUnsent(transfer);
        }
    }

    private void forwarderGone(final OutgoingTransfer transfer, final long nowNs) {
        if (transfer.isHostGone()) {
            loseUnlessUnsent(transfer);
        } else if (transfer.phase() != OutgoingTransfer.Phase.ASKING) {
            transfer.ask(writer, oldestOpen(), nowNs);
        }
    }

    private void loseUnlessUnsent(final OutgoingTransfer transfer) {
        if (transfer.isPartlyUnsent()) {
            keep(transfer, "forwarder and host are gone, and it never was there in full");
        } else {
            lose(transfer, "forwarder and host are gone");
        }
    }

    public int openCount() {
        return open.size();
    }

    /// Datagrams that were no answers, or not intact.
    public long dropBrokenCount() {
        return dropBrokenCount;
    }

    public long givenCount() {
        return givenCount;
    }

    public long keptCount() {
        return keptCount;
    }

    /// Connections of which nobody knows any more whether they are whole.
    public long lostCount() {
        return lostCount;
    }
}
