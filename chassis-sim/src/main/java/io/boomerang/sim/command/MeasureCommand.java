package io.boomerang.sim.command;

import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.measure.AnnouncementRate;
import io.boomerang.sim.measure.AnnouncingBlade;
import io.boomerang.sim.measure.ConntrackdRate;
import io.boomerang.sim.measure.DrainTime;
import io.boomerang.sim.measure.Figure;
import io.boomerang.sim.measure.FlowSpawner;
import io.boomerang.sim.report.Latency;

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
            MeasureCommand.Spawn.class,
            MeasureChassisCommand.class,
            MeasureChassisCommand.Cross.class,
            MeasureChassisCommand.Reflect.class,
            MeasureCommand.Drain.class,
            MeasurePullCommand.class,
            MeasurePullCommand.Hold.class,
            MeasureFailoverCommand.class,
            MeasureFailoverCommand.Probe.class,
            MeasureHandoffCommand.class,
            MeasureProxiesCommand.class,
            MeasureProxiesCommand.Fetch.class,
            HelpCommand.class
        },
        synopsisSubcommandLabel = "WHAT")
final class MeasureCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Say what to measure: announcements, chassis, drain, failover, handoff, proxies"
                        + " or pull");
    }

    /// `boomerang measure announcements`.
    @Command(
            name = "announcements",
            description = {
                "How many Session Announcements a redirector takes in and acknowledges that a",
                "blade in another process sends over a JGroups channel: as many as it can, and",
                "how long each takes at a given rate; without and with a chassis key (TLS).",
                "Then how many new flows conntrackd (conntrack-tools, FTFW) tells another one",
                "between two network namespaces, and how long that takes: as root, where it is",
                "installed."
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
        public Integer call() throws IOException, InterruptedException {
            OptionRange.require(spec, "--seconds", seconds, 1, MAX_SECONDS);
            OptionRange.require(spec, "--rate", rate, 1, MAX_RATE);
            final AnnouncementRate measurement =
                    new AnnouncementRate(
                            OwnProgram.measuring(List.of("measure", "announce")), seconds, rate);
            final PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    Locale.ROOT,
                    "%-12s %14s   at %,d/s: p50, p99, max us; stalls of the machine: p99%n",
                    "",
                    "installed/s",
                    rate);
            print(out, "plain", measurement.plain());
            print(out, "chassis key", measurement.keyed());
            return compare(out);
        }

        private int compare(final PrintWriter out) throws IOException, InterruptedException {
            final String obstacle = ConntrackdRate.obstacle();
            if (!obstacle.isEmpty()) {
                out.println("conntrackd   not measured; " + obstacle);
                return Boomerang.OK;
            }
            try {
                print(
                        out,
                        "conntrackd",
                        new ConntrackdRate(OwnProgram.measuring(List.of()), seconds, rate)
                                .measure());
                return Boomerang.OK;
            } catch (final LabException e) {
                spec.commandLine().getErr().println("boomerang: " + e.getMessage());
                return Boomerang.FAILED;
            }
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
    }

    /// `boomerang measure drain`.
    @Command(
            name = "drain",
            description = {
                "How long a blade takes to give its connections to the other blades, from the"
                        + " order",
                "until every redirector sends them there; how long packets take before and",
                "meanwhile, how many are lost (none) and how many overtake an earlier one (none).",
                "Stateful firewalls in this process, JGroups between them."
            },
            mixinStandardHelpOptions = true,
            showDefaultValues = true,
            sortOptions = false,
            usageHelpAutoWidth = true)
    static final class Drain implements Callable<Integer> {
        private static final int MAX_FLOWS = 200_000;
        private static final int MAX_RATE = 100_000;
        private static final int MAX_BLADES = 64;
        private static final int MAX_REDIRECTORS = 16;

        @Spec private CommandSpec spec = CommandSpec.create();

        @Option(
                names = "--flows",
                paramLabel = "N",
                defaultValue = "10000",
                description = "Connections on the blade.")
        private int flows;

        @Option(
                names = "--blades",
                paramLabel = "N",
                defaultValue = "4",
                description = "Blades, the draining one included.")
        private int blades;

        @Option(
                names = "--redirectors",
                paramLabel = "N",
                defaultValue = "1",
                description = "Redirectors on each side.")
        private int redirectors;

        @Option(
                names = "--rate",
                paramLabel = "PER-SECOND",
                defaultValue = "2000",
                description = "Packets of these connections a second.")
        private int rate;

        @Override
        public Integer call() {
            OptionRange.require(spec, "--flows", flows, 1, MAX_FLOWS);
            OptionRange.require(spec, "--blades", blades, 2, MAX_BLADES);
            OptionRange.require(spec, "--redirectors", redirectors, 1, MAX_REDIRECTORS);
            OptionRange.require(spec, "--rate", rate, 1, MAX_RATE);
            final DrainTime.Result result =
                    new DrainTime(flows, blades, redirectors, rate).measure();
            final PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    Locale.ROOT,
                    "%,d connections moved in %.3f s; %,d offers refused or not"
                            + " answered in time%n",
                    result.moves().settled(),
                    result.seconds(),
                    result.moves().offered() - result.moves().given());
            out.printf(
                    Locale.ROOT,
                    "%,d packets meanwhile, %,d of them waited, %,d went by way of the old blade;"
                            + " %,d lost, %,d overtaken%n",
                    result.packets(),
                    result.moves().parked(),
                    result.moves().passedOn(),
                    result.lost(),
                    result.overtaken());
            print(out, "latency before", result.before());
            print(out, "latency meanwhile", result.meanwhile());
            out.flush();
            return result.lost() == 0 && result.overtaken() == 0 ? Boomerang.OK : Boomerang.FAILED;
        }

        private static void print(final PrintWriter out, final String name, final Latency latency) {
            out.printf(
                    Locale.ROOT,
                    "%-18s p50 %,.0f us, p99 %,.0f us, max %,.0f us of %,d%n",
                    name,
                    latency.p50Us(),
                    latency.p99Us(),
                    latency.maxUs(),
                    latency.count());
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

    /// What makes flows for conntrackd in `boomerang measure announcements`.
    @Command(name = "spawn", hidden = true)
    static final class Spawn implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();

        @Parameters(index = "0")
        private Path control = Path.of("");

        @Parameters(index = "1")
        private int flows;

        @Parameters(index = "2")
        private long rate;

        @Override
        public Integer call() throws IOException {
            spec.commandLine().getOut().println(FlowSpawner.run(control, flows, rate).text());
            return Boomerang.OK;
        }
    }
}
