package io.boomerang.sim.command;

import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.redirector.store.RecordVisitor;
import io.boomerang.redirector.store.StoreKind;
import io.boomerang.redirector.store.StoreLabel;
import io.boomerang.redirector.store.StoreSnapshot;
import io.boomerang.redirector.store.StoredSession;
import io.boomerang.sim.report.SessionRow;
import io.boomerang.sim.report.SessionsJson;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Shows the sessions that nodes keep on disk.
///
/// @param snapshots of their files
/// @param filter what is wanted
/// @param names of blades
record KeptSessions(List<StoreSnapshot> snapshots, SessionFilter filter, BladeNames names) {
    /// Takes a snapshot of a file of sessions, or of all that a directory has.
    ///
    /// @throws IOException with a message for users
    static KeptSessions at(final Path place, final SessionFilter filter, final BladeNames names)
            throws IOException {
        final List<StoreSnapshot> snapshots = new ArrayList<>();
        for (final Path file : StoreSnapshot.filesAt(place)) {
            snapshots.add(StoreSnapshot.of(file));
        }
        return new KeptSessions(snapshots, filter, names);
    }

    void show(final boolean json, final PrintWriter out) throws IOException {
        final long nowMs = System.currentTimeMillis();
        if (json) {
            try (SessionsJson list = new SessionsJson(out)) {
                for (final StoreSnapshot snapshot : snapshots) {
                    list(snapshot, nowMs, list);
                }
            }
        } else {
            for (final StoreSnapshot snapshot : snapshots) {
                print(snapshot, nowMs, out);
            }
        }
        out.flush();
    }

    private void list(final StoreSnapshot snapshot, final long nowMs, final SessionsJson list)
            throws IOException {
        final StoreLabel label = snapshot.label();
        list.beginFile(snapshot.file(), label.name(), label.kind().label(), label.incarnation());
        list.endFile(
                snapshot.read(
                        visitor(
                                label,
                                nowMs,
                                row -> {
                                    try {
                                        list.write(row);
                                    } catch (final IOException e) {
                                        throw new UncheckedIOException(e.getMessage(), e);
                                    }
                                })));
    }

    private void print(final StoreSnapshot snapshot, final long nowMs, final PrintWriter out)
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
        out.println(
                "  "
                        + SessionText.of(
                                row.flow(),
                                row.egressFlow() == null ? "" : row.egressFlow(),
                                row.blade(),
                                row.phase())
                        + SessionText.life(
                                row.flowId(), row.version(), row.leaseMs() > 0, row.leaseMs()));
    }

    /// Takes in rows of the sessions that a user wants to see.
    @FunctionalInterface
    private interface Rows {
        void add(SessionRow row);
    }

    private RecordVisitor visitor(final StoreLabel label, final long nowMs, final Rows rows) {
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
