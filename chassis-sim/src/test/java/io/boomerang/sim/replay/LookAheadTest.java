package io.boomerang.sim.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;
import io.boomerang.sim.capture.EthernetFraming;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

final class LookAheadTest {
    private static final long SECOND = 1_000_000_000L;

    private final FlowParser parser = new FlowParser(FlowRules.DEFAULTS);
    private final SidedPacket packet = new SidedPacket();

    private SidedPacket packet(final long number, final long timestampNs, final byte[] frame) {
        final MemorySegment segment = MemorySegment.ofArray(frame);
        final ParsedPacket parsed = new ParsedPacket();
        parser.parse(segment, 0, frame.length, parsed);
        packet.setOrigin(number, timestampNs, 0, 1, EthernetFraming.Outcome.FRAMED);
        packet.setFrame(segment, 0, frame.length, frame.length);
        packet.setSteering(parsed, Side.INGRESS);
        return packet;
    }

    private long poll(final LookAhead queue) {
        final SidedPacket out = new SidedPacket();
        queue.poll().writeTo(out, MemorySegment.ofArray(new byte[2_000]));
        return out.number();
    }

    @Test
    void shouldRefuseMorePacketsThanItsLimit() {
        final LookAhead queue = new LookAhead(2, 1_000);

        assertTrue(queue.offer(packet(1, 0, Frames.laterFragment(1, 2, 7)), false));
        assertTrue(queue.offer(packet(2, 0, Frames.udp(1, 1, 2, 2)), true));
        assertFalse(queue.offer(packet(3, 0, Frames.udp(1, 1, 2, 2)), true));
        assertFalse(queue.isHeadReady());
        assertEquals(1, poll(queue));
        assertTrue(queue.offer(packet(3, 0, Frames.udp(1, 1, 2, 2)), true));
        assertEquals(2, poll(queue));
        assertEquals(3, poll(queue));
        assertTrue(queue.isEmpty());
    }

    @Test
    void shouldRefuseMoreBytesThanItsLimitUnlessItIsEmpty() {
        final byte[] frame = Frames.laterFragment(1, 2, 7);
        final LookAhead queue = new LookAhead(100, frame.length + 1);

        assertTrue(queue.offer(packet(1, 0, frame), false));
        assertFalse(queue.offer(packet(2, 0, frame), false));
        poll(queue);
        assertTrue(queue.offer(packet(2, 0, new byte[1_500]), true));
    }

    @Test
    void shouldRefuseToLetTheHeadWaitForMoreThanAMinute() {
        final LookAhead queue = new LookAhead(100, 10_000);
        queue.offer(packet(1, 100 * SECOND, Frames.laterFragment(1, 2, 7)), false);

        assertTrue(queue.offer(packet(2, 160 * SECOND, Frames.udp(1, 1, 2, 2)), true));
        assertFalse(queue.offer(packet(3, 160 * SECOND + 1, Frames.udp(1, 1, 2, 2)), true));
        assertFalse(queue.offer(packet(3, 40 * SECOND - 1, Frames.udp(1, 1, 2, 2)), true));
    }

    @Test
    void shouldBringFramesBackAsTheyWere() {
        final byte[] frame = Frames.udp(1, 10, 2, 20);
        final LookAhead queue = new LookAhead(100, 10_000);
        final MemorySegment buffer = MemorySegment.ofArray(new byte[2_000]);
        final SidedPacket out = new SidedPacket();
        queue.offer(packet(5, 6, frame), true);

        queue.poll().writeTo(out, buffer);

        assertEquals(5, out.number());
        assertEquals(6, out.timestampNs());
        assertEquals(frame.length, out.length());
        assertEquals(
                -1,
                MemorySegment.ofArray(frame)
                        .mismatch(out.segment().asSlice(out.offset(), out.length())));
        assertEquals(frame[20], out.segment().get(ValueLayout.JAVA_BYTE, out.offset() + 20));
    }

    @Test
    void shouldForgetWhoWaitsOnceTheyHaveGone() {
        final LookAhead queue = new LookAhead(100, 10_000);
        queue.offer(packet(1, 0, Frames.laterFragment(1, 2, 7)), false);
        queue.offer(packet(2, 0, Frames.laterFragment(1, 2, 7)), false);
        poll(queue);

        queue.learn(packet(3, 0, Frames.firstFragment(1, 10, 2, 20, 7)).parsed(), 0);

        assertTrue(queue.isHeadReady());
        assertEquals(1, queue.size());
    }
}
