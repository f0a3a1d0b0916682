package io.boomerang.sim.measure;

import io.boomerang.sim.lab.ChassisOptions;
import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.lab.LabPlan;
import io.boomerang.sim.lab.ReferenceNetwork;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// Measures what crosses a chassis of network namespaces, and what crosses other networks between
/// the same two hosts: each frame goes there and back, so it crosses twice.
///
/// All networks stand side by side and are measured by turns, round by round: whatever else the
/// machine does meanwhile, it does to all of them.
public final class ChassisRate {
    private static final String NAME = "rate";
    private static final int DRAIN_SECONDS = 1;

    private final List<String> program;
    private final List<String> daemon;
    private final int blades;
    private final Plan plan;

    /// What stands between the two hosts.
    public enum Network {
        CABLE("cable", "c", ReferenceNetwork.CABLE, ""),
        BRIDGE("bridge", "b", ReferenceNetwork.BRIDGE, ""),
        FORWARDING("nftables", "f", ReferenceNetwork.FORWARDING, ""),
        CHASSIS_AF_PACKET("chassis, AF_PACKET", "p", null, "af-packet"),
        CHASSIS_AF_XDP("chassis, AF_XDP", "x", null, "af-xdp");

        private final String text;
        private final String suffix;
        private final @Nullable ReferenceNetwork reference;
        private final String port;

        Network(
                final String text,
                final String suffix,
                final @Nullable ReferenceNetwork reference,
                final String port) {
            this.text = text;
            this.suffix = suffix;
            this.reference = reference;
            this.port = port;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /// How to measure.
    ///
    /// @param frameBytes sizes, without frame check sequence
    /// @param window frames on their way at once, where as many as possible are to cross
    /// @param rounds in each of which every network has its turn
    /// @param seconds of each turn, for each size: with many frames on their way and with one
    /// @param warmUpSeconds before the first round, for each network
    public record Plan(
            List<Integer> frameBytes, int window, int rounds, int seconds, int warmUpSeconds) {
        public Plan {
            frameBytes = List.copyOf(frameBytes);
        }
    }

    /// What came out for frames of one size across one network, a result for each round.
    ///
    /// @param busy with many on their way
    /// @param calm with one on its way
    public record Results(List<CrossingClient.Result> busy, List<CrossingClient.Result> calm) {
        Results() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    /// @param program see {@link MeasuredNetwork#start}
    /// @param daemon starts a daemon, see {@link Lab#build}
    /// @param blades of the chassis
    public ChassisRate(
            final List<String> program,
            final List<String> daemon,
            final int blades,
            final Plan plan) {
        this.program = List.copyOf(program);
        this.daemon = List.copyOf(daemon);
        this.blades = blades;
        this.plan = plan;
    }

    /// Builds all networks, measures them and takes them down. Answers the results by the size of
    /// the frames, in bytes.
    ///
    /// @throws IOException when a network cannot be measured; the message says which
    /// @throws LabException when one cannot be built
    public Map<Integer, Map<Network, Results>> measure()
            throws IOException, InterruptedException, LabException {
        final Map<Integer, Map<Network, Results>> results = new LinkedHashMap<>();
        for (final int bytes : plan.frameBytes()) {
            final Map<Network, Results> bySize = new EnumMap<>(Network.class);
            for (final Network network : Network.values()) {
                bySize.put(network, new Results());
            }
            results.put(bytes, bySize);
        }
        build(new ArrayDeque<>(List.of(Network.values())), new EnumMap<>(Network.class), results);
        return results;
    }

    /// Builds what is left to build, then measures; whatever happens, what was built goes again.
    private void build(
            final Deque<Network> left,
            final Map<Network, MeasuredNetwork> built,
            final Map<Integer, Map<Network, Results>> results)
            throws IOException, InterruptedException, LabException {
        final Network network = left.poll();
        if (network == null) {
            measure(built, results);
            return;
        }
        final Lab lab = new Lab(NAME + network.suffix + ProcessHandle.current().pid());
        try {
            build(lab, network);
            built.put(network, MeasuredNetwork.start(lab, program));
            build(left, built, results);
        } finally {
            lab.remove();
        }
    }

    private void build(final Lab lab, final Network network)
            throws IOException, InterruptedException, LabException {
        final ReferenceNetwork reference = network.reference;
        if (reference != null) {
            lab.build(reference);
            return;
        }
        final ChassisOptions options =
                new ChassisOptions(
                        "pass",
                        DRAIN_SECONDS,
                        network.port,
                        false,
                        ChassisOptions.USUAL_BACKPLANE_MTU,
                        "refuse",
                        false);
        lab.build(new LabPlan(lab.name(), 1, blades, 0, options), daemon);
    }

    private void measure(
            final Map<Network, MeasuredNetwork> networks,
            final Map<Integer, Map<Network, Results>> results)
            throws IOException {
        for (final Map.Entry<Network, MeasuredNetwork> network : networks.entrySet()) {
            measure(
                    network.getKey(),
                    network.getValue(),
                    new CrossingTask(
                            plan.frameBytes().getFirst(),
                            plan.window(),
                            milliseconds(plan.warmUpSeconds())));
        }
        for (int round = 0; round < plan.rounds(); round++) {
            for (final Map.Entry<Integer, Map<Network, Results>> size : results.entrySet()) {
                final int bytes = size.getKey();
                final int durationMs = milliseconds(plan.seconds());
                for (final Map.Entry<Network, Results> own : size.getValue().entrySet()) {
                    final Network network = own.getKey();
                    final MeasuredNetwork measured = Objects.requireNonNull(networks.get(network));
                    final CrossingTask busy = new CrossingTask(bytes, plan.window(), durationMs);
                    final CrossingTask calm = new CrossingTask(bytes, 1, durationMs);
                    own.getValue().busy.add(measure(network, measured, busy));
                    own.getValue().calm.add(measure(network, measured, calm));
                }
            }
        }
    }

    private static int milliseconds(final int seconds) {
        return (int) TimeUnit.SECONDS.toMillis(seconds);
    }

    private static CrossingClient.Result measure(
            final Network network, final MeasuredNetwork measured, final CrossingTask task)
            throws IOException {
        try {
            return measured.measure(task);
        } catch (final IOException e) {
            throw new IOException(network + ": " + e.getMessage(), e);
        }
    }
}
