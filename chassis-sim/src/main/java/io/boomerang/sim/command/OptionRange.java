package io.boomerang.sim.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// The values that an option may have.
final class OptionRange {
    private OptionRange() {}

    /// @param spec of the command that has the option
    /// @throws ParameterException when the value is less than `least` or more than `most`
    static void require(
            final CommandSpec spec,
            final String option,
            final long value,
            final long least,
            final long most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " " + value + " is outside " + least + ".." + most);
        }
    }
}
