package io.boomerang.blade.announcer;

import io.boomerang.blade.session.MarkerSession;
import io.boomerang.memory.AnonymousMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Frames that wait on the blade until the far side's owner knows their flow: a queue per flow in a
/// fixed number of cells, and one order over all by which the oldest is found. Nothing is allocated
/// after construction; when no cell is free a frame is refused. Belongs to the blade's thread.
///
/// A frame is named by its first cell; {@link MarkerSession#firstHeld} and {@link
/// MarkerSession#lastHeld} are a flow's queue.
public final class HoldPen implements AutoCloseable {
    public static final int CELL_BYTES = 2_048;

    private static final int NONE = MarkerSession.NO_FRAME;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment cells;
    private final int[] nextCell;
    private final int[] nextOfFlow;
    private final int[] older;
    private final int[] newer;
    private final int[] length;
    private final long[] packetNumber;
    private final long[] sinceNs;
    private final @Nullable MarkerSession[] marker;

    private int freeCell;
    private int freeCount;
    private int oldest = NONE;
    private int newest = NONE;
    private int frameCount;

    public HoldPen(final int cellCount) {
        cells = AnonymousMemory.allocate(arena, (long) cellCount * CELL_BYTES);
        nextCell = new int[cellCount];
        nextOfFlow = new int[cellCount];
        older = new int[cellCount];
        newer = new int[cellCount];
        length = new int[cellCount];
        packetNumber = new long[cellCount];
        sinceNs = new long[cellCount];
        marker = new MarkerSession[cellCount];
        Arrays.setAll(nextCell, cell -> cell + 1 < cellCount ? cell + 1 : NONE);
        freeCount = cellCount;
    }

    /// Copies a frame to the end of its flow's queue; false when there is no room.
    public boolean hold(
            final MarkerSession flow,
            final MemorySegment frame,
            final long offset,
            final int frameLength,
            final long number,
            final long nowNs) {
        final int needed = Math.max(1, (frameLength + CELL_BYTES - 1) / CELL_BYTES);
        if (needed > freeCount) {
            return false;
        }
        final int name = copyIn(frame, offset, frameLength, needed);
        length[name] = frameLength;
        packetNumber[name] = number;
        sinceNs[name] = nowNs;
        marker[name] = flow;
        nextOfFlow[name] = NONE;
        if (flow.hasHeld()) {
            nextOfFlow[flow.lastHeld()] = name;
            flow.setHeld(flow.firstHeld(), name);
        } else {
            flow.setHeld(name, name);
        }
        older[name] = newest;
        newer[name] = NONE;
        if (newest == NONE) {
            oldest = name;
        } else {
            newer[newest] = name;
        }
        newest = name;
        frameCount++;
        return true;
    }

    private int copyIn(
            final MemorySegment frame, final long offset, final int frameLength, final int needed) {
        final int name = freeCell;
        int cell = name;
        int copied = 0;
        for (int i = 0; i < needed; i++) {
            if (i > 0) {
                cell = nextCell[cell];
            }
            final int part = Math.min(CELL_BYTES, frameLength - copied);
            MemorySegment.copy(frame, offset + copied, cells, (long) cell * CELL_BYTES, part);
            copied += part;
        }
        freeCell = nextCell[cell];
        nextCell[cell] = NONE;
        freeCount -= needed;
        return name;
    }

    /// Copies a held frame out; it stays until it is discarded.
    public void copyOut(final int name, final MemorySegment to, final long offset) {
        int copied = 0;
        for (int cell = name; cell != NONE; cell = nextCell[cell]) {
            final int part = Math.min(CELL_BYTES, length[name] - copied);
            MemorySegment.copy(cells, (long) cell * CELL_BYTES, to, offset + copied, part);
            copied += part;
        }
    }

    /// Forgets the first frame of the flow's queue, which is also its oldest.
    public void discardFirst(final MarkerSession flow) {
        final int name = flow.firstHeld();
        final int next = nextOfFlow[name];
        flow.setHeld(next, next == NONE ? NONE : flow.lastHeld());
        if (older[name] == NONE) {
            oldest = newer[name];
        } else {
            newer[older[name]] = newer[name];
        }
        if (newer[name] == NONE) {
            newest = older[name];
        } else {
            older[newer[name]] = older[name];
        }
        marker[name] = null;
        int last = name;
        freeCount++;
        while (nextCell[last] != NONE) {
            last = nextCell[last];
            freeCount++;
        }
        nextCell[last] = freeCell;
        freeCell = name;
        frameCount--;
    }

    /// The flow whose first frame has waited longest, if that is at least `limitNs`; else null.
    public @Nullable MarkerSession overdue(final long nowNs, final long limitNs) {
        return oldest != NONE && nowNs - sinceNs[oldest] >= limitNs ? marker[oldest] : null;
    }

    public int length(final int name) {
        return length[name];
    }

    public long packetNumber(final int name) {
        return packetNumber[name];
    }

    public int frameCount() {
        return frameCount;
    }

    @Override
    public void close() {
        arena.close();
    }
}
