package io.boomerang.blade;

import static io.boomerang.blade.Conversation.FLOW;
import static io.boomerang.blade.Conversation.answer;
import static io.boomerang.blade.Conversation.request;
import static io.boomerang.blade.Conversation.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.processor.FirewallRules;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.processor.StatefulFirewall;
import io.boomerang.blade.session.MarkerMirror;
import io.boomerang.blade.session.StoredMarker;
import io.boomerang.flow.Side;
import io.boomerang.redirector.store.SlotSource.Content;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/// A blade's process ends and another one takes its flows back.
class ResumptionTest {
    private static final long WALL_MS = 1_800_000_000_000L;
    private static final int VERSIONS_MISSED = 1_024;

    private static Bench bench(final PacketProcessor processor) {
        return new Bench(BladeConfig.DEFAULTS.withMarkerCapacity(64), processor);
    }

    private static PacketProcessor firewall() {
        return new StatefulFirewall(FirewallRules.DEFAULTS);
    }

    /// What a store would have of the blade's flows.
    private static List<StoredMarker> stored(final Bench bench) {
        final List<StoredMarker> stored = new ArrayList<>();
        try (MarkerMirror mirror = bench.blade.newMirror()) {
            mirror.sweepAll();
            final byte[] record = new byte[mirror.recordBytes()];
            for (long slot = 0; slot < mirror.slotCount(); slot++) {
                if (mirror.read(slot) == Content.SESSION) {
                    mirror.encode(record, bench.nowNs, WALL_MS);
                    final StoredMarker marker = StoredMarker.read(record);
                    assertNotNull(marker);
                    stored.add(marker);
                }
            }
        }
        return stored;
    }

    private static List<StoredMarker> storedConversation(final PacketProcessor processor) {
        try (Bench bench = bench(processor)) {
            bench.deliver(Side.INGRESS, FLOW, request());
            bench.deliver(Side.EGRESS, FLOW, answer());
            return stored(bench);
        }
    }

    @Test
    void shouldStoreWhatTheFlowIs() {
        try (Bench bench = bench(new PassThrough())) {
            bench.deliver(Side.INGRESS, FLOW, request());
            bench.deliver(Side.EGRESS, FLOW, answer());

            final List<StoredMarker> stored = stored(bench);

            assertEquals(1, stored.size());
            final StoredMarker marker = stored.getFirst();
            assertEquals(bench.keyOf(request()), marker.ingressKey());
            assertEquals(bench.keyOf(request()), marker.egressKey());
            assertEquals(FLOW, marker.flowId());
            assertEquals(Side.INGRESS, marker.openingSide());
            assertEquals(bench.sourceIsB(request()), marker.initiatorIsB(Side.EGRESS));
            assertTrue(marker.answered());
            assertEquals(TcpPhase.EMBRYONIC, marker.phase());
            assertTrue(marker.expiresMs() > WALL_MS);
        }
    }

    @Test
    void shouldTellWhoPullsOfTheFlowsItTookBack() {
        final List<StoredMarker> stored = storedConversation(new PassThrough());
        try (Bench bench = bench(new PassThrough())) {
            assertEquals(1, bench.blade.resume(stored, WALL_MS, bench.nowNs));

            final SessionPage page =
                    bench.pull(
                            Bench.EGRESS,
                            new SessionPull(
                                    1, 0, 0, List.of(Bench.INGRESS, Bench.EGRESS, Bench.BLADE)));

            assertNotNull(page);
            assertEquals(1, page.sessions().size());
            final SessionAnnouncement session = page.sessions().getFirst();
            assertEquals(FLOW, session.flowId());
            assertEquals(Bench.INCARNATION, session.incarnation());
            assertEquals(stored.getFirst().version() + VERSIONS_MISSED, session.version());
        }
    }

    @Test
    void shouldGoOnWithAConnectionThatAFirewallHadLetPass() {
        final List<StoredMarker> stored;
        try (Bench bench = bench(firewall())) {
            bench.deliver(Side.INGRESS, FLOW, segment(Frames.SYN, false));
            bench.deliver(Side.EGRESS, FLOW, segment(Frames.SYN | Frames.ACK, true));
            bench.deliver(Side.INGRESS, FLOW, segment(Frames.ACK, false));
            stored = stored(bench);
        }
        assertEquals(TcpPhase.ESTABLISHED, stored.getFirst().phase());
        try (Bench bench = bench(firewall())) {
            bench.blade.resume(stored, WALL_MS, bench.nowNs);

            final long packet = bench.deliver(Side.EGRESS, FLOW, segment(Frames.ACK, true));

            assertEquals(ProcessorVerdict.PASS, bench.verdict(packet));
        }
        try (Bench bench = bench(firewall())) {
            final long packet = bench.deliver(Side.EGRESS, FLOW, segment(Frames.ACK, true));

            assertNotEquals(ProcessorVerdict.PASS, bench.verdict(packet));
        }
    }

    @Test
    void shouldGoOnWhereTheFlowsLifeStood() {
        final List<StoredMarker> stored = storedConversation(new PassThrough());
        try (Bench bench = bench(new PassThrough())) {
            bench.blade.resume(stored, WALL_MS, bench.nowNs);

            bench.deliver(Side.EGRESS, FLOW, answer());

            assertEquals(TcpPhase.ESTABLISHED, stored(bench).getFirst().phase());
        }
    }

    @Test
    void shouldAnnounceTheFlowWithItsNextPacket() {
        final List<StoredMarker> stored = storedConversation(new PassThrough());
        try (Bench bench = bench(new PassThrough())) {
            bench.blade.resume(stored, WALL_MS, bench.nowNs);
            bench.sent.clear();

            bench.deliver(Side.INGRESS, FLOW, request());

            assertEquals(1, bench.announcedTo(Bench.INGRESS).size());
            assertEquals(1, bench.announcedTo(Bench.EGRESS).size());
        }
    }

    @Test
    void shouldNotTakeBackWhatIsOver() {
        final List<StoredMarker> stored = storedConversation(new PassThrough());
        try (Bench bench = bench(new PassThrough())) {
            final long end = stored.getFirst().expiresMs();

            assertEquals(0, bench.blade.resume(stored, end, bench.nowNs));
            assertEquals(1, bench.blade.resume(stored, end - 1, bench.nowNs));
            bench.pass(2);
            assertEquals(0, stored(bench).size());
        }
    }

    @Test
    void shouldTakeBackOneFlowOfATuple() {
        final List<StoredMarker> stored = storedConversation(new PassThrough());
        try (Bench bench = bench(new PassThrough())) {
            final List<StoredMarker> twice = List.of(stored.getFirst(), stored.getFirst());

            assertEquals(1, bench.blade.resume(twice, WALL_MS, bench.nowNs));
        }
    }
}
