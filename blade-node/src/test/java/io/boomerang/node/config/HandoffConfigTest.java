package io.boomerang.node.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.device.HandoffConfig;
import io.boomerang.handoff.Octets;
import io.boomerang.handoff.classifier.ClassifierRule;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Chassis in which connections end and move from classifiers to hosts.
class HandoffConfigTest {
    private static final String BLADES =
            ChassisFiles.SMALLEST.replace(
                    "    processor: {node: 3}\n",
                    """
                        processor: {node: 3}
                      - {name: slot-4, address: 10.99.0.4, processor: {node: 4}}
                      - {name: slot-5, address: 10.99.0.5, processor: {node: 5}}
                    """);

    private static final String COMPLETE =
            """
            service:
              processor: handoff
              handoff:
                interface: handoff0
                device-mac: '02:00:00:00:0a:01'
                addresses:
                  - {address: 192.0.2.80, port: 443}
                  - {address: '2001:db8::80', port: 443}
                classifiers: [slot-3]
                rules:
                  - {server-name: '*.example.org', service: shop}
                  - {http-host: www.example.org, http-path: /files/, service: files}
                  - {http-path: /shop/, service: shop}
                  - {http2-preface: true, service: shop}
                  - {prefix: SSH-, service: files}
                  - {prefix-hex: 00 ff, service: files}
                default-service: shop
                request-bytes: 8KiB
                request-time: 3s
                waiting-clients: 100
                hosts-tried: 2
                transfer-time: 500ms
                hosts:
                  - {blade: slot-4, services: [shop], programs: shop.sock}
                  - blade: slot-5
                    services: [shop, files]
                    programs: /run/files.sock
                    return-interface: eth2
            """;

    @TempDir private Path directory = Path.of("");

    private ChassisFiles files = new ChassisFiles(directory);

    @BeforeEach
    void writeSecrets() throws IOException {
        files = new ChassisFiles(directory);
        files.writeSecrets();
    }

    @Test
    void shouldReadWhoAcceptsAndWhoServes() throws Exception {
        final ChassisConfig config = files.read(BLADES + COMPLETE);

        final HandoffConfig handoff = ((ServiceConfig.Handoff) config.service()).handoff();
        assertEquals("handoff0", handoff.interfaceName());
        assertEquals(0x02_00_00_00_0A_01L, handoff.deviceMac());
        assertEquals(
                List.of(
                        new InetSocketAddress(InetAddress.ofLiteral("192.0.2.80"), 443),
                        new InetSocketAddress(InetAddress.ofLiteral("2001:db8::80"), 443)),
                handoff.front().addresses());
        assertTrue(handoff.accepts("slot-3"));
        assertFalse(handoff.accepts("slot-4"));
        assertEquals(List.of("slot-4", "slot-5"), handoff.hostsOf("shop"));
        assertEquals(List.of("slot-5"), handoff.hostsOf("files"));
        assertEquals(
                new HandoffConfig.Host(Set.of("shop"), directory.resolve("shop.sock"), null),
                handoff.hosts().get("slot-4"));
        assertEquals(
                new HandoffConfig.Host(Set.of("shop", "files"), Path.of("/run/files.sock"), "eth2"),
                handoff.hosts().get("slot-5"));
        assertEquals(500, handoff.patienceMs());
        assertEquals(Set.of(4, 5), config.nodesWithoutNewFlows());
    }

    @Test
    void shouldReadRulesAndLimitsOfTheClassifier() throws Exception {
        final ChassisConfig config = files.read(BLADES + COMPLETE);

        final var front = ((ServiceConfig.Handoff) config.service()).handoff().front();
        assertEquals(
                List.of(
                        new ClassifierRule.ServerName("*.example.org", "shop"),
                        new ClassifierRule.HttpPath("www.example.org", "/files/", "files"),
                        new ClassifierRule.HttpPath("", "/shop/", "shop"),
                        new ClassifierRule.Http2Preface("shop"),
                        new ClassifierRule.Prefix(
                                Octets.of("SSH-".getBytes(StandardCharsets.US_ASCII)), "files"),
                        new ClassifierRule.Prefix(Octets.of((byte) 0, (byte) -1), "files")),
                front.classifier().rules());
        assertEquals("shop", front.classifier().defaultHost());
        assertEquals(8 << 10, front.classifier().maxBytes());
        assertEquals(TimeUnit.SECONDS.toNanos(3), front.classifier().maxAgeNs());
        assertEquals(100, front.maxConnections());
        assertEquals(2, front.hostsTried());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    interface: handoff0|interface: a/b|handoff.interface: 'a/b' cannot be an interface's
                    '02:00:00:00:0a:01'|'01:00:00:00:00:01'|handoff: the MAC address is not that of one
                    192.0.2.80, port: 443|127.0.0.1, port: 443|addresses[0].address: clients elsewhere
                    192.0.2.80, port: 443|192.0.2.80, port: 70000|addresses[0].port: 70000 is outside
                    '2001:db8::80'|192.0.2.80|addresses[1].port: stands here again with this address
                    classifiers: [slot-3]|classifiers: [slot-6]|classifiers: no blade with a processor is
                    classifiers: [slot-3]|classifiers: [slot-4]|hosts[0].blade: slot-4 is a classifier
                    classifiers: [slot-3]|classifiers: []|handoff.classifiers: is empty
                    classifiers: [slot-3]|classifiers: [slot-3, slot-3]|slot-3 stands here again
                    '*.example.org'|'www.*.org'|rules[0].server-name: 'www.*.org' is no name in lower case
                    http-host: www.example.org|http-host: WWW.example.org|rules[1].http-host: 'WWW
                    /files/|files/|rules[1].http-path: 'files/' does not begin with /
                    http2-preface: true|http2-preface: false|rules[3].http2-preface: can only be true
                    http2-preface: true, service|service|rules[3]: has to have one of server-name;
                    prefix: SSH-|prefix: SSH-, prefix-hex: 00|rules[4]: has to have one of server-name;
                    00 ff|00 f|rules[5].prefix-hex: '00 f' is no even number of hexadecimal digits
                    default-service: shop|default-service: ship|default-service: no host serves ship; did
                    SSH-, service: files|SSH-, service: mail|rules[4].service: no host serves mail
                    request-time: 3s|request-time: 1h|handoff.request-time: 1h is outside 10ms..10m
                    hosts-tried: 2|host-tried: 2|handoff.host-tried: no such field; did you mean hosts-tried
                    blade: slot-5|blade: slot-4|hosts[1].blade: slot-4 stands here again
                    blade: slot-5|blade: slot-2|hosts[1].blade: no blade with a processor is called slot-2
                    interface: eth2|interface: a/b|hosts[1].return-interface: 'a/b' cannot be an
                    interface: eth2|interface: handoff0|return-interface: handoff0 leads to the kernel
                    services: [shop]|services: [Shop]|hosts[0].services: 'Shop' is no name
                    """)
    void shouldComplainOfWhatCannotBe(
            final String right, final String wrong, final String complaint) {
        final List<String> complaints = files.complaints(BLADES + COMPLETE.replace(right, wrong));

        assertTrue(String.join("\n", complaints).contains(complaint), complaints::toString);
        assertTrue(complaints.getFirst().startsWith("chassis.yaml:"), complaints::toString);
    }

    @Test
    void shouldComplainOfAServiceWithoutItsSection() {
        assertTrue(
                files.complaints(BLADES + "service: {processor: handoff}\n")
                        .getFirst()
                        .contains("service.handoff: is missing"));
        assertTrue(
                files.complaints(BLADES + "service: {processor: pass, handoff: {}}\n")
                        .getFirst()
                        .contains("service.handoff: only processor handoff gives"));
    }

    @Test
    void shouldComplainOfABladeThatHasNothingToDo() {
        final List<String> complaints =
                files.complaints(
                        BLADES
                                + COMPLETE.replace(
                                        "      - {blade: slot-4, services: [shop], programs:"
                                                + " shop.sock}\n",
                                        ""));

        assertEquals(1, complaints.size(), complaints::toString);
        assertTrue(complaints.getFirst().contains("slot-4 is neither a classifier nor a host"));
    }

    @Test
    void shouldComplainOfASocketWhoseNameTheKernelCannotHold() {
        final List<String> complaints =
                files.complaints(BLADES + COMPLETE.replace("shop.sock", "s".repeat(108)));

        assertTrue(complaints.getFirst().contains("a socket's path has at most 107 bytes"));
    }

    @Test
    void shouldComplainOfFlowsThatVlansTellApart() {
        final List<String> complaints =
                files.complaints(
                        BLADES.replace(
                                        "  hash-key-file: hash.key\n",
                                        "  hash-key-file: hash.key\n  vlan-in-key: true\n")
                                + COMPLETE);

        assertTrue(complaints.getFirst().contains("connections cannot tell VLANs apart"));
    }
}
