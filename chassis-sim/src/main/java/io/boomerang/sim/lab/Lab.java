package io.boomerang.sim.lab;

import io.boomerang.cluster.key.ChassisKey;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
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

    private final String name;
    private final Namespaces namespaces;
    private final Path directory;

    public Lab(final String name) {
        LabPlan.requireName(name);
        this.name = name;
        namespaces = new Namespaces("boomerang-" + name + "-");
        directory = HOME.resolve(name);
    }

    /// Where chassis file, logs and state are.
    public Path directory() {
        return directory;
    }

    /// The command that runs another one on a host of the laboratory.
    public List<String> inside(final String host, final List<String> command) {
        return namespaces.inside(host, command);
    }

    /// Builds the laboratory, starts the daemons and waits until packets pass.
    ///
    /// @param daemon starts one, but for its `--config` and `--blade`
    /// @throws LabException when it is there already or cannot be built; nothing is left then
    public void build(final LabPlan plan, final List<String> daemon)
            throws IOException, InterruptedException, LabException {
        requirePrivileges();
        if (!namespaces.list().isEmpty()) {
            throw new LabException("laboratory " + name + " is there already; take it down first");
        }
        try {
            writeFiles(plan);
            connect(plan);
            final List<Process> daemons = start(plan, daemon);
            awaitPackets(plan, daemons);
        } catch (final IOException | InterruptedException | LabException | RuntimeException e) {
            remove();
            throw e;
        }
    }

    private static void requirePrivileges() throws LabException {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new LabException("network namespaces need root (CAP_SYS_ADMIN, CAP_NET_ADMIN)");
        }
    }

    private void writeFiles(final LabPlan plan) throws IOException {
        Files.createDirectories(directory.resolve("state"));
        final byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        final Path key = directory.resolve("key");
        Files.createFile(
                key,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, HexFormat.of().formatHex(secret));
        ChassisKey.generate().store(directory.resolve("chassis.p12"), new char[0]);
        Files.writeString(directory.resolve("chassis.yaml"), plan.chassisFile());
    }

    private void connect(final LabPlan plan)
            throws IOException, InterruptedException, LabException {
        final List<String> hosts = plan.chassisHosts();
        namespaces.add(LabPlan.HUB);
        namespaces.within(LabPlan.HUB, "link", "add", "backplane", "type", "bridge");
        namespaces.within(LabPlan.HUB, "link", "set", "backplane", "up");
        for (int i = 0; i < hosts.size(); i++) {
            final String host = hosts.get(i);
            final String port = "port" + i;
            namespaces.add(host);
            namespaces.connect(host, "backplane", LabPlan.HUB, port);
            final String mtu = String.valueOf(LabPlan.BACKPLANE_MTU);
            namespaces.within(host, "link", "set", "backplane", "mtu", mtu);
            namespaces.within(LabPlan.HUB, "link", "set", port, "mtu", mtu);
            namespaces.within(LabPlan.HUB, "link", "set", port, "master", "backplane");
            namespaces.within(
                    host,
                    "address",
                    "add",
                    LabPlan.backplaneAddress(i) + "/24",
                    "dev",
                    "backplane");
        }
        addOutside(LabPlan.CLIENT, LabPlan.CLIENT_ADDRESS, LabPlan.INGRESS);
        addOutside(LabPlan.SERVER, LabPlan.SERVER_ADDRESS, LabPlan.EGRESS);
    }

    private void addOutside(final String host, final String address, final String redirector)
            throws IOException, InterruptedException, LabException {
        namespaces.add(host);
        namespaces.connect(host, "eth0", redirector, LabPlan.OUTSIDE);
        namespaces.within(host, "address", "add", address + "/24", "dev", "eth0");
    }

    private List<Process> start(final LabPlan plan, final List<String> daemon) throws IOException {
        final List<Process> daemons = new ArrayList<>();
        for (final String host : plan.chassisHosts()) {
            daemons.add(startDaemon(host, daemon));
        }
        return daemons;
    }

    /// Starts the daemon of one blade, in a session of its own: it outlives the terminal.
    public Process startDaemon(final String host, final List<String> daemon) throws IOException {
        final List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(daemon);
        command.addAll(
                List.of("--config", directory.resolve("chassis.yaml").toString(), "--blade", host));
        final ProcessBuilder builder = new ProcessBuilder(namespaces.inside(host, command));
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logOf(host).toFile()));
        final Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    /// Where the daemon of a blade logs to.
    public Path logOf(final String host) {
        return directory.resolve(host + ".log");
    }

    private void awaitPackets(final LabPlan plan, final List<Process> daemons)
            throws IOException, InterruptedException, LabException {
        final long startNs = System.nanoTime();
        final List<String> hosts = plan.chassisHosts();
        while (!allStarted(hosts) || !pings()) {
            for (int i = 0; i < daemons.size(); i++) {
                if (!daemons.get(i).isAlive()) {
                    throw new LabException(
                            hosts.get(i) + " does not start:\n" + endOf(logOf(hosts.get(i))));
                }
            }
            if (System.nanoTime() - startNs > START_LIMIT_NS) {
                throw new LabException("no packet came through the chassis within 3 minutes");
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private boolean allStarted(final List<String> hosts) throws IOException {
        for (final String host : hosts) {
            if (!Files.readString(logOf(host)).contains("blade=" + host + " nodes=[" + host)) {
                return false;
            }
        }
        return true;
    }

    private boolean pings() throws IOException, InterruptedException {
        final Process ping =
                new ProcessBuilder(
                                inside(
                                        LabPlan.CLIENT,
                                        List.of("ping", "-c1", "-W1", LabPlan.SERVER_ADDRESS)))
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
        final List<ProcessHandle> processes = new ArrayList<>();
        for (final String namespace : there) {
            processes.addAll(namespaces.processes(namespace));
        }
        processes.forEach(ProcessHandle::destroyForcibly);
        final long startNs = System.nanoTime();
        while (processes.stream().anyMatch(ProcessHandle::isAlive)) {
            if (System.nanoTime() - startNs > STOP_LIMIT_NS) {
                throw new LabException("processes do not end: " + processes);
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        for (final String namespace : there) {
            namespaces.remove(namespace);
        }
        return removeFiles() || !there.isEmpty();
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
