package io.boomerang.blade.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

class PortRangeTest {
    @Test
    void shouldTryTheFlowsOwnPortFirst() {
        assertEquals(1_007, new PortRange(1_000, 1_099).candidate(1_007, 12_345, 0));
    }

    static LongStream seeds() {
        final Long replay = Long.getLong("seed");
        return replay != null ? LongStream.of(replay) : LongStream.range(0, 200);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldTryEveryPortAndThoseOfTheSameParityFirst(final long seed) {
        final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        final int first = random.nextInt(1, 65_000);
        final PortRange range =
                new PortRange(first, Math.min(65_535, first + random.nextInt(0, 300)));
        final int own = random.nextInt(65_536);
        final long hash = random.nextLong();
        final Set<Integer> tried = new HashSet<>();
        boolean otherParity = false;

        for (int attempt = 0; attempt <= range.size(); attempt++) {
            final int port = range.candidate(own, hash, attempt);
            assertTrue(port >= range.first() && port <= range.last());
            otherParity |= ((port ^ own) & 1) != 0;
            assertEquals(otherParity, ((port ^ own) & 1) != 0);
            tried.add(port);
        }

        assertEquals(range.size(), tried.size());
    }

    @Test
    void shouldGiveEachBladePortsOfItsOwn() throws Exception {
        final NatConfig config =
                new NatConfig(
                        (Inet4Address) InetAddress.getByName("192.0.2.1"),
                        (Inet6Address) InetAddress.getByName("2001:db8::1"),
                        1_024,
                        4_032,
                        64);
        final Set<Integer> ports = new HashSet<>();

        for (int blade = 0; blade < config.bladeLimit(); blade++) {
            final PortRange range = config.rangeOf(blade);
            assertEquals(4_032, range.size());
            for (int port = range.first(); port <= range.last(); port++) {
                assertTrue(ports.add(port));
            }
        }

        assertEquals(16, config.bladeLimit());
        assertThrows(IllegalArgumentException.class, () -> config.rangeOf(16));
    }
}
