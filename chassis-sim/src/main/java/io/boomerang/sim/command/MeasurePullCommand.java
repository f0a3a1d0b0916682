package io.boomerang.sim.command;

import io.boomerang.sim.measure.PullTime;
import io.boomerang.sim.measure.PulledChassis;
import io.boomerang.sim.report.Latency;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// `boomerang measure pull`.
@Command(
        name = "pull",
        description = {
            "How long a redirector that joins takes to pull all sessions from the blades, and what",
            "becomes meanwhile, and afterwards, of the packets that come to it from the first",
            "moment: one in twenty begins a connection, the others are of those the blades hold.",
            "Blades and the redirector beside it are in another process; JGroups over TCP and",
            "GENEVE over UDP on the loopback interface."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class MeasurePullCommand implements Callable<Integer> {
    private static final int MAX_SESSIONS = 8_000_000;
    private static final int MAX_BLADES = 32;
    private static final int MAX_RATE = 50_000;
    private static final int MAX_SECONDS = 60;
    private static final double MEBI = 1 << 20;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--sessions",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Connections of all blades together.")
    private int sessions;

    @Option(
            names = "--blades",
            paramLabel = "N",
            defaultValue = "4",
            description = "Blades that hold them.")
    private int blades;

    @Option(
            names = "--rate",
            paramLabel = "PER-SECOND",
            defaultValue = "10000",
            description = "Packets that come to the joining redirector.")
    private int rate;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How long packets go on when all is pulled.")
    private int seconds;

    @Override
    public Integer call() throws IOException {
        OptionRange.require(spec, "--sessions", sessions, 1, MAX_SESSIONS);
        OptionRange.require(spec, "--blades", blades, 1, MAX_BLADES);
        OptionRange.require(spec, "--rate", rate, 1, MAX_RATE);
        OptionRange.require(spec, "--seconds", seconds, 1, MAX_SECONDS);
        final PullTime.Result result =
                new PullTime(
                                OwnProgram.measuring(List.of("measure", "hold")),
                                sessions,
                                blades,
                                rate,
                                seconds)
                        .measure();
        final PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%,d sessions of %d blades pulled in %.3f s, %,.0f/s; joining took %.3f s before%n",
                result.sessions(),
                blades,
                result.pullSeconds(),
                result.sessions() / result.pullSeconds(),
                result.joinSeconds());
        out.printf(
                Locale.ROOT,
                "memory: %.0f MiB more; stalls of the machine: p99 %,.0f us, max %,.0f us%n",
                result.residentBytes() / MEBI,
                result.stalls().p99Us(),
                result.stalls().maxUs());
        print(out, "meanwhile", result.meanwhile());
        result.drops()
                .forEach((reason, count) ->
                        out.printf(Locale.ROOT, "  dropped, %-23s%,9d%n", reason, count));
        print(out, "afterwards", result.afterwards());
        out.flush();
        return result.afterwards().lost() == 0 ? Boomerang.OK : Boomerang.FAILED;
    }

    private static void print(
            final PrintWriter out, final String when, final PullTime.Packets packets) {
        out.printf(
                Locale.ROOT,
                "%-12s %,9d packets, %,d lost%n",
                when,
                packets.sent(),
                packets.lost());
        print(out, packets, "  all that crossed the chassis", packets.latency());
        print(out, packets, "  whose session was there", packets.bySession());
        print(out, packets, "  for which a blade was chosen", packets.decided());
        print(out, packets, "  for which blades were asked", packets.asked());
        print(out, packets, "  by way of the other one", packets.detours());
    }

    private static void print(
            final PrintWriter out,
            final PullTime.Packets packets,
            final String which,
            final Latency latency) {
        if (latency.count() == 0) {
            return;
        }
        out.printf(
                Locale.ROOT,
                "%-32s %,9d %6.2f %%   p50 %,9.0f us, p99 %,9.0f us, max %,9.0f us%n",
                which,
                latency.count(),
                100.0 * latency.count() / packets.sent(),
                latency.p50Us(),
                latency.p99Us(),
                latency.maxUs());
    }

    /// The other process of `boomerang measure pull`.
    @Command(name = "hold", hidden = true)
    static final class Hold implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();

        @Parameters(index = "0")
        private int connections;

        @Parameters(index = "1..*")
        private List<Integer> ports = List.of();

        @Override
        public Integer call() throws IOException {
            PulledChassis.run(connections, ports, System.in, spec.commandLine().getOut());
            return Boomerang.OK;
        }
    }
}
