package io.boomerang.redirector.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;

class SessionTableTest {
    private static final long MS = 1_000_000;
    private static final int LEASE_MS = 1_000;
    private static final long START = 5_000 * MS;

    @Test
    void shouldFindWhatWasInstalled() {
        try (SessionTable table = table(16, (_, _) -> false)) {
            final FlowKey key = Flows.ipv6(1);
            final FlowKey stored = new FlowKey();

            final Installation installation =
                    table.install(
                            key,
                            Flows.HASH.hash(key),
                            Origin.CACHED,
                            -2L,
                            65_535,
                            65_534,
                            65_533,
                            LEASE_MS,
                            TcpPhase.CLOSING,
                            START);
            final long slot = find(table, key);
            table.readKey(slot, stored);

            assertEquals(Installation.INSTALLED, installation);
            assertEquals(key, stored);
            assertEquals(-2L, table.flowId(slot));
            assertEquals(65_535, table.blade(slot));
            assertEquals(65_534, table.incarnation(slot));
            assertEquals(65_533, table.version(slot));
            assertEquals(Origin.CACHED, table.origin(slot));
            assertEquals(TcpPhase.CLOSING, table.phase(slot));
            assertTrue(table.isLive(slot, START));
        }
    }

    @Test
    void shouldTellFamiliesKindsAndVlansApart() {
        try (SessionTable table = table(16, (_, _) -> false)) {
            final FlowKey[] keys = new FlowKey[5];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = new FlowKey();
            }
            keys[0].setIpv4(17, FlowKey.KIND_PORTS, 1, 2, 3, 4, 0);
            keys[1].setIpv4(17, FlowKey.KIND_PORTS, 1, 2, 3, 4, -1);
            keys[2].setIpv4(17, FlowKey.KIND_IDENTIFIER, 1, 2, 3, 4, 0);
            keys[3].setIpv4(6, FlowKey.KIND_PORTS, 1, 2, 3, 4, 0);
            keys[4].setIpv6(17, FlowKey.KIND_PORTS, 0, 1, 2, 0, 3, 4, 0);

            for (int i = 0; i < keys.length; i++) {
                open(table, keys[i], i + 1, TcpPhase.ESTABLISHED, START);
            }

            for (int i = 0; i < keys.length; i++) {
                assertEquals(i + 1, table.blade(find(table, keys[i])));
            }
        }
    }

    @Test
    void shouldHoldTheKeyWhoseWordsAreAllZero() {
        try (SessionTable table = table(4, (_, _) -> false)) {
            final FlowKey key = new FlowKey();
            assertEquals(SessionTable.NONE, find(table, key));

            open(table, key, 3, TcpPhase.EMBRYONIC, START);

            assertEquals(3, table.blade(find(table, key)));
        }
    }

    @Test
    void shouldLapseAtTheEndOfTheLeaseAndRememberTheBlade() {
        try (SessionTable table = table(16, (_, _) -> false)) {
            final FlowKey key = Flows.ipv4(1);
            open(table, key, 7, TcpPhase.ESTABLISHED, START + 1);
            final long slot = find(table, key);

            assertTrue(table.isLive(slot, START + LEASE_MS * MS));
            assertTrue(table.isLive(slot, START + (LEASE_MS + 1) * MS - 1));
            assertFalse(table.isLive(slot, START + (LEASE_MS + 1) * MS));
            assertEquals(1, table.liveSessions(7));

            sweep(table, START + (LEASE_MS + 1) * MS);

            assertEquals(slot, find(table, key));
            assertEquals(7, table.blade(slot));
            assertEquals(0, table.liveSessions(7));
            assertEquals(1, table.lapsed());
        }
    }

    @Test
    void shouldCountLeasesAcrossTheWrapOfTheTick() {
        final long wrap = Integer.MAX_VALUE * MS;
        for (final long start : new long[] {wrap - MS, -3 * MS, 2 * wrap, Long.MIN_VALUE / 2}) {
            try (SessionTable table = table(16, (_, _) -> false)) {
                final FlowKey key = Flows.ipv4(1);
                open(table, key, 7, TcpPhase.ESTABLISHED, start);
                final long slot = find(table, key);

                assertTrue(table.isLive(slot, start + (LEASE_MS - 1) * MS));
                assertFalse(table.isLive(slot, start + (LEASE_MS + 1) * MS));
            }
        }
    }

    @Test
    void shouldExtendButNeverShortenALease() {
        try (SessionTable table = table(16, (_, _) -> false)) {
            final FlowKey key = Flows.ipv4(1);
            open(table, key, 7, TcpPhase.ESTABLISHED, START);
            final long slot = find(table, key);

            final Installation shorter = install(table, key, 7, 1, 1, 10, START);
            assertEquals(Installation.REFRESHED, shorter);
            assertTrue(table.isLive(slot, START + 999 * MS));

            final Installation later = install(table, key, 7, 1, 1, 1_000, START + 500 * MS);
            assertEquals(Installation.REFRESHED, later);
            assertTrue(table.isLive(slot, START + 1_499 * MS));
        }
    }

    @Test
    void shouldRefuseTheRecordsOfAClosedFlowAndTakeThoseOfTheNext() {
        try (SessionTable table = table(16, (_, _) -> false)) {
            final FlowKey key = Flows.ipv4(1);
            install(table, key, 7, 50, 3, LEASE_MS, START);
            final long slot = find(table, key);

            assertEquals(Installation.STALE, close(table, key, 49, 9));
            assertEquals(Installation.STALE, close(table, key, 50, 2));
            assertTrue(table.isLive(slot, START));
            assertEquals(Installation.INSTALLED, close(table, key, 50, 3));
            assertFalse(table.isLive(slot, START));
            assertEquals(Installation.REFRESHED, close(table, key, 50, 3));
            assertEquals(Installation.STALE, install(table, key, 7, 50, 3, LEASE_MS, START));
            assertEquals(7, table.blade(slot));
            assertEquals(Installation.INSTALLED, install(table, key, 7, 51, 0, LEASE_MS, START));
            assertTrue(table.isLive(slot, START));
        }
    }

    @Test
    void shouldRememberACloseThatOvertookItsSession() {
        try (SessionTable table = table(16, (_, _) -> false)) {
            final FlowKey key = Flows.ipv4(1);

            assertEquals(Installation.INSTALLED, close(table, key, 50, 3));

            assertEquals(Installation.STALE, install(table, key, 7, 50, 2, LEASE_MS, START));
            assertEquals(7, table.blade(find(table, key)));
            assertEquals(0, table.live());
            assertEquals(1, table.lapsed());
        }
    }

    @Test
    void shouldLetABladesWordReplaceItsOwnAndNotTheReverse() {
        try (SessionTable table = table(16, (_, _) -> false)) {
            final FlowKey key = Flows.ipv4(1);
            final long hash = Flows.HASH.hash(key);
            table.install(
                    key, hash, Origin.DECIDED, 5, 1, 0, 0, LEASE_MS, TcpPhase.EMBRYONIC, START);
            table.install(
                    key, hash, Origin.ANNOUNCED, 5, 2, 0, 0, LEASE_MS, TcpPhase.ESTABLISHED, START);
            table.install(
                    key, hash, Origin.CACHED, 5, 3, 0, 0, LEASE_MS, TcpPhase.EMBRYONIC, START);
            final long slot = table.find(key, hash);

            assertEquals(2, table.blade(slot));
            assertEquals(Origin.ANNOUNCED, table.origin(slot));
            assertEquals(TcpPhase.ESTABLISHED, table.phase(slot));
            assertEquals(0, table.liveSessions(1));
            assertEquals(1, table.liveSessions(2));
            assertEquals(0, table.embryonic());
        }
    }

    @Test
    void shouldForgetTheOldestEmbryonicSessionFirst() {
        try (SessionTable table = table(4, (_, _) -> true)) {
            open(table, Flows.ipv4(0), 1, TcpPhase.ESTABLISHED, START);
            open(table, Flows.ipv4(1), 1, TcpPhase.EMBRYONIC, START);
            open(table, Flows.ipv4(2), 1, TcpPhase.EMBRYONIC, START);
            open(table, Flows.ipv4(3), 1, TcpPhase.ESTABLISHED, START);
            close(table, Flows.ipv4(3), 1, 1);

            open(table, Flows.ipv4(4), 1, TcpPhase.ESTABLISHED, START);
            assertEquals(SessionTable.NONE, find(table, Flows.ipv4(1)));
            open(table, Flows.ipv4(5), 1, TcpPhase.ESTABLISHED, START);
            assertEquals(SessionTable.NONE, find(table, Flows.ipv4(2)));
            open(table, Flows.ipv4(6), 1, TcpPhase.ESTABLISHED, START);
            assertEquals(SessionTable.NONE, find(table, Flows.ipv4(3)));
            open(table, Flows.ipv4(7), 1, TcpPhase.ESTABLISHED, START);

            assertEquals(2, table.evictedEmbryonic());
            assertEquals(1, table.evictedLapsed());
            assertEquals(1, table.evictedMapped());
            assertEquals(4, table.live());
        }
    }

    @Test
    void shouldForgetASessionThatItsBucketStillMapsToItsBladeAndNoOther() {
        try (SessionTable table = table(64, (_, blade) -> blade == 3)) {
            for (int i = 0; i < 64; i++) {
                final int blade = i == 40 || i == 50 ? 3 : 1;
                open(table, Flows.ipv4(i), blade, TcpPhase.ESTABLISHED, START);
            }

            assertEquals(
                    Installation.INSTALLED,
                    open(table, Flows.ipv4(64), 1, TcpPhase.ESTABLISHED, START));
            assertEquals(
                    Installation.INSTALLED,
                    open(table, Flows.ipv4(65), 1, TcpPhase.ESTABLISHED, START));
            assertEquals(
                    Installation.FULL, open(table, Flows.ipv4(66), 1, TcpPhase.ESTABLISHED, START));

            assertEquals(SessionTable.NONE, find(table, Flows.ipv4(40)));
            assertEquals(SessionTable.NONE, find(table, Flows.ipv4(50)));
            assertEquals(2, table.evictedMapped());
            assertEquals(1, table.refusedFull());
            assertEquals(64, table.liveSessions(1));
        }
    }

    @Test
    void shouldNotForgetALiveSessionForTheMemoryOfAClose() {
        try (SessionTable table = table(4, (_, _) -> true)) {
            for (int i = 0; i < 4; i++) {
                open(table, Flows.ipv4(i), 1, TcpPhase.EMBRYONIC, START);
            }

            assertEquals(Installation.STALE, close(table, Flows.ipv4(9), 1, 1));

            assertEquals(4, table.live());
        }
    }

    @Test
    void shouldMakePlaceNearTheHomeWhenAllFlowsHaveOneHash() {
        final int capacity = 1_024;
        try (SessionTable table = new SessionTable(capacity, _ -> 77, (_, blade) -> blade == 3)) {
            final int reach = SessionSlots.PROBE_LIMIT;
            for (int i = 0; i < reach; i++) {
                final TcpPhase phase = i == 100 ? TcpPhase.EMBRYONIC : TcpPhase.ESTABLISHED;
                install(table, Flows.ipv4(i), 77, i == 90 ? 3 : 1, 1, 1, phase);
            }
            table.close(Flows.ipv4(95), 77, 1, 7, 1, 1, START);

            for (int i = 0; i < 3; i++) {
                assertEquals(
                        Installation.INSTALLED,
                        install(table, Flows.ipv4(reach + i), 77, 1, 1, 1, TcpPhase.ESTABLISHED));
            }
            assertEquals(
                    Installation.FULL,
                    install(table, Flows.ipv4(reach + 3), 77, 1, 1, 1, TcpPhase.ESTABLISHED));

            assertEquals(1, table.evictedEmbryonic());
            assertEquals(1, table.evictedLapsed());
            assertEquals(1, table.evictedMapped());
            for (int i = 0; i < reach + 3; i++) {
                final boolean forgotten = i == 90 || i == 95 || i == 100;
                assertEquals(forgotten, table.find(Flows.ipv4(i), 77) == SessionTable.NONE);
            }
        }
    }

    @Test
    void shouldLapseInSmallStepsAndForgetTheOldestMemoryOnceCrowded() {
        try (SessionTable table = table(64, (_, _) -> false)) {
            for (int i = 0; i < 60; i++) {
                open(table, Flows.ipv4(i), 1, TcpPhase.ESTABLISHED, START + i * MS);
            }
            final long later = START + 10_000 * MS;
            int done = 0;
            for (int i = 0; i < 64; i++) {
                done += table.expire(later, 2);
            }

            assertEquals(0, table.live());
            assertEquals(48, table.lapsed());
            assertEquals(60 + 12, done);
            assertEquals(0, table.evictedLapsed());
        }
    }

    @Test
    void shouldFindABurstAsItFindsOneByOne() {
        try (SessionTable table = table(64, (_, _) -> false)) {
            final FlowKey[] keys = new FlowKey[40];
            final long[] hashes = new long[40];
            final long[] found = new long[40];
            for (int i = 0; i < 40; i++) {
                keys[i] = i % 2 == 0 ? Flows.ipv4(i) : Flows.ipv6(i);
                hashes[i] = Flows.HASH.hash(keys[i]);
                if (i % 3 != 0) {
                    open(table, keys[i], i, TcpPhase.ESTABLISHED, START);
                }
            }

            table.findBurst(keys, hashes, 40, found);

            for (int i = 0; i < 40; i++) {
                assertEquals(i % 3 == 0, found[i] == SessionTable.NONE);
                assertEquals(table.find(keys[i], hashes[i]), found[i]);
            }
        }
    }

    @Test
    void shouldKeepASlotWhileOthersComeAndGo() {
        try (SessionTable table = table(32, (_, _) -> false)) {
            final FlowKey key = Flows.ipv4(0);
            open(table, key, 9, TcpPhase.ESTABLISHED, START);
            final long slot = find(table, key);

            for (int i = 1; i < 10_000; i++) {
                open(table, Flows.ipv4(i), 1, TcpPhase.EMBRYONIC, START);
            }

            assertEquals(slot, find(table, key));
            assertNotEquals(0, table.evictedEmbryonic());
        }
    }

    @Test
    void shouldRefuseACapacityItCannotHave() {
        assertThrows(IllegalArgumentException.class, () -> table(0, (_, _) -> true));
        assertThrows(
                IllegalArgumentException.class,
                () -> table(SessionTable.MAX_CAPACITY + 1, (_, _) -> true));
    }

    private static SessionTable table(final int capacity, final Placement placement) {
        return new SessionTable(capacity, Flows.HASH::hash, placement);
    }

    private static long find(final SessionTable table, final FlowKey key) {
        return table.find(key, Flows.HASH.hash(key));
    }

    private static void sweep(final SessionTable table, final long nowNs) {
        table.expire(nowNs, (int) table.slotCount());
    }

    private static Installation open(
            final SessionTable table,
            final FlowKey key,
            final int blade,
            final TcpPhase phase,
            final long nowNs) {
        return table.install(
                key,
                Flows.HASH.hash(key),
                Origin.ANNOUNCED,
                1,
                blade,
                1,
                1,
                LEASE_MS,
                phase,
                nowNs);
    }

    private static Installation install(
            final SessionTable table,
            final FlowKey key,
            final int blade,
            final long flowId,
            final int version,
            final int leaseMs,
            final long nowNs) {
        return table.install(
                key,
                Flows.HASH.hash(key),
                Origin.ANNOUNCED,
                flowId,
                blade,
                1,
                version,
                leaseMs,
                TcpPhase.ESTABLISHED,
                nowNs);
    }

    private static Installation install(
            final SessionTable table,
            final FlowKey key,
            final long hash,
            final int blade,
            final long flowId,
            final int version,
            final TcpPhase phase) {
        return table.install(
                key, hash, Origin.ANNOUNCED, flowId, blade, 1, version, LEASE_MS, phase, START);
    }

    private static Installation close(
            final SessionTable table, final FlowKey key, final long flowId, final int version) {
        return table.close(key, Flows.HASH.hash(key), flowId, 7, version, 1, START);
    }
}
