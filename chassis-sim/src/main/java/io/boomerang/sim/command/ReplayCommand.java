package io.boomerang.sim.command;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.FirewallRules;
import io.boomerang.blade.processor.RuleFileException;
import io.boomerang.cluster.key.ChassisKey;
import io.boomerang.cluster.key.KeyHolder;
import io.boomerang.flow.FlowRules;
import io.boomerang.sim.chassis.ChassisOptions;
import io.boomerang.sim.replay.ClusterKind;
import io.boomerang.sim.replay.EventCheck;
import io.boomerang.sim.replay.ExplainTarget;
import io.boomerang.sim.replay.ProcessorKind;
import io.boomerang.sim.replay.Replay;
import io.boomerang.sim.replay.ReplayOptions;
import io.boomerang.sim.replay.ReplaySpeed;
import io.boomerang.sim.replay.ScheduledEvent;
import io.boomerang.sim.report.ReplayReport;
import io.boomerang.sim.report.ReportJson;
import io.boomerang.sim.report.ReportText;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `boomerang replay`: captures through a chassis.
@Command(
        name = "replay",
        description = {
            "Replays captures (pcap or pcapng, plain or gzip) through a chassis in this process.",
            "Exit status 0 only if no promise was broken and every file was whole."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class ReplayCommand implements Callable<Integer> {
    private static final String TUNNEL_OUTER = "outer";
    private static final String VLAN_IGNORE = "ignore";
    private static final String GENERATED = "generated";
    private static final int MIN_SESSIONS = 1 << 10;
    private static final int MAX_SESSIONS = 1 << 24;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Captures, in this order.")
    private List<Path> files = List.of();

    @Option(
            names = "--blades",
            paramLabel = "N",
            defaultValue = "4",
            description = "Processing blades at the start, 1 to 512.")
    private int blades;

    @Option(
            names = "--redirectors",
            paramLabel = "N",
            defaultValue = "1",
            description = {
                "Redirectors on each side, 1 to 64; packets come to them in turn, as from a",
                "switch that hashes nothing."
            })
    private int redirectors;

    @Option(
            names = "--processor",
            paramLabel = "KIND",
            defaultValue = "pass",
            description = "What the blades do: pass, firewall, source-nat.")
    private ProcessorKind processor = ProcessorKind.PASS;

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description = "Rules of the firewall. Without: all from ingress, nothing from egress.")
    private @Nullable Path rulesFile;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            defaultValue = "buckets",
            description = "Who gets a new flow: buckets, power-of-two, least-loaded.")
    private SelectionPolicy policy = SelectionPolicy.BUCKETS;

    @Option(
            names = "--announce",
            paramLabel = "MODE",
            defaultValue = "carry",
            description = {
                "How the far side learns of a flow: carry (on its first packet), hold (the packet",
                "waits for the acknowledgement), async (both race)."
            })
    private AnnouncePolicy announce = AnnouncePolicy.CARRY;

    @Option(
            names = "--announce-delay",
            paramLabel = "TIME",
            defaultValue = "0ms",
            description = "Every announcement through the cluster comes that late, as 5ms, 1.5s.")
    private Delay announceDelay = new Delay(0);

    @Option(
            names = "--cluster",
            paramLabel = "KIND",
            defaultValue = "jgroups",
            description = {
                "How nodes talk: jgroups (real channels, the machine's time) or memory (stepped",
                "time: the same seed gives the same run)."
            })
    private ClusterKind cluster = ClusterKind.JGROUPS;

    @Option(
            names = "--chassis-key",
            paramLabel = "FILE",
            description = {
                "Nodes talk by TLS connections and only with those who have this key (see",
                "boomerang key); 'generated' for one of this run."
            })
    private @Nullable String chassisKey;

    @Mixin private KeyPassword keyPassword = new KeyPassword();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the flow hash and, in memory, of the messages' latencies.")
    private long seed;

    @Option(
            names = "--speed",
            paramLabel = "SPEED",
            defaultValue = "max",
            description = "original, max, or how many times as fast as the capture.")
    private ReplaySpeed speed = ReplaySpeed.MAX;

    @Option(
            names = "--side-by",
            paramLabel = "RULE",
            defaultValue = "first-packet",
            description = {
                "Which network a packet comes from: first-packet (a flow's first one comes from",
                "ingress), interface, mac, cidr."
            })
    private String sideBy = SideOption.FIRST_PACKET;

    @Option(
            names = "--ingress",
            paramLabel = "LIST",
            split = ",",
            description = {
                "The ingress network for --side-by: interface numbers, Ethernet addresses, or",
                "blocks like 10.0.0.0/8. Without: that of the first packet (not for cidr)."
            })
    private List<String> ingress = List.of();

    @Option(
            names = "--fix-checksums",
            description = "Correct checksums before packets enter, as after capture offload.")
    private boolean fixChecksums;

    @Option(
            names = "--tunnel",
            paramLabel = "WHICH",
            defaultValue = TUNNEL_OUTER,
            description = "What makes a flow of a tunnelled packet: its outer or inner headers.")
    private String tunnel = TUNNEL_OUTER;

    @Option(
            names = "--vlan",
            paramLabel = "WHICH",
            defaultValue = VLAN_IGNORE,
            description = "Whether VLAN ids tell flows apart: ignore or key.")
    private String vlan = VLAN_IGNORE;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            defaultValue = "1048576",
            description = "Sessions that a redirector holds, 1024 to 16777216.")
    private int sessions;

    @Option(
            names = "--at",
            paramLabel = "PACKET:EVENT",
            description = {
                "Before that packet (from 1, over all files): add-blade, add-redirector=SIDE,",
                "drain=NAME, move=NAME (drain by moving the flows it has), kill=NAME,",
                "weight=NAME,W, policy=NAME, hash-key=HEX (32 digits). Nodes are called blade-1,",
                "ingress-1, egress-1 and so on. Repeatable."
            })
    private List<ScheduledEvent> events = List.of();

    @Option(
            names = "--explain",
            paramLabel = "TUPLE|PACKET",
            description = {
                "Say why: a flow ('tcp 10.0.0.1:80 10.0.0.2:4711', 'icmp id 7 10.0.0.1 10.0.0.2',",
                "'ip/47 10.0.0.1 10.0.0.2') or a packet's number. Repeatable."
            })
    private List<ExplainTarget> explain = List.of();

    @Option(
            names = "--steering-log",
            paramLabel = "FILE.csv",
            description = "A row per packet: its number, its blade; or drop and why.")
    private @Nullable Path steeringLog;

    @Option(
            names = "--trace",
            paramLabel = "FILE.pcapng",
            description = "All ports of the chassis, a comment per packet; for Wireshark.")
    private @Nullable Path trace;

    @Option(
            names = "--report",
            paramLabel = "FILE.json",
            description = "The report as JSON; '-' for standard output instead of the text.")
    private @Nullable Path report;

    @Option(
            names = "--sessions-dir",
            paramLabel = "DIRECTORY",
            description = {
                "Where nodes keep their sessions: a later run with the same directory takes them",
                "back. See 'boomerang sessions'."
            })
    private @Nullable Path sessionsDirectory;

    @Option(names = "--progress", description = "Show progress also when no terminal is there.")
    private boolean progress;

    @Override
    public Integer call() throws IOException {
        final ReplayOptions options = options();
        final Replay replay = new Replay(options);
        final ReplayReport result;
        try (KeyHolder _ = options.key()) {
            result = replay.run();
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        final PrintWriter out = spec.commandLine().getOut();
        final PrintWriter err = spec.commandLine().getErr();
        result.damage().forEach(damage -> err.println("warning: " + damage));
        err.flush();
        if (report != null && report.toString().equals("-")) {
            out.flush();
            ReportJson.write(result, System.out);
        } else {
            out.print(ReportText.of(result));
            replay.explanation().forEach(out::println);
            if (report != null) {
                try (OutputStream file = Files.newOutputStream(report)) {
                    ReportJson.write(result, file);
                }
            }
        }
        out.flush();
        return result.isClean() ? Boomerang.OK : Boomerang.FAILED;
    }

    private ReplayOptions options() throws IOException {
        OptionRange.require(spec, "--blades", blades, 1, ChassisOptions.MAX_BLADES);
        OptionRange.require(spec, "--redirectors", redirectors, 1, ChassisOptions.MAX_REDIRECTORS);
        OptionRange.require(spec, "--sessions", sessions, MIN_SESSIONS, MAX_SESSIONS);
        for (final Path file : files) {
            if (!Files.exists(file)) {
                throw usage(file + ": no such file");
            }
            if (!Files.isReadable(file) || Files.isDirectory(file)) {
                throw usage(file + ": is no readable file");
            }
        }
        final List<String> problems =
                new ArrayList<>(EventCheck.problems(redirectors, blades, events));
        if (!problems.isEmpty()) {
            throw usage("--at " + String.join("; ", problems));
        }
        final FlowRules flowRules =
                new FlowRules(
                        isSecond(tunnel, TUNNEL_OUTER, "inner", "--tunnel"),
                        isSecond(vlan, VLAN_IGNORE, "key", "--vlan"));
        try {
            return new ReplayOptions(
                    files,
                    blades,
                    redirectors,
                    processor,
                    rules(),
                    policy,
                    announce,
                    announceDelay.ns(),
                    cluster,
                    key(),
                    seed,
                    speed,
                    SideOption.parse(sideBy, ingress),
                    flowRules,
                    fixChecksums,
                    sessions,
                    steeringLog,
                    trace,
                    report,
                    explain,
                    events,
                    sessionsDirectory,
                    progress);
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private @Nullable KeyHolder key() throws IOException {
        if (chassisKey == null) {
            return null;
        }
        if (cluster != ClusterKind.JGROUPS) {
            throw usage("--chassis-key needs --cluster jgroups");
        }
        return chassisKey.equals(GENERATED)
                ? KeyHolder.of(ChassisKey.generate())
                : KeyHolder.watch(Path.of(chassisKey), keyPassword.read());
    }

    private FirewallRules rules() throws IOException {
        if (rulesFile == null) {
            return FirewallRules.DEFAULTS;
        }
        if (processor != ProcessorKind.FIREWALL) {
            throw usage("--rules needs --processor firewall");
        }
        try {
            return FirewallRules.parse(rulesFile.toString(), Files.readString(rulesFile));
        } catch (final RuleFileException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private boolean isSecond(
            final String text, final String first, final String second, final String option) {
        if (!text.equals(first) && !text.equals(second)) {
            throw usage(option + " is " + first + " or " + second + ", not '" + text + "'");
        }
        return text.equals(second);
    }

    private ParameterException usage(final String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
