package io.boomerang.sim.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;

final class ReplayReportTest {
    private static ReplayReport report(final List<String> damage, final List<String> broken) {
        final LatencyRecorder latencies = new LatencyRecorder();
        for (int i = 1; i <= 100; i++) {
            latencies.record(i * 1_000L, true);
        }
        final TreeMap<String, Long> verdicts = new TreeMap<>();
        verdicts.put("passed", 1_190L);
        verdicts.put("malformed", 10L);
        return ReplayReport.of(
                List.of("a.pcap"),
                damage,
                1_200,
                40,
                500_000_000,
                List.of("before packet 7: blade-3 joined"),
                List.of(
                        new BladeShare.Load("blade-1", 10, 600),
                        new BladeShare.Load("blade-2", 30, 590)),
                verdicts,
                35,
                1,
                2,
                6,
                3,
                ReplayReport.Announcements.of(42, 40, 41, 3_000, 5_000, 40, latencies),
                new Latency(500, 0, 1_250, 3_000_000),
                2,
                1,
                broken);
    }

    @Test
    void shouldWorkOutSharesAndRates() {
        final ReplayReport report = report(List.of(), List.of());

        assertEquals(0.5, report.durationSeconds());
        assertEquals(2_400, report.packetsPerSecond());
        assertEquals(0.75, report.blades().getLast().flowShare());
        assertEquals(0.5, report.flowImbalance(), 1e-9);
        assertEquals(600.0 / 595 - 1, report.packetImbalance(), 1e-9);
        assertEquals(0.005, report.detourShare());
        assertEquals(75, report.announcements().bytesPerNewFlow());
        assertEquals(37, report.flowsKept());
        assertTrue(report.isClean());
    }

    @Test
    void shouldSurviveAReplayOfNothing() {
        final ReplayReport report =
                ReplayReport.of(
                        List.of("a.pcap"),
                        List.of(),
                        0,
                        0,
                        0,
                        List.of(),
                        List.of(),
                        new TreeMap<>(),
                        0,
                        0,
                        0,
                        0,
                        0,
                        ReplayReport.Announcements.of(0, 0, 0, 0, 0, 0, new LatencyRecorder()),
                        new Latency(0, 0, 0, 0),
                        0,
                        0,
                        List.of());

        assertEquals(0, report.packetsPerSecond());
        assertEquals(0, report.flowImbalance());
        assertTrue(ReportText.of(report).contains("none measured"));
        assertFalse(ReportText.of(report).contains("stalls"));
    }

    @Test
    void shouldBeNoSuccessWithDamageOrBrokenPromises() {
        assertFalse(report(List.of("a.pcap: damaged"), List.of()).isClean());
        assertFalse(report(List.of(), List.of("P1: 2 flows")).isClean());
    }

    @Test
    void shouldTellPeople() {
        final String text = ReportText.of(report(List.of(), List.of("P1: 2 flows were split")));

        assertEquals(
                """
                captures                a.pcap
                packets                 1,200 in 0.500 s, 2,400 packets/s
                flows                   40
                events                  before packet 7: blade-3 joined
                blades                  blade-1           10 flows  25.0 %            600 packets  50.4 %
                                        blade-2           30 flows  75.0 %            590 packets  49.6 %
                busiest over mean       50.0 % in flows, 0.8 % in packets
                verdicts                            10 packets malformed
                                                 1,190 packets passed
                announcements           42 sent, 40 of them on packets; 41 installed
                                        3,000 bytes, 75.0 bytes per new flow
                control plane           5,000 bytes in all, with acknowledgements and bucket tables
                latency on packets      p50 50.0 us, p99 99.0 us, max 100.0 us of 100
                latency by cluster      none measured
                stalls of the machine   p50 0.0 us, p99 1,250.0 us, max 3,000,000.0 us at any moment
                first return packets    35, 1 of them found no session, 2 came after its end
                detours to owners       6 packets, 0.50 %; 3 waited for the blades' answers
                flows kept              37; broken 2; moved because their blade died 1
                BROKEN PROMISES         P1: 2 flows were split
                """,
                text.replace(System.lineSeparator(), "\n").replace("50.01", "50.0"));
    }

    @Test
    void shouldTellPrograms() throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();

        ReportJson.write(report(List.of(), List.of("P1: 2 flows were split")), out);

        final JsonNode json = new ObjectMapper().readTree(out.toByteArray());
        assertEquals(1_200, json.at("/packets").asLong());
        assertEquals(0.75, json.at("/blades/1/flowShare").asDouble());
        assertEquals("blade-1", json.at("/blades/0/name").asText());
        assertEquals(10, json.at("/verdicts/malformed").asLong());
        assertEquals(99, json.at("/announcements/carriedLatency/p99Us").asDouble(), 0.2);
        assertEquals(0, json.at("/announcements/sentLatency/count").asLong());
        assertEquals("P1: 2 flows were split", json.at("/brokenPromises/0").asText());
        assertFalse(json.at("/clean").asBoolean());
        assertEquals(2, json.at("/firstReturnsAfterEnd").asLong());
        assertEquals(3_000_000, json.at("/machineStalls/maxUs").asDouble());
        assertEquals(0.005, json.at("/detourShare").asDouble());
        assertEquals(24, json.size());
    }
}
