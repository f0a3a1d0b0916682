package io.boomerang.sim.command;

import io.boomerang.handoff.kernel.KernelTcp;
import io.boomerang.sim.handoff.HandoffFigures;
import io.boomerang.sim.handoff.KernelHandoffs;
import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.report.Latency;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;

/// `boomerang measure handoff`.
@Command(
        name = "handoff",
        description = {
            "How long it takes to hand a TCP connection of the kernel to another blade (as root).",
            "A client, a redirector and two blades, each kernel in a network namespace;"
                    + " classifier,",
            "forwarder and host take turns in one thread, and the datagrams between them do not",
            "leave its memory: what is measured is work, not a network. The clock is read before",
            "the classifier reads the last bytes of the request, when the connection stands still",
            "and its state is known, when it is live at the host, and when the host's server has",
            "read what the client sent meanwhile. Then one stream to the client moves between the",
            "blades: how long the client's read got nothing around each move, at most."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class MeasureHandoffCommand implements Callable<Integer> {
    private static final int MAX_COUNT = 10_000;
    private static final int MAX_WARM_UP = 100_000;
    private static final double US_PER_MS = 1_000;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--handoffs",
            paramLabel = "N",
            defaultValue = "1000",
            description =
                    "Connections, one after the other, 1 to 10,000: measured with a process that"
                            + " has just started, and once more when it is warm.")
    private int handoffs;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Connections between these two measurements, 0 to 100,000.")
    private int warmUp;

    @Option(
            names = "--moves",
            paramLabel = "N",
            defaultValue = "50",
            description = "In the middle of one transfer, 0.6 s apart, 1 to 10,000.")
    private int moves;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionRange.require(spec, "--handoffs", handoffs, 1, MAX_COUNT);
        OptionRange.require(spec, "--warm-up", warmUp, 0, MAX_WARM_UP);
        OptionRange.require(spec, "--moves", moves, 1, MAX_COUNT);
        final String reason = KernelTcp.unavailable();
        if (reason != null) {
            spec.commandLine()
                    .getErr()
                    .println("connections of the kernel cannot be handed off here: " + reason);
            return Boomerang.FAILED;
        }
        final PrintWriter out = spec.commandLine().getOut();
        try (KernelHandoffs measurement = new KernelHandoffs()) {
            print(out, "the process has just started", measurement.oneByOne(handoffs));
            measurement.oneByOne(warmUp);
            print(
                    out,
                    String.format(Locale.ROOT, "after %,d more", warmUp),
                    measurement.oneByOne(handoffs));
            print(out, measurement.inTheMiddle(moves));
        } catch (final LabException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return Boomerang.FAILED;
        }
        return Boomerang.OK;
    }

    private static void print(
            final PrintWriter out, final String when, final HandoffFigures.AtBeginning figures) {
        out.printf(
                Locale.ROOT,
                "%,d connections of the kernel handed off, %s; %,.0f a second with connecting,"
                        + " asking, answering and closing%n",
                figures.count(),
                when,
                figures.perSecond());
        print(out, "until it stands still", figures.freeze());
        print(out, "until it is live at the host", figures.untilLive());
        print(out, "until the host has the client's next packet", figures.untilPacket());
        out.printf(Locale.ROOT, "  blob of %,d bytes%n", figures.blobBytes());
        out.flush();
    }

    private static void print(final PrintWriter out, final String what, final Latency latency) {
        out.printf(
                Locale.ROOT,
                "  %-44s p50 %,7.0f us, p99 %,7.0f us, max %,7.0f us of %,d%n",
                what,
                latency.p50Us(),
                latency.p99Us(),
                latency.maxUs(),
                latency.count());
    }

    private static void print(final PrintWriter out, final HandoffFigures.InTheMiddle figures) {
        out.printf(
                Locale.ROOT,
                "%,d moves in the middle of one download at %,.0f Mbit/s; %,d tries refused%n",
                figures.moves(),
                figures.megabitsPerSecond(),
                figures.refusals());
        print(out, "until it is live at the next host", figures.untilLive());
        out.printf(
                Locale.ROOT,
                "  the client heard nothing for p50 %.2f ms, p99 %.2f ms, max %.2f ms%n",
                figures.silence().p50Us() / US_PER_MS,
                figures.silence().p99Us() / US_PER_MS,
                figures.silence().maxUs() / US_PER_MS);
        out.printf(Locale.ROOT, "  blobs of up to %,d bytes%n", figures.mostBlobBytes());
        out.flush();
    }
}
