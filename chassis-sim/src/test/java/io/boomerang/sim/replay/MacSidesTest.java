package io.boomerang.sim.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.flow.Side;

import org.junit.jupiter.api.Test;

final class MacSidesTest {
    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private final MacSides macs = new MacSides();

    @Test
    void shouldPlaceAnswersOppositeToQuestions() {
        assertEquals(Side.INGRESS, macs.sideOf(1, BROADCAST));
        assertEquals(Side.EGRESS, macs.sideOf(2, 1));
        assertEquals(Side.INGRESS, macs.sideOf(3, 2));
        assertEquals(Side.INGRESS, macs.sideOf(1, 3));
    }

    @Test
    void shouldKeepWhatItLearnedFirst() {
        macs.learn(1, Side.EGRESS);
        macs.learn(1, Side.INGRESS);

        assertEquals(Side.EGRESS, macs.sideOf(1, BROADCAST));
    }

    @Test
    void shouldStopLearningWhenFull() {
        for (long address = 1; address <= MacSides.CAPACITY; address++) {
            macs.learn(address, Side.EGRESS);
        }
        macs.learn(MacSides.CAPACITY + 1, Side.EGRESS);

        assertEquals(Side.EGRESS, macs.sideOf(MacSides.CAPACITY, BROADCAST));
        assertEquals(Side.INGRESS, macs.sideOf(MacSides.CAPACITY + 1, BROADCAST));
        assertEquals(Side.INGRESS, macs.sideOf(MacSides.CAPACITY + 2, 1));
    }
}
