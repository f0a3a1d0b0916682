package io.boomerang.sim.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.FormatRange;
import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.cluster.ClusterChannel;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.cluster.Member;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.Side;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.sim.chassis.Chassis;
import io.boomerang.sim.chassis.ChassisClock;
import io.boomerang.sim.chassis.ChassisObserver;
import io.boomerang.sim.chassis.ChassisOptions;
import io.boomerang.sim.chassis.ClusterSource;
import io.boomerang.sim.chassis.MemoryBackplane;
import io.boomerang.sim.chassis.MemoryCluster;
import io.boomerang.sim.chassis.NodeNames;
import io.boomerang.sim.chassis.SteppedClock;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A chassis in which one node is of the first release, and reads nothing but format 1.
class OldFormatTest {
    private static final long MS = 1_000_000L;
    private static final long START_NS = 1_000 * MS;
    private static final int FLOWS = 60;

    private final SteppedClock clock = new SteppedClock(START_NS);
    private final FlowFrames frames = new FlowFrames();
    private final Ledger ledger = new Ledger();
    private int packets;

    private static final class Ledger implements ChassisObserver {
        int blade;
        int exit;

        @Override
        public void onDelivered(
                final int node,
                final long packetNumber,
                final long flowId,
                final Side arrivalSide,
                final long nowNs) {
            blade = node;
        }

        @Override
        public void onEmitted(final int redirector, final long packetNumber, final long nowNs) {
            exit = redirector;
        }
    }

    /// Makes one node old.
    private record OneOld(ClusterSource source, String name, List<FormatRange> spoken)
            implements ClusterSource {
        @Override
        public ClusterChannel channel(final Member member) {
            final FormatRange formats =
                    member.name().equals(name) ? FormatRange.FIRST_RELEASE : member.formats();
            spoken.add(formats);
            return source.channel(
                    new Member(
                            member.node(),
                            member.name(),
                            member.role(),
                            member.incarnation(),
                            member.parametersDigest(),
                            formats));
        }

        @Override
        public int deliverDue(final long nowNs) {
            return source.deliverDue(nowNs);
        }

        @Override
        public long nextDueNs() {
            return source.nextDueNs();
        }

        @Override
        public ChassisClock clock(final long startNs) {
            return source.clock(startNs);
        }

        @Override
        public void close() {
            source.close();
        }
    }

    private static ChassisOptions options() {
        return new ChassisOptions(
                2,
                2,
                new ClusterParameters(3, 5, 256, FlowRules.DEFAULTS),
                RedirectorConfig.DEFAULTS.withSessionCapacity(1 << 12),
                BladeConfig.DEFAULTS,
                _ -> new PassThrough(),
                0,
                MS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingress-1", "egress-2", "blade-1"})
    void shouldSteerAsOneChassis(final String old) {
        final List<FormatRange> spoken = new ArrayList<>();
        try (Chassis chassis =
                new Chassis(
                        options(),
                        new OneOld(new MemoryCluster(1, START_NS), old, spoken),
                        new MemoryBackplane(),
                        clock,
                        ledger)) {
            chassis.start();
            final Set<Integer> blades = new HashSet<>();
            for (int number = 0; number < FLOWS; number++) {
                blades.add(connect(chassis, number));
            }

            assertEquals(Set.of(NodeNames.blade(0), NodeNames.blade(1)), blades);
            assertTrue(spoken.contains(FormatRange.FIRST_RELEASE));
            assertEquals(0, chassis.controlLost());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingress-1", "egress-2", "blade-2"})
    void shouldLetABladeKeepItsFlowsThatIsToMoveThem(final String old) {
        try (Chassis chassis =
                new Chassis(
                        options(),
                        new OneOld(new MemoryCluster(1, START_NS), old, new ArrayList<>()),
                        new MemoryBackplane(),
                        clock,
                        ledger)) {
            chassis.start();
            final List<Integer> blades = new ArrayList<>();
            for (int number = 0; number < FLOWS; number++) {
                blades.add(connect(chassis, number));
            }
            chassis.moveAway("blade-1");
            final long untilNs = clock.nowNs() + 2_000 * MS;
            chassis.await(() -> clock.nowNs() >= untilNs, Long.MAX_VALUE);

            for (int number = 0; number < FLOWS; number++) {
                send(chassis, flow(number), false, FlowFrames.ACK);
                assertEquals(blades.get(number), ledger.blade);
            }
            assertEquals(0, chassis.controlLost());
        }
    }

    /// A connection's first packets, by other redirectors each time; answers its blade.
    private int connect(final Chassis chassis, final int number) {
        final ChaosEvent.Flow flow = flow(number);
        send(chassis, flow, true, FlowFrames.SYN);
        final int blade = ledger.blade;
        send(chassis, flow, false, FlowFrames.SYN | FlowFrames.ACK);
        assertEquals(blade, ledger.blade);
        send(chassis, flow, true, FlowFrames.ACK);
        assertEquals(blade, ledger.blade);
        return blade;
    }

    private static ChaosEvent.Flow flow(final int number) {
        return new ChaosEvent.Flow(0, number, true, Side.INGRESS, 1, 1, 1);
    }

    private void send(
            final Chassis chassis,
            final ChaosEvent.Flow flow,
            final boolean forward,
            final int tcpFlags) {
        ledger.blade = 0;
        ledger.exit = 0;
        frames.write(flow, forward, tcpFlags);
        chassis.inject(
                forward ? Side.INGRESS : Side.EGRESS,
                packets++ % 2,
                frames.frame(),
                0,
                frames.length(),
                packets);
        final long untilNs = clock.nowNs() + 5 * MS;
        chassis.await(() -> clock.nowNs() >= untilNs, Long.MAX_VALUE);
        assertTrue(ledger.exit != 0, "packet " + packets + " did not leave the chassis");
    }
}
