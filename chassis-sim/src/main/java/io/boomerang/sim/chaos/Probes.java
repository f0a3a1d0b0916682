package io.boomerang.sim.chaos;

import io.boomerang.blade.BladeNode;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.Side;
import io.boomerang.sim.chassis.Chassis;
import io.boomerang.sim.chassis.NodeNames;
import io.boomerang.sim.chassis.SteppedClock;

import java.util.function.BooleanSupplier;

/// Asks a chassis whose faults are over whether it works: every flow that there was is sent through
/// every redirector, new flows begin at every redirector, cross and are answered, and no blade
/// gives up an announcement meanwhile. Nobody else answers while it asks.
final class Probes {
    private static final long MS = 1_000_000L;
    private static final long GAP_NS = 5 * MS;
    private static final String CONVERGENCE = "convergence";

    private final Chassis chassis;
    private final Hosts hosts;
    private final Witness witness;
    private final SteppedClock clock;
    private final long restNs;

    /// @param restNs after which nothing is under way any more
    Probes(
            final Chassis chassis,
            final Hosts hosts,
            final Witness witness,
            final SteppedClock clock,
            final long restNs) {
        this.chassis = chassis;
        this.hosts = hosts;
        this.witness = witness;
        this.clock = clock;
        this.restNs = restNs;
    }

    void run() {
        hosts.fallSilent();
        final long abandoned = abandoned();
        probeKnownFlows();
        probeNewFlows();
        await(() -> false, restNs);
        if (abandoned() != abandoned) {
            witness.accuse(
                    CONVERGENCE,
                    "blades gave up announcements after all faults had ended",
                    clock.nowNs());
        }
    }

    private long abandoned() {
        long sum = 0;
        for (final BladeNode blade : chassis.blades()) {
            sum += blade.counters().announcer().abandoned();
        }
        return sum;
    }

    private void await(final BooleanSupplier condition, final long limitNs) {
        final long untilNs = clock.nowNs() + limitNs;
        chassis.await(() -> condition.getAsBoolean() || clock.nowNs() >= untilNs, limitNs);
    }

    // Known flows: all packets must reach one blade and leave.

    private void probeKnownFlows() {
        for (final FlowState state : hosts.flows()) {
            if (state.home == 0) {
                continue;
            }
            for (final Side side : Side.values()) {
                for (int entry = 0; entry < redirectors(side); entry++) {
                    probe(state, state.flow.opener() == side, entry);
                }
            }
        }
    }

    private void probe(final FlowState state, final boolean forward, final int entry) {
        final long before = witness.delivered();
        final long number = hosts.enter(state, forward, FlowFrames.ACK, entry);
        final long sentNs = clock.nowNs();
        await(() -> clock.nowNs() - sentNs >= GAP_NS && witness.isOver(number), GAP_NS + restNs);
        if (witness.delivered() == before) {
            witness.accuse(
                    CONVERGENCE,
                    "a probe of " + state.name() + " reached no blade after all faults had ended",
                    clock.nowNs());
        }
    }

    // New flows

    private void probeNewFlows() {
        for (final Side side : Side.values()) {
            for (int entry = 0; entry < redirectors(side); entry++) {
                for (final boolean connection : new boolean[] {true, false}) {
                    begin(side, entry, connection);
                }
            }
        }
    }

    private void begin(final Side side, final int entry, final boolean connection) {
        final FlowState state =
                hosts.open(new ChaosEvent.Flow(0, hosts.flows().size(), connection, side, 1, 0, 1));
        hosts.enter(state, true, FlowFrames.SYN, entry);
        await(() -> state.crossed, restNs);
        await(() -> false, GAP_NS); // no answer is there at once
        if (!state.crossed) {
            accuse(state, "did not leave");
            return;
        }
        hosts.enter(state, false, FlowFrames.SYN | FlowFrames.ACK, entry);
        await(() -> state.answered, restNs);
        if (!state.answered) {
            accuse(state, "got no answer");
        }
    }

    private void accuse(final FlowState state, final String what) {
        witness.accuse(
                CONVERGENCE,
                "the first packet of new "
                        + state.name()
                        + " "
                        + what
                        + " after all faults had ended",
                clock.nowNs());
    }

    private int redirectors(final Side side) {
        final Role role = side == Side.INGRESS ? Role.INGRESS_REDIRECTOR : Role.EGRESS_REDIRECTOR;
        return (int)
                chassis.nodeNames().stream()
                        .filter(name -> NodeNames.role(NodeNames.node(name)) == role)
                        .count();
    }
}
