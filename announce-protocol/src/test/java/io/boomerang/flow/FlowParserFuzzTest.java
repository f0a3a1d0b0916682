package io.boomerang.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.wire.NetworkOrder;
import io.boomerang.wire.RecordedFrames;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

/// Whatever the bytes are: no exception, nothing read or written outside of the frame, and an
/// answer that does not depend on the packets before.
class FlowParserFuzzTest {
    private static final int FRAMES = 400;
    private static final int GUARD = 64;

    private final ParsedPacket packet = new ParsedPacket();
    private final ParsedPacket fresh = new ParsedPacket();
    private final TupleRewriter rewriter = new TupleRewriter();

    static LongStream seeds() {
        final Long replay = Long.getLong("seed");
        return replay != null ? LongStream.of(replay) : LongStream.range(0, 40);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldSurviveAnything(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final RandomFrames frames = new RandomFrames(random);
        final FlowRules rules = new FlowRules(random.nextBoolean(), random.nextBoolean());
        final FlowParser parser = new FlowParser(rules);

        for (int i = 0; i < FRAMES; i++) {
            final byte[] sound = frames.next();
            final byte[] frame = random.nextInt(3) == 0 ? sound : frames.damage(sound);
            try {
                check(rules, parser, frame);
            } catch (final AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + " " + rules + " " + HexFormat.of().formatHex(frame), e);
            }
        }
    }

    @Test
    void shouldMeetEveryClassAndMostReasons() {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        final RandomFrames frames = new RandomFrames(random);
        final Set<PacketClass> classes = EnumSet.noneOf(PacketClass.class);
        final Set<ParseReason> reasons = EnumSet.noneOf(ParseReason.class);

        for (int i = 0; i < 20_000; i++) {
            final byte[] frame = frames.damage(frames.next());
            final ParsedPacket parsed = Frames.parse(frame);
            classes.add(parsed.packetClass());
            reasons.add(parsed.reason());
        }

        assertEquals(EnumSet.allOf(PacketClass.class), classes);
        assertTrue(reasons.size() > ParseReason.values().length * 3 / 4, reasons::toString);
    }

    private void check(final FlowRules rules, final FlowParser parser, final byte[] frame) {
        final MemorySegment exact = RecordedFrames.segment(frame);
        final PacketClass answer = parser.parse(exact, 0, frame.length, packet);
        new FlowParser(rules).parse(exact, 0, frame.length, fresh);

        assertEquals(answer, packet.packetClass());
        assertEquals(fresh.toString(), packet.toString());
        assertEquals(answer == PacketClass.FLOW, packet.hasKey());
        assertEquals(
                answer == PacketClass.BRIDGED || answer == PacketClass.MALFORMED,
                packet.reason() != ParseReason.NONE);
        if (packet.reason() == ParseReason.NONE) {
            checkOffsets(frame.length);
        }
        checkWriters(frame);
    }

    private boolean answerNeedsResolving() {
        return packet.packetClass() == PacketClass.FRAGMENT
                || packet.packetClass() == PacketClass.QUOTED_FRAGMENT;
    }

    private void checkOffsets(final int length) {
        assertTrue(packet.networkOffset() >= 14, packet::toString);
        assertTrue(packet.transportOffset() >= packet.networkOffset() + 20, packet::toString);
        assertTrue(packet.transportOffset() <= packet.endOffset(), packet::toString);
        assertTrue(packet.endOffset() <= length, packet::toString);
        assertTrue(packet.flowNetworkOffset() >= packet.networkOffset(), packet::toString);
        assertTrue(
                packet.flowTransportOffset() >= packet.flowNetworkOffset() + 20, packet::toString);
        assertTrue(packet.flowTransportOffset() <= packet.flowEndOffset(), packet::toString);
        assertTrue(packet.flowEndOffset() <= packet.endOffset(), packet::toString);
    }

    private void checkWriters(final byte[] frame) {
        if (answerNeedsResolving()) {
            packet.setResolved(fresh.key(), false);
        }
        final int endOffset = packet.endOffset();
        final MemorySegment memory = RecordedFrames.guarded(frame, GUARD);
        rewriter.translateSource(memory, GUARD, frame.length, packet, 1, 2, 3);
        rewriter.translateDestination(memory, GUARD, frame.length, packet, 4, 5, 6);
        ChecksumRepair.repair(memory, GUARD, frame.length, packet);

        for (long i = 0; i < memory.byteSize(); i++) {
            final long inFrame = i - GUARD;
            if (inFrame < 0 || inFrame >= frame.length) {
                assertEquals((byte) 0xA5, memory.get(NetworkOrder.BYTE, i));
            } else if (inFrame < 14 || inFrame >= endOffset) {
                assertEquals(frame[(int) inFrame], memory.get(NetworkOrder.BYTE, i));
            }
        }
    }
}
