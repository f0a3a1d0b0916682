package io.boomerang.sim.command;

import io.boomerang.sim.measure.AnnouncementRate;
import io.boomerang.sim.measure.AnnouncingBlade;
import io.boomerang.sim.measure.Figure;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// `boomerang measure`: figures that need processes of their own.
@Command(
        name = "measure",
        description = "Measures, with processes of its own, on this machine.",
        mixinStandardHelpOptions = true,
        subcommands = {
            MeasureCommand.Announcements.class,
            MeasureCommand.Announce.class,
            MeasureChassisCommand.class,
            MeasureChassisCommand.Cross.class,
            MeasureChassisCommand.Reflect.class,
            HelpCommand.class
        },
        synopsisSubcommandLabel = "WHAT")
final class MeasureCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say what to measure: announcements or chassis");
    }

    /// `boomerang measure announcements`.
    @Command(
            name = "announcements",
            description = {
                "How many Session Announcements a redirector takes in and acknowledges that a",
                "blade in another process sends over a JGroups channel: as many as it can, and",
                "how long each takes at a given rate; without and with a chassis key (TLS)."
            },
            mixinStandardHelpOptions = true,
            showDefaultValues = true,
            sortOptions = false,
            usageHelpAutoWidth = true)
    static final class Announcements implements Callable<Integer> {
        private static final int MAX_SECONDS = 3_600;
        private static final long MAX_RATE = 100_000_000;

        @Spec private CommandSpec spec = CommandSpec.create();

        @Option(
                names = "--seconds",
                paramLabel = "N",
                defaultValue = "10",
                description = "How long each of the four parts takes after 3 s to warm up.")
        private int seconds;

        @Option(
                names = "--rate",
                paramLabel = "PER-SECOND",
                defaultValue = "100000",
                description = "Announcements a second while latency is measured.")
        private long rate;

        @Override
        public Integer call() throws IOException {
            if (seconds < 1 || seconds > MAX_SECONDS) {
                throw usage("--seconds " + seconds + " is outside 1.." + MAX_SECONDS);
            }
            if (rate < 1 || rate > MAX_RATE) {
                throw usage("--rate " + rate + " is outside 1.." + MAX_RATE);
            }
            final AnnouncementRate measurement =
                    new AnnouncementRate(bladeCommand(), seconds, rate);
            final PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    Locale.ROOT,
                    "%-12s %14s   at %,d/s: p50, p99, max us; stalls of the machine: p99%n",
                    "",
                    "installed/s",
                    rate);
            print(out, "plain", measurement.plain());
            print(out, "chassis key", measurement.keyed());
            return Boomerang.OK;
        }

        private void print(
                final PrintWriter out, final String name, final AnnouncementRate.Result result) {
            final Figure paced = result.paced();
            out.printf(
                    Locale.ROOT,
                    "%-12s %,14.0f   %,9.0f/s: %,9.0f %,9.0f %,9.0f %,9.0f%n",
                    name,
                    result.most().perSecond(),
                    paced.perSecond(),
                    paced.latency().p50Us(),
                    paced.latency().p99Us(),
                    paced.latency().maxUs(),
                    paced.stalls().p99Us());
            out.flush();
        }

        private ParameterException usage(final String message) {
            return new ParameterException(spec.commandLine(), message);
        }

        private static List<String> bladeCommand() {
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Boomerang.class.getName(),
                    "measure",
                    "announce");
        }
    }

    /// The other process of `boomerang measure announcements`.
    @Command(name = "announce", hidden = true)
    static final class Announce implements Callable<Integer> {
        @Parameters(index = "0")
        private int redirectorPort;

        @Parameters(index = "1")
        private int bladePort;

        @Parameters(index = "2", arity = "0..1")
        private @Nullable Path keyFile;

        @Override
        public Integer call() throws IOException {
            AnnouncingBlade.run(redirectorPort, bladePort, keyFile, System.in);
            return Boomerang.OK;
        }
    }
}
