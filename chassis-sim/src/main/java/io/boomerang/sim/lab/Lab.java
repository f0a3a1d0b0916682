package io.boomerang.sim.lab;

import io.boomerang.cluster.key.ChassisKey;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Builds a chassis of network namespaces and takes it down again. Everything it makes has the
/// laboratory's name in it: namespaces `boomerang-NAME-...`, and one directory. So nothing has to
/// be remembered to find it, also when whoever built it has crashed.
public final class Lab {
    private static final Path HOME = Path.of("/run/boomerang-lab");
    private static final long START_LIMIT_NS = TimeUnit.SECONDS.toNanos(180);
    private static final long STOP_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int SECRET_BYTES = 16;
    private static final int LOG_LINES = 5;
    private static final String CHASSIS_FILE = "chassis.yaml";
    private static final String SWITCH = "switch.sh";

    /// Arguments: namespace, interface, command. The interface is down when the command has ended;
    /// when it says that it could not start, it has two more tries: a machine that is busy with
    /// starting everything at once may let handshakes take too long.
    private static final String WITH_PORT =
            "port=\"ip -n $1 link set dev $2\"; shift 2; "
                    + "for attempt in 1 2 3; do \"$@\"; [ $? -eq 3 ] || break; done; "
                    + "$port down 2>/dev/null";

    private final String name;
    private final Namespaces namespaces;
    private final Path directory;

    public Lab(final String name) {
        LabPlan.requireName(name);
        this.name = name;
        namespaces = new Namespaces(prefix(name));
        directory = HOME.resolve(name);
    }

    /// How the names of a laboratory's namespaces begin.
    static String prefix(final String name) {
        return "boomerang-" + name + "-";
    }

    public String name() {
        return name;
    }

    /// Where chassis file, logs and state are.
    public Path directory() {
        return directory;
    }

    /// The command that runs another one on a host of the laboratory.
    public List<String> inside(final String host, final List<String> command) {
        return namespaces.inside(host, command);
    }

    /// Builds the laboratory, starts the daemons and waits until packets pass, and until every
    /// blade has its part of the new flows.
    ///
    /// @param daemon starts one, but for its `--config` and `--blade`
    /// @throws LabException when it is there already or cannot be built; nothing is left then
    public void build(final LabPlan plan, final List<String> daemon)
            throws IOException, InterruptedException, LabException {
        build(() -> {
            writeFiles(plan);
            new LabNetwork(namespaces, plan).build();
            startSwitches(plan);
            startPrograms(plan);
            awaitPackets(plan, startDaemons(plan, daemon));
            awaitPrograms(plan);
        });
    }

    /// Builds a laboratory that has another network than a chassis, and no daemons.
    ///
    /// @throws LabException when it is there already or cannot be built; nothing is left then
    public void build(final ReferenceNetwork network)
            throws IOException, InterruptedException, LabException {
        build(() -> {
            for (final String host : LabPlan.OUTSIDE_HOSTS) {
                namespaces.add(host);
            }
            network.connect(namespaces);
        });
    }

    /// Work of which nothing is to be left when it fails.
    private interface Work {
        void run() throws IOException, InterruptedException, LabException;
    }

    private void build(final Work work) throws IOException, InterruptedException, LabException {
        requirePrivileges();
        if (!namespaces.list().isEmpty()) {
            throw new LabException("laboratory " + name + " is there already; take it down first");
        }
        try {
            work.run();
        } catch (final IOException | InterruptedException | LabException | RuntimeException e) {
            remove();
            throw e;
        }
    }

    /// Whether this process may build laboratories.
    public static boolean isPrivileged() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void requirePrivileges() throws LabException {
        if (!isPrivileged()) {
            throw new LabException("network namespaces need root (CAP_SYS_ADMIN, CAP_NET_ADMIN)");
        }
    }

    private void writeFiles(final LabPlan plan) throws IOException {
        Files.createDirectories(directory.resolve("state"));
        writeSecret("key");
        writeSecret("admin.token");
        ChassisKey.generate().store(directory.resolve("chassis.p12"), new char[0]);
        Files.writeString(directory.resolve(CHASSIS_FILE), plan.chassisFile());
    }

    private void writeSecret(final String file) throws IOException {
        final byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        final Path path = directory.resolve(file);
        Files.createFile(
                path,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(path, HexFormat.of().formatHex(secret));
    }

    private void startSwitches(final LabPlan plan) throws IOException {
        if (!plan.hasSwitches()) {
            return;
        }
        final Path script = script(SWITCH);
        int seed = 1;
        for (final String outside : LabPlan.OUTSIDE_HOSTS) {
            final String host = LabPlan.switchOf(outside);
            final Process _ =
                    start(
                            host,
                            namespaces.inside(
                                    host,
                                    List.of("sh", script.toString(), String.valueOf(seed++))));
        }
    }

    /// A file of this program's own, where others can run it.
    private Path script(final String file) throws IOException {
        final Path script = directory.resolve(file);
        try (InputStream source = Lab.class.getResourceAsStream(file)) {
            Files.copy(Objects.requireNonNull(source, file), script);
        }
        return script;
    }

    /// They connect to their hosts' daemons, again and again.
    private void startPrograms(final LabPlan plan) throws IOException {
        if (HandoffHosts.areIn(plan.options())) {
            final Path _ = script(HandoffHosts.PROGRAM);
            for (final String host : HandoffHosts.names(plan)) {
                final List<String> program = new HandoffHosts(plan).program(directory, host);
                final Process _ = start(host + "-program", namespaces.inside(host, program));
            }
        }
    }

    private void awaitPrograms(final LabPlan plan)
            throws IOException, InterruptedException, LabException {
        if (!HandoffHosts.areIn(plan.options())) {
            return;
        }
        final long startNs = System.nanoTime();
        for (int number = 2; number <= plan.blades(); number++) {
            final String host = LabPlan.bladeName(number);
            awaitProgram(host, host, " programs=1", startNs);
        }
    }

    /// Waits until a log says that a host's program serves.
    private void awaitProgram(
            final String host, final String log, final String text, final long startNs)
            throws IOException, LabException {
        while (!Files.readString(logOf(log)).contains(text)) {
            if (System.nanoTime() - startNs > START_LIMIT_NS) {
                throw new LabException("no program serves on " + host + ":\n" + endOf(logOf(log)));
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    /// Builds an HAProxy beside a chassis that hands connections off, before the same hosts, and
    /// starts it and on each host a program that listens.
    ///
    /// @param plan as for {@link #build(LabPlan, List)}, which was before
    /// @throws LabException when it cannot be built; what is built goes with the laboratory
    public void addProxy(final LabPlan plan)
            throws IOException, InterruptedException, LabException {
        final HandoffProxy proxy = new HandoffProxy(plan);
        proxy.build(namespaces);
        for (final LabBlade host : proxy.hosts()) {
            final List<String> program = HandoffHosts.listeningProgram(directory, plan, host);
            final Process _ =
                    start(listening(host.name()), namespaces.inside(host.name(), program));
        }
        for (final LabBlade host : proxy.hosts()) {
            awaitProgram(host.name(), listening(host.name()), "listens", System.nanoTime());
        }
        final Path file =
                Files.writeString(directory.resolve(HandoffProxy.FILE), proxy.configuration());
        namespaces.run(HandoffProxy.HOST, HandoffProxy.COMMAND, "-D", "-f", file.toString());
    }

    private static String listening(final String host) {
        return host + "-listening";
    }

    private Map<String, Process> startDaemons(final LabPlan plan, final List<String> daemon)
            throws IOException {
        final Map<String, Process> daemons = new LinkedHashMap<>();
        for (final LabBlade blade : plan.chassis()) {
            if (blade.starts()) {
                daemons.put(blade.name(), startDaemon(blade.name(), daemon));
            }
        }
        return daemons;
    }

    /// Starts the daemon of one blade. It takes a redirector's outside port up when it serves. When
    /// it ends, however it does, the port goes down, as a service unit would have it: then its
    /// switch sends nothing there any more. Where an earlier daemon has just ended, that comes
    /// first.
    public Process startDaemon(final String host, final List<String> daemon) throws IOException {
        final boolean _ =
                awaitEnd(supervisors().stream().filter(process -> isAbout(process, host)).toList());
        final List<String> command = new ArrayList<>(daemon);
        command.addAll(
                List.of("--config", directory.resolve(CHASSIS_FILE).toString(), "--blade", host));
        final List<String> supervised =
                new ArrayList<>(
                        List.of(
                                "sh",
                                "-c",
                                WITH_PORT,
                                "sh",
                                namespaces.name(host),
                                LabPlan.OUTSIDE));
        supervised.addAll(namespaces.inside(host, command));
        return start(host, supervised);
    }

    /// Starts a process in a session of its own: it outlives the terminal.
    ///
    /// @param log name of what it logs to
    private Process start(final String log, final List<String> command) throws IOException {
        final List<String> detached = new ArrayList<>(List.of("setsid"));
        detached.addAll(command);
        final ProcessBuilder builder = new ProcessBuilder(detached);
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logOf(log).toFile()));
        final Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    /// The process of a blade's daemon; empty when it does not run.
    public Optional<ProcessHandle> daemonOf(final String host)
            throws IOException, InterruptedException, LabException {
        return namespaces.processes(namespaces.name(host)).stream().findFirst();
    }

    /// The processes that run on a host.
    public List<ProcessHandle> processesOf(final String host)
            throws IOException, InterruptedException, LabException {
        return namespaces.processes(namespaces.name(host));
    }

    /// How often the daemon of a blade has started.
    public long startsOf(final String host) throws IOException {
        final Path log = logOf(host);
        if (!Files.exists(log)) {
            return 0;
        }
        return Files.readString(log).lines().filter(line -> line.contains(started(host))).count();
    }

    private static String started(final String host) {
        return "blade=" + host + " nodes=[" + host;
    }

    /// Where the daemon of a blade logs to.
    public Path logOf(final String host) {
        return directory.resolve(host + ".log");
    }

    private void awaitPackets(final LabPlan plan, final Map<String, Process> daemons)
            throws IOException, InterruptedException, LabException {
        final long startNs = System.nanoTime();
        while (!allServe(plan)
                || !pings(LabPlan.SERVER_ADDRESS)
                || !pings(LabPlan.SERVER_ADDRESS6)) {
            for (final Map.Entry<String, Process> daemon : daemons.entrySet()) {
                if (!daemon.getValue().isAlive()) {
                    final String host = daemon.getKey();
                    throw new LabException(host + " does not start:\n" + endOf(logOf(host)));
                }
            }
            if (System.nanoTime() - startNs > START_LIMIT_NS) {
                throw new LabException("no packet came through the chassis within 3 minutes");
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private boolean allServe(final LabPlan plan) throws IOException {
        for (final LabBlade blade : plan.chassis()) {
            if (blade.starts()
                    && (startsOf(blade.name()) == 0
                            || plan.opensFlows(blade) && !serves(blade.name(), plan))) {
                return false;
            }
        }
        return true;
    }

    /// Whether every redirector gives new flows to a processing blade, says its log.
    public boolean serves(final String blade, final LabPlan plan) throws IOException {
        for (final LabBlade each : plan.chassis()) {
            if (each.isRedirector() && !lastTableOf(each.name()).contains(blade + "=")) {
                return false;
            }
        }
        return true;
    }

    private String lastTableOf(final String redirector) throws IOException {
        final String tables = "node=" + redirector + " epoch=";
        return Files.readString(logOf(redirector))
                .lines()
                .filter(line -> line.contains(tables))
                .reduce("", (_, later) -> later);
    }

    private boolean pings(final String address) throws IOException, InterruptedException {
        final Process ping =
                new ProcessBuilder(inside(LabPlan.CLIENT, List.of("ping", "-c1", "-W1", address)))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return ping.waitFor() == 0;
    }

    private static String endOf(final Path log) throws IOException {
        final List<String> lines = Files.readAllLines(log);
        return String.join(
                "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    }

    /// Ends every process of the laboratory and removes all of it; answers whether there was
    /// something. It does not matter who built it and what is missing.
    public boolean remove() throws IOException, InterruptedException, LabException {
        final List<String> there = namespaces.list();
        final List<ProcessHandle> processes = new ArrayList<>(supervisors());
        for (final String namespace : there) {
            processes.addAll(namespaces.processes(namespace));
        }
        processes.forEach(ProcessHandle::destroyForcibly);
        if (!awaitEnd(processes)) {
            throw new LabException("processes do not end: " + processes);
        }
        for (final String namespace : there) {
            namespaces.remove(namespace);
        }
        return removeFiles() || !there.isEmpty();
    }

    /// Answers false when some of them do not end within {@link #STOP_LIMIT_NS}.
    private static boolean awaitEnd(final List<ProcessHandle> processes) {
        final long startNs = System.nanoTime();
        while (processes.stream().anyMatch(ProcessHandle::isAlive)) {
            if (System.nanoTime() - startNs > STOP_LIMIT_NS) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        return true;
    }

    /// What waits for a daemon to end; it is in no namespace.
    private List<ProcessHandle> supervisors() {
        final String file = directory.resolve(CHASSIS_FILE).toString();
        return ProcessHandle.allProcesses().filter(process -> isAbout(process, file)).toList();
    }

    /// Whether this is one of its arguments; {@link ProcessHandle} shows those of short commands
    /// only.
    private static boolean isAbout(final ProcessHandle process, final String argument) {
        final Path command = Path.of("/proc", Long.toString(process.pid()), "cmdline");
        try {
            return Arrays.asList(Files.readString(command, StandardCharsets.ISO_8859_1).split("\0"))
                    .contains(argument);
        } catch (final IOException _) {
            return false; // it has ended
        }
    }

    private boolean removeFiles() throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        return true;
    }
}
