package io.boomerang.sim.flood;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.sim.flood.FloodReport.PhaseFigures;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class FloodRunTest {
    private static final int CONNECTIONS = 100;
    private static final int SESSIONS = 2_048;
    private static final int MARKERS = 1_024;

    private static FloodPlan plan(
            final Attack attack,
            final boolean answered,
            final int redirectors,
            final AnnouncePolicy announce,
            final int embryonicPackets) {
        return new FloodPlan(
                attack,
                CONNECTIONS,
                100,
                20,
                100,
                answered,
                1,
                redirectors,
                2,
                SESSIONS,
                MARKERS,
                announce,
                embryonicPackets,
                Long.getLong("seed", 1));
    }

    @ParameterizedTest
    @CsvSource({
        "SYN, true, 1, CARRY, 1",
        "SYN, true, 1, CARRY, 8",
        "SYN, false, 2, HOLD, 8",
        "SYN, true, 3, CARRY, 8",
        "ACK, true, 2, CARRY, 8",
        "ACK, false, 1, ASYNC, 8",
        "UDP, true, 2, CARRY, 8",
        "UDP, false, 1, HOLD, 8"
    })
    void shouldLoseNothingOfEstablishedConnectionsAndFillNoTableBeyondItsCapacity(
            final Attack attack,
            final boolean answered,
            final int redirectors,
            final AnnouncePolicy announce,
            final int embryonicPackets) {
        final FloodReport report =
                FloodRun.of(
                        plan(attack, answered, redirectors, announce, embryonicPackets), _ -> {});

        assertEquals(List.of(), report.violations());
        final PhaseFigures flood = report.phases().get(1);
        assertEquals(Phase.FLOOD, flood.phase());
        assertEquals(200, flood.sent());
        assertEquals(0, flood.lost());
        assertEquals(20, flood.opened());
        assertEquals(20, flood.completed());
        assertTrue(flood.floodPackets() >= 10_000, flood.toString());
        assertTrue(flood.state().sessions() <= SESSIONS, flood.toString());
        assertEquals(MARKERS, flood.state().markers(), "the flood fills the markers");
        final PhaseFigures rest = report.phases().getLast();
        assertEquals(0, rest.state().embryonicSessions());
        assertEquals(0, rest.state().embryonicMarkers());
        assertTrue(rest.state().markers() < CONNECTIONS, rest.toString());
    }

    @Test
    void shouldBeTheSameRunForTheSameSeed() {
        final FloodPlan plan = plan(Attack.SYN, true, 2, AnnouncePolicy.CARRY, 8);

        final FloodReport one = FloodRun.of(plan, _ -> {});
        final FloodReport other = FloodRun.of(plan, _ -> {});

        assertEquals(one.limits(), other.limits());
        for (int i = 0; i < one.phases().size(); i++) {
            assertEquals(one.phases().get(i).urgent(), other.phases().get(i).urgent());
            assertEquals(one.phases().get(i).deferrable(), other.phases().get(i).deferrable());
            assertEquals(
                    one.phases().get(i).state().sessions(),
                    other.phases().get(i).state().sessions());
        }
    }

    @Test
    void shouldAccuseAChassisWhoseMarkersAreTakenByEstablishedConnections() {
        final FloodPlan plan =
                new FloodPlan(
                        Attack.SYN,
                        1_200,
                        1_000,
                        20,
                        1,
                        true,
                        1,
                        1,
                        1,
                        8_192,
                        MARKERS,
                        AnnouncePolicy.CARRY,
                        1,
                        1);

        final FloodReport report = FloodRun.of(plan, _ -> {});

        assertTrue(
                report.violations().stream()
                        .anyMatch(one -> one.endsWith("left by egress-1 without a session")),
                report.violations().toString());
    }
}
