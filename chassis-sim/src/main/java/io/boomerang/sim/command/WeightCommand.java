package io.boomerang.sim.command;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.node.admin.AdminClient;
import io.boomerang.node.config.NodeConfig;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;

/// `boomerang weight`: how many new flows a blade gets.
@Command(
        name = "weight",
        description = {
            "Tells a processor how many new flows it wants, measured against the others: 200 are",
            "twice as many as 100. Flows that exist stay. It lasts until the daemon ends; then the",
            "chassis file counts again."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class WeightCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DaemonsOption daemons = new DaemonsOption();

    @Parameters(index = "0", paramLabel = "NODE", description = "The processor: name or node id.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "WEIGHT", description = "0 drains it; usual is 100.")
    private int weight;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (weight < 0 || weight > BucketTableUpdate.MAX_WEIGHT) {
            throw new ParameterException(
                    spec.commandLine(),
                    "a weight is a number of 0 to " + BucketTableUpdate.MAX_WEIGHT);
        }
        return daemons.run(chassis -> weigh(chassis, processor(chassis, name, spec)));
    }

    static NodeConfig processor(final Daemons chassis, final String name, final CommandSpec spec) {
        try {
            return chassis.processor(name);
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private int weigh(final Daemons chassis, final NodeConfig node) throws InterruptedException {
        final DaemonAnswer answer =
                chassis.post(
                        node.blade(),
                        AdminClient.path(
                                "/weight",
                                Map.of("node", node.name(), "weight", String.valueOf(weight))));
        if (!answer.isGood()) {
            spec.commandLine().getErr().println(node.blade() + ": " + answer.error());
            return Boomerang.FAILED;
        }
        spec.commandLine()
                .getOut()
                .println(node.name() + " has weight " + answer.json().number("weight") + " now.");
        return Boomerang.OK;
    }
}
