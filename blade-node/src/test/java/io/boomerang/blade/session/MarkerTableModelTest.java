package io.boomerang.blade.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

/// The table against maps, with keys and flow ids so few that chains, conflicts and evictions are
/// common.
class MarkerTableModelTest implements MarkerTable.Listener {
    private static final int STEPS = 3_000;
    private static final int KEYS = 24;
    private static final List<TcpPhase> PHASES = List.of(TcpPhase.values());

    private final Map<FlowKey, MarkerSession> ingress = new HashMap<>();
    private final Map<FlowKey, MarkerSession> egress = new HashMap<>();
    private final List<MarkerSession> known = new ArrayList<>();

    static LongStream seeds() {
        final Long replay = Long.getLong("seed");
        return replay != null ? LongStream.of(replay) : LongStream.range(0, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldAgreeWithMapsAfterAnyOperations(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final int capacity = random.nextInt(1, 20);
        final MarkerTable table =
                new MarkerTable(capacity, Lifetimes.DEFAULTS, () -> FlowState.NONE, this);
        long nowNs = random.nextLong();
        for (int step = 0; step < STEPS; step++) {
            nowNs += random.nextLong(1L << random.nextInt(20, 36));
            final FlowKey key = key(random);
            final Side side = Side.of(random.nextInt(2));
            final MarkerSession found = table.find(side, key, hash(key));
            assertSame(map(side).get(key), found);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> openOrReopen(table, key, side, found, random, nowNs);
                case 3 -> table.expire(nowNs, random.nextInt(1, 10));
                case 4 -> {
                    if (found != null && !found.isLapsed()) {
                        final TcpPhase phase = PHASES.get(random.nextInt(PHASES.size()));
                        found.setPhase(phase);
                        table.touch(
                                found, LifetimeClass.of(found.original().protocol(), phase), nowNs);
                    }
                }
                case 5 -> {
                    if (found != null) {
                        table.adopt(found, random.nextInt(8));
                    }
                }
                case 6 -> {
                    if (found != null && !found.isTranslated() && !found.isLapsed()) {
                        translate(table, found, key(random), nowNs);
                    }
                }
                default -> {
                    if (found != null && !found.isLapsed()) {
                        found.setPassed();
                        table.onAnnounced(found, nowNs);
                    }
                }
            }
            check(table, capacity, nowNs);
        }
    }

    private void openOrReopen(
            final MarkerTable table,
            final FlowKey key,
            final Side side,
            final @Nullable MarkerSession found,
            final RandomGenerator random,
            final long nowNs) {
        final long flowId = random.nextInt(8);
        if (found == null) {
            final MarkerSession marker =
                    table.open(key, hash(key), flowId, side, random.nextBoolean(), nowNs);
            if (marker != null) {
                known.add(marker);
                ingress.putIfAbsent(marker.key(side).copy(), marker);
                egress.putIfAbsent(marker.key(side).copy(), marker);
            }
        } else if (found.isLapsed()) {
            table.reopen(found, flowId, side, random.nextBoolean(), nowNs);
        }
    }

    private void translate(
            final MarkerTable table,
            final MarkerSession marker,
            final FlowKey newKey,
            final long nowNs) {
        final Side far = marker.farSide();
        final MarkerSession holder = map(far).get(newKey);
        final boolean taken = table.isTaken(far, newKey, hash(newKey));
        final FlowKey before = marker.key(far).copy();
        final boolean done = table.translate(marker, newKey, hash(newKey), false, nowNs);
        if (holder != null && holder != marker) {
            assertEquals(!taken, done);
        } else {
            assertTrue(done);
        }
        if (done) {
            map(far).remove(before, marker);
            map(far).put(newKey.copy(), marker);
        }
    }

    private void check(final MarkerTable table, final int capacity, final long nowNs) {
        assertTrue(table.liveCount() + table.lapsedCount() <= capacity);
        assertEquals(known.size(), table.liveCount() + table.lapsedCount());
        assertTrue(table.embryonicCount() <= table.liveCount());
        for (final MarkerSession marker : known) {
            assertSame(marker, table.at(marker.index()));
            final MarkerSession byId = table.findFlow(marker.flowId());
            assertNotNull(byId);
            assertEquals(marker.flowId(), byId.flowId());
        }
        for (final Side side : Side.values()) {
            map(side)
                    .forEach((key, marker) -> assertSame(marker, table.find(side, key, hash(key))));
        }
        final MarkerSession toRefresh = table.nextToRefresh(nowNs);
        assertTrue(toRefresh == null || known.contains(toRefresh));
        assertNull(table.findFlow(999));
    }

    @Override
    public void onLapse(final MarkerSession marker, final long nowNs) {
        assertTrue(known.contains(marker));
    }

    @Override
    public void onForget(final MarkerSession marker, final boolean live, final long nowNs) {
        assertTrue(known.remove(marker));
        ingress.values().remove(marker);
        egress.values().remove(marker);
    }

    private Map<FlowKey, MarkerSession> map(final Side side) {
        return side == Side.INGRESS ? ingress : egress;
    }

    /// Few distinct values, so that chains hold several keys.
    private static long hash(final FlowKey key) {
        return key.aPort() % 5;
    }

    private static FlowKey key(final RandomGenerator random) {
        final FlowKey key = new FlowKey();
        final int number = random.nextInt(KEYS);
        key.setIpv4(number % 2 == 0 ? 6 : 17, FlowKey.KIND_PORTS, 1, 100 + number, 2, 80, 0);
        return key;
    }
}
