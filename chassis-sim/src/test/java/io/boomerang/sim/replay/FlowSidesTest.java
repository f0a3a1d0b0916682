package io.boomerang.sim.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

final class FlowSidesTest {
    private static FlowKey flow(final int number) {
        final FlowKey key = new FlowKey();
        key.setIpv4(6, FlowKey.KIND_PORTS, number, 80, 0x0A000001, 1_000, 0);
        return key;
    }

    @Test
    void shouldRememberWhoBegan() {
        final FlowSides sides = new FlowSides(1_000_000);
        final Map<FlowKey, Boolean> model = new HashMap<>();
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("FlowSidesTest -Dseed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);

        for (int i = 0; i < 200_000; i++) {
            final FlowKey key = flow(random.nextInt(50_000));
            final boolean sourceIsB = random.nextBoolean();
            final boolean expected = model.computeIfAbsent(key, _ -> sourceIsB);
            assertEquals(expected, sides.initiatorIsB(key, sourceIsB));
        }
        assertEquals(model.size(), sides.count());
        assertEquals(0, sides.unremembered());
    }

    @Test
    void shouldTakeFlowsBeyondItsLimitForBegunByA() {
        final FlowSides sides = new FlowSides(100);
        for (int i = 0; i < 100; i++) {
            assertTrue(sides.initiatorIsB(flow(i), true));
        }

        assertFalse(sides.initiatorIsB(flow(100), true));
        assertFalse(sides.initiatorIsB(flow(100), false));
        assertTrue(sides.initiatorIsB(flow(99), false));
        assertEquals(100, sides.count());
        assertEquals(2, sides.unremembered());
    }
}
