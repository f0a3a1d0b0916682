package io.boomerang.sim.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.session.Lifetimes;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.Side;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionTable;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.sim.chassis.Chassis;
import io.boomerang.sim.chassis.ChassisObserver;
import io.boomerang.sim.chassis.ChassisOptions;
import io.boomerang.sim.chassis.MemoryBackplane;
import io.boomerang.sim.chassis.MemoryCluster;
import io.boomerang.sim.chassis.SteppedClock;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/// The session tables of redirectors are damaged behind their backs while connections open, go on
/// and end: comparisons with the blades find that out and make it good. The model is what the
/// blades announced last.
class ComparisonTest {
    private static final long MS = 1_000_000L;
    private static final int INTERVAL_MS = 1_000;
    private static final int LONG_LIVED = 200;
    private static final int SERVED = 50;
    private static final int CLOSED_MS = 100;
    private static final int LAPSED_MS = 500;
    private static final int LEASE_MS = 600_000;
    private static final int DAMAGES = 40;

    private static final ClusterParameters PARAMETERS =
            new ClusterParameters(3, 5, 256, FlowRules.DEFAULTS);

    /// What the blades said last of each flow.
    private static final class Announced implements ChassisObserver {
        final Map<FlowKey, SessionAnnouncement> last = new HashMap<>();

        @Override
        public void onAnnouncementSent(
                final int blade,
                final int redirector,
                final SessionAnnouncement announcement,
                final boolean carried,
                final long nowNs) {
            last.merge(announcement.key(), announcement, Announced::newer);
        }

        private static SessionAnnouncement newer(
                final SessionAnnouncement one, final SessionAnnouncement other) {
            final int byFlow = Long.compareUnsigned(other.flowId(), one.flowId());
            final boolean older =
                    byFlow < 0
                            || byFlow == 0
                                    && (other.version() < one.version()
                                            || one.kind() == Kind.CLOSE);
            return older ? one : other;
        }
    }

    private final SteppedClock clock = new SteppedClock(1_000 * MS);
    private final Announced announced = new Announced();
    private final FlowFrames frames = new FlowFrames();
    private final FlowHash hash = new FlowHash(PARAMETERS.hashKey0(), PARAMETERS.hashKey1());
    private int flows;
    private long packets;

    static LongStream seeds() {
        final Long replay = Long.getLong("seed");
        return replay != null ? LongStream.of(replay) : LongStream.range(0, 12);
    }

    private Chassis chassis(final SplittableRandom random) {
        final Lifetimes usual = Lifetimes.DEFAULTS;
        final Lifetimes lifetimes =
                new Lifetimes(
                        usual.tcpEmbryonicMs(),
                        usual.tcpEstablishedMs(),
                        usual.tcpClosingMs(),
                        CLOSED_MS,
                        usual.udpEmbryonicMs(),
                        usual.udpEstablishedMs(),
                        usual.icmpMs(),
                        usual.otherEmbryonicMs(),
                        usual.otherEstablishedMs(),
                        LAPSED_MS);
        final AnnouncePolicy[] policies = AnnouncePolicy.values();
        return new Chassis(
                new ChassisOptions(
                        1 + random.nextInt(3),
                        1 + random.nextInt(3),
                        PARAMETERS,
                        RedirectorConfig.DEFAULTS
                                .withSessionCapacity(1 << 12)
                                .withComparisonIntervalMs(INTERVAL_MS),
                        new BladeConfig(
                                policies[random.nextInt(policies.length)],
                                lifetimes,
                                1 << 12,
                                BladeConfig.DEFAULTS.limits()),
                        _ -> new PassThrough(),
                        0,
                        5 * MS),
                new MemoryCluster(random.nextLong(), clock.nowNs()),
                new MemoryBackplane(),
                clock,
                announced);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldMakeAnyDamageGood(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        try (Chassis chassis = chassis(random)) {
            chassis.start();
            for (int i = 0; i < LONG_LIVED; i++) {
                connect(chassis, flows++);
            }
            runUntilComparisons(chassis, 3, random);
            checkTables(chassis);
            for (final Redirector redirector : chassis.redirectors()) {
                assertEquals(0, redirector.counters().driftMissing(), "nothing was missing");
                assertEquals(0, redirector.counters().driftLeftOver(), "nothing was left over");
                assertEquals(0, repaired(redirector));
            }

            for (final Redirector redirector : chassis.redirectors()) {
                damage(redirector, random);
            }
            runUntilComparisons(chassis, 2, random);

            checkTables(chassis);
            for (final Redirector redirector : chassis.redirectors()) {
                assertTrue(repaired(redirector) > 0, "something was repaired");
            }
            runUntilComparisons(chassis, 1, random);
            for (final Redirector redirector : chassis.redirectors()) {
                assertEquals(0, redirector.counters().driftMissing(), "nothing is missing now");
                assertEquals(0, redirector.counters().driftLeftOver(), "nothing is left over now");
            }
        }
    }

    private static long repaired(final Redirector redirector) {
        return redirector.counters().snapshot().getOrDefault("drift-repaired", -1L);
    }

    /// Until each redirector has compared so often since now, connections come, go on and go; then
    /// everything under way arrives.
    private void runUntilComparisons(
            final Chassis chassis, final int count, final SplittableRandom random) {
        final List<Long> goals =
                chassis.redirectors().stream()
                        .map(redirector -> redirector.counters().comparisons() + count)
                        .toList();
        final long limitNs = clock.nowNs() + 10L * (count + 2) * INTERVAL_MS * MS;
        while (!haveCompared(chassis, goals)) {
            assertTrue(clock.nowNs() < limitNs, "comparisons come to an end");
            final int flow = flows++;
            connect(chassis, flow);
            send(chassis, random.nextInt(SERVED), random.nextBoolean(), FlowFrames.ACK);
            if (random.nextInt(4) > 0) {
                send(chassis, flow, random.nextBoolean(), FlowFrames.RST);
            }
            pass(chassis, 1 + random.nextInt(20));
        }
        pass(chassis, 2 * CLOSED_MS);
    }

    private static boolean haveCompared(final Chassis chassis, final List<Long> goals) {
        for (int i = 0; i < goals.size(); i++) {
            if (chassis.redirectors().get(i).counters().comparisons() < goals.get(i)) {
                return false;
            }
        }
        return true;
    }

    private void connect(final Chassis chassis, final int flow) {
        send(chassis, flow, true, FlowFrames.SYN);
        send(chassis, flow, false, FlowFrames.SYN | FlowFrames.ACK);
        send(chassis, flow, true, FlowFrames.ACK);
    }

    private void send(
            final Chassis chassis, final int flow, final boolean forward, final int tcpFlags) {
        write(flow, forward, tcpFlags);
        chassis.inject(
                forward ? Side.INGRESS : Side.EGRESS,
                packets,
                frames.frame(),
                0,
                frames.length(),
                ++packets);
        pass(chassis, 2);
    }

    private void write(final int flow, final boolean forward, final int tcpFlags) {
        frames.write(new ChaosEvent.Flow(0, flow, true, Side.INGRESS, 1, 1, 1), forward, tcpFlags);
    }

    private void pass(final Chassis chassis, final int ms) {
        final long untilNs = clock.nowNs() + ms * MS;
        chassis.await(() -> clock.nowNs() >= untilNs, Long.MAX_VALUE);
    }

    /// Sessions that no packet of the next rounds mends by itself.
    private void damage(final Redirector redirector, final SplittableRandom random) {
        final List<SessionAnnouncement> known = new ArrayList<>();
        for (int flow = SERVED; flow < flows; flow++) {
            write(flow, true, FlowFrames.ACK);
            final SessionAnnouncement last = announced.last.get(frames.key());
            if (last != null && isKeptBy(redirector, last.key())) {
                known.add(last);
            }
        }
        for (int i = 0; i < DAMAGES; i++) {
            final SessionAnnouncement last = known.get(random.nextInt(known.size()));
            forget(redirector, last.key());
            switch (random.nextInt(3)) {
                case 0 -> {} // it was never heard of, or not that it is over
                case 1 -> put(redirector, last, last.flowId(), last.version() - 1);
                case 2 -> put(redirector, last, last.flowId() - 1, last.version());
                default -> throw new AssertionError();
            }
        }
        final SessionAnnouncement any = known.getFirst();
        do {
            write(60_000 + random.nextInt(1_000), true, FlowFrames.ACK);
        } while (!isKeptBy(redirector, frames.key()));
        put(redirector, withKey(any, frames.key().copy()), any.flowId(), any.version());
    }

    private boolean isKeptBy(final Redirector redirector, final FlowKey key) {
        final var explanation = redirector.explain(key, clock.nowNs());
        final int node = redirector.self().node();
        return explanation.owner() == node || explanation.backup() == node;
    }

    private void forget(final Redirector redirector, final FlowKey key) {
        final SessionTable sessions = redirector.sessions();
        final long slot = sessions.find(key, hash.hash(key));
        if (slot != SessionTable.NONE) {
            sessions.forget(slot);
        }
    }

    private void put(
            final Redirector redirector,
            final SessionAnnouncement session,
            final long flowId,
            final int version) {
        redirector
                .sessions()
                .install(
                        session.key(),
                        hash.hash(session.key()),
                        Origin.ANNOUNCED,
                        flowId,
                        session.blade(),
                        session.incarnation(),
                        version,
                        LEASE_MS,
                        TcpPhase.ESTABLISHED,
                        clock.nowNs());
    }

    private static SessionAnnouncement withKey(
            final SessionAnnouncement session, final FlowKey key) {
        return new SessionAnnouncement(
                session.kind(),
                key,
                key,
                session.flowId(),
                session.blade(),
                session.incarnation(),
                session.version(),
                session.leaseMs(),
                session.phase());
    }

    private void checkTables(final Chassis chassis) {
        for (final Redirector redirector : chassis.redirectors()) {
            for (final SessionAnnouncement last : announced.last.values()) {
                if (last.kind() != Kind.CLOSE && isKeptBy(redirector, last.key())) {
                    checkSession(redirector, last);
                }
            }
            checkNothingElse(redirector);
        }
    }

    private void checkSession(final Redirector redirector, final SessionAnnouncement last) {
        final SessionTable sessions = redirector.sessions();
        final long slot = sessions.find(last.key(), hash.hash(last.key()));
        final String what = redirector.self().name() + " knows " + last;
        assertTrue(slot != SessionTable.NONE && sessions.isLive(slot, clock.nowNs()), what);
        assertEquals(Origin.ANNOUNCED, sessions.origin(slot), what);
        assertEquals(last.flowId(), sessions.flowId(slot), what);
        assertEquals(last.version(), sessions.version(slot), what);
        assertEquals(last.blade(), sessions.blade(slot), what);
    }

    private void checkNothingElse(final Redirector redirector) {
        final SessionTable sessions = redirector.sessions();
        final FlowKey key = new FlowKey();
        for (long slot = 0; slot < sessions.slotCount(); slot++) {
            if (sessions.isLive(slot, clock.nowNs()) && sessions.origin(slot) == Origin.ANNOUNCED) {
                sessions.readKey(slot, key);
                final SessionAnnouncement last = announced.last.get(key);
                final String what = redirector.self().name() + " has " + key + ", " + last;
                assertNotNull(last, what);
                assertNotEquals(Kind.CLOSE, last.kind(), what);
                assertEquals(last.flowId(), sessions.flowId(slot), what);
            }
        }
    }
}
