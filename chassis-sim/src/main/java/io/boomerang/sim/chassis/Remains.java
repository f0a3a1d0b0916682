package io.boomerang.sim.chassis;

import io.boomerang.redirector.store.SlotSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What a node has on its disk at some moment: the records that its store would have written. Kept
/// in memory, so that a run with many nodes and many deaths is over soon and can be repeated.
public final class Remains {
    /// Of so many records one is lost when a file was damaged.
    private static final int DAMAGE = 3;

    private final List<byte[]> records;

    private Remains(final List<byte[]> records) {
        this.records = records;
    }

    static Remains of(final SlotSource slots, final long nowNs) {
        final List<byte[]> records = new ArrayList<>();
        for (long slot = 0; slot < slots.slotCount(); slot++) {
            if (slots.read(slot) == SlotSource.Content.SESSION) {
                final byte[] record = new byte[slots.recordBytes()];
                slots.encode(record, nowNs, wallMs(nowNs));
                records.add(record);
            }
        }
        return new Remains(records);
    }

    /// Stepped time stands for that of the wall, too.
    static long wallMs(final long nowNs) {
        return TimeUnit.NANOSECONDS.toMillis(nowNs);
    }

    /// What can be read after some records were damaged.
    public Remains damaged(final SplittableRandom random) {
        final List<byte[]> left = new ArrayList<>(records);
        left.removeIf(_ -> random.nextInt(DAMAGE) == 0);
        return new Remains(left);
    }

    void forEach(final Consumer<byte[]> consumer) {
        records.forEach(consumer);
    }
}
