package io.boomerang.sim.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `boomerang simulate`: what would happen to a chassis nobody has.
@Command(
        name = "simulate",
        description = "Simulates what no machine here is large enough for.",
        mixinStandardHelpOptions = true,
        subcommands = {ChurnCommand.class, FloodCommand.class, HelpCommand.class},
        synopsisSubcommandLabel = "WHAT")
final class SimulateCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to simulate: churn, flood");
    }
}
