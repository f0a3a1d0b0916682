package io.boomerang.port;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Frames that arrived together, each as a place in memory. Made once and filled again and again by
/// a {@link PacketPort}; several frames may lie in one segment.
public final class FrameBurst {
    private final MemorySegment[] segments;
    private final long[] offsets;
    private final int[] lengths;
    private int size;

    /// A burst of at most so many frames.
    public FrameBurst(final int capacity) {
        if (capacity <= 0) {
            throw new IllegalArgumentException("capacity " + capacity + " is not positive");
        }
        segments = new MemorySegment[capacity];
        Arrays.fill(segments, MemorySegment.NULL);
        offsets = new long[capacity];
        lengths = new int[capacity];
    }

    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == segments.length;
    }

    /// The memory that a frame lies in, from {@link #offset} on.
    public MemorySegment segment(final int index) {
        return segments[index];
    }

    /// Where a frame's Ethernet header begins.
    public long offset(final int index) {
        return offsets[index];
    }

    /// A frame's bytes, without its frame check sequence.
    public int length(final int index) {
        return lengths[index];
    }

    /// Forgets all frames.
    public void clear() {
        size = 0;
    }

    /// Adds a frame; the burst is not full.
    public void add(final MemorySegment segment, final long offset, final int length) {
        segments[size] = segment;
        offsets[size] = offset;
        lengths[size] = length;
        size++;
    }
}
