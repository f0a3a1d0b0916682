package io.boomerang.sim.command;

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
            "Builds a chassis in network namespaces of this machine: a client, a server, two",
            "redirectors and blades between them, a bridge as backplane, and a daemon for each."
                    + " Waits",
            "until packets pass and says how to use it. 'boomerang down' takes it down. Needs"
                    + " root,",
            "ip(8), setsid(1) and ping(8)."
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
            names = "--blades",
            paramLabel = "N",
            defaultValue = "3",
            description = "Processing blades, 1 to 32.")
    private int blades;

    @Option(
            names = "--processor",
            paramLabel = "KIND",
            defaultValue = "firewall",
            description = "What they do: pass or firewall.")
    private String processor = "firewall";

    @Option(
            names = "--drain-limit",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long a blade that gets SIGTERM waits for its flows.")
    private int drainLimit;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final LabPlan plan;
        try {
            if (!processor.matches("pass|firewall")) {
                throw new IllegalArgumentException(
                        "--processor " + processor + " is neither pass nor firewall");
            }
            plan = new LabPlan(name, blades, processor, drainLimit);
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        final Lab lab = new Lab(name);
        try {
            lab.build(plan, daemon());
        } catch (final LabException e) {
            spec.commandLine().getErr().println("boomerang: " + e.getMessage());
            return Boomerang.FAILED;
        }
        explain(lab, spec.commandLine().getOut());
        return Boomerang.OK;
    }

    /// This program again, as small as a daemon of a laboratory may be.
    static List<String> daemon() {
        final String classPath =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .collect(Collectors.joining(File.pathSeparator));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                Boomerang.class.getName(),
                "node");
    }

    private void explain(final Lab lab, final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                """
                Laboratory %s: a chassis of 2 redirectors and %d blades between %s and %s.
                Try it:
                    ip netns exec boomerang-%s-server python3 -m http.server --bind %s 80 &
                    ip netns exec boomerang-%s-client curl http://%s/
                    kill -TERM $(ip netns pids boomerang-%s-blade-1)     # drains a blade
                Chassis file and logs: %s
                Take it down: boomerang down --name %s
                """,
                name,
                blades,
                LabPlan.CLIENT_ADDRESS,
                LabPlan.SERVER_ADDRESS,
                name,
                LabPlan.SERVER_ADDRESS,
                name,
                LabPlan.SERVER_ADDRESS,
                name,
                lab.directory(),
                name);
        out.flush();
    }
}
