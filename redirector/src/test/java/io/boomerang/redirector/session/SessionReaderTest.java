package io.boomerang.redirector.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.session.SessionReader.Outcome;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

class SessionReaderTest {
    private static final int SEARCHES = 400_000;
    private static final int LASTING = 8;
    private static final int PASSING = 56;
    private static final int CAPACITY = 32;

    @Test
    void shouldSeeWhatTheWriterWrote() {
        try (SessionTable table = new SessionTable(CAPACITY, Flows.HASH::hash, (_, _) -> false)) {
            final SessionReader reader = table.newReader();
            final FlowKey key = Flows.ipv6(3);
            final long hash = Flows.HASH.hash(key);
            table.install(
                    key, hash, Origin.DECIDED, 11, 12, 13, 14, 1_000, TcpPhase.ESTABLISHED, 0);

            assertEquals(Outcome.FOUND, reader.find(key, hash));
            assertEquals(11, reader.flowId());
            assertEquals(12, reader.blade());
            assertEquals(13, reader.incarnation());
            assertEquals(14, reader.version());
            assertEquals(Origin.DECIDED, reader.origin());
            assertEquals(TcpPhase.ESTABLISHED, reader.phase());
            assertTrue(reader.isLive(999_000_000));
            final FlowKey absent = Flows.ipv6(4);
            assertEquals(Outcome.NOT_FOUND, reader.find(absent, Flows.HASH.hash(absent)));
        }
    }

    @Test
    void shouldGiveUpOnASlotThatIsBeingWritten() {
        try (SessionSlots slots = new SessionSlots(CAPACITY, Flows.HASH::hash)) {
            final SessionReader reader = slots.newReader();
            final FlowKey key = Flows.ipv4(1);
            final long hash = Flows.HASH.hash(key);
            final long control = slots.home(hash) << SlotLayout.SLOT_SHIFT;
            SlotMemory.WORD.setRelease(slots.memory().memory(), control, SlotLayout.SEQUENCE_ONE);

            assertEquals(Outcome.BUSY, reader.find(key, hash));
        }
    }

    /// A writer replaces sessions whose every field follows from key and flow id, in a table so
    /// small that slots change hands all the time. Readers see no field of another session beside
    /// it, and never miss a session that stays.
    @Test
    void shouldNeverSeeATornSession() throws InterruptedException {
        final long seed = Long.getLong("seed", 1);
        try (SessionTable table = new SessionTable(CAPACITY, Flows.HASH::hash, (_, _) -> false)) {
            for (int number = 0; number < LASTING; number++) {
                install(table, number, 1, TcpPhase.ESTABLISHED);
            }
            final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            final Thread[] readers = new Thread[2];
            for (int i = 0; i < readers.length; i++) {
                final SplittableRandom random = new SplittableRandom(seed + i);
                final SessionReader reader = table.newReader();
                readers[i] = new Thread(() -> search(reader, random));
                readers[i].setUncaughtExceptionHandler((_, thrown) -> failure.set(thrown));
                readers[i].start();
            }

            final SplittableRandom random = new SplittableRandom(seed);
            for (long flowId = 2; readers[0].isAlive() || readers[1].isAlive(); flowId++) {
                final int number = random.nextInt(LASTING + PASSING);
                install(
                        table,
                        number,
                        flowId,
                        number < LASTING ? TcpPhase.ESTABLISHED : TcpPhase.EMBRYONIC);
            }
            for (final Thread reader : readers) {
                reader.join();
            }

            assertNull(failure.get(), "seed " + seed);
            assertTrue(table.evictedEmbryonic() > 0);
        }
    }

    private static void install(
            final SessionTable table, final int number, final long flowId, final TcpPhase phase) {
        final FlowKey key = Flows.ipv6(number);
        final int mark = mark(number, flowId);
        table.install(
                key,
                Flows.HASH.hash(key),
                Origin.ANNOUNCED,
                flowId,
                mark | 1,
                mark,
                mark,
                1_000,
                phase,
                0);
    }

    private static void search(final SessionReader reader, final SplittableRandom random) {
        for (int i = 0; i < SEARCHES; i++) {
            final int number = random.nextInt(LASTING + PASSING);
            final FlowKey key = Flows.ipv6(number);
            final Outcome outcome = reader.find(key, Flows.HASH.hash(key));
            if (outcome == Outcome.FOUND) {
                final int mark = mark(number, reader.flowId());
                assertEquals(mark | 1, reader.blade());
                assertEquals(mark, reader.incarnation());
                assertEquals(mark, reader.version());
                assertTrue(reader.isLive(0));
            } else if (outcome == Outcome.NOT_FOUND) {
                assertTrue(number >= LASTING, "missed a session that is there all the time");
            }
        }
    }

    private static int mark(final int number, final long flowId) {
        return (int) ((flowId * 64 + number) * 0x9E37_79B9L >>> 7) & 0xFFFF;
    }
}
