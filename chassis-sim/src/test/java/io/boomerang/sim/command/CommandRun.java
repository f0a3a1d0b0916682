package io.boomerang.sim.command;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/// What one call of the command did.
///
/// @param status exit status
/// @param out what it printed
/// @param err what it complained about
record CommandRun(int status, String out, String err) {
    static CommandRun of(final String... arguments) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final CommandLine commandLine = Boomerang.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        final int status = commandLine.execute(arguments);
        return new CommandRun(status, out.toString(), err.toString());
    }

    /// `replay` in stepped time, with tables as small as a test needs.
    static CommandRun replay(final Object... arguments) {
        final List<String> all =
                new ArrayList<>(List.of("replay", "--cluster", "memory", "--sessions", "4096"));
        for (final Object argument : arguments) {
            all.add(argument.toString());
        }
        return of(all.toArray(String[]::new));
    }
}
