package io.boomerang.sim.measure;

import io.boomerang.cluster.Member;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.steering.SteeringObserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The other process of a {@link PullTime}: the redirector that was there before, and blades that
/// hold connections.
public final class PulledChassis {
    /// What it says once its redirector has all sessions.
    static final String READY = "ready";

    private static final long READY_LIMIT_NS = TimeUnit.SECONDS.toNanos(120);

    private PulledChassis() {}

    /// Runs until the stream ends.
    ///
    /// @param connections of all blades together
    /// @param ports of all nodes of the chassis
    public static void run(
            final int connections,
            final List<Integer> ports,
            final InputStream untilEnd,
            final PrintWriter out)
            throws IOException {
        final LoopbackChassis chassis = new LoopbackChassis(ports);
        final LoopbackRedirector.Progress progress = new LoopbackRedirector.Progress();
        final List<LoopbackNode> nodes = new ArrayList<>();
        try {
            final LoopbackNode redirector =
                    redirector(
                            chassis,
                            LoopbackChassis.FIRST,
                            connections,
                            SteeringObserver.NONE,
                            (_, _) -> Long.MAX_VALUE,
                            progress);
            nodes.add(redirector);
            for (int number = 1; number <= chassis.blades(); number++) {
                nodes.add(blade(chassis, number, connections));
            }
            for (final LoopbackNode node : nodes) {
                node.start();
            }
            if (!redirector.await(progress::hasPulled, READY_LIMIT_NS)) {
                throw new IOException("the first redirector did not get all sessions in time");
            }
            // What was read to make the flows is garbage that no blade would have.
            ManagementFactory.getMemoryMXBean().gc();
            out.println(READY);
            out.flush();
            untilEnd.readAllBytes();
        } finally {
            for (final LoopbackNode node : nodes.reversed()) {
                node.close();
            }
        }
    }

    static LoopbackNode redirector(
            final LoopbackChassis chassis,
            final Member self,
            final int connections,
            final SteeringObserver observer,
            final LoopbackRedirector.Inflow inflow,
            final LoopbackRedirector.Progress progress) {
        final int capacity =
                Math.max(
                        RedirectorConfig.DEFAULTS.sessionCapacity(), connections + connections / 4);
        return new LoopbackNode(
                chassis,
                self,
                (backplane, control) ->
                        new LoopbackRedirector(
                                self, capacity, backplane, control, observer, inflow, progress));
    }

    private static LoopbackNode blade(
            final LoopbackChassis chassis, final int number, final int connections) {
        final Member self = chassis.blade(number);
        return new LoopbackNode(
                chassis,
                self,
                (backplane, control) ->
                        new LoopbackBlade(
                                self,
                                PulledFlows.ofBlade(number, chassis.blades(), connections),
                                backplane,
                                control));
    }
}
