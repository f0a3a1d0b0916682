package io.boomerang.redirector.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/// Whatever the order in which the announcements of one key come, and however often: the newest
/// stands.
class SessionOrderTest {
    private static final int ROUNDS = 3_000;
    private static final long NOW = 77_000_000_000L;
    private static final FlowKey KEY = Flows.ipv4(1);
    private static final long HASH = Flows.HASH.hash(KEY);

    private static final List<Kind> KINDS = List.of(Kind.OPEN, Kind.REFRESH, Kind.CLOSE, Kind.MOVE);
    private static final List<TcpPhase> PHASES = List.of(TcpPhase.values());

    private static final Comparator<SessionAnnouncement> NEWEST_LAST =
            Comparator.comparing(SessionAnnouncement::flowId, Long::compareUnsigned)
                    .thenComparing(SessionAnnouncement::version, SessionOrderTest::compareSerially)
                    .thenComparingInt(SessionAnnouncement::incarnation)
                    .thenComparingInt(announcement -> announcement.kind() == Kind.CLOSE ? 1 : 0);

    @Test
    void shouldEndWithTheNewestRecordInAnyOrderAndWithRepetitions() {
        final long seed = Long.getLong("seed", 1);
        final Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            final List<SessionAnnouncement> announcements = randomAnnouncements(random);
            final SessionAnnouncement newest = Collections.max(announcements, NEWEST_LAST);
            final int longestLeaseMs =
                    announcements.stream()
                            .filter(other -> NEWEST_LAST.compare(other, newest) == 0)
                            .mapToInt(SessionAnnouncement::leaseMs)
                            .max()
                            .orElseThrow();
            final List<SessionAnnouncement> delivered = new ArrayList<>(announcements);
            delivered.addAll(announcements.subList(0, random.nextInt(announcements.size())));
            Collections.shuffle(delivered, random);

            try (SessionTable table = new SessionTable(4, Flows.HASH::hash, (_, _) -> false)) {
                delivered.forEach(announcement -> apply(table, announcement));

                final String context = "seed " + seed + " round " + round + " " + delivered;
                final long slot = table.find(KEY, HASH);
                assertEquals(newest.flowId(), table.flowId(slot), context);
                assertEquals(newest.version(), table.version(slot), context);
                assertEquals(newest.incarnation(), table.incarnation(slot), context);
                assertEquals(newest.blade(), table.blade(slot), context);
                final boolean open = newest.kind() != Kind.CLOSE;
                assertEquals(open ? newest.phase() : TcpPhase.CLOSED, table.phase(slot), context);
                assertEquals(open && longestLeaseMs > 0, table.isLive(slot, NOW), context);
                final long end = NOW + longestLeaseMs * 1_000_000L;
                final long last = Math.max(NOW, end - 1);
                assertEquals(open && longestLeaseMs > 0, table.isLive(slot, last), context);
                assertEquals(false, table.isLive(slot, end), context);
            }
        }
    }

    @Test
    void shouldKeepFollowingVersionsAroundTheWrap() {
        try (SessionTable table = new SessionTable(4, Flows.HASH::hash, (_, _) -> false)) {
            for (int version = 0; version < 3 * 0x1_0000; version += 1_000) {
                final Installation installation =
                        apply(table, announcement(Kind.REFRESH, 1, version & 0xFFFF, 1, 100));

                assertEquals(Installation.INSTALLED, installation);
                assertEquals(version & 0xFFFF, table.version(table.find(KEY, HASH)));
            }
        }
    }

    /// What identifies a record determines its contents, but for kind and lease.
    private static List<SessionAnnouncement> randomAnnouncements(final Random random) {
        final int count = random.nextInt(1, 12);
        final int flows = random.nextInt(1, 4);
        final int firstVersion = random.nextInt(0x1_0000);
        final List<SessionAnnouncement> announcements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final long flowId = Long.MAX_VALUE - 1 + random.nextInt(flows);
            final int version = firstVersion + random.nextInt(4) & 0xFFFF;
            final int incarnation = random.nextInt(2);
            final Kind kind = KINDS.get(random.nextInt(KINDS.size()));
            announcements.add(
                    announcement(kind, flowId, version, incarnation, random.nextInt(5) * 50));
        }
        return announcements;
    }

    private static SessionAnnouncement announcement(
            final Kind kind,
            final long flowId,
            final int version,
            final int incarnation,
            final int leaseMs) {
        final int blade = 1 + (int) Long.remainderUnsigned(flowId * 31 + version + incarnation, 9);
        final TcpPhase phase = PHASES.get((version + incarnation) % PHASES.size());
        return new SessionAnnouncement(
                kind, KEY, KEY, flowId, blade, incarnation, version, leaseMs, phase);
    }

    private static Installation apply(
            final SessionTable table, final SessionAnnouncement announcement) {
        return announcement.kind() == Kind.CLOSE
                ? table.close(
                        KEY,
                        HASH,
                        announcement.flowId(),
                        announcement.blade(),
                        announcement.version(),
                        announcement.incarnation(),
                        NOW)
                : table.install(
                        KEY,
                        HASH,
                        Origin.ANNOUNCED,
                        announcement.flowId(),
                        announcement.blade(),
                        announcement.incarnation(),
                        announcement.version(),
                        announcement.leaseMs(),
                        announcement.phase(),
                        NOW);
    }

    private static int compareSerially(final int one, final int other) {
        return Short.compare((short) (one - other), (short) 0);
    }
}
