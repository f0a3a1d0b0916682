package io.boomerang.sim.churn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;

class ChurnRunTest {
    private static ChurnPlan plan(final boolean redirectorDies, final long seed) {
        return new ChurnPlan(
                50,
                2_000,
                600,
                Distribution.exponential(10),
                Distribution.exponential(30),
                3,
                redirectorDies,
                seed);
    }

    @Test
    void shouldBreakNothingWhileNothingChanges() {
        final ChurnResult result = ChurnRun.run(plan(false, 1), 0);

        assertTrue(result.connections() > 100_000, result.toString());
        assertEquals(new ChurnResult(0, result.connections(), 0, 0, 0, 0, 0), result);
    }

    /// 2,000 connections, each broken with a probability of 0.0033 by an update: a few hundred of
    /// them, so that a tenth more or less is not by chance.
    @Test
    void shouldBreakAboutAsManyAsTheClosedFormSaysWithoutSessionsAndNoneWithThem() {
        final long seed = Long.getLong("seed", 7);

        final ChurnResult result = ChurnRun.run(plan(true, seed), 12);

        final String seen = "seed " + seed + ": " + result;
        final double ratio = result.maglevBroken() / result.expectedBroken();
        assertTrue(ratio > 0.6 && ratio < 1.9, seen);
        assertTrue(result.chainedBroken() > 0, seen);
        assertTrue(result.chainedBroken() < result.maglevBroken() / 2, seen);
        assertEquals(0, result.sessionsBroken(), seen);
        assertTrue(result.sessionsMoved() > 0, seen);
    }

    @Test
    void shouldRepeatItself() {
        assertEquals(ChurnRun.run(plan(true, 3), 6), ChurnRun.run(plan(true, 3), 6));
    }

    /// That none break is no accident of the counting: when owner and backup die without anybody
    /// telling the third one, connections whose bucket has moved do.
    @Test
    void shouldCountConnectionsThatNobodyKnowsAnyMore() {
        final FlowHash hash = new FlowHash(1, 2);
        final ServerPool servers = new ServerPool(8);
        final int flows = 2_000;
        try (SessionBalancer sessions = new SessionBalancer(hash, servers, flows, 3)) {
            servers.takeDown(3);
            sessions.serversChanged();
            for (int flow = 0; flow < flows; flow++) {
                sessions.open(flow, flow, SessionBalancer.hash(hash, new FlowKey(), flow));
            }
            servers.bringUp(3);
            sessions.serversChanged();
            assertEquals(0, sessions.broken());

            sessions.killRedirector();
            assertEquals(0, sessions.broken());
            sessions.killRedirector();
            assertTrue(sessions.broken() > 0, "an eighth of the buckets has moved");

            assertEquals(0, sessions.moved());
        }
    }
}
