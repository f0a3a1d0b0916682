package io.boomerang.sim.measure;

import io.boomerang.sim.lab.ChassisOptions;
import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.lab.LabPlan;
import io.boomerang.sim.lab.ReferenceNetwork;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Measures what crosses a chassis of network namespaces, and what crosses other networks between
/// the same two hosts: each frame goes there and back, so it crosses twice.
public final class ChassisRate {
    private static final String NAME = "rate";
    private static final int DRAIN_SECONDS = 1;
    private static final int BUSY = 256;

    private final List<String> program;
    private final List<String> daemon;
    private final int blades;
    private final int seconds;

    /// What stands between the two hosts.
    public enum Network {
        CABLE("cable", ReferenceNetwork.CABLE, ""),
        BRIDGE("bridge", ReferenceNetwork.BRIDGE, ""),
        FORWARDING("nftables", ReferenceNetwork.FORWARDING, ""),
        CHASSIS_AF_PACKET("chassis, AF_PACKET", null, "af-packet"),
        CHASSIS_AF_XDP("chassis, AF_XDP", null, "af-xdp");

        private final String text;
        private final @Nullable ReferenceNetwork reference;
        private final String port;

        Network(final String text, final @Nullable ReferenceNetwork reference, final String port) {
            this.text = text;
            this.reference = reference;
            this.port = port;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /// What came out for frames of one size.
    ///
    /// @param busy with many on their way
    /// @param calm with one on its way
    public record Result(CrossingClient.Result busy, CrossingClient.Result calm) {}

    /// @param program starts this one's hidden commands `measure cross` and `measure reflect`, when
    ///   their name and arguments are added
    /// @param daemon starts a daemon, see {@link Lab#build}
    /// @param blades of the chassis
    /// @param seconds that each measurement takes after as many to warm up
    public ChassisRate(
            final List<String> program,
            final List<String> daemon,
            final int blades,
            final int seconds) {
        this.program = List.copyOf(program);
        this.daemon = List.copyOf(daemon);
        this.blades = blades;
        this.seconds = seconds;
    }

    /// Builds a network, measures it with frames of each size and takes it down.
    ///
    /// @param frameBytes sizes, without frame check sequence
    /// @throws LabException when it cannot be built
    public List<Result> measure(final Network network, final List<Integer> frameBytes)
            throws IOException, InterruptedException, LabException {
        final Lab lab = new Lab(NAME + ProcessHandle.current().pid());
        try {
            build(lab, network);
            final Process server = start(lab, LabPlan.SERVER, List.of("reflect", LabPlan.CARD));
            try {
                final List<Result> results = new ArrayList<>();
                for (final int bytes : frameBytes) {
                    results.add(new Result(cross(lab, bytes, BUSY), cross(lab, bytes, 1)));
                }
                return results;
            } finally {
                server.getOutputStream().close();
                server.waitFor();
            }
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

    private CrossingClient.Result cross(final Lab lab, final int frameBytes, final int window)
            throws IOException, InterruptedException {
        final Process client =
                start(
                        lab,
                        LabPlan.CLIENT,
                        List.of(
                                "cross",
                                LabPlan.CARD,
                                String.valueOf(frameBytes),
                                String.valueOf(window),
                                String.valueOf(seconds)));
        client.getOutputStream().close();
        final String output =
                new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (client.waitFor() != 0) {
            throw new IOException("the measuring process failed");
        }
        return CrossingClient.Result.parse(output.strip());
    }

    private Process start(final Lab lab, final String host, final List<String> arguments)
            throws IOException {
        final List<String> command = new ArrayList<>(program);
        command.add("measure");
        command.addAll(arguments);
        return new ProcessBuilder(lab.inside(host, command))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
