package io.boomerang.blade.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.blade.Frames;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.PacketClass;
import io.boomerang.flow.ParsedPacket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;

class TerminalFlowTest {
    /// Of the IPv4 header, with the Ethernet header before it: the place of "more fragments".
    private static final int FRAGMENT_FIELD = 14 + 6;

    private static final byte MORE_FRAGMENTS = 0x20;
    private static final int NEAR_THE_END = -100;

    private final FlowParser parser = new FlowParser(FlowRules.DEFAULTS);
    private final ParsedPacket packet = new ParsedPacket();
    private final TerminalFlow flow = new TerminalFlow();

    private static byte[] segment(final int flags, final int sequence, final int length) {
        return Frames.tcp("10.0.0.1", 40_000, "10.1.80.80", 80, flags, sequence, 1, length);
    }

    private void hand(final byte[] bytes) {
        final int before = 3;
        final MemorySegment frame = MemorySegment.ofArray(new byte[before + bytes.length]);
        frame.asSlice(before).copyFrom(MemorySegment.ofArray(bytes));
        final PacketClass packetClass = parser.parse(frame, before, bytes.length, packet);
        assertEquals(PacketClass.FLOW, packetClass);
        flow.hand(frame, before, packet);
    }

    @Test
    void shouldKnowNothingBeforeAPacketHasCome() {
        assertFalse(flow.endsAt(0));
    }

    @ParameterizedTest
    @CsvSource({"16, 1000, 0, 1000", "16, 1000, 300, 1300", "2, 7, 0, 8", "17, 50, 10, 61"})
    void shouldCountDataSynAndFin(
            final int flags, final int sequence, final int length, final int end) {
        hand(segment(flags, sequence, length));

        assertTrue(flow.endsAt(end));
        assertFalse(flow.endsAt(end - 1));
    }

    @Test
    void shouldKeepTheFurthestAlsoAroundTheWrap() {
        hand(segment(Frames.ACK, NEAR_THE_END, 50));
        hand(segment(Frames.ACK, 20, 30));
        hand(segment(Frames.ACK, NEAR_THE_END + 50, 70));

        assertFalse(flow.endsAt(20));
        assertTrue(flow.endsAt(50));
    }

    @Test
    void shouldBeginAnewWithAConnection() {
        hand(segment(Frames.ACK, 1 << 30, 50));
        hand(segment(Frames.SYN, 5, 0));

        assertTrue(flow.endsAt(6));
    }

    @Test
    void shouldNotSayOfFragmentsHowFarTheyGo() {
        hand(segment(Frames.ACK, 1_000, 0));
        final byte[] fragment = segment(Frames.ACK, 1_000, 8);
        fragment[FRAGMENT_FIELD] = MORE_FRAGMENTS;
        hand(fragment);

        assertFalse(flow.endsAt(1_000));
        assertFalse(flow.endsAt(1 << 20));
    }

    /// Another blade's stack was handed something else.
    @Test
    void shouldNotTakeOverFromAnotherBlade() {
        hand(segment(Frames.ACK, 1_000, 0));

        assertTrue(flow.takeOver(flow.toBytes()));
        assertFalse(flow.endsAt(1_000));
    }
}
