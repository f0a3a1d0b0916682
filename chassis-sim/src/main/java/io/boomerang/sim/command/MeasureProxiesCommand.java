package io.boomerang.sim.command;

import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.measure.FetchTask;
import io.boomerang.sim.measure.FetchingClient;
import io.boomerang.sim.measure.ProxyComparison;
import io.boomerang.sim.measure.ProxyComparison.Plan;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/// `boomerang measure proxies`.
@Command(
        name = "proxies",
        description = {
            "Downloads and short requests of one client from two hosts, by path: through a chassis"
                    + " that",
            "hands each connection off to its host, through an HAProxy in TCP mode and in HTTP"
                    + " mode,",
            "which copies what it forwards, and with nothing in between. All of it stands side by"
                    + " side",
            "in network namespaces and has its turns, round by round. The hosts run one program,"
                    + " which",
            "gets its connections from the chassis or listens. Says how much time of processors"
                    + " each",
            "way takes: that of the steering (of HAProxy, or of the daemons of redirectors,"
                    + " classifier",
            "and hosts), of the programs on the hosts, of the client, and of the whole machine.",
            "Needs root, haproxy (a Debian package), ip(8), ping(8), python3, setsid(1) and"
                    + " sysctl(8)."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class MeasureProxiesCommand implements Callable<Integer> {
    private static final int MAX_SECONDS = 3_600;
    private static final int MAX_ROUNDS = 1_000;
    private static final int MAX_MEBIBYTES = 65_536;
    private static final int MAX_AT_ONCE = 1_000;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each way has its turn. The tables have medians.")
    private int rounds;

    @Option(
            names = "--mebibytes",
            paramLabel = "N",
            defaultValue = "1024",
            description = "What is downloaded in a turn, over one connection and over several.")
    private int mebibytes;

    @Option(
            names = "--downloads",
            paramLabel = "N",
            defaultValue = "8",
            description = "How many connections those several are.")
    private int downloads;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Of short requests in a turn: many at once, and as long one by one.")
    private int seconds;

    @Option(
            names = "--at-once",
            paramLabel = "N",
            defaultValue = "16",
            description = "Short requests at once, each on a connection of its own.")
    private int requests;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long each way has short requests, and downloads, before.")
    private int warmUp;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionRange.require(spec, "--rounds", rounds, 1, MAX_ROUNDS);
        OptionRange.require(spec, "--mebibytes", mebibytes, 1, MAX_MEBIBYTES);
        OptionRange.require(spec, "--downloads", downloads, 1, MAX_AT_ONCE);
        OptionRange.require(spec, "--seconds", seconds, 1, MAX_SECONDS);
        OptionRange.require(spec, "--at-once", requests, 1, MAX_AT_ONCE);
        OptionRange.require(spec, "--warm-up", warmUp, 0, MAX_SECONDS);
        final String obstacle = ProxyComparison.obstacle();
        if (!obstacle.isEmpty()) {
            spec.commandLine().getErr().println("boomerang: " + obstacle);
            return Boomerang.FAILED;
        }
        final Plan plan = new Plan(rounds, mebibytes, downloads, requests, seconds, warmUp);
        try {
            final ProxyComparison comparison =
                    new ProxyComparison(
                            OwnProgram.measuring(List.of("measure", "fetch"), "-Xmx256m"),
                            MeasureChassisCommand.daemon(),
                            plan);
            new ProxyTable(plan, comparison.measure()).print(spec.commandLine().getOut());
            return Boomerang.OK;
        } catch (final LabException e) {
            spec.commandLine().getErr().println("boomerang: " + e.getMessage());
            return Boomerang.FAILED;
        }
    }

    /// The client of `boomerang measure proxies`, in its namespace: fetches what standard input
    /// says, line by line.
    @Command(name = "fetch", hidden = true)
    static final class Fetch implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException {
            final FetchingClient client =
                    new FetchingClient(failure ->
                            spec.commandLine().getErr().println("boomerang: " + failure));
            AnsweredLines.serve(
                    spec.commandLine().getOut(),
                    line -> client.fetch(FetchTask.parse(line)).text());
            return Boomerang.OK;
        }
    }
}
