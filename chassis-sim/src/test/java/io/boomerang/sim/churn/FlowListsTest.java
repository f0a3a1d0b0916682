package io.boomerang.sim.churn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

class FlowListsTest {
    @Test
    void shouldHoldWhatAModelHolds() {
        final long seed = Long.getLong("seed", 1);
        final SplittableRandom random = new SplittableRandom(seed);
        final FlowLists lists = new FlowLists(5, 40);
        final Map<Integer, Integer> listByFlow = new HashMap<>();

        for (int step = 0; step < 5_000; step++) {
            final int flow = random.nextInt(40);
            final Integer list = listByFlow.remove(flow);
            if (list == null) {
                final int chosen = random.nextInt(5);
                lists.add(chosen, flow);
                listByFlow.put(flow, chosen);
            } else {
                lists.remove(list, flow);
            }
            final int looked = random.nextInt(5);
            final Set<Integer> expected = new HashSet<>();
            listByFlow.forEach((member, place) -> {
                if (place == looked) {
                    expected.add(member);
                }
            });
            final Set<Integer> found = new HashSet<>();
            lists.forEach(looked, found::add);
            assertEquals(expected, found, "seed " + seed + ", step " + step);
        }
    }
}
