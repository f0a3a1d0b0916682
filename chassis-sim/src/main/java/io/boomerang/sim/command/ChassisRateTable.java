package io.boomerang.sim.command;

import io.boomerang.sim.measure.ChassisRate.Network;
import io.boomerang.sim.measure.ChassisRate.Results;
import io.boomerang.sim.measure.CrossingClient.Result;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// The table of `boomerang measure chassis` for frames of one size: medians of the rounds.
final class ChassisRateTable {
    /// A wire has a frame check sequence besides.
    private static final int FRAME_CHECK_SEQUENCE = 4;

    private static final int CROSSINGS = 2;
    private static final double MEGA = 1e6;

    private final int wireBytes;
    private final Map<Network, Results> results;

    ChassisRateTable(final int frameBytes, final Map<Network, Results> results) {
        wireBytes = frameBytes + FRAME_CHECK_SEQUENCE;
        this.results = results;
    }

    void print(final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "Frames of %,d bytes; %d processors%n",
                wireBytes,
                Runtime.getRuntime().availableProcessors());
        out.printf(
                Locale.ROOT,
                "%-20s %10s %7s %8s %8s %9s %8s   %s%n",
                "",
                "packets/s",
                "spread",
                "Mbit/s",
                "/bridge",
                "/nftables",
                "lost",
                "half a round trip: p50, p99; more than by cable: p50, p99 us");
        results.keySet().forEach(network -> out.println(line(network)));
        out.flush();
    }

    private String line(final Network network) {
        final Results own = of(network);
        final double perSecond = CROSSINGS * Rounds.median(Arrays.stream(perSecond(own)));
        final double p50 = oneWay(own, Result::p50Us);
        final double p99 = oneWay(own, Result::p99Us);
        final Results cable = of(Network.CABLE);
        return String.format(
                Locale.ROOT,
                "%-20s %,10.0f %5.0f %% %,8.0f %8.2f %9.2f %,8d   %,10.1f %,10.1f %,10.1f %,10.1f",
                network,
                perSecond,
                Rounds.spread(perSecond(own)),
                perSecond * wireBytes * Byte.SIZE / MEGA,
                Rounds.ratio(perSecond(own), perSecond(of(Network.BRIDGE))),
                Rounds.ratio(perSecond(own), perSecond(of(Network.FORWARDING))),
                Stream.concat(own.busy().stream(), own.calm().stream())
                        .mapToLong(Result::lost)
                        .sum(),
                p50,
                p99,
                p50 - oneWay(cable, Result::p50Us),
                p99 - oneWay(cable, Result::p99Us));
    }

    private Results of(final Network network) {
        return Objects.requireNonNull(results.get(network), network::toString);
    }

    private static double oneWay(final Results of, final ToDoubleFunction<Result> percentile) {
        return Rounds.median(of.calm().stream().mapToDouble(percentile)) / CROSSINGS;
    }

    private static double[] perSecond(final Results of) {
        return of.busy().stream().mapToDouble(Result::perSecond).toArray();
    }
}
