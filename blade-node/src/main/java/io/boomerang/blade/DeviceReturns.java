package io.boomerang.blade;

import io.boomerang.blade.announcer.ExpectedFlows;
import io.boomerang.blade.processor.PacketContext;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.ProcessorOutput;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.flow.DatagramTable;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Finds the flow of each frame that comes out of a processor, and what the frame is in it. Nothing
/// leaves the blade without a flow: a frame whose flow neither the blade nor the device knows is
/// dropped and counted, and so is what the device has to say to its neighbours.
///
/// Used by the blade's thread.
final class DeviceReturns implements ProcessorOutput {
    /// Datagrams whose first fragment came out and whose others may still.
    private static final int DATAGRAMS = 4_096;

    /// What becomes of a frame whose flow is known. The context is set.
    interface Exit {
        /// As if the processor had passed it at once.
        void pass(MarkerSession marker, long nowNs);

        /// The device itself answers the packet that was to open the flow: the flow does not open.
        void turnBack(MarkerSession marker, long nowNs);

        void drop(ProcessorVerdict reason, long nowNs);
    }

    private final PacketProcessor processor;
    private final MarkerTable markers;
    private final FlowHash flowHash;
    private final FlowParser parser;
    private final ParsedPacket packet;
    private final PacketContext context;
    private final ExpectedFlows expectedFlows;
    private final Exit exit;
    private final DatagramTable datagrams = new DatagramTable(DATAGRAMS);

    private long frames;
    private long turnedBack;
    private long withoutFlow;
    private long unknownFlow;
    private long translations;
    private long conflicts;
    private long ends;

    /// @param packet the blade's only one, and the context likewise
    DeviceReturns(
            final PacketProcessor processor,
            final MarkerTable markers,
            final FlowHash flowHash,
            final FlowParser parser,
            final ParsedPacket packet,
            final PacketContext context,
            final ExpectedFlows expectedFlows,
            final Exit exit) {
        this.processor = processor;
        this.markers = markers;
        this.flowHash = flowHash;
        this.parser = parser;
        this.packet = packet;
        this.context = context;
        this.expectedFlows = expectedFlows;
        this.exit = exit;
    }

    @Override
    public void onFrame(
            final Side toward,
            final MemorySegment frame,
            final long offset,
            final int length,
            final long nowNs) {
        if (!parse(frame, offset, length, nowNs)) {
            return;
        }
        final MarkerSession marker = markerOf(toward, nowNs);
        if (marker == null) {
            unknownFlow++;
            return;
        }
        pass(marker, toward, frame, offset, length, nowNs);
    }

    @Override
    public void onFrame(
            final MemorySegment frame, final long offset, final int length, final long nowNs) {
        if (!parse(frame, offset, length, nowNs)) {
            return;
        }
        final MarkerSession marker = find(packet.key());
        if (marker == null) {
            unknownFlow++;
            return;
        }
        final Side opening = marker.openingSide();
        final boolean fromInitiator = packet.sourceIsB() == marker.initiatorIsB(opening);
        final Side toward = fromInitiator ? marker.farSide() : opening;
        pass(marker, toward, frame, offset, length, nowNs);
    }

    /// Answers whether the frame has a flow.
    private boolean parse(
            final MemorySegment frame, final long offset, final int length, final long nowNs) {
        frames++;
        parser.parse(frame, offset, length, packet);
        datagrams.learn(packet, nowNs);
        if (packet.hasKey() || isKnownFragment(nowNs)) {
            return true;
        }
        withoutFlow++;
        return false;
    }

    private void pass(
            final MarkerSession marker,
            final Side toward,
            final MemorySegment frame,
            final long offset,
            final int length,
            final long nowNs) {
        final Side arrival = toward.opposite();
        final boolean fromInitiator = packet.sourceIsB() == marker.initiatorIsB(toward);
        packet.setResolved(marker.key(arrival), fromInitiator == marker.initiatorIsB(arrival));
        if (marker.isLapsed() && toward == marker.farSide()) {
            markers.reopen(marker, marker.flowId(), arrival, packet.sourceIsB(), nowNs);
        }
        context.set(frame, offset, length, packet, marker, arrival, nowNs);
        leave(marker, toward, nowNs);
    }

    private boolean isKnownFragment(final long nowNs) {
        return switch (packet.packetClass()) {
            case FRAGMENT -> datagrams.resolve(packet, nowNs);
            case FLOW, QUOTED_FRAGMENT, BRIDGED, MALFORMED -> false;
        };
    }

    private @Nullable MarkerSession markerOf(final Side toward, final long nowNs) {
        final FlowKey key = packet.key();
        final long hash = flowHash.hash(key);
        final MarkerSession marker = markers.find(toward, key, hash);
        return marker == null && processor.identify(key, packet.sourceIsB(), this, nowNs)
                ? markers.find(toward, key, hash)
                : marker;
    }

    private void leave(final MarkerSession marker, final Side toward, final long nowNs) {
        final ProcessorVerdict verdict = processor.finish(context, toward);
        if (verdict.isDrop()) {
            exit.drop(verdict, nowNs);
        } else if (toward == marker.openingSide() && (!marker.hasPassed() || marker.isLapsed())) {
            turnedBack++;
            exit.turnBack(marker, nowNs);
        } else {
            exit.pass(marker, nowNs);
        }
    }

    /// A flow that is translated anew is another one for those outside, so the one there was ends.
    @Override
    public void onFlow(
            final FlowKey original,
            final FlowKey far,
            final boolean farInitiatorIsB,
            final long nowNs) {
        final MarkerSession marker = find(original);
        if (marker == null || marker.key(marker.farSide()).equals(far)) {
            return;
        }
        if (marker.hasPassed()) {
            markers.end(marker, nowNs);
        }
        if (markers.translate(marker, far, flowHash.hash(far), farInitiatorIsB, nowNs)) {
            translations++;
        } else {
            conflicts++;
        }
    }

    @Override
    public void onEnd(final FlowKey original, final long nowNs) {
        final MarkerSession marker = find(original);
        if (marker != null && marker.hasPassed() && !marker.isLapsed()) {
            ends++;
            markers.end(marker, nowNs);
        }
    }

    @Override
    public void onExpectation(
            final FlowKey master,
            final FlowKey expected,
            final int timeoutSeconds,
            final long nowNs) {
        expectedFlows.expect(find(master), expected, timeoutSeconds, nowNs);
    }

    /// The flow that entered the chassis under this key.
    private @Nullable MarkerSession find(final FlowKey original) {
        final long hash = flowHash.hash(original);
        for (final Side side : Side.values()) {
            final MarkerSession marker = markers.find(side, original, hash);
            if (marker != null && marker.openingSide() == side) {
                return marker;
            }
        }
        return null;
    }

    /// @param expectedHeld is counted elsewhere
    DeviceCounters counters(final long expectedHeld) {
        return new DeviceCounters(
                frames,
                turnedBack,
                withoutFlow,
                unknownFlow,
                translations,
                conflicts,
                ends,
                expectedFlows.announced(),
                expectedFlows.carried(),
                expectedHeld);
    }
}
