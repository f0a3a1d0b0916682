package io.boomerang.blade;

import static io.boomerang.blade.Conversation.CLIENT;
import static io.boomerang.blade.Conversation.FLOW;
import static io.boomerang.blade.Conversation.SERVER;
import static io.boomerang.blade.Conversation.answer;
import static io.boomerang.blade.Conversation.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.blade.announcer.AnnounceLimits;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.util.List;

/// Who is told of a flow when redirectors join, leave or come back.
class RedirectorChangeTest {
    @AutoClose private Bench bench = Bench.announcing(AnnouncePolicy.CARRY);

    private void restart(final Bench replacement) {
        bench.close();
        bench = replacement;
    }

    @Test
    void shouldTellOwnerAndBackupOwnerOfEachSide() {
        bench.redirectors(4, 3);
        final FlowKey key = bench.keyOf(request());

        bench.deliver(Side.INGRESS, FLOW, request());

        final int farOwner = bench.owner(Side.EGRESS, key);
        assertEquals(farOwner, bench.emitted.getFirst().node());
        assertEquals(
                List.of(
                        bench.owner(Side.INGRESS, key),
                        bench.backup(Side.INGRESS, key),
                        bench.backup(Side.EGRESS, key)),
                bench.sent.stream().map(Bench.Sent::node).toList());
    }

    @Test
    void shouldReturnPacketsToTheRedirectorThatTheFlowLastCameFrom() {
        bench.redirectors(4, 1);
        bench.deliver(Side.INGRESS, 3, FLOW, request(), null, false);
        bench.deliver(Side.EGRESS, FLOW, answer());
        assertEquals(3, bench.emitted.get(1).node());

        bench.redirectors(2, 1);
        bench.deliver(Side.EGRESS, FLOW, answer());

        assertEquals(
                bench.owner(Side.INGRESS, bench.keyOf(request())), bench.emitted.get(2).node());
    }

    @Test
    void shouldAnnounceAnewOnlyWhereOwnershipHasMoved() {
        bench.redirectors(3, 3);
        for (int i = 0; i < 300; i++) {
            bench.deliver(Side.INGRESS, FLOW + i, Frames.udp(CLIENT, 4_000 + i, SERVER, 53, 20));
        }
        bench.acknowledgeAll();
        bench.leap(1);
        assertTrue(bench.blade.isIdle());

        bench.redirectors(3, 2);
        bench.leap(1);

        assertFalse(bench.blade.isIdle());
        assertEquals(List.of(), bench.announcedTo(Bench.INGRESS));
        for (final Bench.Sent message : bench.sent) {
            final SessionAnnouncement open = (SessionAnnouncement) message.message();
            assertEquals(Kind.OPEN, open.kind());
            assertEquals(0, open.version());
            assertTrue(message.node() < Bench.EGRESS + 2);
        }
        // The third redirector was one of the two told for two thirds of the flows.
        assertTrue(bench.sent.size() > 150 && bench.sent.size() < 250, "" + bench.sent.size());
    }

    @Test
    void shouldTellARedirectorThatJoinedAgain() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.acknowledgeAll();
        bench.redirectors(1, 0);
        bench.redirectors(1, 1);

        bench.leap(1);

        assertEquals(List.of(Kind.OPEN), bench.kindsTo(Bench.EGRESS));
        assertEquals(List.of(), bench.kindsTo(Bench.INGRESS));
    }

    @Test
    void shouldSweepLittleByLittleAndNoFasterThanAcknowledgementsCome() {
        restart(
                new Bench(
                        BladeConfig.DEFAULTS.withLimits(
                                new AnnounceLimits(100, 20, 1_000, 8, 16, 200)),
                        new PassThrough()));
        for (int i = 0; i < 1_000; i++) {
            bench.deliver(Side.INGRESS, FLOW + i, Frames.udp(CLIENT, 4_000 + i, SERVER, 53, 20));
            bench.acknowledgeAll();
        }
        bench.redirectors(1, 2);

        bench.leap(1);

        assertEquals(100, bench.sent.size());
        int told = 0;
        while (!bench.blade.isIdle()) {
            told += bench.sent.size();
            bench.acknowledgeAll();
            bench.leap(1);
        }
        assertEquals(1_000, told);
    }

    @Test
    void shouldDropAndSayWhyWhenTheFarSideHasNoRedirector() {
        bench.redirectors(1, 0);

        final long packet = bench.deliver(Side.INGRESS, FLOW, request());

        assertEquals(ProcessorVerdict.DROP_NO_REDIRECTOR, bench.verdict(packet));
    }

    @Test
    void shouldForgetWhatADeadRedirectorOwesIt() {
        bench.deliver(Side.INGRESS, FLOW, request());
        bench.redirectors(0, 0);

        bench.leap(20);
        bench.leap(20); // the places of a whole chunk take more than one turn

        assertTrue(bench.blade.isIdle());
    }
}
