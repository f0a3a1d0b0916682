package io.boomerang.sim.command;

import io.boomerang.node.admin.AdminClient;
import io.boomerang.node.config.NodeConfig;
import io.boomerang.sim.report.JsonTree;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// `boomerang drain`: a blade gets no new flows.
@Command(
        name = "drain",
        description = {
            "Tells a processor to take no new flows; those it has stay until they end, or move to",
            "others. Its daemon goes on: 'boomerang weight' brings it back, the end of the daemon",
            "(SIGTERM) ends it."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class DrainCommand implements Callable<Integer> {
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(500);

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DaemonsOption daemons = new DaemonsOption();

    @Parameters(paramLabel = "NODE", description = "The processor: its name or node id.")
    private String name = "";

    @Option(
            names = "--move",
            description = {
                "Move the flows it has to other processors, with what it knows of them. Those that",
                "cannot move stay until they end."
            })
    private boolean move;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description =
                    "Wait so long for its flows to end; exit status 1 when some are left then.")
    private int waitSeconds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (waitSeconds < 0) {
            throw new ParameterException(spec.commandLine(), "--wait " + waitSeconds + " is < 0");
        }
        return daemons.run(this::run);
    }

    private int run(final Daemons chassis) throws InterruptedException {
        final NodeConfig node = WeightCommand.processor(chassis, name, spec);
        final Map<String, String> wishes = Map.of("node", node.name(), "move", move ? "1" : "0");
        final DaemonAnswer drained = chassis.post(node.blade(), AdminClient.path("/drain", wishes));
        if (!drained.isGood()) {
            spec.commandLine().getErr().println(node.blade() + ": " + drained.error());
            return Boomerang.FAILED;
        }
        final PrintWriter out = spec.commandLine().getOut();
        out.println(node.name() + (move ? " drains, and its flows move." : " drains."));
        if (waitSeconds <= 0) {
            return Boomerang.OK;
        }
        final long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
        while (true) {
            final DaemonAnswer answer = chassis.get(List.of(node.blade()), "/status").getFirst();
            if (!answer.isGood()) {
                spec.commandLine().getErr().println(node.blade() + ": " + answer.error());
                return Boomerang.FAILED;
            }
            for (final JsonTree there : answer.json().list("nodes")) {
                if (there.number("node") == node.node()) {
                    if (there.text("state").equals("drained")) {
                        out.println(node.name() + " is drained.");
                        return Boomerang.OK;
                    }
                    if (System.nanoTime() - endNs >= 0) {
                        out.println(
                                node.name() + " has " + StatusText.flows(there) + " flows left.");
                        return Boomerang.FAILED;
                    }
                }
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }
}
