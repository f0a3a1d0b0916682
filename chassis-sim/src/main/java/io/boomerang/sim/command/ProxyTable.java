package io.boomerang.sim.command;

import io.boomerang.sim.measure.ProcessorTime;
import io.boomerang.sim.measure.ProxyComparison.Load;
import io.boomerang.sim.measure.ProxyComparison.Plan;
import io.boomerang.sim.measure.ProxyComparison.Turn;
import io.boomerang.sim.measure.ProxyComparison.Way;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// The tables of `boomerang measure proxies`: medians of the rounds; of ratios, those within each
/// round.
final class ProxyTable {
    private static final double MEGA = 1e6;
    private static final double GIBIBYTE = 1 << 30;
    private static final String PROCESSORS = "steering    hosts   client  machine";

    private static final List<ToDoubleFunction<ProcessorTime>> PARTS =
            List.of(
                    ProcessorTime::steering,
                    ProcessorTime::hosts,
                    ProcessorTime::client,
                    ProcessorTime::machine);

    private final Plan plan;
    private final Map<Load, Map<Way, List<Turn>>> turns;

    ProxyTable(final Plan plan, final Map<Load, Map<Way, List<Turn>>> turns) {
        this.plan = plan;
        this.turns = turns;
    }

    void print(final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%d rounds; %d processors%n",
                plan.rounds(),
                Runtime.getRuntime().availableProcessors());
        downloads(out, Load.ONE_DOWNLOAD, "One download of " + plan.mebibytes() + " MiB");
        downloads(
                out,
                Load.DOWNLOADS,
                plan.downloads() + " downloads at once, together " + plan.mebibytes() + " MiB");
        requests(out);
        oneByOne(out);
        out.flush();
    }

    private void downloads(final PrintWriter out, final Load load, final String what) {
        out.printf(
                Locale.ROOT,
                "%s%n%-20s %9s %7s %7s %7s %7s  processors, s for each GiB: %s%n",
                what,
                "",
                "Mbit/s",
                "spread",
                "/direct",
                "/TCP",
                "failed",
                PROCESSORS);
        lines(
                out,
                load,
                turn -> turn.fetched().bitsPerSecond() / MEGA,
                turn -> turn.fetched().bytes() / GIBIBYTE,
                "%28s %8.3f %8.3f %8.3f %8.3f");
    }

    private void requests(final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "Short requests, %d at once, each on a connection of its own%n"
                        + "%-20s %9s %7s %7s %7s %7s  processors, us for each: %s%n",
                plan.requests(),
                "",
                "a second",
                "spread",
                "/direct",
                "/TCP",
                "failed",
                PROCESSORS);
        lines(
                out,
                Load.REQUESTS,
                turn -> turn.fetched().perSecond(),
                turn -> turn.fetched().fetched() / MEGA,
                "%25s %8.0f %8.0f %8.0f %8.0f");
    }

    /// @param rate of a turn
    /// @param work done in a turn, which the time of processors is divided by
    private void lines(
            final PrintWriter out,
            final Load load,
            final ToDoubleFunction<Turn> rate,
            final ToDoubleFunction<Turn> work,
            final String processors) {
        for (final Way way : Way.values()) {
            final List<Turn> own = of(load, way);
            final Object[] times =
                    Stream.concat(
                                    Stream.of(""),
                                    PARTS.stream()
                                            .map(part ->
                                                    median(
                                                            own,
                                                            turn ->
                                                                    part.applyAsDouble(
                                                                                    turn
                                                                                            .processors())
                                                                            / work.applyAsDouble(
                                                                                    turn))))
                            .toArray();
            out.printf(
                    Locale.ROOT,
                    "%-20s %,9.0f %5.0f %% %7.2f %7.2f %,7d %s%n",
                    way,
                    median(own, rate),
                    Rounds.spread(rounds(own, rate)),
                    Rounds.ratio(rounds(own, rate), rounds(of(load, Way.DIRECT), rate)),
                    Rounds.ratio(rounds(own, rate), rounds(of(load, Way.PROXY_TCP), rate)),
                    own.stream().mapToLong(turn -> turn.fetched().failed()).sum(),
                    String.format(Locale.ROOT, processors, times));
        }
    }

    private void oneByOne(final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "Short requests one by one, from connecting to the first byte of the answer; us%n"
                        + "%-20s %9s %9s %9s   with %d at once: %9s %9s%n",
                "",
                "p50",
                "p99",
                "max",
                plan.requests(),
                "p50",
                "p99");
        for (final Way way : Way.values()) {
            final List<Turn> alone = of(Load.ONE_REQUEST, way);
            final List<Turn> together = of(Load.REQUESTS, way);
            out.printf(
                    Locale.ROOT,
                    "%-20s %,9.0f %,9.0f %,9.0f   %16s %,9.0f %,9.0f%n",
                    way,
                    median(alone, turn -> turn.fetched().firstByte().p50Us()),
                    median(alone, turn -> turn.fetched().firstByte().p99Us()),
                    alone.stream()
                            .mapToDouble(turn -> turn.fetched().firstByte().maxUs())
                            .max()
                            .orElseThrow(),
                    "",
                    median(together, turn -> turn.fetched().firstByte().p50Us()),
                    median(together, turn -> turn.fetched().firstByte().p99Us()));
        }
    }

    private List<Turn> of(final Load load, final Way way) {
        return Objects.requireNonNull(Objects.requireNonNull(turns.get(load)).get(way));
    }

    private static double[] rounds(final List<Turn> turns, final ToDoubleFunction<Turn> value) {
        return turns.stream().mapToDouble(value).toArray();
    }

    private static double median(final List<Turn> turns, final ToDoubleFunction<Turn> value) {
        return Rounds.median(turns.stream().mapToDouble(value));
    }
}
