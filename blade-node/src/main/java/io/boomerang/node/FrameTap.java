package io.boomerang.node;

import io.boomerang.backplane.SteeringHeader;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.node.admin.CaptureBatch;
import io.boomerang.node.admin.CapturedFrame;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/// Copies the frames of a flow as they pass a node. The flow is known by its key, by another one
/// under which a processor may send it on, and by the flow ids that such frames had on the
/// backplane.
///
/// Holds {@link #MOST_FRAMES} frames at the most; further ones are lost and counted until it is
/// asked for them. Used by the node's thread only, and only while an operator captures: it
/// allocates.
final class FrameTap {
    static final int MOST_FRAMES = 4_096;

    /// Nobody captures any more who has not asked for so long.
    static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    private static final int FLOW_IDS = 64;

    private final List<FlowKey> keys;
    private final FlowParser parser;
    private final IntFunction<String> name;
    private final SteeringHeader header = new SteeringHeader();
    private final ParsedPacket packet = new ParsedPacket();
    private final long[] flowIds = new long[FLOW_IDS];
    private int flowIdCount;
    private final List<CapturedFrame> frames = new ArrayList<>();
    private long lost;
    private long askedNs;

    /// @param keys of the flow
    /// @param name of a node by its id
    FrameTap(
            final List<FlowKey> keys,
            final FlowRules rules,
            final IntFunction<String> name,
            final long nowNs) {
        this.keys = List.copyOf(keys);
        parser = new FlowParser(rules);
        this.name = name;
        askedNs = nowNs;
    }

    /// Whether whoever captures has gone without a word.
    boolean isOrphan(final long nowNs) {
        return nowNs - askedNs > PATIENCE_NS;
    }

    /// Gives out what has been taken since the last time.
    CaptureBatch take(final long nowNs) {
        askedNs = nowNs;
        final CaptureBatch batch = new CaptureBatch(frames, lost);
        frames.clear();
        return batch;
    }

    /// A frame outside the chassis.
    void onOutside(
            final FrameMeter.Point point,
            final MemorySegment frame,
            final long offset,
            final int length) {
        if (hasKey(frame, offset, length)) {
            keep(point, "", "", frame, offset, length);
        }
    }

    /// A frame between two nodes, with the header that steers it.
    void onBackplane(
            final FrameMeter.Point point,
            final int peer,
            final MemorySegment datagram,
            final long offset,
            final int length) {
        if (!header.decode(datagram, offset, length)) {
            return;
        }
        final long frame = offset + header.headerLength();
        final int frameLength = length - header.headerLength();
        final boolean named =
                header.hasKey()
                        ? keys.contains(header.key())
                        : hasKey(datagram, frame, frameLength);
        if (named) {
            learn(header.flowId());
        }
        if (named || isKnown(header.flowId())) {
            keep(point, name.apply(peer), note(), datagram, frame, frameLength);
        }
    }

    private boolean hasKey(final MemorySegment frame, final long offset, final int length) {
        parser.parse(frame, offset, length, packet);
        return packet.hasKey() && keys.contains(packet.key());
    }

    private void learn(final long flowId) {
        if (flowId != 0 && !isKnown(flowId)) {
            flowIds[flowIdCount++ % FLOW_IDS] = flowId;
        }
    }

    private boolean isKnown(final long flowId) {
        for (int i = 0; i < Math.min(flowIdCount, FLOW_IDS); i++) {
            if (flowIds[i] == flowId) {
                return true;
            }
        }
        return false;
    }

    private String note() {
        final var announcement = header.announcement();
        return String.format(
                Locale.ROOT,
                "%s, flow %016x%s",
                NodeMeasurements.word(header.purpose()),
                header.flowId(),
                announcement == null
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", carries %s of %s version %d",
                                NodeMeasurements.word(announcement.kind()),
                                announcement.key(),
                                announcement.version()));
    }

    private void keep(
            final FrameMeter.Point point,
            final String peer,
            final String note,
            final MemorySegment frame,
            final long offset,
            final int length) {
        if (frames.size() == MOST_FRAMES) {
            lost++;
            return;
        }
        final Instant now = Instant.now();
        frames.add(
                CapturedFrame.of(
                        point.label(),
                        TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano(),
                        peer,
                        note,
                        frame.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE)));
    }
}
