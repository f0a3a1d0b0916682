package io.boomerang.sim.command;

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
import java.util.concurrent.Callable;

/// `boomerang status`: what every node of a chassis is about.
@Command(
        name = "status",
        description = {
            "Asks the daemons of a chassis, or of the blades named, for their nodes: role, state,",
            "weight, flows, frames, drops, and whether all see the same members. Exit status 0",
            "only if every daemon asked answers and all see the same."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class StatusCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DaemonsOption daemons = new DaemonsOption();

    @Parameters(paramLabel = "BLADE", arity = "0..*", description = "Of these blades only.")
    private List<String> blades = List.of();

    @Option(names = "--json", description = "Everything that the daemons say, for programs.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return daemons.run(this::run);
    }

    private int run(final Daemons chassis) throws InterruptedException {
        for (final String blade : blades) {
            try {
                chassis.config().nodesOf(blade);
            } catch (final IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), e.getMessage(), e);
            }
        }
        final List<DaemonAnswer> answers =
                chassis.get(blades.isEmpty() ? chassis.config().bladeNames() : blades, "/status");
        final StatusText text = new StatusText(answers);
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonTree.array(answers.stream().map(DaemonAnswer::json).toList()));
        } else {
            out.print(text.table(chassis.config().name()));
        }
        out.flush();
        return text.isGood() ? Boomerang.OK : Boomerang.FAILED;
    }
}
