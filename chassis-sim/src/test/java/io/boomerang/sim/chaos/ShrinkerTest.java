package io.boomerang.sim.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;

class ShrinkerTest {
    @Test
    void shouldFindTheFewEventsThatMatter() {
        final ChaosPlan plan = ChaosPlan.random(5);
        final List<ChaosEvent> all = plan.events();
        final List<ChaosEvent> culprits = List.of(all.get(2), all.get(11), all.getLast());

        final ChaosPlan shortest =
                Shrinker.shrink(plan, other -> other.events().containsAll(culprits));

        assertEquals(plan.with(culprits), shortest);
    }

    @Test
    void shouldFindThatNoEventMatters() {
        final ChaosPlan plan = ChaosPlan.random(5);

        assertEquals(plan.with(List.of()), Shrinker.shrink(plan, _ -> true));
    }
}
