package io.boomerang.sim.measure;

import io.boomerang.sim.lab.ChassisOptions;
import io.boomerang.sim.lab.HandoffHosts;
import io.boomerang.sim.lab.HandoffProxy;
import io.boomerang.sim.lab.InstalledCommands;
import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.lab.LabPlan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Measures downloads and short requests of one client from the programs of two hosts: through a
/// chassis that hands each connection to the host of its path, through an HAProxy that copies, and
/// with nothing in between.
///
/// All of that stands side by side, has its turns round by round, and does nothing meanwhile.
public final class ProxyComparison {
    private static final String NAME = "proxy";
    private static final int BLADES = 3;
    private static final int DRAIN_SECONDS = 1;
    private static final int SHORT_BYTES = 100;
    private static final String PROGRAM = "python3";

    private final List<String> program;
    private final List<String> daemon;
    private final Plan plan;
    private final LabPlan labPlan;
    private final Lab lab;

    /// What is between client and hosts.
    public enum Way {
        DIRECT("nothing"),
        PROXY_TCP("HAProxy, TCP mode"),
        PROXY_HTTP("HAProxy, HTTP mode"),
        CHASSIS("chassis");

        private final String text;

        Way(final String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /// What the client does.
    public enum Load {
        ONE_DOWNLOAD,
        DOWNLOADS,
        REQUESTS,
        ONE_REQUEST
    }

    /// How to measure.
    ///
    /// @param rounds in each of which every way has its turn
    /// @param mebibytes that are downloaded in a turn, over one connection, and over several
    /// @param downloads how many those several are
    /// @param requests short ones at once
    /// @param seconds of short requests in a turn, and of one at a time
    /// @param warmUpSeconds of short requests and of downloads, before the first round
    public record Plan(
            int rounds,
            int mebibytes,
            int downloads,
            int requests,
            int seconds,
            int warmUpSeconds) {}

    /// What came out of a turn.
    ///
    /// @param processors what processors did meanwhile
    public record Turn(FetchingClient.Result fetched, ProcessorTime processors) {}

    /// @param program starts this one's hidden command `measure fetch`, when its name is added
    /// @param daemon starts a daemon, see {@link Lab#build}
    public ProxyComparison(final List<String> program, final List<String> daemon, final Plan plan) {
        this.program = List.copyOf(program);
        this.daemon = List.copyOf(daemon);
        this.plan = plan;
        lab = new Lab(NAME + ProcessHandle.current().pid());
        labPlan =
                new LabPlan(
                        lab.name(),
                        1,
                        BLADES,
                        0,
                        new ChassisOptions(
                                "handoff",
                                DRAIN_SECONDS,
                                "auto",
                                false,
                                ChassisOptions.USUAL_BACKPLANE_MTU,
                                "refuse",
                                false));
    }

    /// Why it cannot be measured here; empty when it can.
    public static String obstacle() {
        final List<String> missing =
                InstalledCommands.missingOf(
                        List.of(HandoffProxy.COMMAND, "ip", "ping", PROGRAM, "setsid", "sysctl"));
        if (missing.contains(HandoffProxy.COMMAND)) {
            return "HAProxy is not installed: it is in the Debian package haproxy";
        }
        if (!missing.isEmpty()) {
            return "not installed: " + String.join(", ", missing);
        }
        return Lab.isPrivileged() ? "" : "network namespaces need root";
    }

    /// Builds everything, measures and takes it down.
    ///
    /// @throws IOException when something is not served; the message says by which way
    /// @throws LabException when it cannot be built
    public Map<Load, Map<Way, List<Turn>>> measure()
            throws IOException, InterruptedException, LabException {
        try {
            lab.build(labPlan, daemon);
            lab.addProxy(labPlan);
            final Process client =
                    new ProcessBuilder(lab.inside(LabPlan.CLIENT, program))
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            return measure(new Client(client));
        } finally {
            lab.remove();
        }
    }

    /// The client's process.
    private record Client(ProcessHandle process, Writer tasks, BufferedReader results) {
        Client(final Process process) {
            this(
                    process.toHandle(),
                    process.outputWriter(StandardCharsets.UTF_8),
                    process.inputReader(StandardCharsets.UTF_8));
        }

        FetchingClient.Result fetch(final FetchTask task) throws IOException {
            tasks.write(task.text() + "\n");
            tasks.flush();
            final String line = results.readLine();
            if (line == null) {
                throw new IOException("the client has ended");
            }
            return FetchingClient.Result.parse(line);
        }
    }

    private Map<Load, Map<Way, List<Turn>>> measure(final Client client)
            throws IOException, InterruptedException, LabException {
        for (final Way way : Way.values()) {
            final int durationMs = milliseconds(plan.warmUpSeconds());
            final List<FetchTarget> files = targets(way, bytesOfEach(plan.downloads()));
            fetch(client, way, new FetchTask(plan.requests(), durationMs, shortTargets(way)));
            fetch(client, way, new FetchTask(plan.downloads(), durationMs, files));
        }
        final Map<Load, Map<Way, List<Turn>>> turns = new EnumMap<>(Load.class);
        for (int round = 0; round < plan.rounds(); round++) {
            for (final Load load : Load.values()) {
                for (final Way way : Way.values()) {
                    turns.computeIfAbsent(load, _ -> new EnumMap<>(Way.class))
                            .computeIfAbsent(way, _ -> new ArrayList<>())
                            .add(turn(client, way, task(load, way)));
                }
            }
        }
        return turns;
    }

    private FetchTask task(final Load load, final Way way) {
        return switch (load) {
            case ONE_DOWNLOAD -> new FetchTask(1, 0, targets(way, bytesOfEach(1)));
            case DOWNLOADS ->
                    new FetchTask(plan.downloads(), 0, targets(way, bytesOfEach(plan.downloads())));
            case REQUESTS ->
                    new FetchTask(plan.requests(), milliseconds(plan.seconds()), shortTargets(way));
            case ONE_REQUEST -> new FetchTask(1, milliseconds(plan.seconds()), shortTargets(way));
        };
    }

    private static int milliseconds(final int seconds) {
        return (int) TimeUnit.SECONDS.toMillis(seconds);
    }

    private long bytesOfEach(final int downloads) {
        return ((long) plan.mebibytes() << 20) / downloads;
    }

    private List<FetchTarget> shortTargets(final Way way) {
        return targets(way, SHORT_BYTES);
    }

    private List<FetchTarget> targets(final Way way, final long bytes) {
        final List<FetchTarget> targets = new ArrayList<>();
        for (int number = 2; number <= BLADES; number++) {
            final String host = LabPlan.bladeName(number);
            final String server =
                    switch (way) {
                        case DIRECT -> HandoffProxy.listeningAddress(labPlan, host);
                        case PROXY_TCP -> HandoffProxy.ADDRESS + ":" + HandoffProxy.TCP_PORT;
                        case PROXY_HTTP -> HandoffProxy.ADDRESS + ":" + HandoffProxy.HTTP_PORT;
                        case CHASSIS -> HandoffHosts.ADDRESS + ":80";
                    };
            targets.add(FetchTarget.of(server, HandoffHosts.serviceOf(number), bytes, host));
        }
        return targets;
    }

    /// @throws IOException when nothing is served
    private static FetchingClient.Result fetch(
            final Client client, final Way way, final FetchTask task) throws IOException {
        final FetchingClient.Result result = client.fetch(task);
        if (result.fetched() == 0) {
            throw new IOException("nothing is served through: " + way);
        }
        return result;
    }

    private Turn turn(final Client client, final Way way, final FetchTask task)
            throws IOException, InterruptedException, LabException {
        final List<ProcessHandle> steering = steeringProcesses(way);
        final List<ProcessHandle> programs = programs();
        final List<ProcessHandle> own = List.of(client.process());
        final ProcessorTime before = ProcessorTime.now(steering, programs, own);
        final FetchingClient.Result fetched = fetch(client, way, task);
        return new Turn(fetched, ProcessorTime.now(steering, programs, own).minus(before));
    }

    /// The daemons of redirectors, classifier and hosts, or the proxy.
    private List<ProcessHandle> steeringProcesses(final Way way)
            throws IOException, InterruptedException, LabException {
        return switch (way) {
            case DIRECT -> List.of();
            case PROXY_TCP, PROXY_HTTP -> lab.processesOf(HandoffProxy.HOST);
            case CHASSIS -> {
                final List<ProcessHandle> daemons = new ArrayList<>();
                for (final String blade : labPlan.bladeNames()) {
                    lab.processesOf(blade).stream()
                            .filter(process -> !isProgram(process))
                            .forEach(daemons::add);
                }
                yield daemons;
            }
        };
    }

    private List<ProcessHandle> programs() throws IOException, InterruptedException, LabException {
        final List<ProcessHandle> programs = new ArrayList<>();
        for (final String blade : labPlan.bladeNames()) {
            lab.processesOf(blade).stream()
                    .filter(ProxyComparison::isProgram)
                    .forEach(programs::add);
        }
        return programs;
    }

    private static boolean isProgram(final ProcessHandle process) {
        return process.info().command().orElse("").contains(PROGRAM);
    }
}
