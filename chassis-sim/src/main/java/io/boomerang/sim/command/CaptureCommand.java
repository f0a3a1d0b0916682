package io.boomerang.sim.command;

import io.boomerang.flow.FlowText;
import io.boomerang.node.admin.AdminClient;
import io.boomerang.sim.report.JsonTree;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// `boomerang capture`: a flow's packets at each point of their way.
@Command(
        name = "capture",
        description = {
            "Writes a flow's packets as they pass each node - into a redirector, to a blade, into",
            "and out of it, out of a redirector - to one pcapng file, with one interface for each",
            "point and a comment that tells what steered the packet. The flow may begin later.",
            "A flow that a processor translates is followed under both names once it exists."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class CaptureCommand implements Callable<Integer> {
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(300);

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DaemonsOption daemons = new DaemonsOption();

    @Parameters(
            paramLabel = "FLOW",
            arity = "1..*",
            description = "tcp 10.0.0.1:4711 10.0.0.2:80, as in 'boomerang sessions'.")
    private List<String> flow = List.of();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "The pcapng file, replaced when it is there.")
    private Path file = Path.of("");

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long, 1 to 3600.")
    private int seconds;

    @Option(
            names = "--packets",
            paramLabel = "N",
            defaultValue = "100000",
            description = "End earlier when so many were taken, all points together.")
    private int packets;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (seconds < 1 || seconds > 3_600 || packets < 1) {
            throw new ParameterException(
                    spec.commandLine(), "1 to 3600 seconds and at least one packet");
        }
        final String text;
        try {
            text = FlowText.parse(String.join(" ", flow)).toString();
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return daemons.run(chassis -> run(chassis, text));
    }

    private int run(final Daemons chassis, final String text)
            throws IOException, InterruptedException {
        final Map<String, @Nullable String> query = new HashMap<>();
        query.put("flow", text);
        query.put("also", otherName(chassis, text));
        final List<String> capturing = new ArrayList<>();
        boolean complete = true;
        for (final String blade : chassis.config().bladeNames()) {
            final DaemonAnswer answer =
                    chassis.post(blade, AdminClient.path("/capture/begin", query));
            if (answer.isGood()) {
                capturing.add(blade);
            } else {
                complete = false;
                spec.commandLine().getErr().println(blade + ": " + answer.error());
            }
        }
        final FlowCapture capture = new FlowCapture();
        try {
            collect(chassis, capturing, capture);
        } finally {
            for (final String blade : capturing) {
                final DaemonAnswer _ = chassis.post(blade, "/capture/end");
            }
        }
        capture.write(file);
        spec.commandLine()
                .getOut()
                .println(
                        file
                                + ": "
                                + capture.size()
                                + " packets at "
                                + capture.points()
                                + " points"
                                + (capture.lost() == 0
                                        ? ""
                                        : ", " + capture.lost() + " were lost"));
        return complete && !capturing.isEmpty() ? Boomerang.OK : Boomerang.FAILED;
    }

    private void collect(
            final Daemons chassis, final List<String> blades, final FlowCapture capture)
            throws InterruptedException {
        final long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        boolean last = blades.isEmpty();
        while (!last) {
            LockSupport.parkNanos(PAUSE_NS);
            last = System.nanoTime() - endNs >= 0 || Thread.currentThread().isInterrupted();
            for (final DaemonAnswer answer : chassis.get(blades, "/capture")) {
                answer.json().list("nodes").forEach(capture::add);
            }
            last |= capture.size() >= packets;
        }
    }

    /// What a flow is called behind a processor that translates it; null when nobody does.
    private static @Nullable String otherName(final Daemons chassis, final String text)
            throws InterruptedException {
        for (final DaemonAnswer answer :
                chassis.get(AdminClient.path("/explain", Map.of("flow", text)))) {
            for (final JsonTree node : answer.json().list("nodes")) {
                for (final String side : List.of("ingressFlow", "egressFlow")) {
                    final String name = node.at("flow").text(side);
                    if (!name.isEmpty() && !name.equals(text)) {
                        return name;
                    }
                }
            }
        }
        return null;
    }
}
