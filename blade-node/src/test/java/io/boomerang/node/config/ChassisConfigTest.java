package io.boomerang.node.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.cluster.Member.Role;
import io.boomerang.port.PortOptions.Driver;
import io.boomerang.redirector.RedirectorConfig;
import io.boomerang.redirector.mtu.Oversize;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Pattern;
import java.util.stream.Stream;

class ChassisConfigTest {
    private static final String LARGEST =
            """
            chassis: demo
            flows: {hash-key-file: hash.key, buckets: 1024, inner-of-tunnels: true, vlan-in-key: true}
            backplane:
              mtu: 9000
              oversize: too-big
              clamp-mss: true
              port: 7000
              tagged-frame-bytes: 65535
              hello-interval: 250ms
              socket-buffer: 8MiB
              keys:
                - {id: 2, file: backplane.key}
                - {id: 1, file: hash.key}
            cluster: {port: 8000, key-file: chassis.p12, key-password-file: none.password}
            service:
              processor: source-nat
              announce: hold
              selection: least-loaded
              nat: {ipv4: 192.0.2.1, ipv6: '2001:db8::1', first-port: 2000, ports-per-blade: 100, probes: 7}
            limits:
              sessions: 16
              embryonic-lease: 600s
              cache-lease: 100ms
              query-time: 1ms
              queries-per-second: 7
              queried-packets: 64
              fragment-time: 2m
              fragments: 64
              datagrams: 16
              comparison-interval: 1h
              flows: 1
              announcements: 1
              announce-retry: 10s
              announce-retry-most: 10s
              announce-tries: 32
              held-packets: 1
              hold-time: 10s
              embryonic-packets: 3
            lifetimes:
              tcp-embryonic: 1s
              tcp-established: 360h
              tcp-closing: 3s
              tcp-closed: 4s
              udp-embryonic: 5s
              udp-established: 6s
              icmp: 7s
              other-embryonic: 8s
              other-established: 9s
              lapsed: 10s
            drain-limit: 0ms
            state-directory: state
            keep-sessions: false
            admin: {address: backplane, port: 9000, token-file: hash.key}
            blades:
              - name: both
                address: 2001:db8::5
                admin-address: 192.0.2.5
                redirector:
                  node: 9
                  side: ingress
                  interface: eth1
                  port: af-packet
                  link-follows-service: false
                processor: {node: 5}
              - name: out
                address: 2001:db8::6
                redirector: {node: 8, side: egress, interface: eth2}
              - name: more
                address: 2001:db8::7
                processor: {node: 4}
            """;

    @TempDir private Path directory = Path.of("");

    private ChassisFiles files = new ChassisFiles(directory);

    @BeforeEach
    void writeSecrets() throws IOException {
        files = new ChassisFiles(directory);
        files.writeSecrets();
    }

    private Path secret(final String name, final String text) throws IOException {
        return files.secret(name, text);
    }

    private ChassisConfig read(final String text) throws IOException, ConfigException {
        return files.read(text);
    }

    private List<String> complaints(final String text) {
        return files.complaints(text);
    }

    @Test
    void shouldTakeWhatASmallFileLeavesOutFromTheDefaults() throws Exception {
        final ChassisConfig config = read(ChassisFiles.SMALLEST);

        assertEquals(RedirectorConfig.DEFAULTS, config.redirector());
        assertEquals(BladeConfig.DEFAULTS, config.blade());
        assertInstanceOf(ServiceConfig.Pass.class, config.service());
        assertTrue(config.keepsSessions());
        assertEquals(Path.of("/var/lib/boomerang/sessions"), config.sessionsDirectory());
        assertEquals(0x0706050403020100L, config.parameters().hashKey0());
        assertEquals(65_536, config.parameters().bucketCount());
        assertEquals(List.of("slot-1", "slot-2", "slot-3"), config.bladeNames());
        assertEquals(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 7_880),
                config.admin().addressOf("slot-3"));
        assertEquals("", config.admin().token());
        assertEquals(
                List.of(
                        new NodeConfig(
                                3,
                                "slot-3",
                                "slot-3",
                                Role.BLADE,
                                new InetSocketAddress("10.99.0.3", 6_081),
                                new InetSocketAddress("10.99.0.3", 7_800),
                                OutsideInterface.NONE,
                                100,
                                0)),
                config.nodesOf("slot-3"));
    }

    @Test
    void shouldReadEveryField() throws Exception {
        final ChassisConfig config = read(LARGEST);

        assertEquals(1_024, config.parameters().bucketCount());
        assertTrue(config.parameters().flowRules().innerOfTunnels());
        assertTrue(config.parameters().flowRules().vlanInKey());
        assertEquals(9_000, config.backplane().mtu());
        assertEquals(Oversize.TOO_BIG, config.backplane().oversize());
        assertTrue(config.backplane().clampMss());
        assertEquals(65_535, config.backplane().frameBytes());
        assertEquals(250, config.backplane().helloIntervalMs());
        assertEquals(8 << 20, config.backplane().socketBytes());
        assertEquals(2, config.backplane().keys().keys().getFirst().id());
        assertEquals(-1, config.backplane().keys().keys().getFirst().word0());
        assertEquals(1, config.backplane().keys().keys().getFirst().word1());
        final ServiceConfig.SourceNat nat =
                assertInstanceOf(ServiceConfig.SourceNat.class, config.service());
        assertEquals(100, nat.nat().portsPerBlade());
        assertEquals(
                new RedirectorConfig(
                        16,
                        SelectionPolicy.LEAST_LOADED,
                        600_000,
                        100,
                        1,
                        7,
                        64,
                        120_000,
                        64,
                        16,
                        3_600_000),
                config.redirector());
        assertEquals(AnnouncePolicy.HOLD, config.blade().announce());
        assertEquals(1, config.blade().markerCapacity());
        assertEquals(1_296_000_000, config.blade().lifetimes().tcpEstablishedMs());
        assertEquals(10_000, config.blade().lifetimes().lapsedMs());
        assertEquals(32, config.blade().limits().tryLimit());
        assertEquals(3, config.blade().limits().embryonicPackets());
        assertEquals(0, config.drainLimitMs());
        assertEquals(directory.resolve("state"), config.stateDirectory());
        assertFalse(config.keepsSessions());
        assertEquals(new InetSocketAddress("192.0.2.5", 9_000), config.admin().addressOf("both"));
        assertEquals(new InetSocketAddress("2001:db8::6", 9_000), config.admin().addressOf("out"));
        assertEquals("000102030405060708090a0b0c0d0e0f", config.admin().token());
        final NodeConfig processor = config.nodesOf("both").getFirst();
        assertEquals("both-processor", processor.name());
        assertEquals(1, processor.index());
        assertEquals(
                new InetSocketAddress(InetAddress.ofLiteral("2001:db8::5"), 7_001),
                processor.backplane());
        assertEquals(8_001, processor.cluster().getPort());
        assertEquals(
                new OutsideInterface("eth1", Driver.AF_PACKET, false),
                config.nodesOf("both").getLast().outside());
        assertEquals(
                new OutsideInterface("eth2", Driver.AUTO, true),
                config.nodesOf("out").getFirst().outside());
        assertEquals(7_000, config.nodesOf("both").getLast().backplane().getPort());
    }

    /// What to replace in the small file, by what, and what is complained of.
    static Stream<Arguments> shouldSayWhatIsWrong() {
        return Stream.of(
                wrong("chassis: demo", "chassis: De mo", "1:10: chassis: 'De mo' is no name"),
                wrong("chassis: demo\n", "", "1:1: chassis: is missing"),
                wrong("demo", "demo\nmtu: 1", "2:1: mtu: no such field"),
                wrong(
                        "demo",
                        "demo\nkeep-sessions: yes",
                        "2:16: keep-sessions: 'yes' is neither true nor false"),
                wrong("keys:", "port: 70000\n  keys:", "5:9: backplane.port: 70000 is outside"),
                wrong(
                        "keys:",
                        "oversize: drop\n  keys:",
                        "5:13: backplane.oversize: 'drop' is none of refuse, fragment, too-big"),
                wrong(
                        "interface: eth1",
                        "interface: eth1, port: dpdk",
                        "10:65: blades[0].redirector.port: 'dpdk' is none of auto, af-xdp,"
                                + " af-packet"),
                wrong("keys:", "mtu: 9k\n  keys:", "5:8: backplane.mtu: '9k' is no whole number"),
                wrong(
                        "keys:",
                        "mtu: [1]\n  keys:",
                        "5:8: backplane.mtu: expected a value, found a"),
                wrong(
                        "keys:",
                        "mut: 1\n  keys:",
                        "5:3: backplane.mut: no such field; did you mean"),
                wrong(
                        "keys:",
                        "hello-interval: 5\n  keys:",
                        "5:19: backplane.hello-interval: '5' is no duration such as 200ms"),
                wrong(
                        "keys:",
                        "hello-interval: 1ms\n  keys:",
                        "5:19: backplane.hello-interval: 1ms is outside 10ms..10s"),
                wrong(
                        "keys:",
                        "socket-buffer: 1KiB\n  keys:",
                        "5:18: backplane.socket-buffer: 1KiB is outside 64KiB..1024MiB"),
                wrong("side: ingress", "side: left", "10:33: blades[0].redirector.side: 'left' is"),
                wrong("side: egress", "sied: egress", "13:27: blades[1].redirector.sied: no such"),
                wrong(
                        "node: 2",
                        "node: 1",
                        "13:24: blades[1].redirector.node: 1 is the id of slot"),
                wrong("node: 3", "node: 1024", "16:23: blades[2].processor.node: 1024 is outside"),
                wrong("10.99.0.3", "10.99.0.2", "15:14: blades[2].address: is that of slot-2"),
                wrong("10.99.0.3", "blade3", "15:14: blades[2].address: 'blade3' is no IPv4 or"),
                wrong("10.99.0.3", "0.0.0.0", "15:14: blades[2].address: cannot be the address"),
                wrong("10.99.0.3", "2001:db8::1", "15:14: blades[2].address: all blades have IPv4"),
                wrong("slot-3", "slot-1", "16:16: blades[2].processor: the name slot-1 is taken"),
                wrong(
                        "    processor: {node: 3}\n",
                        "",
                        "14:5: blades[2]: has neither a redirector"),
                wrong("{node: 3}", "3", "16:16: blades[2].processor: expected fields, found '3'"),
                wrong(
                        "interface: eth1",
                        "interface: a/b",
                        "10:53: blades[0].redirector.interface:"),
                wrong(
                        "    address: 10.99.0.1\n",
                        "    address: 10.99.0.1\n    address: 10.99.0.1\n",
                        "10:5: blades[0].address: stands here again, after line 9"),
                wrong(
                        "backplane.key",
                        "none.key",
                        "6:21: backplane.keys[0].file: DIR/none.key is no"),
                wrong(
                        "backplane.key",
                        "open.key",
                        "6:21: backplane.keys[0].file: DIR/open.key may be"),
                wrong(
                        "backplane.key",
                        "odd.key",
                        "6:21: backplane.keys[0].file: DIR/odd.key does not"),
                wrong(
                        "demo",
                        "demo\nservice: {rules: x}",
                        "2:18: service.rules: only a firewall has"),
                wrong(
                        "demo",
                        "demo\nservice: {processor: firewall, rules: bad.rules}",
                        "2:39: service.rules: DIR/bad.rules:1:1:"),
                wrong(
                        "demo",
                        "demo\nservice: {processor: source-nat}",
                        "2:10: service.nat: is missing"),
                wrong(
                        "demo",
                        "demo\n"
                                + "service: {processor: source-nat, nat: {ipv4: 192.0.2.1, ipv6:"
                                + " 2001:db8::1, first-port: 65535, ports-per-blade: 2}}",
                        "2:112: service.nat.ports-per-blade: 2 is outside 1..1"),
                wrong(
                        "demo",
                        "demo\nlimits: {flows: 0}",
                        "2:17: limits.flows: 0 is outside 1..67108864"),
                wrong(
                        "demo",
                        "demo\nlimits: {announce-retry: 2s, announce-retry-most: 1s}",
                        "2:51: limits.announce-retry-most: 1s is outside 2s..1m"),
                wrong("demo", "demo\nflows: {}", "3:1: flows: stands here again, after line 2"),
                wrong("demo", "demo\nlimits:", "2:8: limits: expected fields, found nothing"),
                wrong(
                        "chassis.p12",
                        "hash.key",
                        "17:21: cluster.key-file: DIR/hash.key: is no chassis"),
                wrong(
                        "chassis.p12",
                        "none.p12",
                        "17:21: cluster.key-file: DIR/none.p12: is no chassis"),
                wrong(
                        "chassis.p12}",
                        "chassis.p12, key-password-file: absent}",
                        "17:53: cluster.key-password-file: cannot be read"),
                wrong("demo", "demo\nadmin: {port: 0}", "2:15: admin.port: 0 is outside 1..65535"),
                wrong(
                        "demo",
                        "demo\nadmin: {address: 10.99.0.1}",
                        "2:18: admin.address: '10.99.0.1' is none of loopback, backplane, none"),
                wrong(
                        "demo",
                        "demo\nadmin: {address: backplane}",
                        "2:8: admin.token-file: is missing, and others can reach slot-1 at"),
                wrong(
                        "    address: 10.99.0.3\n",
                        "    address: 10.99.0.3\n    admin-address: 192.0.2.3\n",
                        "1:1: admin.token-file: is missing, and others can reach slot-3 at 192"),
                wrong(
                        "demo",
                        "demo\nadmin: {address: backplane, token-file: open.key}",
                        "2:41: admin.token-file: DIR/open.key may be"),
                wrong("demo", "[demo", "2:6: no YAML: "),
                wrong(
                        "side: egress",
                        "side: ingress",
                        "8:3: blades: no blade has a redirector of side eg"),
                wrong("demo", "'", "18:1: no YAML"));
    }

    private static Arguments wrong(
            final String there, final String instead, final String complaint) {
        return Arguments.of(there, instead, complaint);
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource
    void shouldSayWhatIsWrong(final String there, final String instead, final String complaint)
            throws IOException {
        Files.writeString(directory.resolve("open.key"), "000102030405060708090a0b0c0d0e0f");
        secret("odd.key", "000102030405060708090a0b0c0d0e0");
        Files.writeString(directory.resolve("bad.rules"), "permit everything\n");
        assertTrue(ChassisFiles.SMALLEST.contains(there));

        final List<String> complaints =
                complaints(ChassisFiles.SMALLEST.replaceFirst(Pattern.quote(there), instead));

        final String expected = "chassis.yaml:" + complaint.replace("DIR/", "");
        assertTrue(
                complaints.stream().anyMatch(line -> line.startsWith(expected)),
                () -> "expected " + expected + " among " + complaints);
    }

    @Test
    void shouldComplainOfEverythingAtOnceInTheOrderOfTheFile() {
        final List<String> complaints =
                complaints(
                        """
                        chassis: demo
                        flows: {hash-key-file: hash.key, buckets: 1000}
                        backplane:
                          mtu: 100
                          keys: []
                        blades:
                          - name: a
                            adress: 10.0.0.1
                            processor: {node: 0}
                        drian-limit: 5s
                        """);

        assertEquals(
                List.of(
                        "chassis.yaml:1:1: cluster.key-file: is missing",
                        "chassis.yaml:2:43: flows.buckets: 1000 is no power of two",
                        "chassis.yaml:4:8: backplane.mtu: 100 is outside 1280..65535",
                        "chassis.yaml:5:9: backplane.keys: is empty",
                        "chassis.yaml:7:3: blades: no blade has a redirector of side ingress",
                        "chassis.yaml:7:3: blades: no blade has a redirector of side egress",
                        "chassis.yaml:7:5: blades[0].address: is missing",
                        "chassis.yaml:8:5: blades[0].adress: no such field; did you mean address?",
                        "chassis.yaml:9:23: blades[0].processor.node: 0 is outside 1..1023",
                        "chassis.yaml:10:1: drian-limit: no such field; did you mean drain-limit?"),
                complaints);
    }

    @Test
    void shouldRefuseMoreTranslatorsThanThereArePortsFor() {
        final String text = LARGEST.replace("first-port: 2000", "first-port: 65400");

        assertEquals(
                List.of(
                        "chassis.yaml:19:83: service.nat.ports-per-blade: 100 ports from 65400 on"
                                + " are enough for 1 of 2 processors"),
                complaints(text));
    }

    @Test
    void shouldReadTheExampleOfTheReadme() throws Exception {
        final String readme = Files.readString(Path.of("../blade-node/README.md"));
        final int begin = readme.indexOf("```yaml") + "```yaml".length();

        final ChassisConfig config = read(readme.substring(begin, readme.indexOf("```", begin)));

        assertEquals(RedirectorConfig.DEFAULTS, config.redirector());
        assertEquals(BladeConfig.DEFAULTS, config.blade());
        final String ofItsMtu =
                ChassisFiles.SMALLEST.replace("backplane:\n", "backplane:\n  mtu: 1800\n");
        assertEquals(read(ofItsMtu).backplane(), config.backplane());
        assertEquals(read(ChassisFiles.SMALLEST).parameters(), config.parameters());
        assertEquals(read(ChassisFiles.SMALLEST).drainLimitMs(), config.drainLimitMs());
        assertEquals(read(ChassisFiles.SMALLEST).stateDirectory(), config.stateDirectory());
        assertEquals(4, config.nodes().size());
    }

    @Test
    void shouldNameTheBladesThereAre() throws Exception {
        final ChassisConfig config = read(ChassisFiles.SMALLEST);

        assertEquals(
                "no blade is called slto-2; did you mean slot-2?",
                assertThrows(IllegalArgumentException.class, () -> config.nodesOf("slto-2"))
                        .getMessage());
        assertEquals(
                "no blade is called ingress; there are slot-1, slot-2, slot-3",
                assertThrows(IllegalArgumentException.class, () -> config.nodesOf("ingress"))
                        .getMessage());
    }

    @Test
    void shouldNeverTellASecret() throws Exception {
        final String text = read(ChassisFiles.SMALLEST).toString();

        assertTrue(!read(LARGEST).toString().contains("08090a0b"));
        assertTrue(!text.contains("506097522914230528") && !text.contains("0706050403020100"));
    }

    @Test
    void shouldListenNowhereForOperatorsWhenTold() throws Exception {
        final ChassisConfig config =
                read(ChassisFiles.SMALLEST.replace("flows:", "admin: {address: none}\nflows:"));

        assertNull(config.admin().addressOf("slot-1"));
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void shouldAnswerGarbageWithComplaints(final String text) {
        assertTrue(!complaints(text).isEmpty());
    }

    static Stream<String> garbage() {
        return Stream.of(
                "",
                "# nothing",
                "- a\n- b",
                "42",
                "? [a, b]\n: c",
                "a: &x [*x]",
                "--- {}\n--- {}",
                "\t",
                "\u0000",
                "chassis: !!binary x",
                "[".repeat(200_000),
                "- ".repeat(200_000),
                "x".repeat(2 << 20));
    }

    @Test
    void shouldSurviveAnyChangeOfAFile() {
        final RandomGenerator random =
                RandomGeneratorFactory.of("L64X128MixRandom").create(Long.getLong("seed", 4_711));
        for (int i = 0; i < 1_000; i++) {
            final StringBuilder text = new StringBuilder(LARGEST);
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                final int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, (char) (' ' + random.nextInt(95)));
                    default -> text.setCharAt(at, (char) random.nextInt(0x300));
                }
            }
            try {
                read(text.toString());
            } catch (final ConfigException e) {
                assertTrue(
                        e.complaints().stream().allMatch(line -> line.contains("chassis.yaml:")));
            } catch (final IOException | RuntimeException e) {
                throw new AssertionError("fails at\n" + text, e);
            }
        }
    }
}
