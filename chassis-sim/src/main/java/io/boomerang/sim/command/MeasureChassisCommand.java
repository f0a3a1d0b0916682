package io.boomerang.sim.command;

import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.measure.ChassisRate;
import io.boomerang.sim.measure.ChassisRate.Network;
import io.boomerang.sim.measure.CrossingClient;
import io.boomerang.sim.measure.CrossingServer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// `boomerang measure chassis`.
@Command(
        name = "chassis",
        description = {
            "How many packets a second cross a chassis of network namespaces, with its ports by",
            "AF_PACKET and by AF_XDP, and how long they take; the same for a cable, for a bridge"
                    + " and",
            "for a stateful firewall of the kernel in the same place. A client keeps 256 frames on",
            "their way to a server that sends each back, or one; each crosses twice. Client and",
            "server share the processors with what is measured. Needs root, ip(8), ping(8),",
            "setsid(1) and nft(8)."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class MeasureChassisCommand implements Callable<Integer> {
    private static final int MAX_SECONDS = 3_600;
    private static final int MAX_BLADES = 32;
    private static final int FRAME_CHECK_SEQUENCE = 4;
    private static final int CROSSINGS = 2;
    private static final double MEGA = 1e6;

    /// 64 bytes and MTU 1,500 on a wire, which has a frame check sequence besides.
    private static final List<Integer> FRAME_BYTES = List.of(60, 1_514);

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How long each of 20 measurements takes after as many s to warm up.")
    private int seconds;

    @Option(
            names = "--blades",
            paramLabel = "N",
            defaultValue = "1",
            description = "Processing blades of the chassis, 1 to 32.")
    private int blades;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (seconds < 1 || seconds > MAX_SECONDS) {
            throw usage("--seconds " + seconds + " is outside 1.." + MAX_SECONDS);
        }
        if (blades < 1 || blades > MAX_BLADES) {
            throw usage("--blades " + blades + " is outside 1.." + MAX_BLADES);
        }
        final Map<Network, List<ChassisRate.Result>> results = new EnumMap<>(Network.class);
        final ChassisRate rate =
                new ChassisRate(
                        OwnProgram.measuring(List.of(), "-Xmx128m"), daemon(), blades, seconds);
        try {
            for (final Network network : Network.values()) {
                results.put(network, rate.measure(network, FRAME_BYTES));
            }
        } catch (final LabException e) {
            spec.commandLine().getErr().println("boomerang: " + e.getMessage());
            return Boomerang.FAILED;
        }
        for (int size = 0; size < FRAME_BYTES.size(); size++) {
            print(size, results, spec.commandLine().getOut());
        }
        return Boomerang.OK;
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static void print(
            final int size,
            final Map<Network, List<ChassisRate.Result>> results,
            final PrintWriter out) {
        final int wireBytes = FRAME_BYTES.get(size) + FRAME_CHECK_SEQUENCE;
        out.printf(
                Locale.ROOT,
                "Frames of %,d bytes; %d processors%n",
                wireBytes,
                Runtime.getRuntime().availableProcessors());
        out.printf(
                Locale.ROOT,
                "%-20s %10s %9s %8s %9s %6s   %s%n",
                "",
                "packets/s",
                "Mbit/s",
                "/bridge",
                "/nftables",
                "lost",
                "half a round trip: p50, p99; more than by cable: p50, p99 us");
        results.forEach((network, both) -> out.println(line(network, size, both, results)));
        out.flush();
    }

    private static String line(
            final Network network,
            final int size,
            final List<ChassisRate.Result> both,
            final Map<Network, List<ChassisRate.Result>> results) {
        final ChassisRate.Result own = both.get(size);
        final CrossingClient.Result cable = of(results, Network.CABLE, size).calm();
        final double perSecond = CROSSINGS * own.busy().perSecond();
        final double p50 = own.calm().p50Us() / CROSSINGS;
        final double p99 = own.calm().p99Us() / CROSSINGS;
        return String.format(
                Locale.ROOT,
                "%-20s %,10.0f %,9.0f %8.2f %9.2f %,6d   %,10.1f %,10.1f %,10.1f %,10.1f",
                network,
                perSecond,
                perSecond * (FRAME_BYTES.get(size) + FRAME_CHECK_SEQUENCE) * Byte.SIZE / MEGA,
                own.busy().perSecond() / of(results, Network.BRIDGE, size).busy().perSecond(),
                own.busy().perSecond() / of(results, Network.FORWARDING, size).busy().perSecond(),
                own.busy().lost(),
                p50,
                p99,
                p50 - cable.p50Us() / CROSSINGS,
                p99 - cable.p99Us() / CROSSINGS);
    }

    private static ChassisRate.Result of(
            final Map<Network, List<ChassisRate.Result>> results,
            final Network network,
            final int size) {
        return results.getOrDefault(network, List.of()).get(size);
    }

    /// As that of a laboratory, but compiled as well as can be.
    private static List<String> daemon() {
        return UpCommand.daemon().stream()
                .filter(option -> !option.startsWith("-XX:TieredStopAtLevel"))
                .toList();
    }

    /// The client of `boomerang measure chassis`, in its namespace.
    @Command(name = "cross", hidden = true)
    static final class Cross implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();

        @Parameters(index = "0")
        private String interfaceName = "";

        @Parameters(index = "1")
        private int frameBytes;

        @Parameters(index = "2")
        private int window;

        @Parameters(index = "3")
        private int seconds;

        @Override
        public Integer call() throws IOException {
            final long durationNs = TimeUnit.SECONDS.toNanos(seconds);
            final CrossingClient.Result result =
                    CrossingClient.run(interfaceName, frameBytes, window, durationNs, durationNs);
            spec.commandLine().getOut().println(result.text());
            return Boomerang.OK;
        }
    }

    /// The server of `boomerang measure chassis`, in its namespace.
    @Command(name = "reflect", hidden = true)
    static final class Reflect implements Callable<Integer> {
        @Parameters(index = "0")
        private String interfaceName = "";

        @Override
        public Integer call() throws IOException {
            CrossingServer.run(interfaceName, System.in);
            return Boomerang.OK;
        }
    }
}
