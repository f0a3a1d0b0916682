package io.boomerang.node;

import io.boomerang.backplane.Backplane;
import io.boomerang.cluster.Member;
import io.boomerang.node.admin.Measurements;
import io.boomerang.node.admin.Metric;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.function.IntFunction;

/// Counts the frames that pass a node, in the places where they do, and shows them to a capture
/// while there is one. Used by the node's thread only.
final class FrameMeter implements Backplane {
    /// Where a frame passes a node.
    enum Point {
        OUTSIDE_IN("outside-in"),
        OUTSIDE_OUT("outside-out"),
        BACKPLANE_IN("backplane-in"),
        BACKPLANE_OUT("backplane-out");

        private final String label;

        Point(final String label) {
            this.label = label;
        }

        /// As metrics and captures name it.
        String label() {
            return label;
        }
    }

    /// Frames and bytes at one place.
    private static final class Count {
        private long frames;
        private long bytes;

        void add(final int length) {
            frames++;
            bytes += length;
        }
    }

    private final Backplane backplane;
    private final Count outsideIn = new Count();
    private final Count outsideOut = new Count();
    private final Count backplaneIn = new Count();
    private final Count backplaneOut = new Count();
    private final long[] framesByPeer = new long[Member.MAX_NODE + 1];
    private final long[] bytesByPeer = new long[Member.MAX_NODE + 1];
    private int claimedNode;
    private int claimedLength;
    private long claimedOffset;
    private @Nullable FrameTap tap;

    /// @param backplane that carries what is sent by this one
    FrameMeter(final Backplane backplane) {
        this.backplane = backplane;
    }

    @Override
    public long claim(final int node, final int length) {
        claimedNode = node;
        claimedLength = length;
        claimedOffset = backplane.claim(node, length);
        return claimedOffset;
    }

    @Override
    public MemorySegment buffer() {
        return backplane.buffer();
    }

    @Override
    public void commit() {
        backplaneOut.add(claimedLength);
        framesByPeer[claimedNode]++;
        bytesByPeer[claimedNode] += claimedLength;
        final FrameTap shown = tap;
        if (shown != null) {
            shown.onBackplane(
                    Point.BACKPLANE_OUT, claimedNode, buffer(), claimedOffset, claimedLength);
        }
        backplane.commit();
    }

    void onDatagram(
            final int from, final MemorySegment datagram, final long offset, final int length) {
        backplaneIn.add(length);
        final FrameTap shown = tap;
        if (shown != null) {
            shown.onBackplane(Point.BACKPLANE_IN, from, datagram, offset, length);
        }
    }

    void onOutsideIn(final MemorySegment frame, final long offset, final int length) {
        outsideIn.add(length);
        final FrameTap shown = tap;
        if (shown != null) {
            shown.onOutside(Point.OUTSIDE_IN, frame, offset, length);
        }
    }

    void onOutsideOut(final MemorySegment frame, final long offset, final int length) {
        outsideOut.add(length);
        final FrameTap shown = tap;
        if (shown != null) {
            shown.onOutside(Point.OUTSIDE_OUT, frame, offset, length);
        }
    }

    /// From now on frames are shown to this capture; null ends that.
    void setTap(final @Nullable FrameTap newTap) {
        tap = newTap;
    }

    /// The capture that sees the frames; null when there is none.
    @Nullable FrameTap tap() {
        return tap;
    }

    /// Ends a capture that nobody asks for any more.
    void onTimer(final long nowNs) {
        final FrameTap shown = tap;
        if (shown != null && shown.isOrphan(nowNs)) {
            tap = null;
        }
    }

    /// @param name of a node by its id
    void measure(final Measurements into, final IntFunction<String> name) {
        into.add(Metric.FRAMES, Point.OUTSIDE_IN.label, outsideIn.frames)
                .add(Metric.FRAMES, Point.OUTSIDE_OUT.label, outsideOut.frames)
                .add(Metric.FRAMES, Point.BACKPLANE_IN.label, backplaneIn.frames)
                .add(Metric.FRAMES, Point.BACKPLANE_OUT.label, backplaneOut.frames)
                .add(Metric.BYTES, Point.OUTSIDE_IN.label, outsideIn.bytes)
                .add(Metric.BYTES, Point.OUTSIDE_OUT.label, outsideOut.bytes)
                .add(Metric.BYTES, Point.BACKPLANE_IN.label, backplaneIn.bytes)
                .add(Metric.BYTES, Point.BACKPLANE_OUT.label, backplaneOut.bytes);
        addPeers(into, Metric.PEER_FRAMES, framesByPeer, name);
        addPeers(into, Metric.PEER_BYTES, bytesByPeer, name);
    }

    private static void addPeers(
            final Measurements into,
            final Metric metric,
            final long[] byPeer,
            final IntFunction<String> name) {
        for (int peer = 1; peer < byPeer.length; peer++) {
            if (byPeer[peer] != 0) {
                into.add(metric, name.apply(peer), byPeer[peer]);
            }
        }
    }
}
