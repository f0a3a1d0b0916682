package io.boomerang.sim.command;

import io.boomerang.flow.Cidr;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.ConfigException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/// `boomerang sessions`: what nodes have on disk, or hold.
@Command(
        name = "sessions",
        description = {
            "Shows the sessions that nodes keep on disk, while they run or after their end: a",
            "file NAME.N.sessions, or all of a directory. It reads a copy of each file, so it",
            "needs as much room in the temporary directory, and keeps nobody waiting. With a",
            "chassis file: those of the blade, or blades, whose daemons run on this machine.",
            "With --running: those that the daemons hold, wherever they run, as they say it."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class SessionsCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "PATH",
            arity = "0..1",
            description = "A file of sessions, or a directory of them.")
    private @Nullable Path path;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The chassis file: its state directory, unless PATH says another, and"
                            + " its names.")
    private @Nullable Path config;

    @Option(names = "--running", description = "Ask the daemons of --config, or of --lab.")
    private boolean running;

    @Option(
            names = "--lab",
            paramLabel = "NAME",
            description = "Ask the daemons that 'boomerang up' has started under this name.")
    private @Nullable String lab;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = "Of running daemons: only what this node holds.")
    private @Nullable String node;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description =
                    "Only sessions that are live, over, embryonic, established, closing or closed.")
    private @Nullable SessionState state;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Of running daemons: so many sessions of each node, 1000 by default.")
    private int limit;

    @Option(names = "--json", description = "For programs; times in milliseconds.")
    private boolean json;

    @Option(
            names = "--blade",
            paramLabel = "NAME",
            description = "Only flows on this blade: its name, or the number of its node, 201.")
    private @Nullable String blade;

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            description = "Only flows from or to this address, or block like 10.0.0.0/8.")
    private @Nullable String address;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!running && lab == null) {
            return read();
        }
        if (!running || path != null || config == null && lab == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "running daemons are asked with --running and --config FILE or --lab NAME");
        }
        return DaemonsOption.run(spec, config == null ? Path.of("") : config, lab, this::show);
    }

    private int show(final Daemons chassis) throws InterruptedException {
        try {
            final boolean complete =
                    new RunningSessions(node, address, blade, state, limit)
                            .show(chassis, json, spec.commandLine().getOut());
            return complete ? Boomerang.OK : Boomerang.FAILED;
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int read() throws IOException {
        final @Nullable ChassisConfig chassis = chassis();
        final Path place = place(chassis);
        final BladeNames names = new BladeNames(chassis);
        final KeptSessions kept;
        try {
            kept = KeptSessions.at(place, filter(names), names);
        } catch (final NoSuchFileException e) {
            throw new ParameterException(spec.commandLine(), place + ": no such file", e);
        } catch (final IOException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        kept.show(json, spec.commandLine().getOut());
        return Boomerang.OK;
    }

    private @Nullable ChassisConfig chassis() throws IOException {
        try {
            return config == null ? null : ChassisConfig.read(config);
        } catch (final ConfigException e) {
            throw new ParameterException(
                    spec.commandLine(), String.join(System.lineSeparator(), e.complaints()), e);
        }
    }

    private Path place(final @Nullable ChassisConfig chassis) {
        if (path != null) {
            return path;
        }
        if (chassis != null) {
            return chassis.sessionsDirectory();
        }
        throw new ParameterException(spec.commandLine(), "needs a PATH or --config FILE");
    }

    private SessionFilter filter(final BladeNames names) {
        try {
            return new SessionFilter(
                    blade == null ? 0 : names.node(blade),
                    address == null ? null : Cidr.parse(address),
                    state);
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
