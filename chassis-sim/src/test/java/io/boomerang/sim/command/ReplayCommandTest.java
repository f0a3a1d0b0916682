package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.boomerang.sim.capture.CaptureReader;
import io.boomerang.sim.capture.CapturedPacket;
import io.boomerang.sim.demo.DemoCaptures;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

final class ReplayCommandTest {
    private static final List<String> FLOW_CAPTURES =
            List.of("http", "port-reuse", "dns", "nat-download");

    private static final int PCAP_HEADER_BYTES = 24;
    private static final int PCAP_RECORD_BYTES = 16;
    private static final int PCAP_CAPTURED_LENGTH = 8;

    @TempDir private static Path captures;
    @TempDir private Path directory;

    @BeforeAll
    static void copyCaptures() throws IOException {
        DemoCaptures.copyTo(captures);
    }

    private static Path capture(final String name) {
        return captures.resolve(name + ".pcap");
    }

    private JsonNode report() throws IOException {
        return new ObjectMapper().readTree(directory.resolve("report.json").toFile());
    }

    // One flow, one blade

    /// Every processor with every policy and every way to announce, each with one of four captures.
    static Stream<Arguments> chassis() {
        final List<Arguments> all = new ArrayList<>();
        for (final String processor : List.of("pass", "firewall", "source-nat")) {
            for (final String policy : List.of("buckets", "power-of-two", "least-loaded")) {
                for (final String announce : List.of("carry", "hold", "async")) {
                    final String name = FLOW_CAPTURES.get(all.size() % FLOW_CAPTURES.size());
                    all.add(Arguments.of(processor, policy, announce, name));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("chassis")
    void shouldKeepEveryFlowOnItsBladeWhileBladesComeAndGo(
            final String processor, final String policy, final String announce, final String name)
            throws IOException {
        requireAffinity(
                capture(name),
                List.of("20:add-blade", "40:drain=blade-1", "60:weight=blade-3,5"),
                "--processor",
                processor,
                "--policy",
                policy,
                "--announce",
                announce,
                "--redirectors",
                2);
    }

    @ParameterizedTest
    @CsvSource({
        "buckets,carry,http",
        "least-loaded,hold,dns",
        "power-of-two,carry,nat-download",
        "buckets,async,http"
    })
    void shouldKeepEveryFlowOnItsBladeWhileRedirectorsComeAndGo(
            final String policy, final String announce, final String name) throws IOException {
        requireAffinity(
                capture(name),
                List.of(
                        "5:add-redirector=ingress",
                        "9:kill=ingress-2",
                        "12:add-blade",
                        "15:kill=egress-1",
                        "18:drain=ingress-1",
                        "21:add-redirector=egress",
                        "24:drain=blade-1"),
                "--policy",
                policy,
                "--announce",
                announce,
                "--redirectors",
                3,
                "--trace",
                directory.resolve("trace.pcapng"));
    }

    @ParameterizedTest
    @CsvSource({
        "buckets,carry,http,pass",
        "least-loaded,hold,dns,firewall",
        "power-of-two,carry,nat-download,source-nat",
        "buckets,async,http,pass",
        "buckets,carry,fragments-late-first,firewall"
    })
    void shouldKeepEveryFlowOnItsBladeWhilePolicyAndHashKeyChange(
            final String policy, final String announce, final String name, final String processor)
            throws IOException {
        requireAffinity(
                capture(name),
                List.of(
                        "3:hash-key=00112233445566778899aabbccddeeff",
                        "5:policy=least-loaded",
                        "8:add-redirector=egress",
                        "9:hash-key=ffeeddccbbaa99887766554433221100",
                        "11:kill=ingress-1",
                        "12:policy=buckets",
                        "14:add-blade",
                        "15:hash-key=000102030405060708090a0b0c0d0e0f",
                        "17:drain=blade-1",
                        "18:policy=power-of-two"),
                "--policy",
                policy,
                "--announce",
                announce,
                "--processor",
                processor,
                "--redirectors",
                2);
    }

    /// Replays while `events` happen, and has an independent judge look at every step.
    private void requireAffinity(
            final Path capture, final List<String> events, final Object... options)
            throws IOException {
        final Path log = directory.resolve("log.csv");
        final List<Object> all = new ArrayList<>(List.of(options));
        events.forEach(event -> all.addAll(List.of("--at", event)));
        all.addAll(List.of("--steering-log", log, capture));

        final CommandRun run = CommandRun.replay(all.toArray());

        assertEquals(0, run.status(), run.out() + run.err());
        assertTrue(TupleJudge.judge(capture, log) > 0);
    }

    @ParameterizedTest
    @CsvSource({"fragments,2", "fragments-late-first,7", "too-big,4", "ipv6,3"})
    void shouldDeliverFragmentsAndErrorsOfWhateverSize(final String name, final int blades)
            throws IOException {
        final CommandRun run =
                CommandRun.replay(
                        "--blades",
                        blades,
                        "--redirectors",
                        3,
                        "--report",
                        directory.resolve("report.json"),
                        capture(name));

        assertEquals(0, run.status(), run.out() + run.err());
        final JsonNode report = report();
        assertEquals(
                report.at("/packets").asLong(),
                report.at("/verdicts/passed").asLong() + report.at("/verdicts/bridged").asLong());
    }

    @Test
    void shouldShowMissesAndRecoverWhenAnnouncementsAreLate() throws IOException {
        final CommandRun run =
                CommandRun.replay(
                        "--announce",
                        "async",
                        "--announce-delay",
                        "20ms",
                        "--policy",
                        "least-loaded",
                        "--report",
                        directory.resolve("report.json"),
                        capture("dns"));

        assertEquals(0, run.status(), run.out() + run.err());
        final JsonNode report = report();
        assertTrue(report.at("/firstReturnMisses").asLong() > 0, report::toString);
        assertEquals(0, report.at("/flowsBroken").asLong());
        assertEquals(report.at("/firstReturns").asLong(), report.at("/flows").asLong());
    }

    /// RFC 4787, REQ-5: a mapping for UDP lives for two minutes at least. Whoever answers later
    /// than the flow lives is late, but no promise is broken, and time that leaps and comes back,
    /// as in a damaged file, loses nothing.
    @ParameterizedTest
    @CsvSource({
        "carry, 100, 0",
        "hold, 100, 0",
        "carry, 200, 1",
        "hold, 200, 1",
        "carry, 1200000000, 1",
        "hold, 1200000000, 1",
        "hold, -1200000000, 0"
    })
    void shouldTellAnAnswerAfterTheEndOfItsFlowFromAMiss(
            final String announce, final int secondsLate, final long afterEnd) throws IOException {
        final CommandRun run =
                CommandRun.replay(
                        "--announce",
                        announce,
                        "--report",
                        directory.resolve("report.json"),
                        delayed(capture("dns"), 3, secondsLate));

        assertEquals(0, run.status(), run.out() + run.err());
        final JsonNode report = report();
        assertEquals(afterEnd, report.at("/firstReturnsAfterEnd").asLong());
        assertEquals(0, report.at("/firstReturnMisses").asLong());
        assertEquals(
                report.at("/packets").asLong(),
                report.at("/verdicts/passed").asLong() + report.at("/verdicts/bridged").asLong());
    }

    /// A copy of a capture in which one packet, by its place from 0, has another time.
    private Path delayed(final Path capture, final int place, final int seconds)
            throws IOException {
        final byte[] bytes = Files.readAllBytes(capture);
        final ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = PCAP_HEADER_BYTES;
        for (int packet = 0; packet < place; packet++) {
            at += PCAP_RECORD_BYTES + file.getInt(at + PCAP_CAPTURED_LENGTH);
        }
        file.putInt(at, file.getInt(at) + seconds);
        return Files.write(directory.resolve("delayed.pcap"), bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pass", "firewall", "source-nat"})
    void shouldMoveFlowsWithoutLosingAPacket(final String processor) throws IOException {
        final CommandRun run =
                CommandRun.replay(
                        "--processor",
                        processor,
                        "--blades",
                        3,
                        "--at",
                        "150:move=blade-1",
                        "--at",
                        "200:weight=blade-1,100",
                        "--at",
                        "250:move=blade-2",
                        "--at",
                        "350:move=blade-1",
                        "--report",
                        directory.resolve("report.json"),
                        capture("http"));

        assertEquals(0, run.status(), run.out() + run.err());
        final JsonNode report = report();
        assertEquals(0, report.at("/flowsBroken").asLong());
        assertEquals(
                report.at("/packets").asLong(),
                report.at("/verdicts/passed").asLong() + report.at("/verdicts/bridged").asLong());
        assertTrue(
                report.at("/events").toString().contains("flows moved"),
                report.at("/events")::toString);
    }

    @Test
    void shouldMoveOnlyFlowsOfADeadBlade() throws IOException {
        final CommandRun run =
                CommandRun.replay(
                        "--blades",
                        2,
                        "--at",
                        "250:kill=blade-1",
                        "--report",
                        directory.resolve("report.json"),
                        capture("http"));

        assertEquals(0, run.status(), run.out() + run.err());
        assertTrue(report().at("/flowsMovedByDeath").asLong() > 0);
        assertEquals(0, report().at("/flowsBroken").asLong());
    }

    @Test
    void shouldDoTheSameAgainWithTheSameSeed() throws IOException {
        final byte[][] logs = new byte[3][];
        for (int i = 0; i < logs.length; i++) {
            final Path log = directory.resolve(i + ".csv");
            CommandRun.replay(
                    "--policy",
                    "power-of-two",
                    "--announce",
                    "hold",
                    "--seed",
                    i == 2 ? 8 : 7,
                    "--steering-log",
                    log,
                    capture("http"));
            logs[i] = Files.readAllBytes(log);
        }

        assertArrayEquals(logs[0], logs[1]);
        assertTrue(!Arrays.equals(logs[0], logs[2]));
    }

    // What it shows

    @Test
    void shouldExplainAPacketAndAFlow() {
        final CommandRun run =
                CommandRun.replay(
                        "--explain",
                        "3",
                        "--explain",
                        "udp 192.0.2.1:1 192.0.2.2:2",
                        capture("http"));

        assertTrue(run.out().contains("packet 3"), run.out());
        assertTrue(run.out().contains("new flow, its bucket is allocated there"), run.out());
        assertTrue(run.out().contains(", at the end:"), run.out());
        assertTrue(run.out().contains("owner ingress-1"), run.out());
    }

    @Test
    void shouldTraceEveryPort() throws IOException {
        final Path trace = directory.resolve("trace.pcapng");

        CommandRun.replay("--blades", 2, "--trace", trace, capture("port-reuse"));

        int frames = 0;
        try (CaptureReader reader = new CaptureReader(trace)) {
            final CapturedPacket packet = new CapturedPacket();
            while (reader.next(packet)) {
                frames++;
            }
            assertEquals(null, reader.damage());
        }
        // In, over the backplane to a blade and back, out.
        assertTrue(frames >= 4 * 88, () -> "trace of too few frames");
        final String text = Files.readString(trace, StandardCharsets.ISO_8859_1);
        for (final String expected :
                List.of(
                        "outside-a",
                        "backplane-blade-1",
                        "backplane-blade-2",
                        "outside-b",
                        "new flow, its bucket is allocated there",
                        "its session says so",
                        "carried by a packet: installed",
                        "leaves the chassis")) {
            assertTrue(text.contains(expected), expected);
        }
    }

    // What it refuses

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--blades 0 | --blades 0 is outside 1..512",
                "--blades two | 'two' is not an int",
                "--policy best | 'best' is none of buckets, power-of-two, least-loaded",
                "--announce-delay 5 | expected a time like 200us, 5ms or 1.5s, found '5'",
                "--tunnel both | --tunnel is outer or inner, not 'both'",
                "--side-by cidr | --side-by cidr needs --ingress",
                "--side-by mac --ingress 1:2 | '1:2' is no Ethernet address",
                "--at 5:explode | unknown event 'explode'",
                "--at 5:drain=blade-9 | there is no blade-9 then",
                "--blades 1 --at 5:kill=blade-1 | blade-1 is the last of its kind",
                "--at 5:kill=ingress-1 | ingress-1 is the last of its kind",
                "--at 5:add-redirector=egress --at 6:drain=egress-3 | there is no egress-3 then",
                "--at 5:weight=egress-1,3 | egress-1 is no blade",
                "--at 5:policy=best | 'best' is no policy; there are buckets, power-of-two,",
                "--at 5:hash-key=12 | a hash key has 32 hexadecimal digits",
                "--explain nonsense | 'nonsense' is no protocol",
                "--rules x | --rules needs --processor firewall",
                "--chassis-key x.p12 | --chassis-key needs --cluster jgroups",
                "--speed 0 | speed 0.0 is not positive",
                "--nothing | Unknown option: '--nothing'"
            })
    void shouldSayWhatIsWrongWithAnOption(final String options, final String message) {
        final CommandRun run =
                CommandRun.replay(
                        Stream.concat(Stream.of(options.split(" ")), Stream.of(capture("dns")))
                                .toArray());

        assertEquals(2, run.status(), run.out() + run.err());
        assertTrue(run.err().contains(message), run.err());
    }

    @Test
    void shouldNameAFileThatIsNotThere() {
        final CommandRun run = CommandRun.replay(directory.resolve("absent.pcap"));

        assertEquals(2, run.status());
        assertTrue(run.err().contains("absent.pcap: no such file"), run.err());
    }

    @Test
    void shouldReplayWhatIsReadableOfADamagedFileAndGoOn() throws IOException {
        final byte[] whole = Files.readAllBytes(capture("dns"));
        final Path damaged = directory.resolve("damaged.pcap");
        Files.write(damaged, Arrays.copyOf(whole, whole.length - 5));
        final Path garbage = Files.writeString(directory.resolve("garbage.pcap"), "no capture");
        final Path log = directory.resolve("log.csv");

        final CommandRun run =
                CommandRun.replay("--steering-log", log, garbage, damaged, capture("port-reuse"));

        assertEquals(1, run.status(), run.out() + run.err());
        assertTrue(run.err().contains("garbage.pcap: is no capture file"), run.err());
        assertTrue(run.err().contains("damaged.pcap: damaged at byte "), run.err());
        assertEquals(1 + 113 + 92, Files.readAllLines(log).size());
    }
}
