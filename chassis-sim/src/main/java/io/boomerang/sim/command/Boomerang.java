package io.boomerang.sim.command;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.sim.flood.Attack;
import io.boomerang.sim.replay.ClusterKind;
import io.boomerang.sim.replay.ExplainTarget;
import io.boomerang.sim.replay.ProcessorKind;
import io.boomerang.sim.replay.ReplaySpeed;
import io.boomerang.sim.replay.ScheduledEvent;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Where the `boomerang` command begins. Exit status: 0 when all is well; 1 when a promise was
/// broken, a capture damaged or a file could not be read or written; 2 when the command line asks
/// for something that makes no sense. `node` has more of them.
@Command(
        name = "boomerang",
        description = {
            "A chassis of redirectors and processing blades that keeps every flow on one blade.",
            "Run 'boomerang demo' to see it work."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Boomerang.Version.class,
        subcommands = {
            ReplayCommand.class,
            DemoCommand.class,
            SimulateCommand.class,
            ChaosCommand.class,
            KeyCommand.class,
            MeasureCommand.class,
            SessionsCommand.class,
            CheckCommand.class,
            NodeCommand.class,
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            TopCommand.class,
            BucketsCommand.class,
            ExplainCommand.class,
            CaptureCommand.class,
            DrainCommand.class,
            WeightCommand.class,
            RuleCommand.class,
            KillCommand.class,
            HelpCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
public final class Boomerang {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    /// The version of the build, as its jar says it.
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            final String version = Boomerang.class.getPackage().getImplementationVersion();
            return new String[] {"boomerang " + (version == null ? "(not packaged)" : version)};
        }
    }

    public static void main(final String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        final CommandLine commandLine = new CommandLine(new Boomerang());
        commandLine
                .registerConverter(ProcessorKind.class, new EnumOption<>(ProcessorKind.class))
                .registerConverter(SelectionPolicy.class, new EnumOption<>(SelectionPolicy.class))
                .registerConverter(AnnouncePolicy.class, new EnumOption<>(AnnouncePolicy.class))
                .registerConverter(SessionState.class, new EnumOption<>(SessionState.class))
                .registerConverter(Attack.class, new EnumOption<>(Attack.class))
                .registerConverter(ClusterKind.class, new EnumOption<>(ClusterKind.class))
                .registerConverter(ReplaySpeed.class, readable(ReplaySpeed::parse))
                .registerConverter(ScheduledEvent.class, readable(ScheduledEvent::parse))
                .registerConverter(ExplainTarget.class, readable(ExplainTarget::parse))
                .registerConverter(Delay.class, readable(Delay::parse))
                .setExecutionExceptionHandler((failure, line, _) -> {
                    line.getErr().println("boomerang: " + describe(failure));
                    return FAILED;
                });
        return commandLine;
    }

    /// The message of an `IllegalArgumentException` is for users.
    private static <T> CommandLine.ITypeConverter<T> readable(
            final CommandLine.ITypeConverter<T> parser) {
        return text -> {
            try {
                return parser.convert(text);
            } catch (final IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        };
    }

    /// Users get what they can act upon, developers the rest.
    private static String describe(final Exception failure) throws Exception {
        return switch (failure) {
            case final java.nio.file.NoSuchFileException e -> e.getFile() + ": no such file";
            case final java.nio.file.AccessDeniedException e -> e.getFile() + ": access denied";
            case final UncheckedIOException e -> String.valueOf(e.getMessage());
            case final IOException e -> String.valueOf(e.getMessage());
            default -> throw failure;
        };
    }
}
