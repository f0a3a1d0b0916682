package io.boomerang.sim.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.backplane.RelayingBackplane;
import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.cluster.ClusterParameters;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.ParseReason;
import io.boomerang.flow.Side;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.steering.Decision;
import io.boomerang.redirector.steering.DropReason;
import io.boomerang.sim.chassis.Chassis;
import io.boomerang.sim.chassis.ChassisObserver;
import io.boomerang.sim.chassis.ChassisOptions;
import io.boomerang.sim.chassis.NodeNames;
import io.boomerang.sim.chassis.SteppedClock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/// A chassis of one redirector on each side and two blades, with sets of broken links: one in
/// sixteen of all 4,096, with `-Dwalk=all` each of them. (That frames find their way through every
/// one of them is tried in RelayingBackplaneTest.)
class LinkWalkTest {
    private static final long MS = 1_000_000L;
    private static final long START_NS = 1_000 * MS;

    /// What nodes may take to notice, and to tell each other by way of two more.
    private static final long DETECTION_NS = 400 * MS;

    /// After which nothing counts any more of nodes from which no way leads: five intervals, and
    /// one for each of two nodes that may have passed on their last hello.
    private static final long FORGOTTEN_NS = 900 * MS;

    private static final int SOME = 256;
    private static final int INGRESS = NodeNames.ingress(0);
    private static final int EGRESS = NodeNames.egress(0);
    private static final int[] BLADES = {NodeNames.blade(0), NodeNames.blade(1)};
    private static final int[] NODES = {INGRESS, EGRESS, BLADES[0], BLADES[1]};
    private static final Set<Integer> ALL = Set.of(INGRESS, EGRESS, BLADES[0], BLADES[1]);

    private final SteppedClock clock = new SteppedClock(START_NS);
    private final Links links = new Links();
    private final Weather weather = new Weather(1);
    private final Ledger ledger = new Ledger();
    private final FlowFrames frames = new FlowFrames();
    private final Chassis chassis =
            new Chassis(
                    new ChassisOptions(
                            1,
                            2,
                            new ClusterParameters(3, 5, 256, FlowRules.DEFAULTS),
                            RedirectorConfig.DEFAULTS.withSessionCapacity(1 << 15),
                            BladeConfig.DEFAULTS,
                            _ -> new PassThrough(),
                            0,
                            25 * MS),
                    new FaultyCluster(links, weather, START_NS),
                    new FaultyBackplane(links, weather, clock::nowNs, ledger),
                    clock,
                    ledger);
    private int flows;

    /// What became of the packet that was sent last, and of all datagrams.
    private static final class Ledger implements ChassisObserver, FaultyBackplane.Losses {
        int packet;
        int home;
        int blade;
        int exit;
        String drop = "";
        int ends;
        int lostOnLinks;

        void begin() {
            packet++;
            home = 0;
            blade = 0;
            exit = 0;
            drop = "";
            ends = 0;
        }

        @Override
        public void onSteered(
                final int redirector,
                final long packetNumber,
                final Decision decision,
                final FlowKey key,
                final long flowId,
                final int chosen,
                final long nowNs) {
            home = chosen;
        }

        @Override
        public void onDelivered(
                final int node,
                final long packetNumber,
                final long flowId,
                final Side arrivalSide,
                final long nowNs) {
            assertEquals(packet, packetNumber);
            assertEquals(0, blade, "delivered twice");
            blade = node;
        }

        @Override
        public void onEmitted(final int redirector, final long packetNumber, final long nowNs) {
            exit = redirector;
            ends++;
        }

        @Override
        public void onDropped(
                final int redirector,
                final long packetNumber,
                final DropReason reason,
                final ParseReason detail,
                final long nowNs) {
            drop = reason.label();
            ends++;
        }

        @Override
        public void onVerdict(
                final int node,
                final long packetNumber,
                final ProcessorVerdict verdict,
                final long nowNs) {
            if (verdict.isDrop()) {
                drop = verdict == ProcessorVerdict.DROP_NO_PATH ? "no-path" : verdict.name();
                ends++;
            }
        }

        @Override
        public void onLost(final byte[] datagram) {
            throw new AssertionError("nothing is lost but on broken links");
        }

        @Override
        public void onBroken(final int from, final int to, final byte[] datagram) {
            final MemorySegment segment = MemorySegment.ofArray(datagram);
            if (!RelayingBackplane.isHello(segment, 0, datagram.length)) {
                lostOnLinks++;
            }
        }
    }

    @BeforeEach
    void start() {
        chassis.start();
    }

    @AfterEach
    void close() {
        chassis.close();
    }

    private void pass(final long ns) {
        final long untilNs = clock.nowNs() + ns;
        chassis.await(() -> clock.nowNs() >= untilNs, Long.MAX_VALUE);
    }

    private void send(final ChaosEvent.Flow flow, final boolean forward, final int tcpFlags) {
        ledger.begin();
        frames.write(flow, forward, tcpFlags);
        chassis.inject(
                forward ? Side.INGRESS : Side.EGRESS,
                0,
                frames.frame(),
                0,
                frames.length(),
                ledger.packet);
        pass(2 * MS);
    }

    private ChaosEvent.Flow newFlow() {
        return new ChaosEvent.Flow(0, flows++, true, Side.INGRESS, 1, 1, 1);
    }

    private boolean areConnected(final int one, final int other) {
        return links.lead(one, other, ALL) && links.lead(other, one, ALL);
    }

    @Test
    void shouldSteerEveryFlowThatAnySetOfLinksLetsThrough() {
        final List<Integer> subsets = new ArrayList<>(IntStream.range(0, 1 << 12).boxed().toList());
        Collections.shuffle(subsets, new Random(20_251_122));
        final int walked = "all".equals(System.getProperty("walk")) ? subsets.size() : SOME;
        final long epoch = epoch();
        for (final int subset : subsets.subList(0, walked)) {
            breakLinks(subset);
            pass(FORGOTTEN_NS);
            ledger.lostOnLinks = 0;
            final Set<Integer> tried = new HashSet<>();
            while (tried.size() < BLADES.length) {
                tried.add(walk("links broken " + Integer.toBinaryString(subset)));
            }
            assertEquals(0, ledger.lostOnLinks);
            assertTrue(chassis.isSettled());
            assertEquals(epoch, epoch());
        }
    }

    private long epoch() {
        return chassis.redirectors().getFirst().epoch();
    }

    private void breakLinks(final int subset) {
        links.mendAll();
        int bit = 0;
        for (final int from : NODES) {
            for (final int to : NODES) {
                if (from != to && (subset >>> bit++ & 1) != 0) {
                    links.breakLink(from, to);
                }
            }
        }
    }

    /// One flow's way through and back; answers its blade.
    private int walk(final String where) {
        final ChaosEvent.Flow flow = newFlow();
        send(flow, true, FlowFrames.SYN);
        final int home = ledger.home;
        final boolean comesIn = areConnected(INGRESS, home);
        final boolean comesOut = comesIn && areConnected(home, EGRESS);
        expect(where, comesIn ? home : 0, comesOut ? EGRESS : 0);
        if (comesOut) {
            send(flow, false, FlowFrames.SYN | FlowFrames.ACK);
            expect(where, home, INGRESS);
            send(flow, true, FlowFrames.ACK);
            expect(where, home, EGRESS);
        }
        return home;
    }

    private void expect(final String where, final int blade, final int exit) {
        assertEquals(blade, ledger.blade, where);
        assertEquals(exit, ledger.exit, where);
        assertEquals(exit == 0 ? "no-path" : "", ledger.drop, where);
        assertEquals(1, ledger.ends, where);
    }

    @Test
    void shouldKeepAFlowWhoseLinksBreakAndAreMended() {
        final ChaosEvent.Flow flow = newFlow();
        send(flow, true, FlowFrames.SYN);
        send(flow, false, FlowFrames.SYN | FlowFrames.ACK);
        final int home = ledger.blade;

        links.breakLink(INGRESS, home);
        final int lostThere = lostOf(flow, home);
        links.breakLink(home, INGRESS);
        final int lostBack = lostOf(flow, home);
        links.mendAll();
        final int lostWhileMended = lostOf(flow, home);

        assertTrue(lostThere > 0);
        assertTrue(lostBack > 0);
        assertEquals(0, lostWhileMended);
        assertEquals(0, flowsBroken());
    }

    /// Sends one packet each way every four milliseconds for a second; answers how many did not
    /// come through. After the time of detection all must.
    private int lostOf(final ChaosEvent.Flow flow, final int home) {
        final long startNs = clock.nowNs();
        int lost = 0;
        while (clock.nowNs() - startNs < 1_000 * MS) {
            for (final boolean forward : new boolean[] {true, false}) {
                send(flow, forward, FlowFrames.ACK);
                assertTrue(ledger.blade == home || ledger.blade == 0);
                if (ledger.exit == 0) {
                    assertFalse(clock.nowNs() - startNs > DETECTION_NS);
                    lost++;
                }
            }
        }
        return lost;
    }

    private long flowsBroken() {
        return chassis.redirectors().stream()
                .mapToLong(redirector -> redirector.counters().flowsBroken())
                .sum();
    }

    @Test
    void shouldRelayNothingWhileAllLinksWork() {
        final ChaosEvent.Flow flow = newFlow();
        send(flow, true, FlowFrames.SYN);

        assertEquals(0, lostOf(flow, ledger.blade));

        for (final int node : NODES) {
            final var counters = chassis.relayCounters(NodeNames.of(node));
            assertEquals(0, counters.sentByRelay() + counters.relayed() + counters.cameByRelay());
            assertTrue(counters.hellosSent() > 0);
        }
    }
}
