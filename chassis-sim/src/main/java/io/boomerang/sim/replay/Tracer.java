package io.boomerang.sim.replay;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.backplane.Purpose;
import io.boomerang.backplane.SteeringHeader;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.ParseReason;
import io.boomerang.flow.Side;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.steering.Decision;
import io.boomerang.redirector.steering.DropReason;
import io.boomerang.sim.chassis.ChassisObserver;
import io.boomerang.sim.chassis.NodeNames;
import io.boomerang.sim.report.Trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// Writes every frame that crosses a port of the chassis into a trace, with what was decided about
/// it there as its comment. A frame is written when the next one crosses, so that it bears all that
/// was said of it in between. One thread.
final class Tracer implements ChassisObserver, AutoCloseable {
    private static final int FRAME_BYTES = 1 << 20;
    private static final int NOWHERE = -1;
    private static final long UNKNOWN = -1;
    private static final int MOST_UNWRITTEN = 4_096;

    private final Trace trace;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment frame = arena.allocate(FRAME_BYTES, 64);
    private final SteeringHeader header = new SteeringHeader();
    private final StringBuilder comment = new StringBuilder();

    /// What was said of packets that were not at a port just then.
    private final Map<Long, String> unwritten = new HashMap<>();

    private final BitSet known = new BitSet();
    private long offsetNs;

    /// What waits for its comment: a frame at an outside port, or a datagram on its way.
    private int fromNode = NOWHERE;

    private int toNode = NOWHERE;

    /// Its packet; {@link #UNKNOWN} until somebody says.
    private long framePacket;

    private int frameLength;
    private int originalLength;
    private long frameNs;

    Tracer(final Trace trace, final int redirectorsPerSide, final int blades) throws IOException {
        this.trace = trace;
        for (int i = 0; i < redirectorsPerSide; i++) {
            learn(NodeNames.ingress(i));
        }
        for (int i = 0; i < blades; i++) {
            learn(NodeNames.blade(i));
        }
        for (int i = 0; i < redirectorsPerSide; i++) {
            learn(NodeNames.egress(i));
        }
    }

    /// Nodes that joined on the way have their ports where they are first met.
    private void learn(final int node) throws IOException {
        if (node == NOWHERE || known.get(node)) {
            return;
        }
        known.set(node);
        switch (NodeNames.role(node)) {
            case INGRESS_REDIRECTOR -> trace.addRedirector(node, Side.INGRESS);
            case EGRESS_REDIRECTOR -> trace.addRedirector(node, Side.EGRESS);
            case BLADE -> trace.addBlade(node, NodeNames.of(node));
        }
    }

    /// Ties the chassis' time to that of the capture.
    void startAt(final long captureNs, final long chassisNs) {
        offsetNs = captureNs - chassisNs;
    }

    private void take(
            final int from,
            final int to,
            final MemorySegment segment,
            final long offset,
            final int length,
            final long packetNumber,
            final long nowNs) {
        write();
        fromNode = from;
        toNode = to;
        framePacket = packetNumber;
        frameLength = Math.min(length, FRAME_BYTES);
        originalLength = length;
        MemorySegment.copy(segment, offset, frame, 0, frameLength);
        frameNs = nowNs + offsetNs;
        final String earlier = unwritten.remove(packetNumber);
        if (earlier != null) {
            say(packetNumber, earlier);
        }
    }

    private void write() {
        if (fromNode == NOWHERE) {
            return;
        }
        final String text = comment.isEmpty() ? null : comment.toString();
        try {
            learn(fromNode);
            learn(toNode);
            if (toNode == NOWHERE) {
                trace.outside(fromNode, frameNs, frame, 0, frameLength, originalLength, text);
            } else {
                trace.backplane(fromNode, toNode, frameNs, frame, 0, frameLength, text);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        fromNode = NOWHERE;
        toNode = NOWHERE;
        comment.setLength(0);
    }

    /// @param packetNumber 0 for what belongs to the frame at hand
    private void say(final long packetNumber, final String text) {
        if (fromNode != NOWHERE && framePacket == UNKNOWN) {
            framePacket = packetNumber;
        }
        if (fromNode == NOWHERE || packetNumber != 0 && packetNumber != framePacket) {
            if (unwritten.size() < MOST_UNWRITTEN) {
                unwritten.merge(packetNumber, text, (said, more) -> said + "; " + more);
            }
            return;
        }
        if (!comment.isEmpty()) {
            comment.append("; ");
        } else if (framePacket != 0) {
            comment.append("packet ").append(framePacket).append(": ");
        }
        comment.append(text);
    }

    @Override
    public void onEntering(
            final int redirector,
            final Side side,
            final MemorySegment entering,
            final long offset,
            final int length,
            final long packetNumber,
            final long nowNs) {
        take(redirector, NOWHERE, entering, offset, length, packetNumber, nowNs);
    }

    @Override
    public void onLeaving(
            final int redirector,
            final Side side,
            final MemorySegment leaving,
            final long offset,
            final int length,
            final long nowNs) {
        take(redirector, NOWHERE, leaving, offset, length, UNKNOWN, nowNs);
    }

    @Override
    public void onBackplane(
            final int from,
            final int to,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        if (header.decode(datagram, offset, length)) {
            take(from, to, datagram, offset, length, header.packetNumber(), nowNs);
            say(header.packetNumber(), describe(header));
        } else {
            take(from, to, datagram, offset, length, 0, nowNs);
        }
    }

    private static String describe(final SteeringHeader header) {
        final SessionAnnouncement announcement = header.announcement();
        return switch (header.purpose()) {
                    case DELIVER -> "to its blade";
                    case EMIT -> "to where it leaves";
                    case LOOK_UP -> "to the owner of its flow";
                    case RESOLVE -> "to the owner of its datagram";
                    case TRANSFER -> "a part of a connection that moves";
                    case MARK -> "marks the end of a flow's packets";
                }
                + (announcement == null ? "" : ", carries " + EventText.announcement(announcement));
    }

    @Override
    public void onSteered(
            final int redirector,
            final long packetNumber,
            final Decision decision,
            final FlowKey key,
            final long flowId,
            final int blade,
            final long nowNs) {
        say(packetNumber, EventText.steered(redirector, decision, key, flowId, blade));
    }

    @Override
    public void onHeld(
            final int redirector,
            final long packetNumber,
            final Purpose waitingFor,
            final long nowNs) {
        say(packetNumber, EventText.held(redirector, waitingFor));
    }

    @Override
    public void onForwarded(
            final int redirector,
            final long packetNumber,
            final Purpose purpose,
            final int toRedirector,
            final long nowNs) {
        say(packetNumber, EventText.forwarded(redirector, purpose, toRedirector));
    }

    @Override
    public void onBridged(
            final int redirector,
            final long packetNumber,
            final ParseReason reason,
            final long nowNs) {
        say(packetNumber, EventText.bridged(redirector, reason));
    }

    @Override
    public void onDropped(
            final int redirector,
            final long packetNumber,
            final DropReason reason,
            final ParseReason detail,
            final long nowNs) {
        say(packetNumber, EventText.dropped(redirector, reason, detail));
    }

    @Override
    public void onEmitted(final int redirector, final long packetNumber, final long nowNs) {
        say(packetNumber, EventText.emitted(redirector));
    }

    @Override
    public void onParked(final int blade, final long packetNumber, final long nowNs) {
        say(packetNumber, EventText.parked(blade));
    }

    @Override
    public void onVerdict(
            final int blade,
            final long packetNumber,
            final ProcessorVerdict verdict,
            final long nowNs) {
        say(packetNumber, EventText.verdict(blade, verdict));
    }

    @Override
    public void onAnnounced(
            final int redirector,
            final int from,
            final SessionAnnouncement announcement,
            final Installation installation,
            final boolean carried,
            final long nowNs) {
        if (carried) {
            say(0, EventText.announced(redirector, announcement, installation, true));
        }
    }

    /// Writes what still waits and ends the file.
    @Override
    public void close() throws IOException {
        try (arena) {
            write();
        } finally {
            trace.close();
        }
    }
}
