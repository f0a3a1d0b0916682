package io.boomerang.sim.command;

import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.ConfigException;
import io.boomerang.sim.lab.Lab;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// Which daemons a command is about: those of a chassis file, or of a laboratory.
///
/// The daemons of a laboratory listen on its backplane. So a command about them runs once more, in
/// the network namespace of the laboratory's first blade, with the laboratory's chassis file: there
/// everything is as on a blade.
final class DaemonsOption {
    @Spec(Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "/etc/boomerang/chassis.yaml",
            description = "The chassis file, which says where the daemons listen.")
    private Path config = Path.of("");

    @Option(
            names = "--lab",
            paramLabel = "NAME",
            description = "Ask the daemons that 'boomerang up' has started under this name.")
    private @Nullable String lab;

    /// What the command does with the chassis' daemons; answers the exit status.
    @FunctionalInterface
    interface Task {
        int run(Daemons daemons) throws IOException, InterruptedException;
    }

    int run(final Task task) throws IOException, InterruptedException {
        return run(spec, config, lab, task);
    }

    /// The same for a command with options of its own.
    ///
    /// @param lab null for the chassis of the file
    static int run(
            final CommandSpec spec, final Path config, final @Nullable String lab, final Task task)
            throws IOException, InterruptedException {
        if (lab != null) {
            return runInside(spec, lab);
        }
        try (Daemons daemons = new Daemons(read(spec, config))) {
            return task.run(daemons);
        }
    }

    private static ChassisConfig read(final CommandSpec spec, final Path file) throws IOException {
        try {
            return ChassisConfig.read(file);
        } catch (final ConfigException e) {
            throw new ParameterException(
                    spec.commandLine(), String.join(System.lineSeparator(), e.complaints()), e);
        }
    }

    private static int runInside(final CommandSpec spec, final String name)
            throws IOException, InterruptedException {
        final Lab there;
        try {
            there = new Lab(name);
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--lab " + e.getMessage(), e);
        }
        final Path file = there.directory().resolve("chassis.yaml");
        if (!Files.isReadable(file)) {
            throw new ParameterException(
                    spec.commandLine(), "--lab " + name + ": there is no such laboratory");
        }
        final Process inside =
                new ProcessBuilder(
                                there.inside(
                                        read(spec, file).bladeNames().getFirst(),
                                        OwnProgram.command(argumentsFor(spec, file))))
                        .redirectInput(ProcessBuilder.Redirect.INHERIT)
                        .start();
        final Thread errors =
                Thread.startVirtualThread(
                        () -> pass(inside.getErrorStream(), spec.commandLine().getErr()));
        pass(inside.getInputStream(), spec.commandLine().getOut());
        errors.join();
        return inside.waitFor();
    }

    /// Those of this command, with the laboratory's chassis file in place of its name.
    private static List<String> argumentsFor(final CommandSpec spec, final Path file) {
        CommandLine root = spec.commandLine();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        final List<String> arguments = new ArrayList<>();
        final Iterator<String> given = root.getParseResult().originalArgs().iterator();
        while (given.hasNext()) {
            final String argument = given.next();
            if (argument.equals("--lab")) {
                given.next();
            } else if (!argument.startsWith("--lab=")) {
                arguments.add(argument);
            }
        }
        arguments.add("--config=" + file);
        return arguments;
    }

    private static void pass(final InputStream from, final PrintWriter to) {
        try (Reader text = new InputStreamReader(from, StandardCharsets.UTF_8)) {
            final char[] some = new char[8_192];
            for (int count = text.read(some); count >= 0; count = text.read(some)) {
                to.write(some, 0, count);
                to.flush();
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
