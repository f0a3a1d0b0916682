package io.boomerang.blade.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

class MarkerTableTest {
    private static final long MS = 1_000_000L;
    private static final int SERVER = 0xC6336401;
    private static final int NAT = 0xC0000201;

    private final List<String> ends = new ArrayList<>();
    private final MarkerTable.Listener listener =
            new MarkerTable.Listener() {
                @Override
                public void onLapse(final MarkerSession marker, final long nowNs) {
                    ends.add("lapse " + marker.flowId());
                }

                @Override
                public void onForget(
                        final MarkerSession marker, final boolean live, final long nowNs) {
                    ends.add((live ? "evict " : "forget ") + marker.flowId());
                }
            };

    private MarkerTable table(final int capacity) {
        return new MarkerTable(capacity, Lifetimes.DEFAULTS, () -> FlowState.NONE, listener);
    }

    private static FlowKey key(final int protocol, final int client) {
        final FlowKey key = new FlowKey();
        key.setIpv4(protocol, FlowKey.KIND_PORTS, client, 1_000, SERVER, 80, 0);
        return key;
    }

    /// Opens a flow of that number from the ingress side; flow id and client address are the
    /// number.
    private static MarkerSession open(
            final MarkerTable table, final int protocol, final int number, final long nowNs) {
        final FlowKey key = key(protocol, number);
        return Objects.requireNonNull(
                table.open(key, key.hashCode(), number, Side.INGRESS, false, nowNs));
    }

    private static void establish(
            final MarkerTable table, final MarkerSession marker, final long nowNs) {
        marker.setPassed();
        marker.setPhase(TcpPhase.ESTABLISHED);
        table.touch(
                marker,
                LifetimeClass.of(marker.original().protocol(), TcpPhase.ESTABLISHED),
                nowNs);
    }

    @Test
    void shouldFindAFlowByIdAndByKeyOnBothSides() {
        final MarkerTable table = table(16);
        final FlowKey key = key(6, 7);

        final MarkerSession marker = open(table, 6, 7, 0);

        assertSame(marker, table.find(7, Side.INGRESS, key));
        assertSame(marker, table.find(7, Side.EGRESS, key));
        assertSame(marker, table.find(Side.INGRESS, key, key.hashCode()));
        assertSame(marker, table.find(Side.EGRESS, key, key.hashCode()));
        assertSame(marker, table.findFlow(7));
        assertNull(table.find(8, Side.INGRESS, key));
        assertNull(table.find(7, Side.INGRESS, key(6, 8)));
        assertEquals(1, table.liveCount());
        assertEquals(1, table.embryonicCount());
    }

    @Test
    void shouldFindATranslatedFlowByEachSidesOwnKey() {
        final MarkerTable table = table(16);
        final FlowKey key = key(17, 7);
        final FlowKey translated = key(17, NAT);
        final MarkerSession marker = open(table, 17, 7, 0);

        assertTrue(table.translate(marker, translated, translated.hashCode(), false, 0));

        assertSame(marker, table.find(Side.INGRESS, key, key.hashCode()));
        assertSame(marker, table.find(Side.EGRESS, translated, translated.hashCode()));
        assertNull(table.find(Side.EGRESS, key, key.hashCode()));
        assertNull(table.find(Side.INGRESS, translated, translated.hashCode()));
        assertNull(table.find(7, Side.EGRESS, key));
        assertSame(marker, table.find(7, Side.EGRESS, translated));
        assertEquals(key, marker.original());
        assertEquals(translated, marker.key(Side.EGRESS));
    }

    @Test
    void shouldRefuseATranslationThatAnotherFlowHas() {
        final MarkerTable table = table(16);
        final FlowKey translated = key(17, NAT);
        final MarkerSession first = open(table, 17, 7, 0);
        table.translate(first, translated, translated.hashCode(), false, 0);
        first.setPassed();
        final MarkerSession second = open(table, 17, 8, 0);

        assertTrue(table.isTaken(Side.EGRESS, translated, translated.hashCode()));
        assertFalse(table.translate(second, translated, translated.hashCode(), false, 0));
        assertSame(first, table.find(Side.EGRESS, translated, translated.hashCode()));
    }

    @Test
    void shouldLetAFlowThatNeverPassedGiveWayToATranslation() {
        final MarkerTable table = table(16);
        final FlowKey translated = key(17, NAT);
        table.open(translated, translated.hashCode(), 5, Side.EGRESS, true, 0);
        final MarkerSession marker = open(table, 17, 8, 0);

        assertFalse(table.isTaken(Side.EGRESS, translated, translated.hashCode()));
        assertTrue(table.translate(marker, translated, translated.hashCode(), false, 0));

        assertSame(marker, table.find(Side.EGRESS, translated, translated.hashCode()));
        assertNull(table.findFlow(5));
        assertEquals(List.of("evict 5"), ends);
    }

    @Test
    void shouldKeepATranslationTakenWhileItsFlowIsRemembered() {
        final MarkerTable table = table(16);
        final FlowKey translated = key(17, NAT);
        final MarkerSession marker = open(table, 17, 7, 0);
        table.translate(marker, translated, translated.hashCode(), false, 0);
        marker.setPassed();
        final long over = Lifetimes.DEFAULTS.udpEmbryonicMs() * MS;

        table.expire(over, 100);

        assertTrue(marker.isLapsed());
        assertTrue(table.isTaken(Side.EGRESS, translated, translated.hashCode()));

        table.expire(over + Lifetimes.DEFAULTS.lapsedMs() * MS, 100);

        assertFalse(table.isTaken(Side.EGRESS, translated, translated.hashCode()));
        assertEquals(List.of("lapse 7", "forget 7"), ends);
    }

    @Test
    void shouldLapseThenForgetByTheLimitOfTheClass() {
        final MarkerTable table = table(16);
        open(table, 6, 1, 0);
        establish(table, open(table, 6, 2, 0), 0);
        open(table, 17, 3, 0);
        final long udp = Lifetimes.DEFAULTS.udpEmbryonicMs() * MS;

        assertEquals(0, table.expire(udp - 1, 100));
        assertEquals(1, table.expire(udp, 100));

        assertEquals(List.of("lapse 3"), ends);
        assertEquals(2, table.liveCount());
        assertEquals(1, table.lapsedCount());
    }

    @Test
    void shouldCountTheLimitFromTheLastPacket() {
        final MarkerTable table = table(16);
        final MarkerSession marker = open(table, 17, 3, 0);
        final long limit = Lifetimes.DEFAULTS.udpEmbryonicMs() * MS;

        table.touch(marker, marker.lifetime(), limit - 1);

        assertEquals(0, table.expire(2 * limit - 2, 100));
        assertEquals(1, table.expire(2 * limit - 1, 100));
    }

    @Test
    void shouldExpireNoMoreThanAsked() {
        final MarkerTable table = table(64);
        for (int i = 1; i <= 50; i++) {
            open(table, 6, i, i);
        }

        assertEquals(20, table.expire(Lifetimes.DEFAULTS.tcpEmbryonicMs() * MS + 50, 20));
        assertEquals("lapse 20", ends.getLast());
    }

    @Test
    void shouldReopenALapsedFlowUnderTheLaterIdAndAGreaterVersion() {
        final MarkerTable table = table(16);
        final MarkerSession marker = open(table, 6, 10, 0);
        marker.setPassed();
        final long later = Lifetimes.DEFAULTS.tcpEmbryonicMs() * MS;
        table.expire(later, 100);

        table.reopen(marker, 4, Side.EGRESS, true, later);

        assertEquals(10, marker.flowId());
        assertEquals(2, marker.version());
        assertEquals(2, marker.openVersion());
        assertFalse(marker.hasPassed());
        assertFalse(marker.isLapsed());
        assertEquals(Side.EGRESS, marker.openingSide());

        table.expire(2 * later, 100);
        table.reopen(marker, 11, Side.INGRESS, false, 2 * later);

        assertEquals(11, marker.flowId());
        assertSame(marker, table.findFlow(11));
        assertNull(table.findFlow(10));
    }

    /// Redirectors that know of the later flow, although it is over, would not believe that the
    /// tuple's earlier one has come here.
    @Test
    void shouldExpectNoEarlierFlowThanTheOneItRemembers() {
        final long later = Lifetimes.DEFAULTS.tcpEmbryonicMs() * MS;
        final MarkerTable there = table(16);
        final FlowKey key = key(6, 10);
        final MarkerSession offered = open(there, 6, 10, 0);
        offered.setPassed();
        final StoredMarker stored =
                Objects.requireNonNull(StoredMarker.ofBytes(StoredMarker.toBytes(offered)));
        for (final int remembered : new int[] {9, 10, 11}) {
            final MarkerTable table = table(16);
            final MarkerSession marker =
                    Objects.requireNonNull(
                            table.open(key, key.hashCode(), remembered, Side.INGRESS, false, 0));
            marker.setPassed();
            table.expire(later, 100);
            assertTrue(marker.isLapsed());

            final MarkerSession expected =
                    table.expect(stored, key.hashCode(), key.hashCode(), later);

            assertEquals(remembered <= 10, expected != null, "remembered " + remembered);
        }
    }

    @Test
    void shouldEvictLapsedThenClosedThenTheOldestEmbryonicFlow() {
        final MarkerTable table = table(4);
        final long later = Lifetimes.DEFAULTS.tcpEmbryonicMs() * MS;
        open(table, 6, 1, 0);
        table.expire(later, 100);
        final MarkerSession closed = open(table, 6, 2, later);
        closed.setPhase(TcpPhase.CLOSED);
        table.touch(closed, LifetimeClass.TCP_CLOSED, later);
        open(table, 17, 3, later + 1);
        open(table, 6, 4, later + 2);
        ends.clear();

        open(table, 6, 5, later + 3);
        open(table, 6, 6, later + 4);
        open(table, 6, 7, later + 5);
        open(table, 6, 8, later + 6);

        assertEquals(List.of("forget 1", "evict 2", "evict 3", "evict 4"), ends);
        assertEquals(2, table.evictedLapsedCount());
        assertEquals(2, table.evictedEmbryonicCount());
    }

    @Test
    void shouldRefuseANewFlowRatherThanEvictAnEstablishedOne() {
        final MarkerTable table = table(2);
        establish(table, open(table, 6, 1, 0), 0);
        establish(table, open(table, 17, 2, 0), 0);
        final FlowKey key = key(6, 3);

        assertNull(table.open(key, key.hashCode(), 3, Side.INGRESS, false, 1));

        assertEquals(1, table.refusedFullCount());
        assertEquals(2, table.liveCount());
        assertNotNull(table.findFlow(1));
        assertNotNull(table.findFlow(2));
    }

    @Test
    void shouldAskForTimedRefreshOnlyWhereIdleFlowsOutliveTheLongestLease() {
        final MarkerTable table = table(16);
        final MarkerSession tcp = open(table, 6, 1, 0);
        final MarkerSession udp = open(table, 17, 2, 0);
        establish(table, tcp, 0);
        establish(table, udp, 0);
        table.onAnnounced(tcp, 0);
        table.onAnnounced(udp, 0);
        final long third = 655_350 / 3 * MS;

        assertNull(table.nextToRefresh(third - 1));
        assertSame(tcp, table.nextToRefresh(third));

        table.onAnnounced(tcp, third);
        assertNull(table.nextToRefresh(third));
    }
}
