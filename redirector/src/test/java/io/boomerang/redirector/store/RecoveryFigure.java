package io.boomerang.redirector.store;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;
import io.boomerang.redirector.session.Installation;
import io.boomerang.redirector.session.Origin;
import io.boomerang.redirector.session.SessionTable;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a redirector of many sessions has again after it was killed in the middle of writing them:
/// a process that fills a table and goes on changing it is killed, and its file is taken back.
///
/// Arguments: an empty directory, and how many sessions.
final class RecoveryFigure {
    private static final FlowHash HASH = new FlowHash(1, 2);
    private static final int LEASE_MS = 600_000;
    private static final int ROUNDS_BEFORE_THE_END = 3;
    private static final String WRITE = "write";

    private RecoveryFigure() {}

    public static void main(final String[] args) throws IOException, InterruptedException {
        final Path directory = Path.of(args[0]);
        final int count = Integer.parseInt(args[1]);
        if (args.length > 2 && args[2].equals(WRITE)) {
            write(directory, count);
        } else {
            final Process writer = startWriter(directory, count);
            writer.inputReader()
                    .lines()
                    .limit(2 * ROUNDS_BEFORE_THE_END + 1)
                    .forEach(line -> System.out.println("writer: " + line));
            writer.destroyForcibly().waitFor();
            recover(directory, count);
        }
    }

    private static Process startWriter(final Path directory, final int count) throws IOException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(RecoveryFigure.class.getName());
        command.addAll(List.of(directory.toString(), Integer.toString(count), WRITE));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static StoreLabel owner(final SessionStore store, final SessionTable table) {
        return new StoreLabel(
                StoreKind.REDIRECTOR,
                1,
                "ingress-1",
                store.incarnation(),
                42,
                table.capacity(),
                StoredSession.RECORD_BYTES);
    }

    private static SessionTable table(final int count) {
        return new SessionTable(count, HASH::hash, (_, _) -> false);
    }

    private static void write(final Path directory, final int count) throws IOException {
        final SessionTable table = table(count);
        final SessionStore store = SessionStore.open(directory, "ingress-1");
        store.begin(new SessionSource(table), owner(store, table), System.currentTimeMillis());
        for (int version = 0; ; version++) {
            final int newVersion = version & 0xFFFF;
            for (int flow = 0; flow < count; flow++) {
                install(table, flow, newVersion);
            }
            System.out.printf(Locale.ROOT, "%,d sessions changed; writing%n", count);
            final long startNs = System.nanoTime();
            store.round(startNs, System.currentTimeMillis());
            System.out.printf(
                    Locale.ROOT, "written in %,d ms%n", (System.nanoTime() - startNs) / 1_000_000);
        }
    }

    private static void install(final SessionTable table, final int flow, final int version) {
        final FlowKey key = new FlowKey();
        key.setIpv4(6, FlowKey.KIND_PORTS, 0x0A000000 + flow, 40_000, 0x0B000001, 443, 0);
        final Installation installation =
                table.install(
                        key,
                        HASH.hash(key),
                        Origin.ANNOUNCED,
                        1_000L + flow,
                        201,
                        1,
                        version,
                        LEASE_MS,
                        TcpPhase.ESTABLISHED,
                        System.nanoTime());
        if (installation == Installation.FULL) {
            throw new IllegalStateException("no room for flow " + flow);
        }
    }

    private static void recover(final Path directory, final int count) throws IOException {
        final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        final long startNs = System.nanoTime();
        final long startCpuNs = threads.getCurrentThreadCpuTime();
        final long nowMs = System.currentTimeMillis();
        try (SessionTable table = table(count);
                SessionStore store = SessionStore.open(directory, "ingress-1")) {
            final Restoration restoration =
                    store.restore(
                            owner(store, table),
                            record -> {
                                final StoredSession session = StoredSession.read(record);
                                if (session == null || session.leaseEndMs() < nowMs) {
                                    return false;
                                }
                                table.install(
                                        session.key(),
                                        HASH.hash(session.key()),
                                        Origin.ANNOUNCED,
                                        session.flowId(),
                                        session.blade(),
                                        session.incarnation(),
                                        session.version(),
                                        LEASE_MS,
                                        session.phase(),
                                        System.nanoTime());
                                return true;
                            });
            final long tookMs = (System.nanoTime() - startNs) / 1_000_000;
            final long cpuMs = (threads.getCurrentThreadCpuTime() - startCpuNs) / 1_000_000;
            System.out.printf(
                    Locale.ROOT,
                    "%,d of %,d sessions in the table again after %,d ms (%,d ms of the thread's"
                            + " processor time), %d damaged; file %,d bytes%n",
                    table.live(),
                    count,
                    tookMs,
                    cpuMs,
                    restoration.damaged(),
                    Files.size(directory.resolve("ingress-1.1.sessions")));
        }
    }
}
