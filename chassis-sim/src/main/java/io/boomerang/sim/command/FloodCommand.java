package io.boomerang.sim.command;

import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.sim.flood.Attack;
import io.boomerang.sim.flood.FloodPlan;
import io.boomerang.sim.flood.FloodReport;
import io.boomerang.sim.flood.FloodRun;
import io.boomerang.sim.flood.FloodText;
import io.boomerang.sim.report.Progress;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.util.Locale;
import java.util.concurrent.Callable;

/// `boomerang simulate flood`: a flood of spoofed sources against a chassis in use.
@Command(
        name = "flood",
        description = {
            "Floods a chassis from spoofed sources while clients go on using it. The nodes are",
            "those of production on a stepped clock; the same seed is the same run, but for the",
            "memory of the process. Exit status 0 only if established connections lost no packet,",
            "no connection changed its blade, none began to leave before the far side knew it, and",
            "no table held more than its capacity."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class FloodCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--attack",
            paramLabel = "KIND",
            defaultValue = "syn",
            description = {
                "syn: opens connections that never go on; ack: segments of connections that",
                "nobody has; udp: datagrams, each of a flow of its own."
            })
    private Attack attack = Attack.SYN;

    @Option(
            names = "--unanswered",
            description = "Servers do not answer the attackers; else each packet once.")
    private boolean unanswered;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "500",
            description = "Connections established before the flood, 1 to 10,000.")
    private int connections;

    @Option(
            names = "--packets",
            paramLabel = "PER-SECOND",
            defaultValue = "500",
            description = "Of their clients, all together, 1 to 10,000; each is answered.")
    private int packets;

    @Option(
            names = "--openings",
            paramLabel = "PER-SECOND",
            defaultValue = "20",
            description = "Connections that other clients begin all the time, 0 to 1,000.")
    private int openings;

    @Option(
            names = "--factor",
            paramLabel = "N",
            defaultValue = "100",
            description = "Attackers' packets for each packet of those clients, 1 to 10,000.")
    private int factor;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "Before, during and after the flood, each, 1 to 600.")
    private int seconds;

    @Option(
            names = "--redirectors",
            paramLabel = "N",
            defaultValue = "2",
            description = "On each side, 1 to 16.")
    private int redirectors;

    @Option(names = "--blades", paramLabel = "N", defaultValue = "4", description = "1 to 64.")
    private int blades;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            defaultValue = "65536",
            description = "Capacity of each redirector's session table, 1,024 to 16,777,216.")
    private int sessions;

    @Option(
            names = "--markers",
            paramLabel = "N",
            defaultValue = "32768",
            description = "Capacity of each blade's marker table, 1,024 to 16,777,216.")
    private int markers;

    @Option(
            names = "--announce",
            paramLabel = "POLICY",
            defaultValue = "carry",
            description = "carry, hold or async.")
    private AnnouncePolicy announce = AnnouncePolicy.CARRY;

    @Option(
            names = "--embryonic",
            paramLabel = "N",
            defaultValue = "8",
            description = {
                "With which packet blades announce a flow whose handshake is not complete to all",
                "who have to know it, 1 to 10,000; 1 puts none off."
            })
    private int embryonicPackets;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of all chance.")
    private long seed;

    @Option(names = "--progress", description = "Show a progress bar also where no terminal is.")
    private boolean progress;

    @Override
    public Integer call() {
        requireRange("--connections", connections, 1, 10_000);
        requireRange("--packets", packets, 1, 10_000);
        requireRange("--openings", openings, 0, 1_000);
        requireRange("--factor", factor, 1, 10_000);
        requireRange("--seconds", seconds, 1, 600);
        requireRange("--redirectors", redirectors, 1, 16);
        requireRange("--blades", blades, 1, 64);
        requireRange("--embryonic", embryonicPackets, 1, 10_000);
        requireRange("--sessions", sessions, 1_024, 1 << 24);
        requireRange("--markers", markers, 1_024, 1 << 24);
        final FloodPlan plan =
                new FloodPlan(
                        attack,
                        connections,
                        packets,
                        openings,
                        factor,
                        !unanswered,
                        seconds,
                        redirectors,
                        blades,
                        sessions,
                        markers,
                        announce,
                        embryonicPackets,
                        seed);
        final FloodReport report;
        try (Progress bar = Progress.ofPackets(progress, FloodRun.floodPackets(plan))) {
            report = FloodRun.of(plan, bar::stepTo);
        }
        FloodText.print(plan, report, spec.commandLine().getOut());
        return report.violations().isEmpty() ? Boomerang.OK : Boomerang.FAILED;
    }

    private void requireRange(
            final String option, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(
                            Locale.ROOT,
                            "%s: %d is outside %,d to %,d",
                            option,
                            value,
                            least,
                            most));
        }
    }
}
