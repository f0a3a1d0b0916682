package io.boomerang.blade.session;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.boomerang.memory.AnonymousMemory;
import io.boomerang.redirector.store.SlotSource;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

/// The blade's marker sessions where another thread can see them: a place outside the heap for each
/// place of the table, which the blade's thread brings up to date a few at a time. Each is seen
/// whole or not at all; a sequence number, odd while the place is written, tells.
///
/// The blade's thread calls {@link #sweep}, the store's thread everything else but `close`.
@SuppressWarnings("EnumOrdinal") // an array by lifetime class, within one process
public final class MarkerMirror implements SlotSource, AutoCloseable {
    /// Places looked at in one call: all 262,144 of the default table in a second of calls every
    /// millisecond.
    static final int PLACES = 256;

    private static final int GROUP_SHIFT = 9;
    private static final int SLOT_BYTES = 128;
    private static final int SEQUENCE = 0;
    private static final int STATE = 4;
    private static final int BODY = 8;
    private static final int FREE = 0;
    private static final int TAKEN = 1;
    private static final int RETRY_LIMIT = 64;

    /// The time that a marker has left is kept this much rougher than its limit, never too short,
    /// so that a busy flow is not written anew with each of its packets.
    private static final int ROUGHNESS = 4;

    private static final long NS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long MIX = 0x9E3779B97F4A7C15L;
    private static final VarHandle SEQUENCE_WORD = JAVA_INT.varHandle();
    private static final VarHandle CHANGES = MethodHandles.arrayElementVarHandle(int[].class);

    static {
        assert BODY + StoredMarker.RECORD_BYTES <= SLOT_BYTES : "a record fits into a place";
        assert StoredMarker.RECORD_BYTES % Long.BYTES == 0 : "the fingerprint goes by words";
    }

    private final MarkerTable markers;
    private final int capacity;
    private final long[] timeoutNs = new long[LifetimeClass.values().length];
    private final Arena arena = Arena.ofShared();
    private final MemorySegment places;
    private final int[] changes;
    private int hand;

    private final byte[] seen = new byte[StoredMarker.RECORD_BYTES];
    private final MemorySegment seenBytes = MemorySegment.ofArray(seen);

    public MarkerMirror(final MarkerTable markers, final int capacity, final Lifetimes lifetimes) {
        this.markers = markers;
        this.capacity = capacity;
        for (final LifetimeClass lifetime : LifetimeClass.values()) {
            timeoutNs[lifetime.ordinal()] = lifetimes.timeoutMs(lifetime) * NS_PER_MS;
        }
        places = AnonymousMemory.allocate(arena, (long) capacity * SLOT_BYTES);
        changes = new int[(capacity - 1 >> GROUP_SHIFT) + 1];
    }

    /// Brings the next places up to date.
    public void sweep() {
        final int made = markers.madeCount();
        for (int i = Math.min(PLACES, made); i > 0; i--) {
            hand = hand + 1 < made ? hand + 1 : 0;
            show(hand);
        }
    }

    /// Brings every place up to date.
    public void sweepAll() {
        for (int place = 0; place < markers.madeCount(); place++) {
            show(place);
        }
    }

    private void show(final int place) {
        final MarkerSession marker = markers.at(place);
        final long offset = (long) place * SLOT_BYTES;
        final MarkerSession shown = marker != null && isKept(marker) ? marker : null;
        if (shown == null && places.get(JAVA_INT, offset + STATE) == FREE) {
            return;
        }
        final int sequence = places.get(JAVA_INT, offset + SEQUENCE);
        SEQUENCE_WORD.setOpaque(places, offset + SEQUENCE, sequence + 1);
        VarHandle.storeStoreFence();
        places.set(JAVA_INT, offset + STATE, shown == null ? FREE : TAKEN);
        if (shown != null) {
            StoredMarker.write(shown, expiresNs(shown), places, offset + BODY);
        }
        SEQUENCE_WORD.setRelease(places, offset + SEQUENCE, sequence + 2);
        final int group = place >> GROUP_SHIFT;
        CHANGES.setRelease(changes, group, changes[group] + 1);
    }

    /// Not before the processor has let a packet pass: until then nobody was told of the flow.
    private static boolean isKept(final MarkerSession marker) {
        return marker.hasPassed() && !marker.isLapsed();
    }

    private long expiresNs(final MarkerSession marker) {
        final long limit = timeoutNs[marker.lifetime().ordinal()];
        final long step = limit / ROUGHNESS;
        return (Math.floorDiv(marker.lastSeenNs(), step) + 1) * step + limit;
    }

    @Override
    public long slotCount() {
        return capacity;
    }

    @Override
    public int groupShift() {
        return GROUP_SHIFT;
    }

    @Override
    public int changes(final long group) {
        return (int) CHANGES.getAcquire(changes, (int) group);
    }

    @Override
    public long capacity() {
        return capacity;
    }

    @Override
    public int recordBytes() {
        return StoredMarker.RECORD_BYTES;
    }

    @Override
    public Content read(final long slot) {
        final long offset = slot * SLOT_BYTES;
        for (int i = 0; i <= RETRY_LIMIT; i++) {
            final int sequence = (int) SEQUENCE_WORD.getAcquire(places, offset + SEQUENCE);
            if ((sequence & 1) == 0) {
                final int state = places.get(JAVA_INT, offset + STATE);
                if (state == TAKEN) {
                    MemorySegment.copy(places, offset + BODY, seenBytes, 0, seen.length);
                }
                VarHandle.loadLoadFence();
                if ((int) SEQUENCE_WORD.getOpaque(places, offset + SEQUENCE) == sequence) {
                    return state == TAKEN ? Content.SESSION : Content.NOTHING;
                }
            }
            Thread.onSpinWait();
        }
        return Content.BUSY;
    }

    @Override
    public long fingerprint() {
        long mixed = 0;
        for (int i = 0; i < seen.length; i += Long.BYTES) {
            final long product = (mixed ^ seenBytes.get(NetworkOrder.LONG, i)) * MIX;
            mixed = product ^ product >>> 32;
        }
        return mixed == 0 ? 1 : mixed;
    }

    @Override
    public void encode(final byte[] record, final long nodeNs, final long wallMs) {
        System.arraycopy(seen, 0, record, 0, seen.length);
        final MemorySegment bytes = MemorySegment.ofArray(record);
        final long leftNs = bytes.get(NetworkOrder.LONG, StoredMarker.EXPIRES) - nodeNs;
        bytes.set(NetworkOrder.LONG, StoredMarker.EXPIRES, wallMs + leftNs / NS_PER_MS);
    }

    @Override
    public void close() {
        arena.close();
    }
}
