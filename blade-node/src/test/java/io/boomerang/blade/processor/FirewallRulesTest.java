package io.boomerang.blade.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

class FirewallRulesTest {
    private static final int CLIENT = 0x0A000005;
    private static final int SERVER = 0xC6336401;

    private final FlowKey key = new FlowKey();

    private static FirewallRules rules(final String text) throws RuleFileException {
        return FirewallRules.parse("test.rules", text);
    }

    /// From 10.0.0.5 to 198.51.100.1.
    private boolean allows(
            final FirewallRules rules, final Side side, final int protocol, final int port) {
        final int kind = protocol == 1 ? FlowKey.KIND_IDENTIFIER : FlowKey.KIND_PORTS;
        final boolean sourceIsB = key.setIpv4(protocol, kind, CLIENT, 40_000, SERVER, port, 0);
        return rules.allow(side, key, sourceIsB);
    }

    @Test
    void shouldAllowFromIngressAndDenyFromEgressWithoutAnyRule() {
        assertTrue(allows(FirewallRules.DEFAULTS, Side.INGRESS, 6, 80));
        assertFalse(allows(FirewallRules.DEFAULTS, Side.EGRESS, 6, 80));
        assertTrue(FirewallRules.DEFAULTS.tcpPickup());
    }

    @Test
    void shouldLetTheFirstMatchDecide() throws RuleFileException {
        final FirewallRules rules =
                rules(
                        """
                        # the web, from anywhere
                        deny  ingress tcp to 198.51.100.1 port 8080
                        allow any     tcp port 80-8099   # and a comment
                        deny  ingress any
                        """);

        assertTrue(allows(rules, Side.INGRESS, 6, 80));
        assertTrue(allows(rules, Side.EGRESS, 6, 8099));
        assertFalse(allows(rules, Side.INGRESS, 6, 8080));
        assertTrue(allows(rules, Side.EGRESS, 6, 8080));
        assertFalse(allows(rules, Side.INGRESS, 6, 8100));
        assertFalse(allows(rules, Side.INGRESS, 17, 80));
        assertFalse(allows(rules, Side.EGRESS, 17, 80));
        assertEquals(3, rules.ruleCount());
    }

    @Test
    void shouldTellSourceFromDestination() throws RuleFileException {
        final FirewallRules from = rules("deny any any from 10.0.0.0/29");
        final FirewallRules to = rules("deny any any to 10.0.0.0/29");

        assertFalse(allows(from, Side.INGRESS, 6, 80));
        assertTrue(allows(to, Side.INGRESS, 6, 80));
        assertTrue(from.allow(Side.INGRESS, key, !key.setIpv4(6, 0, CLIENT, 1, SERVER, 2, 0)));
    }

    @Test
    void shouldMatchIpv6Prefixes() throws RuleFileException {
        final FirewallRules rules = rules("allow egress udp to 2001:db8:0:40::/58 port 53");
        final boolean inside = key.setIpv6(17, 0, 1, 2, 999, 0x20010DB8_0000007FL, 9, 53, 0);
        assertTrue(rules.allow(Side.EGRESS, key, inside));

        final boolean outside = key.setIpv6(17, 0, 1, 2, 999, 0x20010DB8_00000080L, 9, 53, 0);
        assertFalse(rules.allow(Side.EGRESS, key, outside));
    }

    @Test
    void shouldMatchBothIcmpFamiliesByOneWord() throws RuleFileException {
        final FirewallRules rules = rules("allow egress icmp");

        assertTrue(allows(rules, Side.EGRESS, 1, 40_000));
        final boolean sourceIsB = key.setIpv6(58, FlowKey.KIND_IDENTIFIER, 1, 2, 7, 3, 4, 7, 0);
        assertTrue(rules.allow(Side.EGRESS, key, sourceIsB));
    }

    @Test
    void shouldMatchProtocolsByNumber() throws RuleFileException {
        final FirewallRules rules = rules("allow egress 47\nallow egress 136 port 9");

        assertFalse(allows(rules, Side.EGRESS, 6, 9));
        assertTrue(allows(rules, Side.EGRESS, 136, 9));
        final boolean sourceIsB = key.setIpv4(47, FlowKey.KIND_ADDRESSES, CLIENT, 0, SERVER, 0, 0);
        assertTrue(rules.allow(Side.EGRESS, key, sourceIsB));
    }

    @Test
    void shouldNotMatchPortsOfFlowsWithoutPorts() throws RuleFileException {
        final FirewallRules rules = rules("allow egress tcp port 0");
        final boolean sourceIsB = key.setIpv4(6, FlowKey.KIND_ADDRESSES, CLIENT, 0, SERVER, 0, 0);

        assertFalse(rules.allow(Side.EGRESS, key, sourceIsB));
    }

    @Test
    void shouldSwitchPickUpOff() throws RuleFileException {
        assertFalse(rules("tcp-pickup off").tcpPickup());
        assertTrue(rules("tcp-pickup off\ntcp-pickup on").tcpPickup());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    permit any any|1:1|expected 'allow', 'deny' or 'tcp-pickup', found 'permit'
                    allow|1:6|expected 'ingress', 'egress' or 'any', found the end of the line
                    allow inside tcp|1:7|expected 'ingress', 'egress' or 'any', found 'inside'
                    allow any tpc|1:11|expected 'tcp', 'udp', 'icmp', 'sctp', 'any' or a protocol number from 0 to 255, found 'tpc'
                    allow any 256|1:11|found '256'
                    allow any tcp from|1:19|expected a CIDR such as 192.0.2.0/24 or 2001:db8::/32 (an address expected, not ''), found the end of the line
                    allow any tcp from 10.1|1:20|an address expected, not '10.1'
                    allow any tcp from 10.0.0.1/8|1:20|the address has bits set beyond its prefix
                    allow any tcp from 10.0.0.0/33|1:20|a prefix length from 0 to 32 expected, not 33
                    allow any tcp from 10.0.0.0/|1:20|a prefix length expected, not ''
                    allow any tcp from fe80::1%eth0|1:20|an address expected, not 'fe80::1%eth0'
                    allow any tcp from ::/0 to 10.0.0.1|1:28|an address of the same family as the other one
                    allow any tcp from ::/0 from ::/0|1:25|'from', 'to', 'port' (each once) or the end of the line
                    allow any tcp port http|1:20|a port from 0 to 65535 or a range such as 8000-8099
                    allow any tcp port 65536|1:20|found '65536'
                    allow any tcp port 90-80|1:20|from the lower to the higher port
                    allow any tcp port 80-|1:20|a port from 0 to 65535
                    allow any icmp port 8|1:16|'port' needs a protocol with ports
                    allow any any port 8|1:15|'port' needs a protocol with ports
                    tcp-pickup maybe|1:12|expected 'on' or 'off', found 'maybe'
                    tcp-pickup on off|1:15|expected the end of the line, found 'off'
                    """)
    void shouldNamePlaceAndExpectation(
            final String line, final String place, final String expectation) {
        final RuleFileException error = assertThrows(RuleFileException.class, () -> rules(line));

        final String message = String.valueOf(error.getMessage());
        assertTrue(message.startsWith("test.rules:" + place + ": "), message);
        assertTrue(message.contains(expectation), message);
    }

    @Test
    void shouldReportEveryWrongLine() {
        final RuleFileException error =
                assertThrows(
                        RuleFileException.class,
                        () -> rules("allow any tcp\n\nfoo\nallow any bar\n"));

        final String message = String.valueOf(error.getMessage());
        assertEquals(2, message.lines().count());
        assertTrue(message.contains("test.rules:3:1"));
        assertTrue(message.contains("test.rules:4:11"));
    }

    @Test
    void shouldRefuseMoreRulesThanFit() {
        final String text = "allow any tcp\n".repeat(FirewallRules.MAX_RULES + 1);

        assertThrows(RuleFileException.class, () -> rules(text));
    }

    static LongStream seeds() {
        final Long replay = Long.getLong("seed");
        return replay != null ? LongStream.of(replay) : LongStream.range(0, 200);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldAnswerRulesOrAnErrorForAnyText(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final String[] words = {
            "allow",
            "deny",
            "any",
            "ingress",
            "tcp",
            "udp",
            "icmp",
            "from",
            "to",
            "port",
            "#",
            "10.0.0.0/8",
            "::/0",
            "1-2",
            "/",
            ":",
            "99999999999",
            "-",
            "tcp-pickup",
            "on",
            "\n",
            "\t",
            "::ffff:1.2.3.4",
            "1.2.3.4/32",
            "é",
            "%"
        };
        final String text =
                IntStream.range(0, 60)
                        .mapToObj(_ -> words[random.nextInt(words.length)])
                        .collect(Collectors.joining(random.nextBoolean() ? " " : ""));
        try {
            assertTrue(rules(text).ruleCount() <= 60);
        } catch (final RuleFileException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith("test.rules:"));
        }
    }
}
