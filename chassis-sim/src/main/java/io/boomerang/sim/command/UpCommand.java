package io.boomerang.sim.command;

import io.boomerang.sim.lab.ChassisOptions;
import io.boomerang.sim.lab.HandoffHosts;
import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.lab.LabPlan;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// `boomerang up`: a chassis of network namespaces.
@Command(
        name = "up",
        description = {
            "Builds a chassis in network namespaces of this machine: a client, a server,"
                    + " redirectors",
            "and blades between them, a bridge as backplane, and a daemon for each. Waits until",
            "packets pass and says how to use it. 'boomerang down' takes it down. Needs root,"
                    + " ip(8),",
            "setsid(1) and ping(8); nft(8) where a side has several redirectors."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class UpCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "lab",
            description = "Tells several on one machine apart.")
    private String name = "lab";

    @Option(
            names = "--redirectors",
            paramLabel = "N",
            defaultValue = "1",
            description = {
                "Redirectors on each side, 1 to 8. With several, a switch outside spreads flows"
                        + " over",
                "them by a hash, each direction by another one; it notices when a port goes down."
            })
    private int redirectors;

    @Option(
            names = "--blades",
            paramLabel = "N",
            defaultValue = "3",
            description = "Processing blades, 1 to 32 with the spares.")
    private int blades;

    @Option(
            names = "--spares",
            paramLabel = "N",
            defaultValue = "0",
            description = "More blades, whose daemons are not started: they can join later.")
    private int spares;

    @Option(
            names = "--processor",
            paramLabel = "KIND",
            defaultValue = "firewall",
            description = {
                "What they do: pass, firewall; kernel: the kernel's own firewall, nftables that",
                "denies by default and drops what is invalid; kernel-masquerade: the same, and"
                        + " each",
                "blade translates to an address of its own; kernel-masquerade-silent: and"
                        + " announces",
                "nothing, to see what breaks then. The kernel's need nft(8) and sysctl(8). handoff:"
                        + " the",
                "first blade accepts connections at one address, and gives each to the one that"
                        + " serves",
                "its path; needs python3 and sysctl(8). handoff-direct: and these answer by cables"
                        + " of their own."
            })
    private String processor = "firewall";

    @Option(
            names = "--drain-limit",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long a blade that gets SIGTERM waits for its flows.")
    private int drainLimit;

    @Option(
            names = "--port",
            paramLabel = "KIND",
            defaultValue = "auto",
            description = "How redirectors take frames: auto, af-xdp or af-packet.")
    private String port = "auto";

    @Option(names = "--ipv6-backplane", description = "Use IPv6 on the backplane.")
    private boolean ipv6Backplane;

    @Option(
            names = "--backplane-mtu",
            paramLabel = "BYTES",
            defaultValue = "1800",
            description = "Of the backplane, 1280 to 9000.")
    private int backplaneMtu;

    @Option(
            names = "--oversize",
            paramLabel = "HOW",
            defaultValue = "refuse",
            description = {
                "What happens to packets that the backplane does not carry whole: refuse (to"
                        + " start),",
                "fragment or too-big (an ICMP error)."
            })
    private String oversize = "refuse";

    @Option(names = "--clamp-mss", description = "Let SYNs state a segment size that fits.")
    private boolean clampMss;

    @Option(
            names = "--lab",
            description = {
                "Open a shell on the client when all is up. Root's laboratory stays when the shell"
                        + " ends;",
                "in a user namespace it goes with it."
            })
    private boolean shell;

    @Option(
            names = "--unprivileged",
            description = {
                "Build it in a user namespace, as happens without root anyway; needs --lab. There",
                "redirectors take frames by AF_PACKET."
            })
    private boolean unprivileged;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final LabPlan plan;
        try {
            plan = new LabPlan(name, redirectors, blades, spares, options());
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (unprivileged || !Lab.isPrivileged()) {
            if (!shell) {
                throw new ParameterException(
                        spec.commandLine(),
                        "without root a laboratory lasts as long as a shell in it: give --lab,"
                                + " too");
            }
            return LabShell.inUserNamespace(spec.commandLine());
        }
        final Lab lab = new Lab(name);
        try {
            lab.build(plan, daemon());
        } catch (final LabException e) {
            spec.commandLine().getErr().println("boomerang: " + e.getMessage());
            return Boomerang.FAILED;
        }
        explain(plan, lab, spec.commandLine().getOut());
        if (shell) {
            LabShell.run(lab);
        }
        return Boomerang.OK;
    }

    private ChassisOptions options() {
        requireOneOf(
                "--processor",
                processor,
                "pass",
                "firewall",
                "kernel",
                "kernel-masquerade",
                "kernel-masquerade-silent",
                "handoff",
                "handoff-direct");
        requireOneOf("--port", port, "auto", "af-xdp", "af-packet");
        requireOneOf("--oversize", oversize, "refuse", "fragment", "too-big");
        if (backplaneMtu < 1_280 || backplaneMtu > 9_000) {
            throw new IllegalArgumentException(
                    "--backplane-mtu " + backplaneMtu + " is outside 1280..9000");
        }
        return new ChassisOptions(
                processor, drainLimit, port, ipv6Backplane, backplaneMtu, oversize, clampMss);
    }

    private static void requireOneOf(
            final String option, final String value, final String... words) {
        if (!List.of(words).contains(value)) {
            throw new IllegalArgumentException(
                    option + " " + value + " is none of " + String.join(", ", words));
        }
    }

    /// This program again, as small as a daemon of a laboratory may be. The jar's manifest has no
    /// say where classes are named by a class path.
    static List<String> daemon() {
        return OwnProgram.command(List.of("node"));
    }

    /// The one of this process, wherever another one is started.
    static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private void explain(final LabPlan plan, final Lab lab, final PrintWriter out) {
        final String prefix = "ip netns exec boomerang-" + name + "-";
        out.printf(
                Locale.ROOT,
                """
                Laboratory %s: a chassis of %d redirectors and %d blades.
                    client   %s, %s
                    server   %s, %s
                """,
                name,
                2 * plan.redirectors(),
                plan.blades(),
                LabPlan.CLIENT_ADDRESS,
                LabPlan.CLIENT_ADDRESS6,
                LabPlan.SERVER_ADDRESS,
                LabPlan.SERVER_ADDRESS6);
        if (HandoffHosts.areIn(plan.options())) {
            explainHandoff(prefix, out);
        } else {
            out.printf(
                    Locale.ROOT,
                    """
                    Try it:
                        %sserver python3 -m http.server --bind %s 80 &
                        %1$sclient curl http://%2$s/
                    """,
                    prefix,
                    LabPlan.SERVER_ADDRESS);
        }
        out.printf(
                Locale.ROOT,
                "    boomerang status --lab %s%n    boomerang drain --lab %1$s %s%n",
                name,
                LabPlan.bladeName(plan.blades()));
        if (plan.spares() > 0) {
            out.printf(
                    Locale.ROOT,
                    "    %s%s boomerang node --config %s --blade %2$s     # joins%n",
                    prefix,
                    LabPlan.bladeName(plan.blades() + 1),
                    lab.directory().resolve("chassis.yaml"));
        }
        out.printf(
                Locale.ROOT,
                """
                Chassis file and logs: %s
                Take it down: boomerang down --name %s
                """,
                lab.directory(),
                name);
        out.flush();
    }

    private static void explainHandoff(final String prefix, final PrintWriter out) {
        final String curl = prefix + "client curl ";
        final String url = "http://" + HandoffHosts.ADDRESS;
        out.printf(
                Locale.ROOT,
                """
                    chassis  %s, %s: paths are served by different blades
                Try it:
                    %shttp://%1$s/%s
                    %3$s-g http://[%2$s]/%s
                    %3$s%s/%4$s %6$s/%5$s     # one connection, which moves
                    %3$s%6$s/tour/100000000 -o /dev/null     # moves three times more on its way
                """,
                HandoffHosts.ADDRESS,
                HandoffHosts.ADDRESS6,
                curl,
                HandoffHosts.serviceOf(2),
                HandoffHosts.serviceOf(3),
                url);
    }
}
