package io.boomerang.sim.command;

import io.boomerang.sim.report.JsonTree;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// `boomerang buckets`: how new flows are spread.
@Command(
        name = "buckets",
        description = {
            "Shows by which bucket table each redirector steers new flows: its epoch, and how many",
            "buckets each blade has. Exit status 0 only if every redirector answers and all steer",
            "by the same table."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class BucketsCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DaemonsOption daemons = new DaemonsOption();

    @Option(names = "--json", description = "For programs.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return daemons.run(this::run);
    }

    private int run(final Daemons chassis) throws InterruptedException {
        final List<DaemonAnswer> answers = chassis.get(chassis.redirectorBlades(), "/buckets");
        final PrintWriter out = spec.commandLine().getOut();
        final List<Long> epochs = new ArrayList<>();
        for (final DaemonAnswer answer : answers) {
            for (final JsonTree node : answer.json().list("nodes")) {
                epochs.add(node.number("epoch"));
                if (!json) {
                    print(node, out);
                }
            }
            if (!answer.isGood() && !json) {
                out.println(answer.blade() + ": " + answer.error());
            }
        }
        if (json) {
            out.println(JsonTree.array(answers.stream().map(DaemonAnswer::json).toList()));
        }
        out.flush();
        return answers.stream().allMatch(DaemonAnswer::isGood)
                        && epochs.stream().distinct().count() == 1
                ? Boomerang.OK
                : Boomerang.FAILED;
    }

    private static void print(final JsonTree node, final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s: %d buckets, epoch %d%n",
                node.text("name"),
                node.number("buckets"),
                node.number("epoch"));
        for (final JsonTree blade : node.list("blades")) {
            out.printf(
                    Locale.ROOT,
                    "    %-20s  %6d  %5.1f %%%s%n",
                    blade.text("name"),
                    blade.number("buckets"),
                    100.0 * blade.number("buckets") / node.number("buckets"),
                    blade.has("weight") ? "  weight " + blade.number("weight") : "");
        }
    }
}
