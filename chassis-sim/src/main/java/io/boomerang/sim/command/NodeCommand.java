package io.boomerang.sim.command;

import io.boomerang.node.BladeDaemon;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.ConfigException;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/// `boomerang node`: the daemon that runs a blade.
@Command(
        name = "node",
        description = {
            "Runs what a chassis file says of one blade: a redirector, a processor, or both, until",
            "SIGTERM or SIGINT. Then the blade takes no new flows, waits for those there are to"
                    + " end,",
            "at most for the file's drain-limit, and leaves the cluster. The log goes to stderr.",
            "",
            "Exit status: 0 after such a stop, 1 when the chassis file is wrong or cannot be read,"
                    + " 2",
            "when the command line is, 3 when an interface, address or directory cannot be used or",
            "the cluster refuses the blade, 4 when a node ended by itself, 5 when an operator"
                    + " killed it."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class NodeCommand implements Callable<Integer> {
    private static final int CANNOT_START = 3;
    private static final int ENDED = 4;
    private static final int KILLED = 5;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "The chassis file, the same on every blade.")
    private Path config = Path.of("");

    @Option(
            names = "--blade",
            paramLabel = "NAME",
            required = true,
            description = "Which of its blades this is.")
    private String blade = "";

    @Option(names = "--check", description = "Only read the file, as boomerang check does.")
    private boolean check;

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json, one line each.")
    private String logFormat = "text";

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "info",
            description = "error, warn, info or debug.")
    private String logLevel = "info";

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireLogOptions();
        final ChassisConfig chassis;
        try {
            chassis = ChassisConfig.read(config);
            chassis.nodesOf(blade);
        } catch (final ConfigException e) {
            e.complaints().forEach(spec.commandLine().getErr()::println);
            return Boomerang.FAILED;
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--blade " + blade + ": " + e.getMessage(), e);
        }
        if (check) {
            return Boomerang.OK;
        }
        configureLog();
        return run(new BladeDaemon(chassis, blade, () -> Runtime.getRuntime().halt(KILLED)));
    }

    private void requireLogOptions() {
        if (!logFormat.equals("text") && !logFormat.equals("json")) {
            throw new ParameterException(
                    spec.commandLine(), "--log-format " + logFormat + " is neither text nor json");
        }
        if (!logLevel.matches("error|warn|info|debug")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--log-level " + logLevel + " is none of error, warn, info, debug");
        }
    }

    /// Before anything logs.
    private void configureLog() {
        System.setProperty("log4j2.configurationFile", "log4j2-node.xml");
        System.setProperty("boomerang.log.format", logFormat);
        System.setProperty("boomerang.log.level", logLevel);
    }

    private int run(final BladeDaemon daemon) throws InterruptedException {
        final Logger log = LogManager.getLogger(NodeCommand.class);
        final AtomicBoolean failed = new AtomicBoolean();
        try {
            daemon.start();
        } catch (final IOException | RuntimeException e) {
            log.error("blade={} cannot start: {}", blade, e.getMessage());
            log.debug("blade={} cannot start", blade, e);
            LogManager.shutdown();
            return CANNOT_START;
        }
        // A JVM that a signal ends says so in its exit status, unless its last hook has the word.
        final Runtime runtime = Runtime.getRuntime();
        runtime.addShutdownHook(
                Thread.ofPlatform()
                        .name("stop")
                        .unstarted(() -> {
                            stop(daemon, failed.get(), log);
                            runtime.halt(failed.get() ? ENDED : Boomerang.OK);
                        }));
        failed.set(daemon.awaitEnd());
        return failed.get() ? ENDED : Boomerang.OK;
    }

    private static void stop(final BladeDaemon daemon, final boolean failed, final Logger log) {
        try {
            if (failed) {
                daemon.abandon();
            } else {
                daemon.stop();
            }
        } catch (final InterruptedException | RuntimeException e) {
            log.error("the stop did not go well", e);
        }
        LogManager.shutdown();
    }
}
