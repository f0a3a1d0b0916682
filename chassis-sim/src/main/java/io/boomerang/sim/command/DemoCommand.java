package io.boomerang.sim.command;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.FirewallRules;
import io.boomerang.flow.FlowRules;
import io.boomerang.sim.demo.DemoCaptures;
import io.boomerang.sim.replay.ClusterKind;
import io.boomerang.sim.replay.ExplainTarget;
import io.boomerang.sim.replay.ProcessorKind;
import io.boomerang.sim.replay.Replay;
import io.boomerang.sim.replay.ReplayOptions;
import io.boomerang.sim.replay.ReplaySpeed;
import io.boomerang.sim.replay.ScheduledEvent;
import io.boomerang.sim.replay.SideRule;
import io.boomerang.sim.report.ReplayReport;
import io.boomerang.sim.report.ReportText;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/// `boomerang demo`: the captures of this project through a firewall chassis and a NAT chassis.
@Command(
        name = "demo",
        description = {
            "Replays recorded traffic (HTTP, DNS, IPv6, a download through NAT, ICMP too-big,",
            "fragments, reused ports) through a chassis of firewalls and one of translators, while",
            "one blade joins and another one drains. Shows that every flow stayed on its blade."
        },
        mixinStandardHelpOptions = true,
        subcommands = DemoHandoffCommand.class,
        showDefaultValues = true,
        usageHelpAutoWidth = true)
final class DemoCommand implements Callable<Integer> {
    private static final int BLADES = 4;
    private static final int SESSIONS = 1 << 20;

    /// The first packet with a flow: two of ARP come before.
    private static final long OPENING = 3;

    private static final long JOINS_BEFORE = 600;
    private static final long DRAINS_BEFORE = 1_200;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--cluster",
            paramLabel = "KIND",
            defaultValue = "jgroups",
            description = "How nodes talk: jgroups (real channels) or memory (stepped time).")
    private ClusterKind cluster = ClusterKind.JGROUPS;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Leave the captures, steering logs and traces there.")
    private @Nullable Path output;

    @Override
    public Integer call() throws IOException {
        if (output != null) {
            Files.createDirectories(output);
            return replayAll(output);
        }
        final Path directory = Files.createTempDirectory("boomerang-demo");
        try {
            return replayAll(directory);
        } finally {
            delete(directory);
        }
    }

    private static void delete(final Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (final Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private int replayAll(final Path directory) throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        out.println(
                "Boomerang demo: "
                        + DemoCaptures.NAMES.size()
                        + " recordings of real traffic, an ingress redirector, an egress redirector"
                        + " and "
                        + BLADES
                        + " blades.");
        out.println("One blade joins and one drains while packets pass; twice, on two chassis.");
        out.flush();
        final List<Path> captures = DemoCaptures.copyTo(directory);
        final boolean firewalls = replay(ProcessorKind.FIREWALL, captures, directory, out);
        final boolean translators = replay(ProcessorKind.SOURCE_NAT, captures, directory, out);
        out.println();
        out.println(
                firewalls && translators
                        ? "Every flow met one blade, both ways, and no answer came before its"
                                + " session."
                        : "A promise was broken; see above.");
        if (output != null) {
            out.println("Captures, steering logs and traces are in " + output + ".");
        }
        out.flush();
        return firewalls && translators ? Boomerang.OK : Boomerang.FAILED;
    }

    private boolean replay(
            final ProcessorKind processor,
            final List<Path> captures,
            final Path directory,
            final PrintWriter out)
            throws IOException {
        final String name = EnumOption.label(processor);
        out.println();
        out.println("== " + name);
        out.flush();
        final boolean isKept = output != null;
        final Replay replay =
                new Replay(
                        new ReplayOptions(
                                captures,
                                BLADES,
                                1,
                                processor,
                                FirewallRules.DEFAULTS,
                                SelectionPolicy.BUCKETS,
                                AnnouncePolicy.CARRY,
                                0,
                                cluster,
                                null,
                                1,
                                ReplaySpeed.MAX,
                                new SideRule.FirstPacket(),
                                FlowRules.DEFAULTS,
                                false,
                                SESSIONS,
                                isKept ? directory.resolve(name + ".csv") : null,
                                isKept ? directory.resolve(name + ".pcapng") : null,
                                null,
                                List.of(
                                        new ExplainTarget.Packet(OPENING),
                                        new ExplainTarget.Packet(OPENING + 1)),
                                List.of(
                                        ScheduledEvent.parse(JOINS_BEFORE + ":add-blade"),
                                        ScheduledEvent.parse(DRAINS_BEFORE + ":drain=blade-2")),
                                null,
                                false));
        final ReplayReport report = replay.run();
        out.print(ReportText.withoutCaptures(report));
        out.println();
        out.println("How the first flow began, and why:");
        replay.explanation().forEach(out::println);
        out.flush();
        return report.isClean();
    }
}
