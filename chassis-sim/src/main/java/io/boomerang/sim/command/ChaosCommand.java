package io.boomerang.sim.command;

import io.boomerang.sim.chaos.ChaosPlan;
import io.boomerang.sim.chaos.ChaosRun;
import io.boomerang.sim.chaos.ChaosText;
import io.boomerang.sim.chaos.Shrinker;
import io.boomerang.sim.report.Progress;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;

/// `boomerang chaos`: looks for a broken promise under faults.
@Command(
        name = "chaos",
        description = {
            "Runs the state machines of a chassis under a stepped clock, on networks that lose,",
            "delay, reorder, double and divide, while nodes join, die, restart, stand still and",
            "change weight, and policy and hash key change. Independent checkers watch: one flow",
            "stays on one blade unless that dies or was told to move it, no packet leaves before",
            "the far side knows its flow, newer announcements win, every packet comes out or is",
            "counted, and all agree after the last fault. Each seed is one run; the same seed is",
            "the same run. Exit status 0 only if no promise was broken; else the seed is printed",
            "and the shortest list of events found that still breaks it.",
            "With --handoff, TCP connections move from blade to blade, and classifier, forwarder"
                    + " and",
            "host die in the middle of transfers: every byte arrives, one blade at a time holds a",
            "connection, and none is reset unless the blade that had it died."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class ChaosCommand implements Callable<Integer> {
    private static final int MAX_RUNS = 1_000_000_000;
    private static final int MOST_FAILURES = 10;
    private static final double NS_PER_SECOND = 1e9;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "Of the first run; each further one has the next seed.")
    private long seed;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many, 1 to 1,000,000,000. Stops after 10 that broke a promise.")
    private int runs;

    @Option(names = "--handoff", description = "Move connections instead of joining nodes.")
    private boolean handoff;

    @Option(
            names = "--durable",
            description = {
                "Nodes that start again have what was on their disks: as a rule all they had when"
                        + " they",
                "died, sometimes an older copy, sometimes two thirds."
            })
    private boolean durable;

    @Option(
            names = "--moves",
            description = "Let blades drain by moving their flows, too, among the same faults.")
    private boolean moves;

    @Option(names = "--progress", description = "Show a progress bar also where no terminal is.")
    private boolean progress;

    @Override
    public Integer call() {
        OptionRange.require(spec, "--runs", runs, 1, MAX_RUNS);
        final PrintWriter out = spec.commandLine().getOut();
        if (handoff) {
            return new HandoffChaos(out, progress).run(seed, runs)
                    ? Boomerang.OK
                    : Boomerang.FAILED;
        }
        final long startedNs = System.nanoTime();
        long packets = 0;
        long deliveries = 0;
        long moved = 0;
        int failures = 0;
        int done = 0;
        try (Progress bar = Progress.ofRuns(progress, runs)) {
            while (done < runs && failures < MOST_FAILURES) {
                final ChaosPlan plan =
                        moves
                                ? ChaosPlan.randomWithMoves(seed + done)
                                : ChaosPlan.random(seed + done);
                final ChaosRun.Outcome outcome = ChaosRun.of(plan, durable);
                packets += outcome.packets();
                deliveries += outcome.deliveries();
                moved += outcome.moved();
                if (!outcome.isClean()) {
                    failures++;
                    report(plan, outcome, out);
                }
                bar.stepTo(++done);
            }
        }
        final double seconds = (System.nanoTime() - startedNs) / NS_PER_SECOND;
        out.printf(
                Locale.ROOT,
                "%,d runs, seeds %d to %d, in %,.1f s: %,d packets went in, %,d times one reached a"
                        + " blade%s; %,d runs broke a promise%n",
                done,
                seed,
                seed + done - 1,
                seconds,
                packets,
                deliveries,
                moves ? String.format(Locale.ROOT, "; %,d flows moved", moved) : "",
                failures);
        return failures == 0 ? Boomerang.OK : Boomerang.FAILED;
    }

    private void report(
            final ChaosPlan plan, final ChaosRun.Outcome outcome, final PrintWriter out) {
        out.printf(
                Locale.ROOT, "seed %d broke a promise: %s%n", plan.seed(), ChaosText.chassis(plan));
        outcome.violations().forEach(violation -> out.println("  " + violation));
        out.flush();
        final ChaosPlan shortest =
                Shrinker.shrink(plan, other -> !ChaosRun.of(other, durable).isClean());
        out.printf(
                Locale.ROOT,
                "  the shortest list found that still breaks one, %d of %d events:%n",
                shortest.events().size(),
                plan.events().size());
        shortest.events().forEach(event -> out.println("  " + ChaosText.event(event)));
        ChaosRun.of(shortest, durable)
                .violations()
                .forEach(violation -> out.println("  " + violation));
        out.printf(
                Locale.ROOT,
                "  again: boomerang chaos --seed %d --runs 1%s%n",
                plan.seed(),
                (durable ? " --durable" : "") + (moves ? " --moves" : ""));
        out.flush();
    }
}
