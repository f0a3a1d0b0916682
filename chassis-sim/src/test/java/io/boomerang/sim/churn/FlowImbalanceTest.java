package io.boomerang.sim.churn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.sim.churn.FlowImbalance.Choice;

import org.junit.jupiter.api.Test;

class FlowImbalanceTest {
    private static double measure(final int servers, final Choice choice) {
        return FlowImbalance.measure(
                new ChurnPlan(
                        servers,
                        2_000,
                        1,
                        Distribution.exponential(10),
                        Distribution.exponential(30),
                        2,
                        false,
                        1),
                choice);
    }

    @Test
    void shouldFindThePoliciesInTheirOrder() {
        final double hash = measure(40, Choice.HASH);
        final double roundRobin = measure(40, Choice.ROUND_ROBIN);
        final double powerOfTwo = measure(40, Choice.POWER_OF_TWO);
        final double leastLoaded = measure(40, Choice.LEAST_LOADED);

        final String seen = hash + " " + roundRobin + " " + powerOfTwo + " " + leastLoaded;
        assertTrue(hash > powerOfTwo && roundRobin > powerOfTwo, seen);
        assertTrue(powerOfTwo > leastLoaded, seen);
        assertTrue(leastLoaded >= 0, seen);
    }

    @Test
    void shouldFindOneServerInBalance() {
        assertEquals(0, measure(1, Choice.HASH));
    }
}
