package io.boomerang.redirector.store;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.boomerang.memory.AnonymousMemory;
import io.boomerang.redirector.store.SlotSource.Content;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Keeps a file of records like a table of sessions, by going round its slots and writing those
/// that differ from what it wrote last. The table's owner does nothing for it and never waits; no
/// queue can run full, and whatever a round missed the next one finds. Belongs to the store's
/// thread.
final class StoreWriter implements AutoCloseable {
    private static final long NOTHING_STORED = 0;

    private final RecordFile file;
    private final SlotSource source;
    private final byte[] record;
    private final Arena arena;
    private final MemorySegment stored;

    /// For each group of slots: its number of changes when it was visited, and whether it was, in
    /// all of its slots.
    private final int[] changes;

    private final boolean[] isVisited;

    private long written;
    private long removed;
    private long busy;

    StoreWriter(final RecordFile file, final SlotSource source) {
        this.file = file;
        this.source = source;
        record = new byte[source.recordBytes()];
        arena = Arena.ofShared();
        stored = AnonymousMemory.allocate(arena, source.slotCount() * Long.BYTES);
        changes = new int[(int) (source.slotCount() - 1 >> source.groupShift()) + 1];
        isVisited = new boolean[changes.length];
    }

    /// Goes round the slots once, past those of groups that have not changed.
    void round(final long nodeNs, final long wallMs) throws IOException {
        final long slotCount = source.slotCount();
        final long groupSlots = 1L << source.groupShift();
        for (int group = 0; group < changes.length; group++) {
            final int now = source.changes(group);
            if (isVisited[group] && now == changes[group]) {
                continue;
            }
            final long first = group * groupSlots;
            final long end = Math.min(slotCount, first + groupSlots);
            isVisited[group] = visit(first, end, nodeNs, wallMs);
            changes[group] = now;
        }
    }

    /// Answers whether no slot has to be looked at again.
    private boolean visit(final long first, final long end, final long nodeNs, final long wallMs)
            throws IOException {
        boolean complete = true;
        for (long slot = first; slot < end; slot++) {
            final Content content = source.read(slot);
            if (content == Content.BUSY) {
                busy++;
                complete = false;
                continue;
            }
            final long before = stored.get(JAVA_LONG, slot * Long.BYTES);
            final long now = content == Content.SESSION ? source.fingerprint() : NOTHING_STORED;
            if (now == before) {
                continue;
            }
            if (now == NOTHING_STORED) {
                file.remove(slot);
                removed++;
            } else {
                source.encode(record, nodeNs, wallMs);
                file.put(slot, record);
                written++;
            }
            stored.set(JAVA_LONG, slot * Long.BYTES, now);
        }
        return complete;
    }

    /// Records written so far.
    long written() {
        return written;
    }

    long removed() {
        return removed;
    }

    /// Slots left for the next round because their owner kept changing them.
    long busy() {
        return busy;
    }

    @Override
    public void close() {
        arena.close();
        file.close();
    }
}
