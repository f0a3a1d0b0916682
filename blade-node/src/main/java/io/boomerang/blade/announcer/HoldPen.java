package io.boomerang.blade.announcer;

import io.boomerang.blade.session.HeldQueue;
import io.boomerang.memory.AnonymousMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Frames that wait on the blade, each in the queue of what it waits for, as a flow that the far
/// side's owner must know first: queues in a fixed number of cells, and one order over all by which
/// the oldest is found. Nothing is allocated after construction; when no cell is free a frame is
/// refused. Belongs to the blade's thread.
///
/// A frame is named by its first cell.
///
/// @param <Q> what frames wait for
public final class HoldPen<Q extends HeldQueue> implements AutoCloseable {
    public static final int CELL_BYTES = 2_048;

    private static final int NONE = HeldQueue.NO_FRAME;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment cells;
    private final int[] nextCell;
    private final int[] nextInQueue;
    private final int[] older;
    private final int[] newer;
    private final int[] length;
    private final long[] tag;
    private final long[] sinceNs;
    private final @Nullable HeldQueue[] queueOf;

    private int freeCell;
    private int freeCount;
    private int oldest = NONE;
    private int newest = NONE;
    private int frameCount;

    public HoldPen(final int cellCount) {
        cells = AnonymousMemory.allocate(arena, (long) cellCount * CELL_BYTES);
        nextCell = new int[cellCount];
        nextInQueue = new int[cellCount];
        older = new int[cellCount];
        newer = new int[cellCount];
        length = new int[cellCount];
        tag = new long[cellCount];
        sinceNs = new long[cellCount];
        queueOf = new HeldQueue[cellCount];
        Arrays.setAll(nextCell, cell -> cell + 1 < cellCount ? cell + 1 : NONE);
        freeCount = cellCount;
    }

    /// Copies a frame to the end of a queue; false when there is no room.
    ///
    /// @param number comes back with it, see {@link #tag}
    public boolean hold(
            final Q queue,
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
        tag[name] = number;
        sinceNs[name] = nowNs;
        queueOf[name] = queue;
        nextInQueue[name] = NONE;
        if (queue.hasHeld()) {
            nextInQueue[queue.lastHeld()] = name;
            queue.setHeld(queue.firstHeld(), name);
        } else {
            queue.setHeld(name, name);
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

    /// Forgets the first frame of the queue, which is also its oldest.
    public void discardFirst(final Q queue) {
        final int name = queue.firstHeld();
        final int next = nextInQueue[name];
        queue.setHeld(next, next == NONE ? NONE : queue.lastHeld());
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
        queueOf[name] = null;
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

    /// The queue whose first frame has waited longest, if that is at least `limitNs`; else null.
    @SuppressWarnings("unchecked") // only such are put in
    public @Nullable Q overdue(final long nowNs, final long limitNs) {
        return oldest != NONE && nowNs - sinceNs[oldest] >= limitNs ? (Q) queueOf[oldest] : null;
    }

    public int length(final int name) {
        return length[name];
    }

    /// The number that the frame was held with.
    public long tag(final int name) {
        return tag[name];
    }

    public int frameCount() {
        return frameCount;
    }

    @Override
    public void close() {
        arena.close();
    }
}
