package io.boomerang.sim.command;

import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.measure.FailoverProbe;
import io.boomerang.sim.measure.FailoverProbe.Outage;
import io.boomerang.sim.measure.FailoverProbe.Result;
import io.boomerang.sim.measure.FailoverTime;

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
import java.util.function.Function;

/// `boomerang measure failover`.
@Command(
        name = "failover",
        description = {
            "How long it takes until other blades serve the flows of one that is killed (SIGKILL),"
                    + " in",
            "a chassis of network namespaces: flows that begin then, and flows that had begun"
                    + " before.",
            "A thousand new flows and four thousand packets of existing ones a second cross the",
            "chassis meanwhile. The time is from the kill until the first packet was sent after",
            "which none was lost. Needs root, ip(8), ping(8) and setsid(1)."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class MeasureFailoverCommand implements Callable<Integer> {
    private static final int MAX_KILLS = 1_000;
    private static final int MAX_BLADES = 32;
    private static final double HALF = 0.5;
    private static final double NEARLY_ALL = 0.99;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "20",
            description = "How often a blade is killed, one after the other; it starts again.")
    private int kills;

    @Option(
            names = "--blades",
            paramLabel = "N",
            defaultValue = "3",
            description = "Processing blades of the chassis, 2 to 32.")
    private int blades;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionRange.require(spec, "--kills", kills, 1, MAX_KILLS);
        OptionRange.require(spec, "--blades", blades, 2, MAX_BLADES);
        final PrintWriter out = spec.commandLine().getOut();
        try {
            final List<Result> results =
                    new FailoverTime(
                                    MeasureChassisCommand.program(),
                                    UpCommand.daemon(),
                                    blades,
                                    kills)
                            .measure();
            out.printf(
                    Locale.ROOT,
                    "%-16s %8s %9s %9s %9s   %d of %d blades killed, one by one; ms%n",
                    "",
                    "lost",
                    "p50",
                    "p99",
                    "longest",
                    kills,
                    blades);
            print(out, "new flows", results, Result::newFlows);
            print(out, "existing flows", results, Result::existing);
            out.flush();
            return Boomerang.OK;
        } catch (final LabException e) {
            spec.commandLine().getErr().println("boomerang: " + e.getMessage());
            return Boomerang.FAILED;
        }
    }

    private static void print(
            final PrintWriter out,
            final String kind,
            final List<Result> results,
            final Function<Result, Outage> outage) {
        final double[] served =
                results.stream()
                        .map(outage)
                        .filter(each -> each.lost() > 0)
                        .mapToDouble(Outage::servedMs)
                        .sorted()
                        .toArray();
        final int lost = results.stream().map(outage).mapToInt(Outage::lost).sum();
        if (served.length == 0) {
            out.printf(Locale.ROOT, "%-16s %,8d   no blade had any%n", kind, lost);
            return;
        }
        out.printf(
                Locale.ROOT,
                "%-16s %,8d %,9.1f %,9.1f %,9.1f   of %d%n",
                kind,
                lost,
                percentile(served, HALF),
                percentile(served, NEARLY_ALL),
                served[served.length - 1],
                served.length);
    }

    /// The least value that so large a part of all does not exceed.
    private static double percentile(final double[] sorted, final double part) {
        return sorted[(int) Math.ceil(part * sorted.length) - 1];
    }

    /// The client of `boomerang measure failover`, in its namespace: kills the processes that
    /// standard input names, line by line.
    @Command(name = "probe", hidden = true)
    static final class Probe implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();

        @Parameters(index = "0")
        private String interfaceName = "";

        @Override
        public Integer call() throws IOException {
            try (FailoverProbe probe = FailoverProbe.open(interfaceName)) {
                AnsweredLines.serve(
                        spec.commandLine().getOut(), pid -> probe.kill(process(pid)).text());
            }
            return Boomerang.OK;
        }

        private static ProcessHandle process(final String pid) throws IOException {
            return ProcessHandle.of(Long.parseLong(pid))
                    .orElseThrow(() -> new IOException("no process " + pid));
        }
    }
}
