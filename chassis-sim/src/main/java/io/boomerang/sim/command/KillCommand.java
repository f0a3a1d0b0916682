package io.boomerang.sim.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/// `boomerang kill`: a daemon ends as in a crash.
@Command(
        name = "kill",
        description = {
            "Ends the daemon of a blade at once, as a crash would: nothing is handed over, the",
            "blade's flows break, the others notice by themselves. To rehearse that. A service",
            "manager sees exit status 5."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class KillCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DaemonsOption daemons = new DaemonsOption();

    @Parameters(paramLabel = "BLADE", description = "Whose daemon.")
    private String blade = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        return daemons.run(this::run);
    }

    private int run(final Daemons chassis) throws InterruptedException {
        try {
            chassis.config().nodesOf(blade);
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        // On the loopback another blade's daemon may be the one that listens.
        final DaemonAnswer there = chassis.get(List.of(blade), "/status").getFirst();
        final DaemonAnswer answer = there.isGood() ? chassis.post(blade, "/kill") : there;
        if (!answer.isGood()) {
            spec.commandLine().getErr().println(blade + ": " + answer.error());
            return Boomerang.FAILED;
        }
        spec.commandLine().getOut().println(blade + " is killed.");
        return Boomerang.OK;
    }
}
