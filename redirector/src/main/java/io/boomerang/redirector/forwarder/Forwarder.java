package io.boomerang.redirector.forwarder;

import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.forwarder.ForwardedTransfer.Phase;
import io.boomerang.transfer.MovingFlow;
import io.boomerang.transfer.TransferDatagram;
import io.boomerang.transfer.TransferId;
import io.boomerang.transfer.TransferPort;
import io.boomerang.transfer.TransferWriter;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Passes connections from classifiers to hosts, and decides whose each of them is.
///
/// While parts of a connection pass, its flow's packets wait. When the host says that it is READY,
/// the host's name is written into the flow's session, the host is told COMMIT with what marks the
/// flow's packets from then on, and the packets that waited go there: all in one step, which is the
/// moment in which the connection changes its owner. Before it, CANCEL gives the connection back,
/// and so does the host's death; after it, only the host's promise that it has not obeyed and never
/// will. The classifier hears that the connection is given when the host has confirmed it, because
/// it would be the only one to know of a COMMIT that got lost with its forwarder.
///
/// It answers and never asks: classifier and host repeat themselves until they know. How a transfer
/// ended is remembered until the classifier says that it knows, or is gone for {@link #MEMORY_NS}.
/// Bounded by {@link #CAPACITY}; when it is full, parts of more connections are dropped and
/// counted, and their classifiers try again.
///
/// A state machine without I/O of its own; one thread, the redirector's.
public final class Forwarder {
    /// Transfers that are open or remembered.
    public static final int CAPACITY = 16_384;

    static final long MEMORY_NS = 60_000_000_000L;

    /// How long a host that has all of a connection may take to say so when the classifier is gone.
    static final long GRACE_NS = 5_000_000_000L;

    private final TransferDatagram datagram = new TransferDatagram();
    private final TransferWriter writer;
    private final TransferPort port;
    private final MovingFlows flows;
    private final Map<TransferId, ForwardedTransfer> transfers = new LinkedHashMap<>();
    private final Map<FlowKey, ForwardedTransfer> holding = new HashMap<>();
    private final Map<ProcessId, Classifier> classifiers = new HashMap<>();
    private final ForwarderCounters counters = new ForwarderCounters();
    private Liveness chassis = Liveness.NOBODY;

    private record ProcessId(int node, int incarnation) {
        static ProcessId of(final TransferId id) {
            return new ProcessId(id.classifier(), id.incarnation());
        }
    }

    /// What is known of a process that gives connections.
    private static final class Classifier {
        long oldestOpen;
        boolean isGone;
        boolean isSettled;
        long goneNs;
    }

    public Forwarder(final TransferPort port, final MovingFlows flows) {
        this.port = port;
        this.flows = flows;
        writer = new TransferWriter(port);
    }

    /// Takes a datagram of a classifier or a host.
    public void receive(
            final int from,
            final MemorySegment memory,
            final long offset,
            final int length,
            final long nowNs) {
        if (!datagram.wrap(memory, offset, length)) {
            counters.dropBroken++;
            return;
        }
        switch (datagram.type()) {
            case TransferDatagram.CHUNK, TransferDatagram.CANCEL, TransferDatagram.DONE -> {
                if (isOf(from, datagram.classifier())) {
                    takeOfClassifier(memory, offset, length, nowNs);
                }
            }
            case TransferDatagram.HAVE,
                    TransferDatagram.READY,
                    TransferDatagram.REFUSED,
                    TransferDatagram.LIVE,
                    TransferDatagram.CANCELLED -> {
                if (isOf(from, datagram.host())) {
                    takeOfHost(memory, offset, length, nowNs);
                }
            }
            default -> counters.dropBroken++;
        }
    }

    private boolean isOf(final int from, final int speaker) {
        if (from != speaker) {
            counters.dropBroken++;
        }
        return from == speaker;
    }

    // What the classifier says

    private void takeOfClassifier(
            final MemorySegment memory, final long offset, final int length, final long nowNs) {
        final TransferId id = datagram.id();
        if (!chassis.isAlive(id.classifier(), id.incarnation())) {
            counters.dropLate++; // or too early: it says it again
            return;
        }
        final Classifier classifier =
                classifiers.computeIfAbsent(ProcessId.of(id), _ -> new Classifier());
        forgetBefore(classifier, id, datagram.oldestOpen(), nowNs);
        if (datagram.type() == TransferDatagram.DONE) {
            return;
        }
        if (id.number() < classifier.oldestOpen) {
            counters.dropLate++;
            return;
        }
        ForwardedTransfer transfer = transfers.get(id);
        if (transfer == null) {
            transfer = begin(id, nowNs);
        }
        if (transfer == null) {
            counters.dropFull++;
            return;
        }
        if (transfer.host() != datagram.host()) {
            counters.dropBroken++;
            return;
        }
        if (datagram.type() == TransferDatagram.CANCEL && transfer.phase() == Phase.HOLDING) {
            keep(transfer, "the classifier wants it back", nowNs);
            writer.send(transfer.host(), TransferDatagram.CANCEL, id, transfer.host());
        }
        answerClassifier(transfer, memory, offset, length);
    }

    /// One that is held still was settled with the host, by a classifier that did not see this
    /// forwarder for a while.
    private void forgetBefore(
            final Classifier classifier,
            final TransferId newest,
            final long oldestOpen,
            final long nowNs) {
        if (oldestOpen <= classifier.oldestOpen) {
            return;
        }
        final long first = Math.max(classifier.oldestOpen, oldestOpen - TransferId.MAX_SPAN);
        for (long number = first; number < oldestOpen; number++) {
            final ForwardedTransfer ended =
                    transfers.remove(
                            new TransferId(newest.classifier(), newest.incarnation(), number));
            if (ended != null && ended.phase() == Phase.HOLDING) {
                keep(ended, "the classifier has settled it", nowNs);
            }
        }
        classifier.oldestOpen = oldestOpen;
    }

    /// Null when there is no room.
    private @Nullable ForwardedTransfer begin(final TransferId id, final long nowNs) {
        if (transfers.size() >= CAPACITY) {
            return null;
        }
        final int host = datagram.host();
        final ForwardedTransfer transfer =
                datagram.type() == TransferDatagram.CANCEL
                        ? ForwardedTransfer.kept(id, host, "the classifier wants it back")
                        : hold(id, datagram.flow(), host, nowNs);
        if (transfer != null) {
            transfers.put(id, transfer);
            counters.kept += transfer.phase() == Phase.KEPT ? 1 : 0;
        }
        return transfer;
    }

    /// Null when the host is not known yet, or another transfer of the flow is not over yet.
    private @Nullable ForwardedTransfer hold(
            final TransferId id, final MovingFlow flow, final int host, final long nowNs) {
        final int incarnation = chassis.incarnation(host);
        if (incarnation < 0 || holding.containsKey(flow.key())) {
            return null;
        }
        final String refusal = flows.hold(flow, id.classifier(), nowNs);
        if (refusal != null) {
            return ForwardedTransfer.kept(id, host, refusal);
        }
        counters.begun++;
        final ForwardedTransfer transfer = ForwardedTransfer.holding(id, flow, host, incarnation);
        holding.put(flow.key(), transfer);
        return transfer;
    }

    private void answerClassifier(
            final ForwardedTransfer transfer,
            final MemorySegment memory,
            final long offset,
            final int length) {
        switch (transfer.phase()) {
            case HOLDING -> {
                counters.relayed++;
                port.send(transfer.host(), memory, offset, length);
            }
            // The host has not confirmed that it heard it.
            case COMMITTED -> sendCommit(transfer);
            case GIVEN, KEPT, LOST -> tellClassifier(transfer);
        }
    }

    private void tellClassifier(final ForwardedTransfer transfer) {
        final TransferId id = transfer.id();
        final int to = id.classifier();
        if (transfer.phase() == Phase.GIVEN) {
            writer.send(to, TransferDatagram.GIVEN, id, transfer.host());
        } else {
            writer.sendReason(
                    to,
                    transfer.phase() == Phase.KEPT ? TransferDatagram.KEPT : TransferDatagram.LOST,
                    id,
                    transfer.host(),
                    transfer.reason());
        }
    }

    // What the host says

    private void takeOfHost(
            final MemorySegment memory, final long offset, final int length, final long nowNs) {
        final TransferId id = datagram.id();
        final ForwardedTransfer transfer = transfers.get(id);
        if (transfer == null) {
            takeOfForgotten(id);
            return;
        }
        if (transfer.host() != datagram.host()) {
            counters.dropBroken++;
            return;
        }
        switch (datagram.type()) {
            case TransferDatagram.HAVE -> {
                counters.relayed++;
                port.send(id.classifier(), memory, offset, length);
            }
            case TransferDatagram.READY -> ready(transfer, nowNs);
            case TransferDatagram.REFUSED -> refused(transfer, datagram.reason(), nowNs);
            case TransferDatagram.LIVE -> {
                if (transfer.phase() == Phase.COMMITTED) {
                    counters.given++;
                    transfer.end(Phase.GIVEN, "");
                    tellClassifier(transfer);
                }
            }
            case TransferDatagram.CANCELLED -> refused(transfer, "the host has it not", nowNs);
            default -> counters.dropBroken++;
        }
    }

    /// Its classifier knows how it ended, and a host that has it would not be READY any more.
    private void takeOfForgotten(final TransferId id) {
        final Classifier classifier = classifiers.get(ProcessId.of(id));
        if (datagram.type() == TransferDatagram.READY
                && classifier != null
                && id.number() < classifier.oldestOpen) {
            writer.send(datagram.host(), TransferDatagram.CANCEL, id, datagram.host());
        }
        counters.dropLate++;
    }

    private void ready(final ForwardedTransfer transfer, final long nowNs) {
        switch (transfer.phase()) {
            case HOLDING -> commit(transfer, nowNs);
            case COMMITTED -> sendCommit(transfer);
            case GIVEN -> {} // said before it went live
            case KEPT, LOST ->
                    writer.send(
                            transfer.host(),
                            TransferDatagram.CANCEL,
                            transfer.id(),
                            transfer.host());
        }
    }

    private void commit(final ForwardedTransfer transfer, final long nowNs) {
        final MovingFlow flow = transfer.flow();
        final MovingFlow moved =
                chassis.isAlive(transfer.host(), transfer.hostIncarnation())
                        ? flows.move(flow, transfer.id().classifier(), transfer.host(), nowNs)
                        : null;
        if (moved == null) {
            keep(transfer, "the flow cannot go there", nowNs);
            writer.send(transfer.host(), TransferDatagram.CANCEL, transfer.id(), transfer.host());
            tellClassifier(transfer);
            return;
        }
        counters.committed++;
        transfer.commit(moved);
        holding.remove(flow.key());
        sendCommit(transfer);
        flows.release(flow.key(), nowNs);
    }

    private void sendCommit(final ForwardedTransfer transfer) {
        writer.sendCommit(
                transfer.host(),
                transfer.id(),
                transfer.host(),
                transfer.flow().flowId(),
                transfer.flow().version());
    }

    /// The host is not live and never will be.
    private void refused(final ForwardedTransfer transfer, final String reason, final long nowNs) {
        switch (transfer.phase()) {
            case HOLDING -> {
                keep(transfer, reason, nowNs);
                tellClassifier(transfer);
            }
            case COMMITTED -> {
                // Who took it for this forwarder's end has told it so.
                counters.kept++;
                flows.move(transfer.flow(), transfer.host(), transfer.id().classifier(), nowNs);
                transfer.end(Phase.KEPT, reason);
                tellClassifier(transfer);
            }
            case GIVEN, KEPT, LOST -> {}
        }
    }

    /// The packets that waited go to the classifier.
    private void keep(final ForwardedTransfer transfer, final String reason, final long nowNs) {
        counters.kept++;
        transfer.end(Phase.KEPT, reason);
        final FlowKey key = transfer.flow().key();
        holding.remove(key);
        flows.release(key, nowNs);
    }

    // The chassis

    /// The members of the chassis have changed.
    public void onChassis(final Liveness members, final long nowNs) {
        chassis = members;
        classifiers.forEach((process, classifier) -> {
            if (!classifier.isGone && !members.isAlive(process.node(), process.incarnation())) {
                classifier.isGone = true;
                classifier.goneNs = nowNs;
            }
        });
        for (final ForwardedTransfer transfer : List.copyOf(transfers.values())) {
            if (transfer.isOpen()
                    && !members.isAlive(transfer.host(), transfer.hostIncarnation())) {
                hostGone(transfer, nowNs);
            }
        }
    }

    private void hostGone(final ForwardedTransfer transfer, final long nowNs) {
        if (transfer.phase() == Phase.HOLDING) {
            keep(transfer, "the host is gone", nowNs);
        } else {
            counters.lost++;
            transfer.end(Phase.LOST, "the host is gone");
        }
        tellClassifier(transfer);
    }

    /// Ends what its classifier cannot end any more, and forgets what nobody asks for; answers how
    /// much.
    public int onTimer(final long nowNs) {
        int done = 0;
        final Iterator<Map.Entry<ProcessId, Classifier>> iterator =
                classifiers.entrySet().iterator();
        while (iterator.hasNext()) {
            final Map.Entry<ProcessId, Classifier> entry = iterator.next();
            final Classifier classifier = entry.getValue();
            if (classifier.isGone && nowNs - classifier.goneNs >= MEMORY_NS) {
                done += forgetAll(entry.getKey(), nowNs);
                iterator.remove();
            } else if (classifier.isGone
                    && !classifier.isSettled
                    && nowNs - classifier.goneNs >= GRACE_NS) {
                classifier.isSettled = true;
                done += settleAll(entry.getKey(), nowNs);
            }
        }
        return done;
    }

    private int settleAll(final ProcessId classifier, final long nowNs) {
        int done = 0;
        for (final ForwardedTransfer transfer : List.copyOf(holding.values())) {
            if (ProcessId.of(transfer.id()).equals(classifier)) {
                keep(transfer, "the classifier is gone", nowNs);
                done++;
            }
        }
        return done;
    }

    private int forgetAll(final ProcessId classifier, final long nowNs) {
        final int before = transfers.size();
        settleAll(classifier, nowNs);
        transfers.keySet().removeIf(id -> ProcessId.of(id).equals(classifier));
        return before - transfers.size();
    }

    /// Transfers that are open or remembered.
    public int size() {
        return transfers.size();
    }

    public ForwarderCounters counters() {
        return counters;
    }
}
