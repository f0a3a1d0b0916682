package io.boomerang.sim.command;

import io.boomerang.sim.handoff.HandoffPlan;
import io.boomerang.sim.handoff.HandoffRun;
import io.boomerang.sim.report.Progress;

import java.io.PrintWriter;
import java.util.Locale;

/// `boomerang chaos --handoff`: looks for a connection that does not survive its move.
final class HandoffChaos {
    private static final int MOST_FAILURES = 10;
    private static final double NS_PER_SECOND = 1e9;

    private final PrintWriter out;
    private final boolean progress;

    HandoffChaos(final PrintWriter out, final boolean progress) {
        this.out = out;
        this.progress = progress;
    }

    /// Answers whether nothing was broken.
    boolean run(final long seed, final int runs) {
        final long startedNs = System.nanoTime();
        long connections = 0;
        long moves = 0;
        long kept = 0;
        long lost = 0;
        long reset = 0;
        long datagrams = 0;
        int failures = 0;
        int done = 0;
        try (Progress bar = Progress.ofRuns(progress, runs)) {
            while (done < runs && failures < MOST_FAILURES) {
                final HandoffPlan plan = HandoffPlan.random(seed + done);
                final HandoffRun.Outcome outcome = HandoffRun.of(plan);
                connections += plan.connections();
                moves += outcome.moves();
                kept += outcome.kept();
                lost += outcome.lost();
                reset += outcome.reset();
                datagrams += outcome.datagrams();
                if (!outcome.isClean()) {
                    failures++;
                    report(plan, outcome);
                }
                bar.stepTo(++done);
            }
        }
        final double seconds = (System.nanoTime() - startedNs) / NS_PER_SECOND;
        out.printf(
                Locale.ROOT,
                "%,d runs, seeds %d to %d, in %,.1f s: %,d connections moved %,d times, stayed"
                        + " %,d times; %,d datagrams of transfers; %,d connections were reset"
                        + " because their blade died, %,d of them in the middle of a move;"
                        + " %,d runs broke a promise%n",
                done,
                seed,
                seed + done - 1,
                seconds,
                connections,
                moves,
                kept,
                datagrams,
                reset,
                lost,
                failures);
        out.flush();
        return failures == 0;
    }

    /// With as few deaths and faults as still break something.
    private void report(final HandoffPlan plan, final HandoffRun.Outcome outcome) {
        out.printf(Locale.ROOT, "seed %d broke a promise: %s%n", plan.seed(), plan);
        outcome.violations().forEach(violation -> out.println("  " + violation));
        final HandoffPlan shortest = plan.shrink(other -> !HandoffRun.of(other).isClean());
        out.printf(Locale.ROOT, "  the least that was found to break one: %s%n", shortest);
        HandoffRun.of(shortest).violations().forEach(violation -> out.println("  " + violation));
        out.printf(
                Locale.ROOT,
                "  again: boomerang chaos --handoff --seed %d --runs 1%n",
                plan.seed());
        out.flush();
    }
}
