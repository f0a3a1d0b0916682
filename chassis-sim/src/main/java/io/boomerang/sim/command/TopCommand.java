package io.boomerang.sim.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// `boomerang top`: what the nodes of a chassis do, as it happens.
@Command(
        name = "top",
        description = {
            "Shows for every node, again and again until it is interrupted, its flows and what it",
            "did in the last interval: frames, bits, new flows and drops, each per second."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class TopCommand implements Callable<Integer> {
    /// Cursor to the first place, then everything erased (ECMA-48, CUP and ED).
    private static final String CLEAR = "\u001b[H\u001b[2J";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DaemonsOption daemons = new DaemonsOption();

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "Between two pictures.")
    private int seconds;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "0",
            description = "End after so many pictures; 0: never.")
    private int count;

    @Option(names = "--batch", description = "One picture after the other, for a file.")
    private boolean batch;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (seconds < 1 || seconds > 3_600 || count < 0) {
            throw new ParameterException(
                    spec.commandLine(), "the interval is 1 to 3600 seconds, the count 0 or more");
        }
        return daemons.run(this::run);
    }

    private int run(final Daemons chassis) throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        List<DaemonAnswer> before = chassis.get("/status");
        for (int shown = 0; count == 0 || shown < count; shown++) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            final List<DaemonAnswer> now = chassis.get("/status");
            if (!batch) {
                out.print(CLEAR);
            }
            out.println(TopText.of(chassis.config().name(), before, now));
            out.flush();
            before = now;
        }
        return Boomerang.OK;
    }
}
