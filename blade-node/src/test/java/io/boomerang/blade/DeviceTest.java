package io.boomerang.blade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.processor.PacketContext;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.ProcessorOutput;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/// A blade whose processor is a device that answers when it likes.
class DeviceTest {
    private static final String CLIENT = "10.1.0.2";
    private static final String SERVER = "10.2.0.1";
    private static final String DEVICE = "198.51.100.1";
    private static final long FLOW = 0x4000;
    private static final byte[] DATA = Frames.tcp(CLIENT, 0, SERVER, 51_210, Frames.SYN, 1, 0, 0);

    private final Device device = new Device();
    @AutoClose private final Bench bench = bench(AnnouncePolicy.CARRY);

    private Bench bench(final AnnouncePolicy policy) {
        return new Bench(BladeConfig.DEFAULTS.withAnnounce(policy), device);
    }

    /// Takes every packet and does what it is told to.
    private static final class Device implements PacketProcessor {
        private final Deque<Consumer<ProcessorOutput>> script = new ArrayDeque<>();
        private Consumer<ProcessorOutput> memory = _ -> {};

        @Override
        public ProcessorVerdict process(final PacketContext context) {
            return ProcessorVerdict.TAKEN;
        }

        @Override
        public int receive(final ProcessorOutput blade, final long nowNs) {
            final int done = script.size();
            while (!script.isEmpty()) {
                script.remove().accept(blade);
            }
            return done;
        }

        @Override
        public boolean identify(
                final FlowKey key,
                final boolean sourceIsB,
                final ProcessorOutput blade,
                final long nowNs) {
            memory.accept(blade);
            return true;
        }
    }

    private void letOut(final Side toward, final byte[]... frames) {
        for (final byte[] frame : frames) {
            device.script.add(blade ->
                    blade.onFrame(
                            toward, MemorySegment.ofArray(frame), 0, frame.length, bench.nowNs));
        }
        bench.blade.receive(bench.nowNs);
    }

    private void know(final byte[] original, final byte[] translated) {
        device.script.add(flow(original, translated));
        bench.blade.receive(bench.nowNs);
    }

    private Consumer<ProcessorOutput> flow(final byte[] original, final byte[] translated) {
        return blade ->
                blade.onFlow(
                        bench.keyOf(original),
                        bench.keyOf(translated),
                        bench.sourceIsB(translated),
                        bench.nowNs);
    }

    private static byte[] request(final String from, final int port) {
        return Frames.tcp(from, port, SERVER, 80, Frames.SYN, 1, 0, 0);
    }

    private static byte[] answer(final String to, final int port) {
        return Frames.tcp(SERVER, 80, to, port, Frames.SYN | Frames.ACK, 9, 2, 0);
    }

    private SessionAnnouncement carried() {
        return carriedBy(bench.emitted.size() - 1);
    }

    private SessionAnnouncement carriedBy(final int index) {
        final SessionAnnouncement carried = bench.emitted.get(index).carried();
        if (carried == null) {
            throw new AssertionError("the packet carries no announcement");
        }
        return carried;
    }

    @Test
    void shouldAnnounceAFlowWhenItComesOutOfTheDevice() {
        final byte[] syn = request(CLIENT, 4_000);
        final long number = bench.deliver(Side.INGRESS, FLOW, syn);

        assertEquals(ProcessorVerdict.TAKEN, bench.verdict(number));
        assertEquals(List.of(), bench.emitted);
        assertEquals(List.of(), bench.sent);

        letOut(Side.EGRESS, syn);

        assertEquals(Bench.EGRESS, bench.emitted.getFirst().node());
        assertArrayEquals(syn, bench.emitted.getFirst().frame());
        assertEquals(bench.keyOf(syn), carried().key());
        assertEquals(FLOW, carried().flowId());
    }

    @Test
    void shouldAnnounceWhatTheDeviceHasMadeOfTheFlow() {
        final byte[] syn = request(CLIENT, 4_000);
        final byte[] outside = request(DEVICE, 50_000);
        bench.deliver(Side.INGRESS, FLOW, syn);

        know(syn, outside);
        letOut(Side.EGRESS, outside);

        assertEquals(bench.keyOf(outside), carried().key());
        assertEquals(bench.keyOf(syn), carried().original());
        assertEquals(1, bench.blade.deviceCounters().translations());

        bench.deliver(Side.EGRESS, FLOW, answer(DEVICE, 50_000));
        letOut(Side.INGRESS, answer(CLIENT, 4_000));

        assertEquals(Bench.INGRESS, bench.emitted.getLast().node());
        assertArrayEquals(answer(CLIENT, 4_000), bench.emitted.getLast().frame());
        assertEquals(FLOW, bench.emitted.getLast().flowId());
    }

    @Test
    void shouldHoldWhatComesOutUntilTheFarSideKnowsIt() {
        try (Bench holding = bench(AnnouncePolicy.HOLD)) {
            final byte[] syn = request(CLIENT, 4_000);
            holding.deliver(Side.INGRESS, FLOW, syn);
            device.script.add(blade ->
                    blade.onFrame(
                            Side.EGRESS, MemorySegment.ofArray(syn), 0, syn.length, holding.nowNs));
            holding.blade.receive(holding.nowNs);

            assertEquals(List.of(), holding.emitted);

            holding.acknowledge(
                    Bench.EGRESS, holding.announcedTo(Bench.EGRESS).getFirst(), Outcome.INSTALLED);

            assertArrayEquals(syn, holding.emitted.getFirst().frame());
        }
    }

    @Test
    void shouldAskTheDeviceForAFlowWhoseEventIsLost() {
        final byte[] syn = request(CLIENT, 4_000);
        final byte[] outside = request(DEVICE, 50_000);
        bench.deliver(Side.INGRESS, FLOW, syn);
        device.memory = flow(syn, outside);

        letOut(Side.EGRESS, outside);

        assertEquals(bench.keyOf(outside), carried().key());
    }

    @Test
    void shouldLetTheDeviceRefuseAFlowWithoutOpeningIt() {
        final byte[] reset = Frames.tcp(SERVER, 80, CLIENT, 4_000, Frames.RST, 0, 2, 0);
        bench.deliver(Side.INGRESS, FLOW, request(CLIENT, 4_000));

        letOut(Side.INGRESS, reset);

        assertEquals(Bench.INGRESS, bench.emitted.getFirst().node());
        assertArrayEquals(reset, bench.emitted.getFirst().frame());
        assertEquals(List.of(), bench.sent);
        assertNull(bench.emitted.getFirst().carried());
        assertEquals(1, bench.blade.deviceCounters().turnedBack());
    }

    @Test
    void shouldBringAnErrorOfTheDeviceToWhoCausedIt() {
        final byte[] syn = request(CLIENT, 4_000);
        bench.deliver(Side.INGRESS, FLOW, syn);
        letOut(Side.EGRESS, syn);
        final byte[] tooBig = Frames.unreachable("192.0.2.99", CLIENT, syn);

        letOut(Side.INGRESS, tooBig);

        assertEquals(Bench.INGRESS, bench.emitted.getLast().node());
        assertArrayEquals(tooBig, bench.emitted.getLast().frame());
    }

    @Test
    void shouldFindTheFlowOfLaterFragments() {
        final byte[] whole = Frames.udp(CLIENT, 4_000, SERVER, 53, 600);
        final byte[] translated = Frames.udp(DEVICE, 50_000, SERVER, 53, 600);
        bench.deliver(Side.INGRESS, FLOW, whole);
        know(whole, translated);

        letOut(
                Side.EGRESS,
                Frames.fragment(translated, 400, false),
                Frames.fragment(translated, 400, true));

        assertEquals(2, bench.emitted.size());
        assertEquals(FLOW, bench.emitted.getLast().flowId());
    }

    @Test
    void shouldDropWhatTheDeviceBeginsItself() {
        letOut(Side.EGRESS, request(DEVICE, 50_000));
        letOut(Side.EGRESS, new byte[60]);

        assertEquals(List.of(), bench.emitted);
        assertEquals(1, bench.blade.deviceCounters().unknownFlow());
        assertEquals(1, bench.blade.deviceCounters().withoutFlow());
    }

    @Test
    void shouldEndAFlowThatTheDeviceHasForgotten() {
        final byte[] syn = request(CLIENT, 4_000);
        bench.deliver(Side.INGRESS, FLOW, syn);
        letOut(Side.EGRESS, syn);
        bench.acknowledgeAll();

        device.script.add(blade -> blade.onEnd(bench.keyOf(syn), bench.nowNs));
        bench.blade.receive(bench.nowNs);

        assertEquals(0, bench.blade.counters().liveFlows());
        assertEquals(1, bench.blade.deviceCounters().ends());
    }

    @Test
    void shouldAnnounceAFlowAnewThatIsTranslatedAnew() {
        final byte[] first = Frames.udp(CLIENT, 4_000, SERVER, 53, 40);
        final byte[] outside = Frames.udp(DEVICE, 50_000, SERVER, 53, 40);
        final byte[] another = Frames.udp(DEVICE, 50_001, SERVER, 53, 40);
        bench.deliver(Side.INGRESS, FLOW, first);
        know(first, outside);
        letOut(Side.EGRESS, outside);
        for (int i = 0; i < 2; i++) {
            bench.deliver(Side.EGRESS, FLOW, Frames.udp(SERVER, 53, DEVICE, 50_000, 40));
            letOut(Side.INGRESS, Frames.udp(SERVER, 53, CLIENT, 4_000, 40));
        }
        bench.acknowledgeAll();

        bench.deliver(Side.INGRESS, FLOW, first);
        know(first, another);
        letOut(Side.EGRESS, another);

        assertEquals(List.of(Kind.CLOSE), bench.kindsTo(Bench.EGRESS));
        assertEquals(bench.keyOf(outside), bench.announcedTo(Bench.EGRESS).getFirst().key());
        assertEquals(bench.keyOf(another), carried().key());
        assertEquals(Kind.OPEN, carried().kind());
    }

    @Test
    void shouldNotGiveTwoFlowsOneTranslation() {
        final byte[] outside = request(DEVICE, 50_000);
        bench.deliver(Side.INGRESS, FLOW, request(CLIENT, 4_000));
        know(request(CLIENT, 4_000), outside);
        letOut(Side.EGRESS, outside);
        bench.deliver(Side.INGRESS, FLOW + 1, request(CLIENT, 4_001));

        know(request(CLIENT, 4_001), outside);

        assertEquals(1, bench.blade.deviceCounters().conflicts());
    }

    private void agreeOnAnotherFlow() {
        final byte[] syn = request(CLIENT, 4_000);
        bench.deliver(Side.INGRESS, FLOW, syn);
        letOut(Side.EGRESS, syn);
        bench.acknowledgeAll();
        bench.emitted.clear();
        device.script.add(blade ->
                blade.onExpectation(bench.keyOf(syn), bench.keyOf(DATA), 300, bench.nowNs));
        bench.blade.receive(bench.nowNs);
    }

    @Test
    void shouldTellEveryRedirectorWhichFlowTheDeviceExpects() {
        bench.redirectors(2, 1);
        agreeOnAnotherFlow();

        for (final int redirector : List.of(Bench.INGRESS, Bench.INGRESS + 1, Bench.EGRESS)) {
            final SessionAnnouncement expected = bench.announcedTo(redirector).getFirst();
            assertEquals(Kind.EXPECT, expected.kind());
            assertEquals(bench.keyOf(DATA), expected.key());
            assertEquals(Bench.BLADE, expected.blade());
            assertEquals(300_000, expected.leaseMs());
        }
    }

    @Test
    void shouldLetTheNextPacketInEachDirectionCarryTheExpectation() {
        agreeOnAnotherFlow();
        for (int i = 0; i < 2; i++) {
            letOut(Side.EGRESS, request(CLIENT, 4_000));
            letOut(Side.INGRESS, answer(CLIENT, 4_000));
        }

        assertEquals(Kind.EXPECT, carriedBy(0).kind());
        assertEquals(Kind.EXPECT, carriedBy(1).kind());
        assertNull(bench.emitted.get(2).carried());
        assertNull(bench.emitted.get(3).carried());
        assertEquals(2, bench.blade.deviceCounters().expectedCarried());
    }

    private void acknowledgeExpectation(final int redirector) {
        bench.acknowledge(redirector, bench.announcedTo(redirector).getFirst(), Outcome.INSTALLED);
        bench.pass(1);
    }

    /// The peer's first packet may come to any of them.
    @Test
    void shouldKeepTheWordBackUntilAllRedirectorsOfItsSideKnowTheExpectation() {
        bench.redirectors(3, 1);
        agreeOnAnotherFlow();
        final byte[] word = answer(CLIENT, 4_000);
        final byte[] next = Frames.tcp(SERVER, 80, CLIENT, 4_000, Frames.ACK, 10, 2, 7);

        letOut(Side.INGRESS, word, next);
        bench.pass(1);
        for (final int redirector : List.of(Bench.EGRESS, Bench.INGRESS, Bench.INGRESS + 2)) {
            acknowledgeExpectation(redirector);
            assertEquals(List.of(), bench.emitted);
        }
        acknowledgeExpectation(Bench.INGRESS + 1);

        assertEquals(2, bench.emitted.size());
        assertArrayEquals(word, bench.emitted.getFirst().frame());
        assertArrayEquals(next, bench.emitted.getLast().frame());
        assertEquals(Bench.INGRESS, bench.emitted.getLast().node());
        assertEquals(FLOW, bench.emitted.getLast().flowId());
        assertEquals(Side.EGRESS, bench.emitted.getLast().arrivalSide());
        assertEquals(2, bench.blade.deviceCounters().expectedHeld());
        letOut(Side.INGRESS, word);
        assertEquals(3, bench.emitted.size());
    }

    @Test
    void shouldLetTheWordGoTowardASideWithOneRedirector() {
        bench.redirectors(3, 1);
        agreeOnAnotherFlow();

        letOut(Side.EGRESS, request(CLIENT, 4_000));

        assertEquals(Kind.EXPECT, carried().kind());
    }

    @Test
    void shouldLetTheWordGoWhenARedirectorDoesNotAnswerOrIsGone() {
        bench.redirectors(2, 1);
        agreeOnAnotherFlow();
        letOut(Side.INGRESS, answer(CLIENT, 4_000));
        bench.pass(999);
        assertEquals(List.of(), bench.emitted);

        bench.pass(1);
        assertEquals(1, bench.emitted.size());

        device.script.add(blade ->
                blade.onExpectation(
                        bench.keyOf(request(CLIENT, 4_000)),
                        bench.keyOf(request(SERVER, 7)),
                        300,
                        bench.nowNs));
        letOut(Side.INGRESS, answer(CLIENT, 4_000));
        bench.pass(1);
        assertEquals(1, bench.emitted.size());
        bench.redirectorsWithout(2, 1, Bench.INGRESS + 1);
        acknowledgeExpectation(Bench.INGRESS);
        assertEquals(1, bench.emitted.size());
        bench.acknowledgeAll();
        bench.pass(1);
        assertEquals(2, bench.emitted.size());
    }

    /// A connection that talks on while nobody answers.
    @Test
    void shouldLetPacketsGoForWhichThereIsNoRoom() {
        bench.redirectors(2, 1);
        agreeOnAnotherFlow();
        for (int i = 0; i <= AgreedFrames.CELLS; i++) {
            letOut(Side.INGRESS, answer(CLIENT, 4_000));
        }
        assertEquals(1, bench.emitted.size());
        assertEquals(AgreedFrames.CELLS, bench.blade.deviceCounters().expectedHeld());
    }

    @Test
    void shouldRepeatAnExpectationUntilItIsAcknowledged() {
        agreeOnAnotherFlow();
        bench.pass(50);
        assertEquals(List.of(Kind.EXPECT, Kind.EXPECT), bench.kindsTo(Bench.INGRESS));

        bench.acknowledgeAll();
        bench.pass(500);

        assertEquals(List.of(), bench.kindsTo(Bench.INGRESS));
    }

    @Test
    void shouldTellANewRedirectorWhatIsStillExpected() {
        agreeOnAnotherFlow();
        bench.acknowledgeAll();

        bench.redirectors(1, 2);
        assertEquals(List.of(Kind.EXPECT), bench.kindsTo(Bench.EGRESS + 1));

        bench.leap(301_000);
        bench.redirectors(1, 3);
        assertEquals(List.of(), bench.kindsTo(Bench.EGRESS + 2));
    }
}
