package io.boomerang.sim.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

class DemoCapturesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http",
                "dns",
                "ipv6",
                "nat-download",
                "too-big",
                "fragments",
                "fragments-late-first",
                "port-reuse"
            })
    void shouldHoldWholeFlowsAndNothingMalformed(final String name) throws Exception {
        final Census census = census(name);

        assertTrue(census.packets > 0);
        assertTrue(census.flows() > 0);
        assertEquals(0, census.oneWayFlows());
        assertEquals(0, census.malformed);
    }

    @Test
    void shouldHoldManyHttpConnections() throws Exception {
        assertTrue(census("http").tcpFlows() >= 20);
    }

    @Test
    void shouldHoldDnsOverBothTransports() throws Exception {
        final Census census = census("dns");

        assertTrue(census.udpFlows() >= 20);
        assertTrue(census.tcpFlows() >= 2);
    }

    @Test
    void shouldHoldNothingButIpv6() throws Exception {
        final Census census = census("ipv6");

        assertEquals(census.flows(), census.ipv6Flows());
    }

    @Test
    void shouldHoldATranslatedError() throws Exception {
        assertTrue(census("nat-download").icmpErrors4 > 0);
    }

    @Test
    void shouldHoldTooBigErrorsOfBothFamilies() throws Exception {
        final Census census = census("too-big");

        assertTrue(census.icmpErrors4 > 0);
        assertTrue(census.icmpErrors6 > 0);
    }

    @Test
    void shouldHoldFragmentsInOrder() throws Exception {
        final Census census = census("fragments");

        assertTrue(census.laterFragments4 > 0);
        assertTrue(census.laterFragments6 > 0);
        assertEquals(0, census.earlyFragments);
    }

    @Test
    void shouldHoldFragmentsBeforeTheirFirst() throws Exception {
        final Census census = census("fragments-late-first");

        assertEquals(census("fragments").packets, census.packets);
        assertEquals(census.laterFragments4 + census.laterFragments6, census.earlyFragments);
    }

    @Test
    void shouldHoldPortsUsedAgain() throws Exception {
        final Census census = census("port-reuse");

        assertTrue(census.opens >= 2 * census.flows());
    }

    private static Census census(final String name) throws IOException, URISyntaxException {
        final URL resource =
                Objects.requireNonNull(
                        Census.class.getResource("/io/boomerang/sim/demo/" + name + ".pcap"));
        return Census.of(Path.of(resource.toURI()));
    }
}
