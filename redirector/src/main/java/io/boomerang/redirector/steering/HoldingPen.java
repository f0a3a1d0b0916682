package io.boomerang.redirector.steering;

import io.boomerang.memory.AnonymousMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Frames that wait, in a fixed number of cells. Nothing is allocated after construction; when no
/// cell is free, a frame is refused and the caller degrades. Used by the redirector's thread only.
///
/// A held frame is named by its first cell. Frames are chained by {@link #link}, so that whoever
/// waits needs only head and tail.
final class HoldingPen implements AutoCloseable {
    static final int CELL_BYTES = 2_048;
    static final int NONE = -1;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment cells;
    private final int[] nextCell;
    private final int[] nextFrame;
    private final int[] length;
    private final long[] packetNumber;
    private final int[] arrival;

    private int free;
    private int freeCount;

    HoldingPen(final int cellCount) {
        cells = AnonymousMemory.allocate(arena, (long) cellCount * CELL_BYTES);
        nextCell = new int[cellCount];
        nextFrame = new int[cellCount];
        length = new int[cellCount];
        packetNumber = new long[cellCount];
        arrival = new int[cellCount];
        for (int cell = 0; cell < cellCount; cell++) {
            nextCell[cell] = cell + 1 < cellCount ? cell + 1 : NONE;
        }
        free = 0;
        freeCount = cellCount;
    }

    /// Copies a frame in and answers its name, or {@link #NONE} when there is no room.
    int hold(
            final MemorySegment frame,
            final long offset,
            final int frameLength,
            final long number,
            final int arrivalWord) {
        final int needed = Math.max(1, (frameLength + CELL_BYTES - 1) / CELL_BYTES);
        if (needed > freeCount) {
            return NONE;
        }
        final int first = free;
        int cell = NONE;
        for (int copied = 0, i = 0; i < needed; i++) {
            cell = cell == NONE ? first : nextCell[cell];
            final int part = Math.min(CELL_BYTES, frameLength - copied);
            MemorySegment.copy(frame, offset + copied, cells, (long) cell * CELL_BYTES, part);
            copied += part;
        }
        free = nextCell[cell];
        nextCell[cell] = NONE;
        freeCount -= needed;
        length[first] = frameLength;
        packetNumber[first] = number;
        arrival[first] = arrivalWord;
        nextFrame[first] = NONE;
        return first;
    }

    /// Copies a held frame to `to`, which has room for it, and frees its cells.
    void release(final int frame, final MemorySegment to, final long offset) {
        int copied = 0;
        for (int cell = frame; cell != NONE; cell = nextCell[cell]) {
            final int part = Math.min(CELL_BYTES, length[frame] - copied);
            MemorySegment.copy(cells, (long) cell * CELL_BYTES, to, offset + copied, part);
            copied += part;
        }
        discard(frame);
    }

    void discard(final int frame) {
        int last = frame;
        freeCount++;
        while (nextCell[last] != NONE) {
            last = nextCell[last];
            freeCount++;
        }
        nextCell[last] = free;
        free = frame;
    }

    void link(final int frame, final int next) {
        nextFrame[frame] = next;
    }

    int next(final int frame) {
        return nextFrame[frame];
    }

    int length(final int frame) {
        return length[frame];
    }

    long packetNumber(final int frame) {
        return packetNumber[frame];
    }

    /// What the caller said at {@link #hold}.
    int arrival(final int frame) {
        return arrival[frame];
    }

    int freeCells() {
        return freeCount;
    }

    @Override
    public void close() {
        arena.close();
    }
}
