package io.boomerang.sim.command;

import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.flow.Cidr;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.ConfigException;
import io.boomerang.redirector.store.RecordVisitor;
import io.boomerang.redirector.store.StoreKind;
import io.boomerang.redirector.store.StoreLabel;
import io.boomerang.redirector.store.StoreSnapshot;
import io.boomerang.redirector.store.StoredSession;
import io.boomerang.sim.report.SessionRow;
import io.boomerang.sim.report.SessionsJson;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// `boomerang sessions`: what nodes have on disk.
@Command(
        name = "sessions",
        description = {
            "Shows the sessions that nodes keep on disk, while they run or after their end: a",
            "file NAME.N.sessions, or all of a directory. It reads a copy of each file, so it",
            "needs as much room in the temporary directory, and keeps nobody waiting. With a",
            "chassis file: those of the blade, or blades, whose daemons run on this machine.",
            "With --running: those that the daemons hold, wherever they run, as they say it."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class SessionsCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "PATH",
            arity = "0..1",
            description = "A file of sessions, or a directory of them.")
    private @Nullable Path path;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The chassis file: its state directory, unless PATH says another, and"
                            + " its names.")
    private @Nullable Path config;

    @Option(names = "--running", description = "Ask the daemons of --config, or of --lab.")
    private boolean running;

    @Option(
            names = "--lab",
            paramLabel = "NAME",
            description = "Ask the daemons that 'boomerang up' has started under this name.")
    private @Nullable String lab;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = "Of running daemons: only what this node holds.")
    private @Nullable String node;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description =
                    "Only sessions that are live, over, embryonic, established, closing or closed.")
    private @Nullable SessionState state;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Of running daemons: so many sessions of each node, 1000 by default.")
    private int limit;

    @Option(names = "--json", description = "For programs; times in milliseconds.")
    private boolean json;

    @Option(
            names = "--blade",
            paramLabel = "NAME",
            description = "Only flows on this blade: its name, or the number of its node, 201.")
    private @Nullable String blade;

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            description = "Only flows from or to this address, or block like 10.0.0.0/8.")
    private @Nullable String address;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!running && lab == null) {
            return read();
        }
        if (!running || path != null || config == null && lab == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "running daemons are asked with --running and --config FILE or --lab NAME");
        }
        return DaemonsOption.run(spec, config == null ? Path.of("") : config, lab, this::show);
    }

    private int show(final Daemons chassis) throws InterruptedException {
        try {
            final boolean complete =
                    new RunningSessions(node, address, blade, state, limit)
                            .show(chassis, json, spec.commandLine().getOut());
            return complete ? Boomerang.OK : Boomerang.FAILED;
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int read() throws IOException {
        final @Nullable ChassisConfig chassis = chassis();
        final Path place = place(chassis);
        final BladeNames names = new BladeNames(chassis);
        final SessionFilter filter = filter(names);
        final List<StoreSnapshot> snapshots = new ArrayList<>();
        try {
            for (final Path file : StoreSnapshot.filesAt(place)) {
                snapshots.add(StoreSnapshot.of(file));
            }
        } catch (final NoSuchFileException e) {
            throw new ParameterException(spec.commandLine(), place + ": no such file", e);
        } catch (final IOException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        final PrintWriter out = spec.commandLine().getOut();
        final long nowMs = System.currentTimeMillis();
        if (json) {
            try (SessionsJson list = new SessionsJson(out)) {
                for (final StoreSnapshot snapshot : snapshots) {
                    list(snapshot, filter, names, nowMs, list);
                }
            }
        } else {
            for (final StoreSnapshot snapshot : snapshots) {
                print(snapshot, filter, names, nowMs, out);
            }
        }
        out.flush();
        return Boomerang.OK;
    }

    private @Nullable ChassisConfig chassis() throws IOException {
        try {
            return config == null ? null : ChassisConfig.read(config);
        } catch (final ConfigException e) {
            throw new ParameterException(
                    spec.commandLine(), String.join(System.lineSeparator(), e.complaints()), e);
        }
    }

    private Path place(final @Nullable ChassisConfig chassis) {
        if (path != null) {
            return path;
        }
        if (chassis != null) {
            return chassis.sessionsDirectory();
        }
        throw new ParameterException(spec.commandLine(), "needs a PATH or --config FILE");
    }

    private SessionFilter filter(final BladeNames names) {
        try {
            return new SessionFilter(
                    blade == null ? 0 : names.node(blade),
                    address == null ? null : Cidr.parse(address),
                    state);
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static void list(
            final StoreSnapshot snapshot,
            final SessionFilter filter,
            final BladeNames names,
            final long nowMs,
            final SessionsJson list)
            throws IOException {
        final StoreLabel label = snapshot.label();
        list.beginFile(snapshot.file(), label.name(), label.kind().label(), label.incarnation());
        list.endFile(
                snapshot.read(
                        visitor(
                                label,
                                filter,
                                names,
                                nowMs,
                                row -> {
                                    try {
                                        list.write(row);
                                    } catch (final IOException e) {
                                        throw new UncheckedIOException(e.getMessage(), e);
                                    }
                                })));
    }

    private static void print(
            final StoreSnapshot snapshot,
            final SessionFilter filter,
            final BladeNames names,
            final long nowMs,
            final PrintWriter out)
            throws IOException {
        final StoreLabel label = snapshot.label();
        out.printf(
                Locale.ROOT,
                "%s, %s, incarnation %d: %s%n",
                label.name(),
                label.kind().label(),
                label.incarnation(),
                snapshot.file());
        final long[] shown = new long[1];
        final long damaged =
                snapshot.read(
                        visitor(
                                label,
                                filter,
                                names,
                                nowMs,
                                row -> {
                                    shown[0]++;
                                    print(row, out);
                                }));
        out.printf(Locale.ROOT, "  %,d sessions", shown[0]);
        if (damaged > 0) {
            out.printf(Locale.ROOT, ", %,d records that could not be read", damaged);
        }
        out.println();
    }

    private static void print(final SessionRow row, final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "  %-50s %-10s %-11s flow %s version %d %s%n",
                row.egressFlow() == null ? row.flow() : row.flow() + " = " + row.egressFlow(),
                row.blade(),
                row.phase(),
                row.flowId(),
                row.version(),
                row.leaseMs() <= 0
                        ? "over"
                        : TimeUnit.MILLISECONDS.toSeconds(row.leaseMs()) + " s left");
    }

    /// Takes in rows of the sessions that a user wants to see.
    @FunctionalInterface
    private interface Rows {
        void add(SessionRow row);
    }

    private static RecordVisitor visitor(
            final StoreLabel label,
            final SessionFilter filter,
            final BladeNames names,
            final long nowMs,
            final Rows rows) {
        return label.kind() == StoreKind.REDIRECTOR
                ? record -> {
                    final StoredSession session = StoredSession.read(record);
                    if (session != null
                            && filter.accepts(
                                    session.blade(),
                                    session.key(),
                                    session.key(),
                                    session.phase(),
                                    session.leaseEndMs() > nowMs)) {
                        rows.add(row(session, names.of(session.blade(), label), nowMs));
                    }
                    return session != null;
                }
                : record -> {
                    final StoredMarker marker = StoredMarker.read(record);
                    if (marker != null
                            && filter.accepts(
                                    label.node(),
                                    marker.ingressKey(),
                                    marker.egressKey(),
                                    marker.phase(),
                                    marker.expiresMs() > nowMs)) {
                        rows.add(row(label, marker, nowMs));
                    }
                    return marker != null;
                };
    }

    private static SessionRow row(
            final StoredSession session, final String blade, final long nowMs) {
        return new SessionRow(
                session.key().toString(),
                null,
                blade,
                session.incarnation(),
                session.version(),
                hex(session.flowId()),
                text(session.phase()),
                session.leaseEndMs() - nowMs);
    }

    private static SessionRow row(
            final StoreLabel label, final StoredMarker marker, final long nowMs) {
        return new SessionRow(
                marker.ingressKey().toString(),
                marker.translated() ? marker.egressKey().toString() : null,
                label.name(),
                label.incarnation(),
                marker.version(),
                hex(marker.flowId()),
                text(marker.phase()),
                marker.expiresMs() - nowMs);
    }

    private static String hex(final long flowId) {
        return String.format(Locale.ROOT, "%016x", flowId);
    }

    private static String text(final TcpPhase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }
}
