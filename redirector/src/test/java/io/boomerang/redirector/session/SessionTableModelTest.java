package io.boomerang.redirector.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.session.ModelTable.Entry;
import io.boomerang.redirector.session.ModelTable.State;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Random operations on a small table and on a model of maps, compared after each.
class SessionTableModelTest {
    private static final int SEEDS = 50;
    private static final int OPERATIONS = 2_500;
    private static final int FLOWS = 40;
    private static final int BLADES = 5;
    private static final long FIRST_FLOW_ID = Long.MAX_VALUE - 3;

    private static final List<Origin> ORIGINS = List.of(Origin.values());
    private static final List<TcpPhase> PHASES = List.of(TcpPhase.values());
    private static final Placement PLACEMENT = (hash, blade) -> (hash >>> 40 & 3) + 1 == blade;

    /// Few homes, so that sessions stand behind one another.
    private static final KeyHash CROWDING = key -> Flows.HASH.hash(key) & ~0x3FL | 5;

    @Test
    void shouldDoWhatTheModelDoes() {
        final Long replayed = Long.getLong("seed");
        if (replayed != null) {
            run(replayed);
            return;
        }
        for (long seed = 1; seed <= SEEDS; seed++) {
            run(seed);
        }
    }

    private static void run(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final int capacity = random.nextInt(1, FLOWS + 10);
        final KeyHash hash = random.nextBoolean() ? Flows.HASH::hash : CROWDING;
        try (Run run = new Run(capacity, hash, random)) {
            for (int operation = 0; operation < OPERATIONS; operation++) {
                try {
                    run.operate();
                    run.compare();
                } catch (final AssertionError e) {
                    throw new AssertionError("seed " + seed + " operation " + operation, e);
                }
            }
        }
    }

    private static final class Run implements AutoCloseable {
        private final List<FlowKey> keys = new ArrayList<>();
        private final KeyHash hash;
        private final SplittableRandom random;
        private final SessionTable table;
        private final ModelTable model;
        private final SessionReader reader;
        private long nowNs = -20_000_000_000L;

        Run(final int capacity, final KeyHash hash, final SplittableRandom random) {
            this.hash = hash;
            this.random = random;
            table = new SessionTable(capacity, hash, PLACEMENT);
            model = new ModelTable(capacity);
            reader = table.newReader();
            for (int i = 0; i < FLOWS; i++) {
                keys.add(i % 2 == 0 ? Flows.ipv4(i) : Flows.ipv6(i));
            }
        }

        void operate() {
            switch (random.nextInt(12)) {
                case 0, 1 -> nowNs += random.nextLong(0, 40_000_000);
                case 2 -> expire();
                case 3, 4 -> closeFlow();
                default -> install();
            }
        }

        private void install() {
            final FlowKey key = keys.get(random.nextInt(FLOWS));
            final int leaseMs = random.nextInt(0, 200);
            final Entry record =
                    new Entry(
                            FIRST_FLOW_ID + random.nextInt(8),
                            random.nextInt(1, BLADES + 1),
                            random.nextInt(2),
                            0xFFFE + random.nextInt(4) & 0xFFFF,
                            ORIGINS.get(random.nextInt(ORIGINS.size())),
                            PHASES.get(random.nextInt(PHASES.size())),
                            Math.ceilDiv(nowNs, ModelTable.NS_PER_MS) + leaseMs,
                            State.LIVE);
            final boolean needsSpace = !model.entries.containsKey(key) && model.isFull();
            final Set<FlowKey> dispensable = model.dispensable(PLACEMENT, hash, nowNs);
            final long evicted = evicted();
            final long refused = table.refusedFull();

            final Installation installation =
                    table.install(
                            key,
                            hash.hash(key),
                            record.origin(),
                            record.flowId(),
                            record.blade(),
                            record.incarnation(),
                            record.version(),
                            leaseMs,
                            record.phase(),
                            nowNs);

            if (needsSpace && dispensable.isEmpty()) {
                assertEquals(Installation.FULL, installation);
                assertEquals(refused + 1, table.refusedFull());
                return;
            }
            assertEquals(model.verdict(key, record), installation);
            assertEquals(evicted + (needsSpace ? 1 : 0), evicted());
            if (needsSpace) {
                forgetOneOf(dispensable);
            }
            model.install(key, record);
        }

        private void closeFlow() {
            final FlowKey key = keys.get(random.nextInt(FLOWS));
            final Entry held = model.entries.get(key);
            final Entry record =
                    new Entry(
                            FIRST_FLOW_ID + random.nextInt(8),
                            random.nextInt(1, BLADES + 1),
                            random.nextInt(2),
                            0xFFFE + random.nextInt(4) & 0xFFFF,
                            Origin.ANNOUNCED,
                            TcpPhase.CLOSED,
                            Math.floorDiv(nowNs, ModelTable.NS_PER_MS),
                            State.CLOSED);
            final boolean needsSpace = held == null && model.isFull();
            final Set<FlowKey> dispensable = model.lapsedFirst();

            final Installation installation =
                    table.close(
                            key,
                            hash.hash(key),
                            record.flowId(),
                            record.blade(),
                            record.version(),
                            record.incarnation(),
                            nowNs);

            if (needsSpace && dispensable.isEmpty()) {
                assertEquals(Installation.STALE, installation);
                return;
            }
            assertEquals(model.verdict(key, record), installation);
            if (needsSpace) {
                forgetOneOf(dispensable);
            }
            model.install(key, record);
        }

        private void expire() {
            int expected = model.sweep(nowNs);
            final int crowded = table.capacity() - table.capacity() / 4;

            final int done = table.expire(nowNs, (int) table.slotCount());

            while (model.entries.size() > crowded && model.lapsedCount() > 0) {
                forgetOneOf(model.lapsedFirst());
                expected++;
            }
            assertEquals(expected, done);
        }

        /// Takes out of the model a session that it allowed to be forgotten and that the table has
        /// forgotten. Without any, the comparison will find out.
        private void forgetOneOf(final Set<FlowKey> dispensable) {
            final FlowKey forgotten =
                    dispensable.stream()
                            .filter(key -> table.find(key, hash.hash(key)) == SessionTable.NONE)
                            .findFirst()
                            .orElseThrow(() -> new AssertionError("none of " + dispensable));
            model.forget(forgotten);
        }

        private long evicted() {
            return table.evictedEmbryonic() + table.evictedLapsed() + table.evictedMapped();
        }

        void compare() {
            final int[] liveByBlade = new int[BLADES + 1];
            int live = 0;
            for (final FlowKey key : keys) {
                final long slot = table.find(key, hash.hash(key));
                final Entry entry = model.entries.get(key);
                if (entry == null) {
                    assertEquals(SessionTable.NONE, slot);
                    continue;
                }
                assertTrue(slot >= 0, "lost " + key);
                compare(key, slot, entry);
                if (entry.state() == State.LIVE) {
                    live++;
                    liveByBlade[entry.blade()]++;
                }
            }
            assertEquals(live, table.live());
            assertEquals(model.lapsedCount(), table.lapsed());
            assertEquals(model.embryonicCount(), table.embryonic());
            for (int blade = 1; blade <= BLADES; blade++) {
                assertEquals(liveByBlade[blade], table.liveSessions(blade));
            }
        }

        private void compare(final FlowKey key, final long slot, final Entry entry) {
            assertEquals(entry.flowId(), table.flowId(slot));
            assertEquals(entry.blade(), table.blade(slot));
            assertEquals(entry.incarnation(), table.incarnation(slot));
            assertEquals(entry.version(), table.version(slot));
            assertEquals(entry.origin(), table.origin(slot));
            assertEquals(entry.phase(), table.phase(slot));
            assertEquals(entry.isLive(nowNs), table.isLive(slot, nowNs));
            assertEquals(SessionReader.Outcome.FOUND, reader.find(key, hash.hash(key)));
            assertEquals(entry.flowId(), reader.flowId());
            assertEquals(entry.isLive(nowNs), reader.isLive(nowNs));
        }

        @Override
        public void close() {
            table.close();
        }
    }
}
