package io.boomerang.sim.command;

import io.boomerang.sim.churn.ChurnPlan;
import io.boomerang.sim.churn.ChurnResult;
import io.boomerang.sim.churn.ChurnRun;
import io.boomerang.sim.churn.CumulativeDistribution;
import io.boomerang.sim.churn.Distribution;
import io.boomerang.sim.churn.FlowImbalance;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// `boomerang simulate churn`: connections that break while servers come and go.
@Command(
        name = "churn",
        description = {
            "Connections that are sent to another server although theirs is up, while servers are",
            "taken away and come back: with a Maglev table, with daisy chaining, by the closed",
            "form, and with buckets and announced sessions (ours, of which none may break). Flows",
            "without packets; hashing, buckets, ownership and session tables are those that run in",
            "a chassis. Exit status 0 only if none of ours broke."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class ChurnCommand implements Callable<Integer> {
    private static final double DEFAULT_DURATION_S = 20;
    private static final double DEFAULT_DOWNTIME_S = 150;
    private static final double SECONDS_PER_MINUTE = 60;
    private static final double PERCENT = 100;
    private static final int MAX_SERVERS = 10_000;
    private static final int MAX_CONNECTIONS = 10_000_000;
    private static final int MAX_REDIRECTORS = 64;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--servers",
            paramLabel = "N",
            defaultValue = "468",
            description = "Servers, 2 to 10,000.")
    private int servers;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Connections at the same time, at most, 1 to 10,000,000.")
    private int connections;

    @Option(
            names = "--updates",
            paramLabel = "PER-MINUTE",
            split = ",",
            defaultValue = "1.56,3.12,7.8,15.6,31.2,78",
            description = "How often a server is taken away, a row of the table for each.")
    private List<Double> updates = List.of();

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "20",
            description = "Simulated time of each row.")
    private double minutes;

    @Option(
            names = "--durations",
            paramLabel = "FILE",
            description = {
                "Durations of connections: lines of a cumulative probability and seconds.",
                "Without: exponential, 20 s on average."
            })
    private @Nullable Path durations;

    @Option(
            names = "--downtimes",
            paramLabel = "FILE",
            description = {
                "How long a server stays away, in the same form. Without: exponential, 150 s on",
                "average."
            })
    private @Nullable Path downtimes;

    @Option(
            names = "--redirectors",
            paramLabel = "N",
            defaultValue = "2",
            description = "Redirectors, 2 to 64; one of them dies after half of the time.")
    private int redirectors;

    @Option(
            names = "--imbalance-at",
            paramLabel = "N",
            split = ",",
            defaultValue = "10000,100000,200000",
            description = "Connections at which the imbalance of each policy is measured.")
    private List<Integer> imbalanceAt = List.of();

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of all chance.")
    private long seed;

    @Override
    public Integer call() throws IOException {
        requireRange("--servers", servers, 2, MAX_SERVERS);
        requireRange("--connections", connections, 1, MAX_CONNECTIONS);
        requireRange("--redirectors", redirectors, 2, MAX_REDIRECTORS);
        for (final int at : imbalanceAt) {
            requireRange("--imbalance-at", at, 1, MAX_CONNECTIONS);
        }
        for (final double rate : updates) {
            require(rate >= 0 && rate < Double.POSITIVE_INFINITY, "--updates", "below 0: " + rate);
        }
        require(minutes > 0 && minutes < Double.POSITIVE_INFINITY, "--minutes", "not above 0");
        final ChurnPlan plan =
                new ChurnPlan(
                        servers,
                        connections,
                        minutes * SECONDS_PER_MINUTE,
                        read(durations, DEFAULT_DURATION_S),
                        read(downtimes, DEFAULT_DOWNTIME_S),
                        redirectors,
                        true,
                        seed);
        final PrintWriter out = spec.commandLine().getOut();
        final boolean isKept = printChurn(plan, out);
        printImbalance(plan, out);
        return isKept ? Boomerang.OK : Boomerang.FAILED;
    }

    private static Distribution read(final @Nullable Path file, final double meanSeconds)
            throws IOException {
        return file == null
                ? Distribution.exponential(meanSeconds)
                : CumulativeDistribution.read(file);
    }

    private void requireRange(
            final String option, final long value, final long least, final long most) {
        require(
                value >= least && value <= most,
                option,
                value + " is outside " + least + " to " + most);
    }

    private void require(final boolean holds, final String option, final String complaint) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), option + ": " + complaint);
        }
    }

    private boolean printChurn(final ChurnPlan plan, final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%,d servers, at most %,d connections of %.3f s on average, downtimes of %,.1f s on"
                        + " average.%n"
                        + "%.1f min a row; %d redirectors, one dies after half of it. Seed %d.%n%n",
                plan.servers(),
                plan.connections(),
                plan.durations().mean(),
                plan.downtimes().mean(),
                minutes,
                plan.redirectors(),
                plan.seed());
        out.printf(
                Locale.ROOT,
                "Connections broken%n%12s %14s %12s %14s %14s %12s %14s%n",
                "updates/min",
                "connections",
                "Maglev",
                "daisy chain",
                "closed form",
                "Boomerang",
                "server gone");
        out.flush();
        boolean isKept = true;
        for (final double rate : updates) {
            final ChurnResult result = ChurnRun.run(plan, rate);
            out.printf(
                    Locale.ROOT,
                    "%12s %,14d %10.4f %% %12.5f %% %12.4f %% %,12d %,14d%n",
                    rate,
                    result.connections(),
                    percent((double) result.maglevBroken(), result),
                    percent((double) result.chainedBroken(), result),
                    percent(result.expectedBroken(), result),
                    result.sessionsBroken(),
                    result.sessionsMoved());
            out.flush();
            isKept &= result.sessionsBroken() == 0;
        }
        return isKept;
    }

    private static double percent(final double broken, final ChurnResult result) {
        return result.connections() == 0 ? 0 : PERCENT * broken / result.connections();
    }

    private void printImbalance(final ChurnPlan plan, final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%nBusiest server over the mean, averaged over time%n%12s %12s %12s %14s %14s%n",
                "connections",
                "hash",
                "round robin",
                "power of two",
                "least loaded");
        for (final int at : imbalanceAt) {
            final ChurnPlan spread =
                    new ChurnPlan(
                            plan.servers(),
                            at,
                            plan.seconds(),
                            plan.durations(),
                            plan.downtimes(),
                            plan.redirectors(),
                            false,
                            plan.seed());
            out.printf(
                    Locale.ROOT,
                    "%,12d %10.2f %% %10.2f %% %12.2f %% %12.2f %%%n",
                    at,
                    PERCENT * FlowImbalance.measure(spread, FlowImbalance.Choice.HASH),
                    PERCENT * FlowImbalance.measure(spread, FlowImbalance.Choice.ROUND_ROBIN),
                    PERCENT * FlowImbalance.measure(spread, FlowImbalance.Choice.POWER_OF_TWO),
                    PERCENT * FlowImbalance.measure(spread, FlowImbalance.Choice.LEAST_LOADED));
            out.flush();
        }
    }
}
