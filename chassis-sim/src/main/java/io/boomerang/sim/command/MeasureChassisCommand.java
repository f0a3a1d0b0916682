package io.boomerang.sim.command;

import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.measure.ChassisRate;
import io.boomerang.sim.measure.CrossingClient;
import io.boomerang.sim.measure.CrossingServer;
import io.boomerang.sim.measure.CrossingTask;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/// `boomerang measure chassis`.
@Command(
        name = "chassis",
        description = {
            "How many packets a second cross a chassis of network namespaces, with its ports by",
            "AF_PACKET and by AF_XDP, and how long they take; the same for a cable, for a bridge"
                    + " and",
            "for a stateful firewall of the kernel in the same place. A client keeps many frames"
                    + " on",
            "their way to a server that sends each back, then one; each crosses twice. The"
                    + " networks",
            "stand side by side and have their turns, round by round. Client and server share the",
            "processors with what is measured. Ends with an error when something lets nothing"
                    + " pass.",
            "Needs root, ip(8), ping(8), setsid(1) and nft(8)."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class MeasureChassisCommand implements Callable<Integer> {
    private static final int MAX_SECONDS = 3_600;
    private static final int MAX_ROUNDS = 1_000;
    private static final int MAX_BLADES = 32;
    private static final int MAX_WINDOW = 2_048;

    /// 64 bytes and MTU 1,500 on a wire, which has a frame check sequence besides.
    private static final List<Integer> FRAME_BYTES = List.of(60, 1_514);

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each network has its turn. The table has medians.")
    private int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "2",
            description = {
                "How long each of the 4 parts of a turn takes: frames of both sizes, many at once"
                        + " and",
                "one by one."
            })
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long each network is busy before the first round.")
    private int warmUp;

    @Option(
            names = "--at-once",
            paramLabel = "N",
            defaultValue = "256",
            description = "Frames on their way at once, where as many as possible are to cross.")
    private int window;

    @Option(
            names = "--blades",
            paramLabel = "N",
            defaultValue = "1",
            description = "Processing blades of the chassis, 1 to 32.")
    private int blades;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionRange.require(spec, "--rounds", rounds, 1, MAX_ROUNDS);
        OptionRange.require(spec, "--seconds", seconds, 1, MAX_SECONDS);
        OptionRange.require(spec, "--warm-up", warmUp, 1, MAX_SECONDS);
        OptionRange.require(spec, "--at-once", window, 1, MAX_WINDOW);
        OptionRange.require(spec, "--blades", blades, 1, MAX_BLADES);
        final ChassisRate.Plan plan =
                new ChassisRate.Plan(FRAME_BYTES, window, rounds, seconds, warmUp);
        try {
            new ChassisRate(program(), daemon(), blades, plan)
                    .measure()
                    .forEach((bytes, results) ->
                            new ChassisRateTable(bytes, results)
                                    .print(spec.commandLine().getOut()));
            return Boomerang.OK;
        } catch (final LabException e) {
            spec.commandLine().getErr().println("boomerang: " + e.getMessage());
            return Boomerang.FAILED;
        }
    }

    /// The command line of client and server.
    static List<String> program() {
        return OwnProgram.measuring(List.of(), "-Xmx128m");
    }

    /// As that of a laboratory, but compiled as well as can be.
    static List<String> daemon() {
        return UpCommand.daemon().stream()
                .filter(option -> !option.startsWith("-XX:TieredStopAtLevel"))
                .toList();
    }

    /// The client of `boomerang measure chassis`, in its namespace: measures what standard input
    /// says, line by line.
    @Command(name = "cross", hidden = true)
    static final class Cross implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();

        @Parameters(index = "0")
        private String interfaceName = "";

        @Override
        public Integer call() throws IOException {
            try (CrossingClient client = CrossingClient.open(interfaceName)) {
                AnsweredLines.serve(
                        spec.commandLine().getOut(),
                        line -> client.measure(CrossingTask.parse(line)).text());
            }
            return Boomerang.OK;
        }
    }

    /// The server of `boomerang measure chassis`, in its namespace.
    @Command(name = "reflect", hidden = true)
    static final class Reflect implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();

        @Parameters(index = "0")
        private String interfaceName = "";

        @Override
        public Integer call() throws IOException {
            CrossingServer.run(interfaceName, System.in, spec.commandLine().getOut());
            return Boomerang.OK;
        }
    }
}
