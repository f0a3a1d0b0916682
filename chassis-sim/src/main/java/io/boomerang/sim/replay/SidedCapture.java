package io.boomerang.sim.replay;

import io.boomerang.flow.DatagramTable;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.sim.capture.CaptureDamage;
import io.boomerang.sim.capture.CaptureReader;
import io.boomerang.sim.capture.CapturedPacket;
import io.boomerang.sim.capture.EthernetFraming;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// The packets of one capture in their order, each with the side it enters by. Packets pass without
/// a copy, except behind a fragment that came before its datagram's first one: those wait in a
/// {@link LookAhead} until that one has been read. One thread; memory is bounded whatever the file.
public final class SidedCapture implements AutoCloseable {
    private static final int DATAGRAM_CAPACITY = 1 << 14;
    private static final int BUFFER_BYTES = (1 << 20) + 64;

    private final CaptureReader reader;
    private final FlowParser parser;
    private final SideAssigner sides;
    private final EthernetFraming framing;
    private final CapturedPacket captured = new CapturedPacket();
    private final DatagramTable datagrams = new DatagramTable(DATAGRAM_CAPACITY);
    private final LookAhead lookAhead = new LookAhead(LookAhead.MAX_PACKETS, LookAhead.MAX_BYTES);
    private final Arena arena;
    private final SidedPacket pending = new SidedPacket();
    private final ParsedPacket pendingParsed = new ParsedPacket();
    private final ParsedPacket waitedParsed = new ParsedPacket();

    /// Frames that have waited are brought back here; most captures never need it.
    private MemorySegment waitedFrame = MemorySegment.NULL;

    private boolean hasPending;
    private boolean isPendingReady;
    private boolean atEnd;

    /// Opens a capture; the assigner may have seen others before.
    ///
    /// @throws io.boomerang.sim.capture.CaptureException with a message for users
    public SidedCapture(final Path file, final FlowRules rules, final SideAssigner sides)
            throws IOException {
        reader = new CaptureReader(file);
        framing = new EthernetFraming();
        arena = Arena.ofShared();
        parser = new FlowParser(rules);
        this.sides = sides;
        pending.setSteering(pendingParsed, Side.INGRESS);
    }

    /// Moves to the next packet. False at the end of the file, or where damage ends it.
    public boolean next(final SidedPacket into) throws IOException {
        while (true) {
            if (!lookAhead.isEmpty() && (atEnd || lookAhead.isHeadReady())) {
                takeHead(into);
                return true;
            }
            if (!hasPending) {
                if (!atEnd && read()) {
                    hasPending = true;
                } else {
                    atEnd = true;
                    if (lookAhead.isEmpty()) {
                        return false;
                    }
                    continue;
                }
            }
            if (lookAhead.isEmpty() && isPendingReady) {
                hasPending = false;
                takePending(into);
                return true;
            }
            if (lookAhead.offer(pending, isPendingReady)) {
                hasPending = false;
            } else {
                takeHead(into);
                return true;
            }
        }
    }

    private boolean read() throws IOException {
        if (!reader.next(captured)) {
            return false;
        }
        final EthernetFraming.Outcome outcome = framing.frame(captured);
        pending.setOrigin(
                captured.number(),
                captured.timestampNs(),
                captured.interfaceId(),
                captured.linkType(),
                outcome);
        isPendingReady = true;
        if (outcome != EthernetFraming.Outcome.FRAMED) {
            pending.setFrame(MemorySegment.NULL, 0, 0, captured.originalLength());
            return true;
        }
        pending.setFrame(
                framing.segment(), framing.offset(), framing.length(), framing.originalLength());
        parser.parse(framing.segment(), framing.offset(), framing.length(), pendingParsed);
        final long nowNs = captured.timestampNs();
        if (LookAhead.isFragment(pendingParsed)) {
            isPendingReady = datagrams.resolve(pendingParsed, nowNs);
        } else if (pendingParsed.isFirstFragment()) {
            datagrams.learn(pendingParsed, nowNs);
            lookAhead.learn(pendingParsed, nowNs);
        }
        return true;
    }

    private void takePending(final SidedPacket into) {
        into.setOrigin(
                pending.number(),
                pending.timestampNs(),
                pending.interfaceId(),
                pending.linkType(),
                pending.framing());
        into.setFrame(
                pending.segment(), pending.offset(), pending.length(), pending.originalLength());
        assignSide(into, pendingParsed);
    }

    private void takeHead(final SidedPacket into) {
        if (waitedFrame.byteSize() == 0) {
            waitedFrame = arena.allocate(BUFFER_BYTES, 64);
        }
        final LookAhead.Waiting head = lookAhead.poll();
        head.writeTo(into, waitedFrame);
        if (into.isFramed()) {
            parser.parse(into.segment(), into.offset(), into.length(), waitedParsed);
            head.resolve(waitedParsed);
        }
        assignSide(into, waitedParsed);
    }

    private void assignSide(final SidedPacket into, final ParsedPacket parsed) {
        if (into.isFramed()) {
            into.setSteering(
                    parsed,
                    sides.sideOf(
                            into.segment(),
                            into.offset(),
                            into.length(),
                            into.interfaceId(),
                            parsed));
        }
    }

    /// What ended the capture before its end; null when all of it was read.
    public @Nullable CaptureDamage damage() {
        return reader.damage();
    }

    /// Bytes of the file, as it lies on the disk, that were taken in so far: for progress.
    public long consumedBytes() throws IOException {
        return reader.consumedBytes();
    }

    /// Size of the file on the disk; 0 for a pipe.
    public long sizeBytes() throws IOException {
        return reader.sizeBytes();
    }

    @Override
    public void close() throws IOException {
        try (arena;
                framing) {
            reader.close();
        }
    }
}
