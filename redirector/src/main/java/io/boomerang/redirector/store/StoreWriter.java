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

    private long written;
    private long removed;
    private long busy;

    StoreWriter(final RecordFile file, final SlotSource source) {
        this.file = file;
        this.source = source;
        record = new byte[source.recordBytes()];
        arena = Arena.ofShared();
        stored = AnonymousMemory.allocate(arena, source.slotCount() * Long.BYTES);
    }

    /// Goes round the slots once.
    void round(final long nodeNs, final long wallMs) throws IOException {
        final long slotCount = source.slotCount();
        for (long slot = 0; slot < slotCount; slot++) {
            final Content content = source.read(slot);
            if (content == Content.BUSY) {
                busy++;
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
