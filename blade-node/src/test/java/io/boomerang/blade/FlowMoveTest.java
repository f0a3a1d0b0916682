package io.boomerang.blade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.FlowMoved;
import io.boomerang.announce.FlowOffer;
import io.boomerang.announce.MoveStep;
import io.boomerang.announce.MoveStep.Step;
import io.boomerang.backplane.Purpose;
import io.boomerang.blade.announcer.AnnounceLimits;
import io.boomerang.blade.processor.FirewallRules;
import io.boomerang.blade.processor.NatConfig;
import io.boomerang.blade.processor.PacketContext;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.processor.ProcessorVerdict;
import io.boomerang.blade.processor.SourceNat;
import io.boomerang.blade.processor.StatefulFirewall;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

class FlowMoveTest {
    private static final String CLIENT = "10.0.0.5";
    private static final String SERVER = "198.51.100.1";
    private static final String NAT = "192.0.2.1";
    private static final int FIRST = MovingBench.FIRST;
    private static final int SECOND = MovingBench.SECOND;
    private static final int ROUNDS = 60;

    private static final BladeConfig CONFIG =
            BladeConfig.DEFAULTS.withLimits(AnnounceLimits.DEFAULTS.withEmbryonicPackets(1));

    @AutoClose private MovingBench bench = firewalls(2);

    private static MovingBench firewalls(final int count) {
        return new MovingBench(
                CONFIG,
                IntStream.range(0, count)
                        .mapToObj(_ -> new StatefulFirewall(FirewallRules.DEFAULTS))
                        .toList());
    }

    private static MovingBench translators(final int count) {
        final NatConfig config;
        try {
            config =
                    new NatConfig(
                            (Inet4Address) InetAddress.getByName(NAT),
                            (Inet6Address) InetAddress.getByName("2001:db8:ffff::1"),
                            2_000,
                            1_000,
                            64);
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
        return new MovingBench(
                CONFIG,
                IntStream.range(0, count)
                        .mapToObj(blade -> new SourceNat(config, config.rangeOf(blade)))
                        .toList());
    }

    private void use(final MovingBench other) {
        bench.close();
        bench = other;
    }

    private static byte[] forth(
            final int flags, final int sequence, final int ack, final int data) {
        return Frames.tcp(CLIENT, 4_000, SERVER, 80, flags, sequence, ack, data);
    }

    private static byte[] back(final int flags, final int sequence, final int ack, final int data) {
        return Frames.tcp(SERVER, 80, CLIENT, 4_000, flags, sequence, ack, data);
    }

    private void pass(final Side side, final byte[] frame) {
        final long number = bench.send(side, frame);
        bench.deliverAll();
        assertEquals(ProcessorVerdict.PASS, bench.verdicts.get(number));
    }

    private void connect() {
        pass(Side.INGRESS, forth(Frames.SYN, 100, 0, 0));
        pass(Side.EGRESS, back(Frames.SYN | Frames.ACK, 500, 101, 0));
        pass(Side.INGRESS, forth(Frames.ACK, 101, 501, 0));
        bench.pass(2);
    }

    private static int flows(final MovingBench bench, final int blade) {
        return bench.blade(blade).counters().liveFlows();
    }

    private boolean isAtRest() {
        return bench.blades.values().stream().allMatch(BladeNode::isIdle);
    }

    private void assertHeldBy(final int blade) {
        bench.passUntil(this::isAtRest);
        assertEquals(blade, bench.bladeOf(MovingBench.INGRESS, forth(Frames.ACK, 0, 0, 0)));
        assertEquals(blade, bench.bladeOf(MovingBench.EGRESS, back(Frames.ACK, 0, 0, 0)));
        bench.blades
                .keySet()
                .forEach(node -> assertEquals(node == blade ? 1 : 0, flows(bench, node)));
        pass(Side.INGRESS, forth(Frames.ACK, 101, 501, 0));
        pass(Side.EGRESS, back(Frames.ACK, 501, 101, 0));
    }

    @Test
    void shouldMoveAConnectionAndTellTheRedirectors() {
        connect();
        bench.order(FIRST, SECOND);

        bench.passUntil(() -> bench.blade(FIRST).hasMovedAll());

        assertHeldBy(SECOND);
        assertEquals(1, bench.blade(FIRST).counters().moves().settled());
        assertEquals(1, bench.blade(SECOND).counters().moves().arrived());
    }

    @Test
    void shouldMoveAConnectionBack() {
        connect();
        bench.order(FIRST, SECOND);
        bench.passUntil(() -> flows(bench, SECOND) == 1 && isAtRest());
        bench.order(FIRST);
        bench.order(SECOND, FIRST);
        bench.passUntil(() -> flows(bench, FIRST) == 1 && isAtRest());

        assertHeldBy(FIRST);
    }

    @Test
    void shouldLetPacketsWaitUntilTheOtherBladeHasAnswered() {
        connect();
        bench.order(FIRST, SECOND);
        bench.tick(1);
        final long first = bench.send(Side.INGRESS, forth(Frames.ACK, 101, 501, 10));
        final long second = bench.send(Side.INGRESS, forth(Frames.ACK, 111, 501, 10));
        bench.emitted.clear();
        bench.deliverAll();

        assertEquals(List.of(first, second), numbers(bench));
        assertEquals(2, bench.blade(FIRST).counters().moves().parked());
        assertEquals(1, flows(bench, SECOND));
    }

    private static List<Long> numbers(final MovingBench bench) {
        return bench.emitted.stream().map(MovingBench.Emitted::packetNumber).toList();
    }

    @Test
    void shouldLetNoPacketOvertakeOneThatGoesByWayOfTheOldBlade() {
        connect();
        bench.order(FIRST, SECOND);
        bench.slowDown(MovingBench.INGRESS, FIRST);
        final long roundabout = bench.send(Side.INGRESS, forth(Frames.ACK, 101, 501, 10));
        bench.passUntil(() -> flows(bench, SECOND) == 1);
        bench.pass(2);
        assertEquals(SECOND, bench.bladeOf(MovingBench.INGRESS, forth(Frames.ACK, 0, 0, 0)));
        bench.emitted.clear();
        final long direct = bench.send(Side.INGRESS, forth(Frames.ACK, 111, 501, 10));
        bench.deliverAll();
        assertEquals(List.of(), numbers(bench));

        bench.speedUp();
        bench.deliverAll();

        assertEquals(List.of(roundabout, direct), numbers(bench));
        assertEquals(0, bench.blade(SECOND).counters().moves().outOfOrder());
        assertHeldBy(SECOND);
    }

    @Test
    void shouldNotWaitForEverForAMarkThatWasLost() {
        connect();
        bench.order(FIRST, SECOND);
        bench.tick(1);
        bench.lostDatagrams = Purpose.MARK::equals;
        bench.deliverAll();
        bench.emitted.clear();
        final long direct = bench.send(Side.INGRESS, forth(Frames.ACK, 111, 501, 10));
        bench.deliverAll();
        assertEquals(List.of(), numbers(bench));
        assertEquals(1, bench.blade(SECOND).counters().moves().parkedNow());

        bench.pass(300);

        assertEquals(List.of(direct), numbers(bench));
        assertEquals(1, bench.blade(SECOND).counters().moves().outOfOrder());
        assertHeldBy(SECOND);
    }

    @Test
    void shouldKeepAConnectionWhenNobodyAnswers() {
        connect();
        bench.lostMessages = FlowOffer.class::isInstance;
        bench.order(FIRST, SECOND);
        bench.tick(1);
        final long waiting = bench.send(Side.INGRESS, forth(Frames.ACK, 101, 501, 10));
        bench.deliverAll();
        assertFalse(bench.verdicts.containsKey(waiting));

        bench.pass(260);

        assertEquals(ProcessorVerdict.PASS, bench.verdicts.get(waiting));
        assertTrue(bench.blade(FIRST).counters().moves().kept() > 0);
        bench.order(FIRST);
        bench.pass(600);
        assertHeldBy(FIRST);
    }

    @Test
    void shouldKeepAConnectionThatTheOtherBladeCannotTake() {
        use(
                new MovingBench(
                        CONFIG,
                        List.of(new StatefulFirewall(FirewallRules.DEFAULTS), new PassThrough())));
        connect();
        bench.order(FIRST, SECOND);
        bench.pass(5);

        assertTrue(bench.blade(SECOND).counters().moves().refused() > 0);
        bench.order(FIRST);
        assertHeldBy(FIRST);
    }

    @Test
    void shouldKeepAConnectionThatWaitsForTooManyPackets() {
        use(
                new MovingBench(
                        CONFIG.withLimits(new AnnounceLimits(64, 20, 1_000, 8, 1, 200, 1)),
                        List.of(new PassThrough(), new PassThrough())));
        connect();
        bench.lostMessages = FlowOffer.class::isInstance;
        bench.order(FIRST, SECOND);
        bench.tick(1);
        bench.emitted.clear();
        final long first = bench.send(Side.INGRESS, forth(Frames.ACK, 101, 501, 10));
        final long second = bench.send(Side.INGRESS, forth(Frames.ACK, 111, 501, 10));
        bench.deliverAll();

        assertEquals(List.of(first, second), numbers(bench));
        assertEquals(1, bench.blade(FIRST).counters().moves().kept());
        bench.order(FIRST);
        assertHeldBy(FIRST);
    }

    @Test
    void shouldLeaveAloneWhatTheProcessorCannotMove() {
        final PacketProcessor kernel =
                new PacketProcessor() {
                    @Override
                    public ProcessorVerdict process(final PacketContext context) {
                        return ProcessorVerdict.PASS;
                    }
                };
        use(new MovingBench(CONFIG, List.of(kernel, kernel)));
        connect();
        bench.order(FIRST, SECOND);
        bench.pass(5);

        assertTrue(bench.blade(FIRST).hasMovedAll());
        assertEquals(0, bench.blade(FIRST).counters().moves().offered());
        assertHeldBy(FIRST);
    }

    @Test
    void shouldOfferNothingWhereAMemberDoesNotKnowHow() {
        connect();
        bench.growOld();
        bench.order(FIRST, SECOND);
        bench.pass(200);

        assertEquals(0, bench.blade(FIRST).counters().moves().offered());
        assertHeldBy(FIRST);
    }

    @ParameterizedTest
    @EnumSource(names = {"ACCEPTED", "YOURS", "TAKEN", "SETTLED"})
    void shouldArriveAlthoughEachStepIsLostAtFirst(final Step step) {
        connect();
        bench.lostMessages =
                message -> message instanceof MoveStep(_, _, Step said) && said == step;
        bench.order(FIRST, SECOND);
        bench.pass(120);
        bench.lostMessages = _ -> false;
        bench.order(FIRST);

        assertHeldBy(SECOND);
    }

    @Test
    void shouldTakeAFlowThatIsSentOnBeforeItIsSaidToBeGiven() {
        connect();
        bench.lostMessages =
                message -> message instanceof MoveStep(_, _, Step said) && said == Step.YOURS;
        bench.order(FIRST, SECOND);
        bench.pass(5);
        assertEquals(0, flows(bench, SECOND));

        pass(Side.INGRESS, forth(Frames.ACK, 101, 501, 10));

        assertEquals(1, flows(bench, SECOND));
    }

    @Test
    void shouldTellTheRedirectorsUntilTheyKnow() {
        connect();
        bench.lostMessages = FlowMoved.class::isInstance;
        bench.order(FIRST, SECOND);
        bench.pass(200);
        pass(Side.EGRESS, back(Frames.ACK, 501, 101, 10));
        assertEquals(1, bench.blade(FIRST).counters().moves().passedOn());
        bench.lostMessages = _ -> false;

        assertHeldBy(SECOND);
    }

    @Test
    void shouldGoOnWhenTheOtherBladeDiesBeforeItHasTheFlow() {
        connect();
        bench.lostMessages = MoveStep.class::isInstance;
        bench.order(FIRST, SECOND);
        bench.pass(3);
        final long waiting = bench.send(Side.INGRESS, forth(Frames.ACK, 101, 501, 10));
        bench.deliverAll();
        bench.kill(SECOND);
        bench.deliverAll();

        assertEquals(ProcessorVerdict.PASS, bench.verdicts.get(waiting));
        assertHeldBy(FIRST);
    }

    @Test
    void shouldTakeTheFlowBackWhenTheOtherBladeDiesBeforeItSaysThatItHasIt() {
        connect();
        bench.lostMessages =
                message ->
                        message instanceof FlowMoved
                                || message instanceof final MoveStep step
                                        && step.step() == Step.TAKEN;
        bench.order(FIRST, SECOND);
        bench.passUntil(() -> flows(bench, SECOND) == 1);
        bench.kill(SECOND);

        assertEquals(1, bench.blade(FIRST).counters().moves().cameBack());
        assertHeldBy(FIRST);
    }

    /// Which may be only out of sight: then both would have it when they meet.
    @Test
    void shouldNotTakeTheFlowBackWhenTheOtherBladeDiesWithIt() {
        connect();
        bench.lostMessages = FlowMoved.class::isInstance;
        bench.order(FIRST, SECOND);
        bench.passUntil(() -> flows(bench, SECOND) == 1);
        bench.kill(SECOND);

        assertEquals(0, bench.blade(FIRST).counters().moves().cameBack());
        assertEquals(0, flows(bench, FIRST));
    }

    @Test
    void shouldTakeTheTupleAnewWhenTheOtherBladeHasDiedWithTheFlow() {
        connect();
        bench.order(FIRST, SECOND);
        bench.passUntil(() -> flows(bench, SECOND) == 1 && isAtRest());
        bench.kill(SECOND);
        bench.forget();

        pass(Side.INGRESS, forth(Frames.SYN, 9_000, 0, 0));

        assertEquals(1, flows(bench, FIRST));
    }

    @Test
    void shouldForgetWhatWasOfferedWhenTheOfferingBladeDies() {
        connect();
        bench.lostMessages = MoveStep.class::isInstance;
        bench.order(FIRST, SECOND);
        bench.pass(3);
        assertEquals(1, bench.blade(SECOND).counters().moves().arrivingNow());
        bench.kill(FIRST);

        assertEquals(0, bench.blade(SECOND).counters().moves().arrivingNow());
        assertEquals(0, flows(bench, SECOND));
        assertEquals(0, bench.blade(SECOND).counters().lapsedFlows());
    }

    private static int sourcePort(final byte[] frame) {
        return Short.toUnsignedInt(ByteBuffer.wrap(frame).getShort(34));
    }

    private int translated(final int clientPort) {
        bench.emitted.clear();
        bench.send(Side.INGRESS, Frames.tcp(CLIENT, clientPort, SERVER, 80, Frames.SYN, 100, 0, 0));
        bench.deliverAll();
        return sourcePort(bench.emitted.getFirst().frame());
    }

    @Test
    void shouldNotGiveAwayAnAddressAndPortThatAMovedFlowHas() {
        use(translators(2));
        final int port = translated(2_500);
        assertEquals(2_500, port);
        bench.pass(2);
        bench.order(FIRST, SECOND);
        bench.passUntil(() -> flows(bench, SECOND) == 1 && isAtRest());
        bench.order(FIRST);
        bench.pass(30_000);
        assertEquals(0, bench.blade(FIRST).counters().lapsedFlows());
        assertEquals(1, bench.blade(FIRST).counters().moves().lentNow());

        bench.send(Side.INGRESS, Frames.tcp("10.0.0.6", 2_500, SERVER, 80, Frames.SYN, 100, 0, 0));
        bench.emitted.clear();
        bench.deliverAll();
        assertNotEquals(2_500, sourcePort(bench.emitted.getFirst().frame()));

        bench.send(
                Side.EGRESS, Frames.tcp(SERVER, 80, NAT, port, Frames.RST | Frames.ACK, 1, 101, 0));
        bench.pass(25_000);

        assertEquals(0, bench.blade(FIRST).counters().moves().lentNow());
    }

    static LongStream seeds() {
        final Long replayed = Long.getLong("seed");
        return replayed != null ? LongStream.of(replayed) : LongStream.range(0, 60);
    }

    /// Bursts of segments in both directions, some of which do not fit, while the flow goes to and
    /// fro; beside a chassis in which it stays where it is.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldDoToEveryPacketWhatABladeDoesThatKeepsTheFlow(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final boolean translating = random.nextBoolean();
        use(translating ? translators(3) : firewalls(3));
        try (MovingBench staying = translating ? translators(1) : firewalls(1)) {
            final Conversation conversation = new Conversation(random);
            long moved = 0;
            for (int round = 0; round < ROUNDS; round++) {
                if (random.nextInt(3) == 0) {
                    orderAnywhere(random);
                }
                final List<byte[]> burst = conversation.burst();
                for (final byte[] frame : burst) {
                    bench.send(conversation.side(), frame);
                    staying.send(conversation.side(), frame);
                    goOn(random);
                }
                bench.passUntil(() -> bench.verdicts.size() == bench.packets());
                staying.deliverAll();
                conversation.onEmitted(staying);
            }
            bench.deliverAll();
            for (final BladeNode blade : bench.blades.values()) {
                moved += blade.counters().moves().arrived();
            }

            assertTrue(moved > 0, "the flow did not move");
            assertEquals(staying.verdicts, bench.verdicts);
            assertEquals(numbers(staying), numbers(bench));
            for (int i = 0; i < staying.emitted.size(); i++) {
                assertArrayEquals(
                        staying.emitted.get(i).frame(), bench.emitted.get(i).frame(), "frame " + i);
            }
        }
    }

    private void goOn(final RandomGenerator random) {
        for (int i = random.nextInt(6); i > 0; i--) {
            bench.deliverNext();
        }
        if (random.nextInt(3) == 0) {
            bench.tick(1 + random.nextInt(3));
        }
    }

    private void orderAnywhere(final RandomGenerator random) {
        final List<Integer> nodes = new ArrayList<>(bench.blades.keySet());
        final Integer leaving = nodes.get(random.nextInt(nodes.size()));
        nodes.remove((Object) leaving);
        nodes.forEach(node -> bench.order(node));
        bench.order(leaving, nodes.toArray(Integer[]::new));
    }

    /// A connection's segments, in bursts by turns; behind a translator the server answers to the
    /// address that it sees.
    private static final class Conversation {
        private final RandomGenerator random;
        private final int[] next = {100, 500};
        private Side side = Side.EGRESS;
        private int round;
        private String client = CLIENT;
        private int clientPort = 4_000;

        Conversation(final RandomGenerator random) {
            this.random = random;
        }

        Side side() {
            return side;
        }

        List<byte[]> burst() {
            side = side.opposite();
            round++;
            final List<byte[]> burst = new ArrayList<>();
            if (round <= 2) {
                burst.add(segment(round == 1 ? Frames.SYN : Frames.SYN | Frames.ACK, 0));
                next[from()]++;
                return burst;
            }
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                final int data = random.nextInt(3) * 10;
                burst.add(segment(Frames.ACK, data));
                next[from()] += random.nextInt(12) == 0 ? 1_000_000 : data;
            }
            return burst;
        }

        private int from() {
            return side == Side.INGRESS ? 0 : 1;
        }

        private byte[] segment(final int flags, final int data) {
            final int ack = flags == Frames.SYN ? 0 : next[1 - from()];
            return side == Side.INGRESS
                    ? Frames.tcp(CLIENT, 4_000, SERVER, 80, flags, next[0], ack, data)
                    : Frames.tcp(SERVER, 80, client, clientPort, flags, next[1], ack, data);
        }

        /// Looks at the first frame that the server has got.
        void onEmitted(final MovingBench chassis) {
            if (round == 1) {
                final byte[] frame = chassis.emitted.getFirst().frame();
                client = sourcePort(frame) == 4_000 ? CLIENT : NAT;
                clientPort = sourcePort(frame);
            }
        }
    }
}
