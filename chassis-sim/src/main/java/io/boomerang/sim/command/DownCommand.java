package io.boomerang.sim.command;

import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.concurrent.Callable;

/// `boomerang down`: removes what `boomerang up` has built.
@Command(
        name = "down",
        description = {
            "Ends every process in the network namespaces of a chassis that 'boomerang up' has"
                    + " built,",
            "and removes namespaces, logs and files; also what a crash has left."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        usageHelpAutoWidth = true)
final class DownCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "lab",
            description = "As it was given to 'boomerang up'.")
    private String name = "lab";

    @Override
    public Integer call() throws IOException, InterruptedException {
        final Lab lab;
        try {
            lab = new Lab(name);
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--name " + e.getMessage(), e);
        }
        try {
            if (!lab.remove()) {
                spec.commandLine().getOut().println("There is no laboratory " + name + ".");
            }
            return Boomerang.OK;
        } catch (final LabException e) {
            spec.commandLine().getErr().println("boomerang: " + e.getMessage());
            return Boomerang.FAILED;
        }
    }
}
